//! Which Proxmox VE is simulated: the two that are in use differ in privileges, roles and methods.

/// A major release, as of one of its last versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Release {
    /// Proxmox VE 8: the guest agent needs `VM.Monitor`, which no auditor has.
    V8,
    /// Proxmox VE 9: the guest agent has privileges of its own, `VM.GuestAgent.*`.
    V9,
}

impl Release {
    /// The full version, such as `9.1.8`.
    pub fn version(self) -> &'static str {
        match self {
            Self::V8 => "8.3.2",
            Self::V9 => "9.1.8",
        }
    }

    /// The version that an update would bring.
    pub fn next_version(self) -> &'static str {
        match self {
            Self::V8 => "8.3.3",
            Self::V9 => "9.1.9",
        }
    }

    /// What `/version` calls the release, such as `9.1`.
    pub fn minor(self) -> &'static str {
        match self {
            Self::V8 => "8.3",
            Self::V9 => "9.1",
        }
    }

    /// What `/version` calls `repoid`.
    pub fn repository(self) -> &'static str {
        match self {
            Self::V8 => "3e76eec21c4a14a7",
            Self::V9 => "a8e257e1",
        }
    }

    /// Release of the kernel it runs.
    pub fn kernel(self) -> &'static str {
        match self {
            Self::V8 => "6.8.12-5-pve",
            Self::V9 => "6.17.13-2-pve",
        }
    }
}
