//! One guest: how it is, and starting and stopping it.
//!
//! A task that begins is no success: Proxmox takes the order to start a guest that does not exist.

use std::time::Duration;

use crate::pve::call::Call;
use crate::pve::facts::{GuestConfig, GuestInterface, GuestStatus, Rows};
use crate::pve::guest::{GuestAt, GuestKind};
use crate::pve::names::SnapshotName;
use crate::pve::need::Need;
use crate::pve::path::ApiPath;
use crate::pve::request::Method;
use crate::pve::upid::Upid;

/// How it is just now.
pub fn status(at: &GuestAt) -> Call<GuestStatus> {
    Call::get(ApiPath::guest(at).word("status/current")).needs(audit(at))
}

/// Its configuration, with changes that wait for the next start.
pub fn config(at: &GuestAt) -> Call<GuestConfig> {
    Call::get(ApiPath::guest(at).word("config")).needs(audit(at))
}

/// Its configuration when a snapshot was made.
pub fn config_of_snapshot(at: &GuestAt, snapshot: &SnapshotName) -> Call<GuestConfig> {
    Call::get(ApiPath::guest(at).word("config")).with("snapshot", snapshot).needs(audit(at))
}

/// The addresses that it has. Of a virtual machine this asks the agent, see [`super::agent::interfaces`].
///
/// Of a container that does not run there are none.
pub fn container_interfaces(at: &ContainerAt) -> Call<Rows<GuestInterface>> {
    Call::get(ApiPath::guest(&at.0).word("interfaces")).needs(audit(&at.0))
}

/// A guest that is known to be a container: virtual machines have no such call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerAt(GuestAt);

impl ContainerAt {
    /// `None` for a virtual machine.
    pub fn of(at: &GuestAt) -> Option<Self> {
        (at.kind == GuestKind::Lxc).then(|| Self(at.clone()))
    }
}

/// Starts it. Refused when it runs already.
pub fn start(at: &GuestAt) -> Call<Upid> {
    power(at, "status/start")
}

/// Asks it to shut down, and waits that long for it. What then happens to one that did not, `otherwise` says.
pub fn shut_down(at: &GuestAt, patience: Duration, otherwise: Otherwise) -> Call<Upid> {
    let call = power(at, "status/shutdown").with("timeout", patience.as_secs());
    match otherwise {
        Otherwise::Fail => call,
        Otherwise::Stop => call.with("forceStop", 1),
    }
}

/// What happens to a guest that does not shut down in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// It goes on, and the task fails.
    Fail,
    /// It is stopped, as if by pulling its plug.
    Stop,
}

/// Stops it at once, as by pulling its plug.
pub fn stop(at: &GuestAt) -> Call<Upid> {
    power(at, "status/stop")
}

/// Asks it to shut down and starts it again; the task fails when it does not shut down in time.
pub fn reboot(at: &GuestAt, patience: Duration) -> Call<Upid> {
    power(at, "status/reboot").with("timeout", patience.as_secs())
}

fn power(at: &GuestAt, what: &'static str) -> Call<Upid> {
    Call::new(Method::Post, ApiPath::guest(at).word(what))
        .needs(Need::refused(format!("/vms/{}", at.vmid), &["VM.PowerMgmt"]))
}

fn audit(at: &GuestAt) -> Need {
    Need::refused(format!("/vms/{}", at.vmid), &["VM.Audit"])
}
