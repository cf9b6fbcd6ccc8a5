//! The simple things that a program or sub-command may do, whatever its arguments are.

use super::call::Call;
use crate::effect::{Effect, ServiceVerb};

/// Reads, lists, explains.
pub(super) fn read(_call: &Call<'_>) -> Vec<Effect> {
    vec![Effect::Pure]
}

/// Not known from the text.
pub(super) fn ask(call: &Call<'_>) -> Vec<Effect> {
    vec![Effect::RunUnknown(call.line())]
}

/// A service that runs afterwards.
pub(super) fn up(call: &Call<'_>) -> Vec<Effect> {
    vec![Effect::Service(ServiceVerb::Up, call.line())]
}

/// A service that does not run afterwards.
pub(super) fn down(call: &Call<'_>) -> Vec<Effect> {
    vec![Effect::Service(ServiceVerb::Down, call.line())]
}

macro_rules! simple {
    ($($(#[$doc:meta])* $name:ident => $effect:ident),* $(,)?) => {
        $($(#[$doc])* pub(super) fn $name(call: &Call<'_>) -> Vec<Effect> {
            vec![Effect::$effect(call.line())]
        })*
    };
}

simple! {
    /// Changes something everyday.
    benign => Benign,
    /// Overwrites storage.
    storage => StorageDestroy,
    /// Destroys a guest, a volume of it, a storage, a backup.
    guest_gone => GuestDestroy,
    /// Removes one snapshot.
    snapshot_gone => SnapshotDelete,
    /// Destroys data of applications.
    data_gone => DataDestroy,
    /// The node's power.
    power => NodePower,
    /// Interrupts a guest.
    guest_down => GuestDown,
    /// Brings the node down uncleanly.
    crash => Crash,
    /// The cluster's identity.
    cluster => Cluster,
    /// Who may log in.
    access => Access,
    /// Something leaves the machine.
    exfiltrate => Exfiltrate,
    /// The way in may be cut.
    network => NetworkPath,
    /// Processes get a signal.
    kill => Kill,
    /// Packages go, or all are upgraded.
    package_gone => PackageRemove,
    /// Packages come.
    package => PackageInstall,
    /// Essential parts of the system go.
    wreck => SystemWreck,
    /// Boot, modules, sysctl, swap.
    kernel => Kernel,
    /// Storage goes off line.
    offline => StorageOffline,
    /// Containers that can be made again go.
    container_down => ContainerDown,
    /// A container with the host's rights.
    privileged => ContainerPrivileged,
    /// Uncommitted work goes.
    discard => WorkDiscard,
}
