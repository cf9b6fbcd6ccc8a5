//! What an invocation would do. Programs' tables say it, the policy weighs it.

use crate::invocation::{Realm, Stdin};
use crate::word::{Value, Word};

/// How a file is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// Written, created, overwritten or appended to.
    Write,
    /// Removed, or moved away.
    Delete,
    /// Removed with all below it, or moved away with it.
    DeleteTree,
    /// Owner, mode, attributes, ACL.
    Meta,
    /// The same of all below it.
    MetaTree,
    /// Something is mounted over it.
    MountOver,
    /// It is unmounted.
    Unmount,
}

/// What a service manager is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceVerb {
    /// start, enable, unmask, reload, restart: it runs afterwards.
    Up,
    /// stop, disable, mask, kill: it does not.
    Down,
}

/// What is run by another program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// These words, the first being the program.
    Argv(Vec<Word>),
    /// This text, by a shell.
    Text {
        /// The script.
        script: Value,
        /// `$0`, `$1` and so on.
        parameters: Vec<Word>,
    },
}

/// A program or a script that another program runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested {
    /// What runs.
    pub what: What,
    /// What it reads.
    pub stdin: Stdin,
    /// Where it runs, when not where the outer one does (`env -C`, `chroot`).
    pub cwd: Option<Value>,
    /// Whose processes and files; `None`: the same as outside.
    pub realm: Option<Realm>,
    /// Variables it is given beside those of the outer one.
    pub assignments: Vec<(String, Value)>,
    /// Directories of the outer one that it sees under another path: the path outside, the path inside.
    pub mounts: Vec<(String, String)>,
}

impl Nested {
    /// These words, run where and as the outer program is.
    #[must_use]
    pub fn argv(words: Vec<Word>, stdin: Stdin) -> Self {
        Self::of(What::Argv(words), stdin)
    }

    /// This script, run where and as the outer program is.
    #[must_use]
    pub fn text(script: Value, parameters: Vec<Word>, stdin: Stdin) -> Self {
        Self::of(What::Text { script, parameters }, stdin)
    }

    fn of(what: What, stdin: Stdin) -> Self {
        Self { what, stdin, cwd: None, realm: None, assignments: Vec::new(), mounts: Vec::new() }
    }

    /// The same on another machine or in a guest.
    #[must_use]
    pub fn elsewhere(mut self) -> Self {
        self.realm = Some(Realm::Elsewhere);
        self
    }
}

/// One thing that an invocation would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Reads or reports; changes nothing.
    Pure,
    /// Reads this path.
    Read(Word),
    /// Changes this path.
    Touch(Touch, Word),
    /// Overwrites or relabels a block device, partition table, signature, or a volume of LVM, ZFS, MD, LUKS, Ceph, btrfs, or a disk image.
    StorageDestroy(String),
    /// Destroys a guest, one of its volumes, a storage definition, a backup or its datastore, or restores over a guest.
    GuestDestroy(String),
    /// Removes one snapshot of a guest or dataset.
    SnapshotDelete(String),
    /// Databases, volumes of containers, namespaces, home directories: application data without a restore point.
    DataDestroy(String),
    /// Power of the node.
    NodePower(String),
    /// Stops, resets, suspends, rolls back or migrates a guest.
    GuestDown(String),
    /// Kills everything, PID 1 or the kernel: sysrq, fork bomb.
    Crash(String),
    /// The cluster's membership, quorum, identity, file system.
    Cluster(String),
    /// Who may log in and as what: accounts, keys, sudo, PAM, set-uid, administrators of Proxmox.
    Access(String),
    /// What it reads on standard input goes to another machine. Harmless by itself; with a secret before it in the pipe it is not.
    Send(String),
    /// Something goes off this machine: credentials, keys, a shell.
    Exfiltrate(String),
    /// Firewall, interfaces, bridges, routes, sshd: the way in may be cut.
    NetworkPath(String),
    /// A service.
    Service(ServiceVerb, String),
    /// Processes are signalled.
    Kill(String),
    /// Packages are removed, or all upgraded.
    PackageRemove(String),
    /// Packages are installed, or lists refreshed.
    PackageInstall(String),
    /// Essential packages or programs go.
    SystemWreck(String),
    /// Boot loader, kernel modules, sysctl, swap.
    Kernel(String),
    /// A pool or storage goes off line, or is unmounted, and could come back.
    StorageOffline(String),
    /// Containers, images, networks that can be made again are stopped or removed.
    ContainerDown(String),
    /// A container with the host's rights, or its root.
    ContainerPrivileged(String),
    /// Uncommitted work is thrown away.
    WorkDiscard(String),
    /// It changes something that is everyday and easily put right: starting guests, making snapshots and backups.
    Benign(String),
    /// It runs another program or a script.
    Run(Nested),
    /// It runs something that cannot be known from the text; says what.
    RunUnknown(String),
    /// The program is not in the catalogue. Its words may begin a known command; the engine tries each tail.
    Unknown,
}
