//! New hosts of a scheduled scan of which people were not told yet. They stand in the database in the same transaction as the end of the
//! scan that found them: whatever ends the process, they are told, at least once.

use ipnet::IpNet;
use labkeeper_core::actor::Actor;
use labkeeper_core::discovery::Someone;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::Notice;
use labkeeper_store::{Store, View, WriteTx};

use super::scan_view::since;
use super::tidings::listed;

/// Who scans by the clock.
pub(crate) const SCHEDULE: &str = "schedule";
/// Names in one message.
const NAMED: usize = 10;

/// Whether that is the clock, and not somebody who is called like it.
pub(super) fn is_schedule(actor: &Actor) -> bool {
    actor.principal == Actor::system(SCHEDULE).principal
}

fn key(block: &str) -> String {
    format!("scans.untold:{block}")
}

/// What there is to tell of a block.
///
/// # Errors
/// When the store fails. What cannot be read any more is not told.
pub(crate) async fn untold(view: &mut View, block: IpNet) -> Result<Vec<Someone>, Fault> {
    let kept = view.meta(&key(&block.to_string())).await?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Adds whom a scan that is done found for the first time.
pub(super) async fn add(tx: &mut WriteTx, scan: i64, block: IpNet) -> Result<(), Fault> {
    let Some(scan) = tx.scan(scan).await? else { return Ok(()) };
    let Some(since) = since(tx, &scan).await? else { return Ok(()) };
    if since.difference.new.is_empty() {
        return Ok(());
    }
    let mut hosts = untold(tx, block).await?;
    hosts.retain(|known| since.difference.new.iter().all(|new| new.ip != known.ip));
    hosts.extend(since.difference.new);
    keep(tx, block, &hosts).await
}

/// Takes away who was told.
///
/// # Errors
/// When the store fails: then people may be told once more.
pub(crate) async fn settle(store: &Store, block: IpNet, told: &[Someone]) -> Result<(), Fault> {
    let mut tx = store.write().await?;
    let mut hosts = untold(&mut tx, block).await?;
    hosts.retain(|host| !told.contains(host));
    keep(&mut tx, block, &hosts).await?;
    tx.commit().await?;
    Ok(())
}

async fn keep(tx: &mut WriteTx, block: IpNet, hosts: &[Someone]) -> Result<(), Fault> {
    let text = serde_json::to_string(hosts).expect("plain data serialises");
    tx.set_meta(&key(&block.to_string()), &text).await?;
    Ok(())
}

/// All of them in one message.
pub(crate) fn notice(block: IpNet, new: &[Someone]) -> Option<Notice> {
    let hosts: Vec<String> = new.iter().map(|host| format!("{} ({})", host.ip, host.label)).collect();
    (!new.is_empty()).then(|| Notice {
        title: format!("labkeeper: new on {block} ({})", new.len()),
        text: format!("{}.", listed(&hosts, ", ", NAMED)),
        link: None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_new_hosts_are_worth_a_message() {
        let block: IpNet = "10.0.0.0/24".parse().unwrap();
        assert_eq!(notice(block, &[]), None);
        let camera = Someone { ip: "10.0.0.9".parse().unwrap(), name: "cam".into(), label: "Camera".into() };
        let told = notice(block, &[camera]).unwrap();
        assert_eq!(
            (told.title.as_str(), told.text.as_str()),
            ("labkeeper: new on 10.0.0.0/24 (1)", "10.0.0.9 (Camera).")
        );
    }
}
