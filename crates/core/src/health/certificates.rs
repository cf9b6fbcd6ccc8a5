//! Certificates that expire.

use super::facts::NodeFacts;
use super::rule::of_fact;
use super::section::Section;
use super::thresholds::Thresholds;
use crate::checkup::{Finding, Level};
use crate::pve::NodeCertificate;

const CHECK: &str = "expiry";

/// The certificate that the owner brought, which is then the one shown.
const BROUGHT: &str = "pveproxy-ssl.pem";
/// The certificate that the cluster made for the node.
const OWN: &str = "pve-ssl.pem";

pub(super) fn findings(node: &NodeFacts, thresholds: &Thresholds, now: i64) -> Vec<Finding> {
    of_fact(Section::Certificates, CHECK, node.certificates.as_ref(), |certificates| {
        vec![expiry(certificates, thresholds, now)]
    })
}

/// By the one that expires first of those that matter: the one that is shown, and the authority behind it.
fn expiry(certificates: &[NodeCertificate], thresholds: &Thresholds, now: i64) -> Finding {
    let brought = certificates.iter().any(|row| row.filename == BROUGHT);
    // Where the owner brought one, the node's own is no longer shown.
    let matters = certificates.iter().filter(|row| !(brought && row.filename == OWN));
    let new = |level, text: String| Finding::new(Section::Certificates.as_str(), CHECK, level, text);
    let ends: Option<Vec<(i64, &str)>> =
        matters.map(|row| row.notafter.map(|end| (end, row.filename.as_str()))).collect();
    let Some((end, file)) = ends.and_then(|ends| ends.into_iter().min()) else {
        return new(
            Level::Unknown,
            "the node does not say until when each of its certificates is good".into(),
        )
        .with_remedy("look at the node's System → Certificates");
    };
    let (level, text) = thresholds.certificates.of(end, now);
    let found = new(level, format!("{file} {text}"));
    if level == Level::Ok { found } else { found.with_remedy(renewal(file)) }
}

fn renewal(file: &str) -> String {
    let renew = match file {
        BROUGHT => "order or upload a new one in the node's System → Certificates",
        OWN => {
            "`pvecm updatecerts --force` on the node makes a new one, which `pveupdate` does by itself two weeks before the end"
        }
        _ => {
            "the authority of the cluster ends: Proxmox's documentation on certificates says how to make it anew"
        }
    };
    format!("{renew}; then pin the new one with `labkeeper setup`")
}
