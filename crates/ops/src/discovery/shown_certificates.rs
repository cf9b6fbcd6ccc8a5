//! Certificates that scanned hosts showed, noted of the items that they are.

use labkeeper_core::discovery::PortChoice;
use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Scan, ScanState, ShownCertificate, View, WriteTx};

use super::found_host::FoundHost;
use super::host_input::proposed;
use super::recognition::{Acquaintances, By};
use super::scan_view::hosts;

/// Scans of a block that are looked through for a whole one.
const LATELY: i64 = 20;

/// The certificates of hosts that are known are watched from now on.
pub(super) async fn note_certificates(
    tx: &mut WriteTx,
    found: &[FoundHost],
    block: &str,
    now: Stamp,
) -> Result<(), Fault> {
    if found.iter().all(|host| host.certificates.is_empty()) {
        return Ok(());
    }
    let known = Acquaintances::load(tx).await?;
    // Nobody is recognised by ports, so it does not matter which were tried.
    let proposals = proposed(found, block, &PortChoice::default());
    for (host, (_, read)) in found.iter().zip(proposals) {
        let Ok(read) = read else { continue };
        // A name proves nothing: nothing is noted by it.
        let Some((item, By::Mac | By::Address)) = known.find(read.traits()) else { continue };
        for (port, shown) in &host.certificates {
            let shown = ShownCertificate {
                item_id: item.id,
                port: *port,
                subject: shown.subject.clone(),
                issuer: shown.issuer.clone(),
                names: shown.names.clone(),
                not_after: shown.not_after,
                seen_at: now,
            };
            tx.note_certificate(&shown).await?;
        }
    }
    Ok(())
}

/// The same of what a scan found, for hosts that were imported from it since. They were seen then: what a later scan or a look of
/// reachability saw at the same port stays.
pub(super) async fn note_of_scan(tx: &mut WriteTx, scan: &Scan) -> Result<(), Fault> {
    let found: Vec<FoundHost> = hosts(tx, scan.id, 0).await?.into_iter().map(|(_, host)| host).collect();
    note_certificates(tx, &found, &scan.cidr, scan.ended_at.unwrap_or(scan.started_at)).await
}

/// The last whole scan of a block.
pub(super) async fn last_scan(view: &mut View, block: &str) -> Result<Option<Scan>, Fault> {
    let scans = view.scans(Some(block), None, LATELY).await?;
    Ok(scans.into_iter().find(|scan| scan.state == ScanState::Done))
}
