//! What is wanted: from flags, else from what the connection is now, else from the person at the terminal.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use labkeeper_core::provision::PveUser;
use labkeeper_core::provision::rights::Extras;
use labkeeper_core::pve::{Address, ClusterName};
use labkeeper_core::tier::Tier;
use labkeeper_proxmox::Settings;

use super::prompt::Person;
use crate::cli::{BootstrapMode, Register, SetupArguments, SetupTier};
use crate::commands::context::Context;
use crate::config::{Config, Connection};

/// Everything that setup has to be told.
#[derive(Debug)]
pub(super) struct Answers {
    pub(super) name: ClusterName,
    pub(super) user: PveUser,
    /// Where the API of the node answers.
    pub(super) api: Address,
    pub(super) intent: Intent,
    /// What the token may beyond the tier.
    pub(super) extras: Extras,
    pub(super) mode: BootstrapMode,
    pub(super) login: Login,
    pub(super) register: Option<Register>,
    /// Keep neither the token nor the key that are there.
    pub(super) new_secret: bool,
    pub(super) dry_run: bool,
    pub(super) yes: bool,
    /// The files of the connection.
    pub(super) files: Connection,
    /// What the connection is now.
    pub(super) present: Option<Settings>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    Tier(SetupTier),
    Remove,
}

/// How to log in on the node with ssh.
#[derive(Debug, Clone)]
pub(super) struct Login {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) options: Vec<String>,
    pub(super) identity: Option<PathBuf>,
}

impl Answers {
    pub(super) fn gather(context: &Context, given: SetupArguments) -> Result<Self> {
        let person = Person::unless(given.yes);
        let name = match given.name {
            Some(name) => name,
            None => person.ask("What is the connection called here", Some("home"))?.unwrap_or(usual_name()?),
        };
        let files = Connection::new(&context.config.data_dir, &name);
        let present = present(&context.config, &files, &name)?;
        if given.remove && present.is_none() {
            bail!("there is no connection {name}: {} is not there", files.settings().display());
        }
        let intent = match given.remove {
            true => Intent::Remove,
            false => Intent::Tier(tier(person, given.tier, present.as_ref())?),
        };
        let switched = given.with_backups.then_some(true).or(given.without_backups.then_some(false));
        let extras = extras(switched, intent, present.as_ref())?;
        let api = address(person, given.node_host, given.api_port, present.as_ref())?;
        if let Some(present) = &present {
            same_cluster(present, &api, &files)?;
        }
        let user = user(given.pve_user, &name, present.as_ref())?;
        alone(&context.config, &name, &user, &api, present.as_ref())?;
        let shell = context.config.shells.iter().find(|shell| shell.cluster == name);
        let mode = match given.bootstrap_mode {
            Some(mode) => mode,
            None => person
                .ask(
                    "Run the script over ssh (auto), or paste it into the node's web shell (paste)",
                    Some("auto"),
                )?
                .unwrap_or(BootstrapMode::Auto),
        };
        Ok(Self {
            user,
            login: Login {
                host: api.host().into(),
                port: given.ssh_port.or(shell.map(|shell| shell.port)).unwrap_or(22),
                user: given.ssh_user,
                options: given.ssh_option,
                identity: given.ssh_identity,
            },
            name,
            api,
            intent,
            extras,
            mode,
            register: given.register,
            new_secret: given.new_secret,
            dry_run: given.dry_run,
            yes: given.yes,
            files,
            present,
        })
    }
}

fn usual_name() -> Result<ClusterName> {
    Ok("home".parse()?)
}

/// The settings that an earlier setup wrote. Those that a person wrote are not ours to change.
fn present(config: &Config, files: &Connection, name: &ClusterName) -> Result<Option<Settings>> {
    let present = config.clusters.iter().find(|settings| settings.cluster == *name).cloned();
    if present.is_some() && !files.settings().is_file() {
        bail!(
            "the Proxmox cluster {name} is configured by hand: take it out of the configuration first, or give this connection another --name"
        );
    }
    Ok(present)
}

fn tier(person: Person, given: Option<SetupTier>, present: Option<&Settings>) -> Result<SetupTier> {
    if let Some(tier) = given {
        return Ok(tier);
    }
    let usual = match present.and_then(|settings| settings.tier) {
        Some(Tier::Companion | Tier::Root) => SetupTier::Companion,
        Some(Tier::Operate) => SetupTier::Operate,
        Some(Tier::Observe) | None => SetupTier::Observe,
    };
    let question = "How far may labkeeper reach: observe (read), operate (start, stop, snapshots too) or companion (inside guests too, over SSH)";
    Ok(person.ask(question, Some(usual.tier().as_str()))?.unwrap_or(usual))
}

/// What was switched on stays so, until it is switched off or the tier is too low for it.
fn extras(switched: Option<bool>, intent: Intent, present: Option<&Settings>) -> Result<Extras> {
    let Intent::Tier(SetupTier::Companion) = intent else {
        if switched == Some(true) {
            bail!("backups of guests are companion's: give --tier companion with --with-backups");
        }
        return Ok(Extras::default());
    };
    let backups = switched.or(present.map(|present| present.extras.backups)).unwrap_or(false);
    Ok(Extras { backups })
}

fn address(
    person: Person,
    given: Option<Address>,
    port: Option<u16>,
    present: Option<&Settings>,
) -> Result<Address> {
    let known =
        present.and_then(|settings| settings.endpoints.first()).map(|endpoint| endpoint.address.clone());
    let address = match given.or(known) {
        Some(address) => address,
        None => person
            .ask("Name or address of the node, with :port when its API is not on 8006", None)?
            .ok_or_else(|| anyhow!("which node? Give --node-host HOST"))?,
    };
    Ok(match port {
        Some(port) => address.with_port(port),
        None => address,
    })
}

/// Another cluster under the same name would take the place of the former, whose token would be left behind.
fn same_cluster(present: &Settings, api: &Address, files: &Connection) -> Result<()> {
    if present.endpoints.iter().any(|endpoint| endpoint.address.host() == api.host()) {
        return Ok(());
    }
    let name = &present.cluster;
    let known: Vec<_> = present.endpoints.iter().map(|endpoint| endpoint.address.to_string()).collect();
    bail!(
        "{name} is the connection to {known}, and {host} is none of these: give another --name, or take {name} away first with \
         `labkeeper setup --remove --name {name}`. If it is the same node at a new address, change url in {file}",
        known = known.join(", "),
        host = api.host(),
        file = files.settings().display()
    )
}

/// The tokens of one user are one connection's: setting up or removing one would end the other.
fn alone(
    config: &Config,
    name: &ClusterName,
    user: &PveUser,
    api: &Address,
    present: Option<&Settings>,
) -> Result<()> {
    let shared = |address: &Address| {
        address == api
            || present.is_some_and(|present| present.endpoints.iter().any(|ours| ours.address == *address))
    };
    let other = config.clusters.iter().find(|other| {
        other.cluster != *name
            && other.token.user() == user.as_str()
            && other.endpoints.iter().any(|endpoint| shared(&endpoint.address))
    });
    match other {
        None => Ok(()),
        Some(other) => bail!(
            "the connection {} uses the user {user} on the same cluster, and setup would end its token: give another --pve-user, or take one \
             of the two out of the configuration first",
            other.cluster
        ),
    }
}

/// Another user than before would leave the former one's token behind.
fn user(given: Option<PveUser>, name: &ClusterName, present: Option<&Settings>) -> Result<PveUser> {
    let known = present.map(|settings| settings.token.user().parse::<PveUser>()).transpose()?;
    match (given, known) {
        (Some(given), Some(known)) if given != known => {
            bail!(
                "{name} is set up with the user {known}: take it away with `labkeeper setup --remove --name {name}` first"
            )
        }
        (given, known) => Ok(given.or(known).unwrap_or_default()),
    }
}
