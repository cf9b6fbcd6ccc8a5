//! The hub itself: its database, its audit log, who can get in; and through it the clusters.

use std::path::Path;
use std::time::Duration;

use labkeeper_core::checkup::{Finding, Level};
use labkeeper_ops::keeper::Keeper;
use labkeeper_store::{Fate, StoreError};
use tokio::time::timeout;

use super::audit;
use super::check::Check;
use super::clusters;
use super::servers;
use crate::commands::context::Context;
use crate::config::Config;
use crate::{forwarding, wire};

const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the hub, if there is one, and looks at what it holds and reaches.
pub(super) async fn check(context: &Context) -> Vec<Finding> {
    let config = &context.config;
    if config.server.is_none()
        && let Err(moved) = forwarding::refuse(&config.database)
    {
        let finding = Check::Database.finds(Level::Crit, format!("{moved:#}"));
        let remedy = "write the server's address where the service and every command read it: database.url in labkeeper.toml of the data directory";
        return vec![finding.with_remedy(remedy), clusters::without_hub("the hub is elsewhere")];
    }
    match missing(config) {
        Some(finding) => without_database(config, finding).await,
        None => opened(config).await,
    }
}

/// What to say when there is no hub yet, or not here. Opening it would make one.
fn missing(config: &Config) -> Option<Finding> {
    if config.server.is_some() {
        return None;
    }
    let is_missing = |path: &Path| matches!(path.try_exists(), Ok(false));
    let place = config.database.display();
    if is_missing(&config.database) {
        let finding = Check::Database.ok(format!("{place} is not there yet: it is made when it is needed"));
        return Some(finding.with_detail("if you expected one, look at --data-dir and database.url"));
    }
    is_missing(&config.data_dir).then(|| {
        let finding = format!("{place} was not opened: {} is not there", config.data_dir.display());
        Check::Database.finds(Level::Unknown, finding).with_remedy("give its data directory with --data-dir")
    })
}

/// What is reached where there is no database yet, or none that opens, from a hub that is thrown away again: nothing is made where the owner's
/// is, or would be. Who could get in, if it is yet to be made.
async fn without_database(config: &Config, database: Finding) -> Vec<Finding> {
    let scratch = match tempfile::tempdir() {
        Ok(scratch) => scratch,
        Err(error) => {
            return vec![database, clusters::without_hub(&format!("no temporary directory: {error}"))];
        }
    };
    let data_dir = scratch.path().to_path_buf();
    let database_there = data_dir.join("labkeeper.db");
    let elsewhere =
        Config { database: database_there, server: None, bucket: None, data_dir, ..config.clone() };
    let keeper = match wire::keeper(&elsewhere, false).await {
        Ok(keeper) => keeper,
        Err(error) => return vec![database, clusters::without_hub(&format!("{error:#}"))],
    };
    // Of a database that is there and was not opened nobody knows who may get in.
    let is_new = database.status == Level::Ok;
    let mut findings = vec![database];
    if is_new {
        findings.push(access(&keeper, config).await);
    }
    findings.extend(config.bucket.as_ref().map(servers::bucket_without_database));
    findings.extend(servers::check(&keeper, is_new).await);
    findings.extend(clusters::check(&keeper, config.clusters.len()).await);
    findings
}

async fn opened(config: &Config) -> Vec<Finding> {
    let place = match &config.server {
        Some(server) => server.to_string(),
        None => config.database.display().to_string(),
    };
    let opening = async {
        // Opening it waits for one that is just being restarted.
        if let Some(server) = &config.server {
            labkeeper_store::reach(server.url()).await?;
        }
        wire::keeper(config, false).await
    };
    let keeper = match timeout(PATIENCE, opening).await {
        Ok(Ok(keeper)) => keeper,
        Ok(Err(error)) => {
            return without_database(config, not_opened(config, &place, &error)).await;
        }
        Err(_) => {
            let finding = Check::Database
                .finds(Level::Unknown, format!("{place} did not open within {} s", PATIENCE.as_secs()));
            let remedy = match config.server {
                Some(_) => {
                    "look whether another process works on it for long, and whether the server is overloaded"
                }
                None => {
                    "look whether another process works on it for long, and whether its disk is slow or full"
                }
            };
            return without_database(config, finding.with_remedy(remedy)).await;
        }
    };
    let mut findings = vec![is_well(&keeper, &place).await];
    let (log, left, access, servers, connections) = tokio::join!(
        audit::check(&keeper),
        old_versions(&keeper),
        access(&keeper, config),
        servers::check(&keeper, true),
        clusters::check(&keeper, config.clusters.len()),
    );
    findings.extend(log);
    findings.push(left);
    findings.push(access);
    findings.extend(servers);
    findings.extend(connections);
    findings
}

fn not_opened(config: &Config, place: &str, error: &anyhow::Error) -> Finding {
    let known = error.chain().find_map(|error| error.downcast_ref::<StoreError>());
    match known {
        Some(StoreError::Server(trouble)) => {
            let finding = format!("{place} cannot be opened: {trouble}");
            Check::Database.finds(Level::Crit, finding).with_remedy(trouble.remedy())
        }
        Some(StoreError::MovedAway { .. }) => {
            let finding = Check::Database.finds(Level::Crit, format!("{error:#}"));
            finding.with_remedy("take database.url (DATABASE_URL) out of the settings here, or work there")
        }
        _ => {
            let finding = Check::Database.finds(Level::Crit, format!("{error:#}"));
            finding.with_remedy(match config.server {
                Some(_) => "mend what it says; docs/postgresql.md says how a backup is put back on a server",
                None => "mend what it says; `labkeeper backup list` shows the copies there are, `labkeeper backup restore` puts one back",
            })
        }
    }
}

/// That it opens, and on what it is.
async fn is_well(keeper: &Keeper, place: &str) -> Finding {
    match keeper.store().server_facts().await {
        Ok(None) => Check::Database.ok(format!("{place} opens")),
        Ok(Some(facts)) => {
            let how = if facts.has_tls { "over TLS" } else { "without TLS" };
            Check::Database.ok(format!("{place} opens: PostgreSQL {}, {how}", facts.version))
        }
        Err(error) => {
            let finding = format!("{place} opens, and does not say what it is: {error}");
            Check::Database.finds(Level::Unknown, finding).with_remedy("look into the server's own log")
        }
    }
}

/// What files in the lab were: whether there is more of it on the disk than versions name.
async fn old_versions(keeper: &Keeper) -> Finding {
    match labkeeper_ops::work::left_contents(keeper).await {
        Ok((left, _)) if left.files == 0 => {
            Check::OldVersions.ok("old versions of files: nothing lies about")
        }
        Ok((left, fate)) => {
            let what =
                format!("{} contents of old versions ({} bytes) that nothing names", left.files, left.bytes);
            let finding = Check::OldVersions.finds(Level::Warn, what);
            finding.with_remedy(match fate {
                Fate::PutAway => "`labkeeper serve` puts them into blobs/trash, and removes them 30 days later; they do no harm but take room",
                Fate::Spared => "the database names no content at all: if another one belongs here, put it back. They stay until it names one",
            })
        }
        Err(fault) => {
            let finding = Check::OldVersions
                .finds(Level::Unknown, format!("old versions of files cannot be looked at: {fault}"));
            finding.with_remedy("see to the database and its disk first")
        }
    }
}

async fn access(keeper: &Keeper, config: &Config) -> Finding {
    let state = match keeper.access_state().await {
        Ok(state) => state,
        Err(fault) => {
            let finding =
                Check::Access.finds(Level::Unknown, format!("nobody knows who can get in: {fault}"));
            return finding.with_remedy("see to the database first");
        }
    };
    if let Err(reason) = labkeeper_rest::may_bind(config.bind, &state, config.require_login) {
        let finding = Check::Access.finds(
            Level::Crit,
            format!(
                "`labkeeper serve` will not start on {}: nobody would be asked who they are",
                config.bind
            ),
        );
        return finding.with_remedy(reason);
    }
    let whom = if state.is_empty() && !config.require_login {
        "open to whoever sits at this machine".to_owned()
    } else {
        let token = if state.api_token { " and for API_TOKEN, which opens everything" } else { "" };
        format!("open to people who log in ({}), for tokens ({}){token}", state.users, state.tokens)
    };
    let reach = if config.bind.ip().is_loopback() { "this machine only" } else { "other machines too" };
    Check::Access.ok(format!("{} is for {reach}, {whom}", config.bind))
}
