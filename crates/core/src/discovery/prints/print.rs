//! What a fingerprint is, and how it is judged against the evidence of a host.

use super::sign::Sign;
use crate::discovery::Evidence;
use crate::inventory::Kind;

/// One fingerprint.
pub(super) struct Print {
    /// The label people read.
    pub(super) name: &'static str,
    /// Inventory kind that such a host or service is filed under.
    pub(super) kind: Kind,
    /// Bundled icon name, `si:proxmox` or `lucide:server`.
    pub(super) icon: &'static str,
    pub(super) role: Role,
    pub(super) clues: &'static [Clue],
}

/// What a print says about the host as a whole; decides which of several matches becomes the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The box itself: whatever else runs on it, this is what it is.
    Device,
    /// A service that a host may exist for.
    Service,
    /// Runs beside other things and says little about the host.
    Companion,
    /// A kind of access, true of many hosts.
    Generic,
}

/// One reason for a label: percent of certainty, and what must be seen.
pub(super) struct Clue(pub(super) u8, pub(super) Sign);

/// A label with its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The label, `Proxmox VE`.
    pub name: &'static str,
    /// Suggested kind of item.
    pub kind: Kind,
    /// Bundled icon name, `si:proxmox` or `lucide:server`.
    pub icon: &'static str,
    /// 0 to 1.
    pub confidence: f32,
    /// The ports its evidence was seen on, ascending.
    pub ports: Vec<u16>,
    /// The evidence, as fragments to read: `port 8006 is open`.
    pub evidence: Vec<String>,
    pub(super) role: Role,
}

/// Below this a label would be a guess.
const CONVINCING: f32 = 0.5;

impl Print {
    /// `None` when the evidence does not convince.
    pub(super) fn judge(&self, evidence: &Evidence) -> Option<Match> {
        let mut doubt = 1.0_f32;
        let mut ports = Vec::new();
        let mut reasons = Vec::new();
        for Clue(weight, sign) in self.clues {
            if let Some((port, reason)) = sign.seen_in(evidence) {
                doubt *= 1.0 - f32::from(*weight) / 100.0;
                ports.extend(port);
                reasons.push(reason);
            }
        }
        let confidence = ((1.0 - doubt) * 100.0).round() / 100.0;
        ports.sort_unstable();
        ports.dedup();
        (confidence >= CONVINCING).then_some(Match {
            name: self.name,
            kind: self.kind,
            icon: self.icon,
            confidence,
            ports,
            evidence: reasons,
            role: self.role,
        })
    }
}
