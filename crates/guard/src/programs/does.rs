//! The simple things that a program or sub-command may do, whatever its arguments are.

use super::call::{Call, among};
use crate::effect::{Effect, ServiceVerb};

/// Reads, lists, explains.
pub(super) fn read(_call: &Call<'_>) -> Vec<Effect> {
    vec![Effect::Pure]
}

/// Not known from the text.
pub(super) fn ask(call: &Call<'_>) -> Vec<Effect> {
    vec![Effect::RunUnknown(call.line())]
}

/// Asked about, unless its sub-command is one that reads whatever the program is (`list-users`, `healthcheck`, `job status`).
pub(super) fn ask_unless_reading(call: &Call<'_>) -> Vec<Effect> {
    const READS: &str = "\
        list ls show status info version describe view inspect validate check healthcheck health print search help stats get \
        lint doctor tree plan diff top";
    const CHANGES: &str = "\
        set delete remove rm destroy reset fix repair apply create add enable disable stop kill purge restore import --fix \
        --repair --yes -y --force";
    let stem = |word: &str| word.split(['-', '_', ':']).next().unwrap_or_default().to_owned();
    let reads =
        call.texts().filter(|word| !word.starts_with('-')).take(2).any(|word| among(READS, &stem(word)));
    let changes = call
        .texts()
        .any(|word| among(CHANGES, word) || !word.starts_with('-') && among(CHANGES, &stem(word)));
    if reads && !changes && !call.open() { read(call) } else { ask(call) }
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
