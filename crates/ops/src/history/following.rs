//! Follows the writes of files that the journal tells of, and puts each into the history. Never in the way of a write: it comes after.
//!
//! How far it got is in the history itself, with the commit; the cursor beside the journal may be behind it.

use labkeeper_core::fault::Fault;
use labkeeper_core::file::{BackupId, Content};
use labkeeper_core::history::{Commit, Manifest, Source};
use labkeeper_core::ports::History;
use labkeeper_store::{Event, Version};

use super::keeping::Keeping;
use crate::house::House;

/// Name of its cursor.
pub(crate) const CURSOR: &str = "history";
/// Events that are read at once.
const BATCH: i64 = 200;

/// Puts what was written since into the history; tells how many writes that were, and whether there may be more.
pub(crate) async fn step(house: &House, history: &dyn History) -> Result<(usize, bool), Fault> {
    let cursor = house.store().read().await?.cursor(CURSOR).await?;
    if house.store().read().await?.last_event().await? == cursor {
        return Ok((0, false));
    }
    let from = cursor.max(history.last_event().await?.unwrap_or(0));
    let events = house.store().read().await?.events_after(from, BATCH).await?;
    let last = events.last().map_or(from, |event| event.seq);
    let keeping = Keeping::of(house, history.salt().await?);
    let mut committed = 0;
    for event in events.iter().filter(|event| event.r#type == "file" && event.action == "written") {
        committed += usize::from(put(house, history, &keeping, event).await?);
    }
    let mut tx = house.store().write().await?;
    tx.set_cursor(CURSOR, last).await?;
    tx.commit().await?;
    Ok((committed, i64::try_from(events.len()) == Ok(BATCH)))
}

async fn put(
    house: &House,
    history: &dyn History,
    keeping: &Keeping<'_>,
    event: &Event,
) -> Result<bool, Fault> {
    let Some(id) = event.id else { return Ok(false) };
    // One that retention has taken is in no history either.
    let Some(version) = house.store().read().await?.version(BackupId(id)).await? else { return Ok(false) };
    let watch = &house.settings().history.watch;
    if watch.leaves_out(version.path.as_str()) {
        return Ok(false);
    }
    // What is damaged is in no history either; reading it says so elsewhere.
    let Ok(bytes) = house.store().content(&version.after).await else { return Ok(false) };
    if bytes.as_ref().is_some_and(|bytes| bytes.len() as u64 > watch.largest) {
        return Ok(false);
    }
    let source = Source::Files(version.place.clone());
    let Some(path) = source.file(&version.path) else { return Ok(false) };
    let manifest = source.manifest();
    let mut known = Manifest::read(history.read(&manifest).await?.as_deref());
    let name = version.path.as_str();
    match &version.after {
        Content::Absent => _ = known.files.remove(name),
        Content::Bytes { sha256, .. } => {
            known.files.entry(name.into()).or_default().digest = keeping.digest(sha256);
        }
    }
    let content = bytes.map(|bytes| keeping.content(name, &bytes));
    let commit = Commit {
        at: version.at,
        summary: summary(&version),
        actor: version.actor.clone(),
        event: Some(event.seq),
        files: vec![(path, content), (manifest, Some(known.text()))],
    };
    Ok(history.commit(&commit).await?.is_some())
}

/// `pct_write_file pct:home/101:/etc/hosts`, as the predecessor's.
fn summary(version: &Version) -> String {
    format!("{} {}:{}", version.op, version.place, version.path)
}

/// Nothing is kept: whatever was to be followed must not hold the journal's events back.
pub(crate) async fn give_up(house: &House) -> Result<(), Fault> {
    if house.store().read().await?.cursor(CURSOR).await? == 0 {
        return Ok(());
    }
    let mut tx = house.store().write().await?;
    tx.forget_cursor(CURSOR).await?;
    tx.commit().await?;
    Ok(())
}
