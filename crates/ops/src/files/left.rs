//! Writes of which nobody said what became of them, because the process ended or the place was lost. The file tells, at the next
//! touch or the next start.

use labkeeper_core::fault::Fault;
use labkeeper_core::file::{Content, Settlement};
use labkeeper_core::shell::{FilePath, Place, ShellError};
use labkeeper_store::Version;

use super::whole::live;
use crate::house::House;
use crate::site::Site;

/// Settles what is open of one file, which is like that now.
pub(super) async fn settle_file(
    house: &House,
    place: &Place,
    path: &FilePath,
    live: &Content,
) -> Result<(), Fault> {
    let mut open = house.store().read().await?.open_versions().await?;
    open.retain(|version| version.place == *place && version.path == *path);
    if open.is_empty() {
        return Ok(());
    }
    settle(house, &open, live).await
}

async fn settle(house: &House, open: &[Version], live: &Content) -> Result<(), Fault> {
    let mut tx = house.store().write().await?;
    for version in open {
        let settlement = Settlement::seen(&version.before, &version.after, live);
        tx.settle_left(version, settlement).await?;
        tracing::info!(backup = %version.id, settlement = settlement.as_str(), "found out what became of a write");
    }
    tx.commit().await?;
    Ok(())
}

/// Settles everything that is open. What cannot be reached stays open.
pub(crate) async fn settle_all(house: &House) -> Result<(), Fault> {
    let mut open = house.store().read().await?.open_versions().await?;
    open.sort_by(|a, b| (&a.place, &a.path).cmp(&(&b.place, &b.path)));
    for versions in open.chunk_by(|a, b| a.place == b.place && a.path == b.path) {
        let [first, ..] = versions else { continue };
        match look(house, first, versions).await {
            Ok(live) => settle(house, versions, &live).await?,
            Err(fault) => {
                tracing::warn!(place = %first.place, %fault, "what became of a write of a file cannot be found out now");
            }
        }
    }
    Ok(())
}

/// What the file is, once no write whose process ended can change that any more.
async fn look(house: &House, first: &Version, open: &[Version]) -> Result<Content, Fault> {
    let site = Site::reached(house, &first.place).await?;
    let (shell, spot) = site.port();
    for version in open {
        if let Some(sha256) = version.after.sha256() {
            match shell.abandon(spot, &version.path, sha256).await {
                // Its directory is not there any more, and so nothing in it.
                Ok(()) | Err(ShellError::Path { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    live(&site, &first.path).await
}
