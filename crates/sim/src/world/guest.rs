//! A container or a virtual machine.

use std::collections::BTreeMap;

/// What sort of guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A container.
    Lxc,
    /// A virtual machine.
    Qemu,
}

impl Kind {
    /// As in paths of the API and types of resources.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lxc => "lxc",
            Self::Qemu => "qemu",
        }
    }

    /// The folder of its configuration below `/etc/pve/nodes/<node>`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Lxc => "lxc",
            Self::Qemu => "qemu-server",
        }
    }

    /// How tasks about it begin: `vzstart`, `qmstart`.
    pub fn task_prefix(self) -> &'static str {
        match self {
            Self::Lxc => "vz",
            Self::Qemu => "qm",
        }
    }

    /// How messages call it: `CT 100 already running`.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Lxc => "CT",
            Self::Qemu => "VM",
        }
    }
}

/// Whether it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Since that second, with that process.
    Running {
        /// Seconds since 1970.
        since: i64,
        /// Process id on its node.
        pid: u32,
    },
    /// Not.
    Stopped,
}

/// A network card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nic {
    /// Bridge of the node.
    pub bridge: String,
    /// Upper-case MAC.
    pub mac: String,
    /// VLAN tag.
    pub tag: Option<u16>,
    /// Address with prefix, as the guest has it; `None` when it has none.
    pub ip: Option<String>,
    /// Whether the address comes by DHCP, so that a container's configuration says `ip=dhcp`.
    pub dhcp: bool,
}

/// The QEMU guest agent inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Agent {
    /// Not configured.
    Off,
    /// Configured, but nothing inside answers.
    Silent,
    /// Answers; with what the operating system calls itself.
    Answers {
        /// As in os-release: `debian`, `mswindows`.
        id: String,
        /// Pretty name.
        name: String,
        /// Version id.
        version: String,
    },
}

/// A snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// Seconds since 1970.
    pub at: i64,
    /// The snapshot it grew from.
    pub parent: Option<String>,
    /// Whether the memory is in it.
    pub vmstate: bool,
    /// The guest as it was then, without snapshots.
    pub guest: Box<Guest>,
}

impl Snapshot {
    /// Its configuration, as the API gives it.
    pub fn config(&self) -> BTreeMap<String, String> {
        let mut config = self.guest.config();
        config.insert("snaptime".into(), self.at.to_string());
        if !self.description.is_empty() {
            config.insert("description".into(), self.description.clone());
        }
        if let Some(parent) = &self.parent {
            config.insert("parent".into(), parent.clone());
        }
        config
    }
}

/// A guest.
#[derive(Debug, Clone, PartialEq)]
pub struct Guest {
    /// Its id.
    pub vmid: u32,
    /// Sort.
    pub kind: Kind,
    /// Name or host name.
    pub name: String,
    /// Node it is on.
    pub node: String,
    /// Whether it runs.
    pub status: Status,
    /// Cores.
    pub cores: u32,
    /// Memory in MiB.
    pub memory: u64,
    /// Swap of a container in MiB.
    pub swap: u64,
    /// Tags.
    pub tags: Vec<String>,
    /// Whether it starts with its node.
    pub onboot: bool,
    /// Whether it is a template.
    pub template: bool,
    /// What holds it, such as `backup`.
    pub lock: Option<String>,
    /// `debian`, `alpine`, `l26`, `win11`.
    pub ostype: String,
    /// Notes.
    pub description: String,
    /// Cards, `net0` first.
    pub nics: Vec<Nic>,
    /// Disks: key (`rootfs`, `scsi0`, `mp0`), volume, GiB.
    pub disks: Vec<(String, String, u64)>,
    /// Keys of the configuration beside those above.
    pub more: BTreeMap<String, String>,
    /// Agent of a virtual machine.
    pub agent: Agent,
    /// Oldest first.
    pub snapshots: Vec<Snapshot>,
    /// The snapshot that the present state grew from.
    pub parent: Option<String>,
    /// How busy it usually is, 0 to 1.
    pub load: f64,
    /// Share of its memory that it usually uses, 0 to 1.
    pub filling: f64,
}

impl Guest {
    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        matches!(self.status, Status::Running { .. })
    }

    /// Seconds since it was started.
    pub fn uptime(&self, now: i64) -> i64 {
        match self.status {
            Status::Running { since, .. } => (now - since).max(0),
            Status::Stopped => 0,
        }
    }

    /// Size of its first disk in bytes.
    pub fn disk_bytes(&self) -> u64 {
        self.disks.first().map_or(0, |(_, _, gib)| gib << 30)
    }

    /// The configuration as the API gives it, all as text, without `digest`.
    pub fn config(&self) -> BTreeMap<String, String> {
        let mut config = self.more.clone();
        let mut put = |key: &str, value: String| {
            config.insert(key.to_string(), value);
        };
        let name = if self.kind == Kind::Lxc { "hostname" } else { "name" };
        put(name, self.name.clone());
        put("memory", self.memory.to_string());
        put("cores", self.cores.to_string());
        put("ostype", self.ostype.clone());
        if self.kind == Kind::Lxc {
            put("arch", "amd64".into());
            put("swap", self.swap.to_string());
        } else {
            put("agent", format!("enabled={}", u8::from(self.agent != Agent::Off)));
            put("scsihw", "virtio-scsi-single".into());
            put("smbios1", format!("uuid={}", uuid_of(self.vmid)));
        }
        for (at, nic) in self.nics.iter().enumerate() {
            put(&format!("net{at}"), nic.text(self.kind, at));
        }
        for (key, volume, gib) in &self.disks {
            put(key, format!("{volume},size={gib}G"));
        }
        if !self.tags.is_empty() {
            put("tags", self.tags.join(";"));
        }
        if self.onboot {
            put("onboot", "1".into());
        }
        if self.template {
            put("template", "1".into());
        }
        if let Some(lock) = &self.lock {
            put("lock", lock.clone());
        }
        if !self.description.is_empty() {
            put("description", format!("{}\n", self.description));
        }
        if let Some(parent) = &self.parent {
            put("parent", parent.clone());
        }
        config
    }
}

impl Nic {
    fn text(&self, kind: Kind, at: usize) -> String {
        let Self { bridge, mac, .. } = self;
        let tag = self.tag.map(|tag| format!(",tag={tag}")).unwrap_or_default();
        if kind == Kind::Qemu {
            return format!("virtio={mac},bridge={bridge}{tag}");
        }
        let ip = match &self.ip {
            Some(_) if self.dhcp => ",ip=dhcp".to_string(),
            Some(ip) => format!(",ip={ip}"),
            None => String::new(),
        };
        format!("name=eth{at},bridge={bridge},hwaddr={mac}{ip}{tag},type=veth")
    }
}

/// A UUID that is that guest's for ever.
fn uuid_of(vmid: u32) -> String {
    format!("7e8c8beb-3530-429a-a1ed-{:012x}", 0x6148_d06f_0000_u64 + u64::from(vmid))
}
