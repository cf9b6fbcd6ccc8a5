//! A node: a machine with Proxmox VE on it.

/// A node.
#[derive(Debug, Clone)]
pub struct Node {
    /// Name.
    pub name: String,
    /// Address in the management network.
    pub address: String,
    /// Number in the cluster, from 1.
    pub id: u32,
    /// Whether it answers.
    pub online: bool,
    /// Seconds since 1970.
    pub booted_at: i64,
    /// Processor.
    pub cpu_model: String,
    /// Logical processors.
    pub cpus: u32,
    /// Memory in bytes.
    pub memory: u64,
    /// Size of the root file system in bytes.
    pub root_bytes: u64,
    /// Used of it.
    pub root_used: u64,
    /// Kernel release.
    pub kernel: String,
    /// Disks.
    pub disks: Vec<Disk>,
    /// ZFS pools.
    pub zfs: Vec<ZfsPool>,
    /// Network interfaces and bridges.
    pub interfaces: Vec<Interface>,
    /// System services.
    pub services: Vec<Service>,
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// Packages with a newer version, by name: version there, version to come.
    pub updates: Vec<(String, String, String)>,
}

/// A physical disk.
#[derive(Debug, Clone)]
pub struct Disk {
    /// `/dev/nvme0n1`.
    pub path: String,
    /// Model.
    pub model: String,
    /// Serial number.
    pub serial: String,
    /// `nvme`, `ssd`, `hdd`.
    pub kind: &'static str,
    /// Bytes.
    pub size: u64,
    /// `PASSED` or `FAILED`.
    pub health: &'static str,
    /// Percent of its life left; `None` when it does not say.
    pub wearout: Option<u8>,
    /// What is on it: `ZFS`, `LVM`, `BIOS boot`.
    pub used: &'static str,
}

/// A ZFS pool.
#[derive(Debug, Clone)]
pub struct ZfsPool {
    /// Name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Allocated bytes.
    pub alloc: u64,
    /// `ONLINE`, `DEGRADED`.
    pub health: &'static str,
    /// Percent.
    pub frag: u8,
    /// What the last scrub found.
    pub scan: String,
    /// Devices, as `zpool status` names them.
    pub devices: Vec<String>,
}

/// A network interface.
#[derive(Debug, Clone)]
pub struct Interface {
    /// Name.
    pub name: String,
    /// `bridge`, `eth`, `bond`, `vlan`.
    pub kind: &'static str,
    /// Address with prefix.
    pub cidr: Option<String>,
    /// Gateway.
    pub gateway: Option<String>,
    /// Ports of a bridge or slaves of a bond.
    pub ports: String,
    /// Whether a bridge carries VLANs.
    pub vlan_aware: bool,
    /// Comment.
    pub comments: String,
}

/// A system service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Name.
    pub name: &'static str,
    /// Description.
    pub description: &'static str,
    /// `running`, `dead`, `failed`.
    pub state: &'static str,
}

/// A certificate.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// `pve-ssl.pem`.
    pub filename: &'static str,
    /// `AA:BB:…`, SHA-256.
    pub fingerprint: String,
    /// PEM; empty until a door shows it.
    pub pem: String,
    /// Subject.
    pub subject: String,
    /// Issuer.
    pub issuer: String,
    /// Seconds since 1970.
    pub not_before: i64,
    /// Seconds since 1970.
    pub not_after: i64,
}
