//! Writes of which nobody said what became of them, because the process ended or the place was lost. The file tells, at the next
//! touch or the next start, once nobody is at work on it any more.

use labkeeper_core::fault::Fault;
use labkeeper_core::file::{Content, Settlement};
use labkeeper_core::shell::{FilePath, ShellError};
use labkeeper_store::Version;

use super::underway;
use super::whole::live;
use crate::house::House;
use crate::site::Site;

/// Settles what is open of one file. Answers whether there was something: then the file may have changed meanwhile.
pub(super) async fn settle_file(house: &House, site: &Site, path: &FilePath) -> Result<bool, Fault> {
    if open_of(house, site, path).await?.is_empty() {
        return Ok(false);
    }
    settle(house, site, path).await?;
    Ok(true)
}

async fn open_of(house: &House, site: &Site, path: &FilePath) -> Result<Vec<Version>, Fault> {
    let mut open = house.store().read().await?.open_versions().await?;
    open.retain(|version| version.place == *site.place_name() && version.path == *path);
    Ok(open)
}

/// Settles everything that is open. What cannot be reached stays open.
pub(crate) async fn settle_all(house: &House) -> Result<(), Fault> {
    let mut open = house.store().read().await?.open_versions().await?;
    open.sort_by(|a, b| (&a.place, &a.path).cmp(&(&b.place, &b.path)));
    for versions in open.chunk_by(|a, b| a.place == b.place && a.path == b.path) {
        let [first, ..] = versions else { continue };
        let settled = match Site::reached(house, &first.place).await {
            Ok(site) => settle(house, &site, &first.path).await,
            Err(fault) => Err(fault),
        };
        if let Err(fault) = settled {
            tracing::warn!(place = %first.place, %fault, "what became of a write of a file cannot be found out now");
        }
    }
    Ok(())
}

/// Settles the open versions of one file.
async fn settle(house: &House, site: &Site, path: &FilePath) -> Result<(), Fault> {
    // Whoever is at it says itself what became of it.
    let Some(_claim) = underway::unless_taken(house, site.place_name(), path).await? else { return Ok(()) };
    // Somebody may have settled them while they were waited for.
    let open = open_of(house, site, path).await?;
    if open.is_empty() {
        return Ok(());
    }
    for version in &open {
        abandon(site, &version.path, &version.after).await.map_err(|error| begun_by(version, error))?;
    }
    let live = live(site, path).await?;
    let mut tx = house.store().write().await?;
    for version in &open {
        let settlement = Settlement::seen(&version.before, &version.after, &live);
        tx.settle_left(version, settlement).await?;
        tracing::info!(backup = %version.id, settlement = settlement.as_str(), "found out what became of a write");
    }
    tx.commit().await?;
    Ok(())
}

/// What a file is, once no write whose caller was lost can change that any more. `after`: what such a write was to make of it.
pub(super) async fn at_rest(site: &Site, path: &FilePath, after: &Content) -> Result<Content, Fault> {
    abandon(site, path, after).await?;
    live(site, path).await
}

/// Says whose write it is that may be at work there yet.
fn begun_by(version: &Version, error: ShellError) -> Fault {
    let is_at_work = matches!(error, ShellError::AtWork { .. });
    let mut fault = Fault::from(error);
    if is_at_work {
        let (at, by) = (version.at.text(), &version.actor);
        fault.message =
            format!("{}; the write was begun by {by} with {}, at {at}", fault.message, version.op);
    }
    fault
}

async fn abandon(site: &Site, path: &FilePath, after: &Content) -> Result<(), ShellError> {
    let (shell, spot) = site.port();
    match shell.abandon(spot, path, after.sha256()).await {
        // Its directory is not there any more, and so nothing in it.
        Ok(()) | Err(ShellError::Path { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
