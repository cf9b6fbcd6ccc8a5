//! What is looked at by the clock, and when nobody wants to hear of it.

use std::time::Duration;

use ipnet::IpNet;
use labkeeper_core::discovery::QuietHours;

/// How the network is watched while serving.
#[derive(Debug, Clone, Default)]
pub struct WatchSettings {
    /// How often items are asked whether they answer; never when `None`.
    pub every: Option<Duration>,
    /// After which pause the silent are asked once more, before they are called down.
    pub pause: Duration,
    /// Blocks that are scanned by the clock.
    pub scans: Vec<IpNet>,
    /// How often; never when `None`.
    pub scan_every: Option<Duration>,
    /// Names and addresses of the machine that labkeeper runs on, where it cannot tell by itself, as in a container.
    pub here: Vec<String>,
    /// When people are told nothing that can wait.
    pub quiet: Option<QuietHours>,
}
