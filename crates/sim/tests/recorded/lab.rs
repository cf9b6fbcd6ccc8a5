//! The lab that was recorded, built again.

use std::collections::BTreeMap;

use labkeeper_sim::Cluster;
use labkeeper_sim::access::{Holder, Release, TokenChange, UserChange};
use labkeeper_sim::world::{
    Agent, Certificate, Disk, Effect, Guest, Kind, Nic, Node, Pool, Power, Service, Status, Storage,
    StorageKind, Volume, World,
};

const NOW: i64 = 1_795_305_841;

pub(crate) fn lab() -> Cluster {
    let mut world = World::new(Release::V9, NOW);
    world.nodes.insert("pve1".into(), node());
    for guest in [container(100, "bb", &[]), container(101, "deb", &["prod", "web"]), machine()] {
        world.guests.insert(guest.vmid, guest);
    }
    world.storages.insert("local".into(), storage());
    let lab = Pool { comment: "lab pool".into(), guests: vec![101, 200], storages: vec!["local".into()] };
    world.pools.insert("lab".into(), lab);
    world.begin("pve1", "root@pam", Effect::Power(Kind::Lxc, 100, Power::Start));
    world.advance((NOW + 60) * 1000);
    let mut cluster = Cluster::new(world);
    people(&mut cluster);
    cluster
}

fn people(cluster: &mut Cluster) {
    let access = &mut cluster.access;
    let operate = ["VM.Audit", "VM.PowerMgmt"];
    access.add_role("MCPOperate", operate.map(str::to_string).into()).unwrap();
    for (user, enabled) in [("mcp@pve", true), ("off@pve", false)] {
        access.add_user(user, UserChange { enabled: Some(enabled), ..UserChange::default() }).unwrap();
    }
    for role in ["PVEAuditor", "MCPOperate"] {
        access.grant("/", Holder::User("mcp@pve".into()), role, true).unwrap();
        access.grant("/", Holder::Token("mcp@pve!op".into()), role, true).unwrap_or(());
    }
    let separate = |privsep: bool, expire: i64| TokenChange {
        separated: Some(privsep),
        expire: Some(expire),
        ..TokenChange::default()
    };
    for (user, token, privsep, expire) in [
        ("root@pam", "admin", false, 0),
        ("root@pam", "sep", true, 0),
        ("mcp@pve", "full", false, 0),
        ("mcp@pve", "op", true, 0),
        ("mcp@pve", "ro", true, 0),
        ("mcp@pve", "none", true, 0),
        ("mcp@pve", "expired", true, 1_000_000_000),
        ("off@pve", "tk", false, 0),
    ] {
        access.add_token(user, token, separate(privsep, expire)).unwrap();
        access.set_secret(&format!("{user}!{token}"), "secret").unwrap();
    }
    for (token, role) in [("op", "PVEAuditor"), ("op", "MCPOperate"), ("ro", "PVEAuditor")] {
        access.grant("/", Holder::Token(format!("mcp@pve!{token}")), role, true).unwrap();
    }
}

pub(crate) fn credential(token: &str) -> Option<String> {
    let name = match token {
        "root" => "root@pam!admin",
        "rootsep" => "root@pam!sep",
        "off" => "off@pve!tk",
        "unknown" => "mcp@pve!unknown",
        "bad" => return Some("PVEAPIToken=mcp@pve!ro=wrong".into()),
        "_anon" => return None,
        _ => return Some(format!("PVEAPIToken=mcp@pve!{token}=secret")),
    };
    Some(format!("PVEAPIToken={name}=secret"))
}

fn node() -> Node {
    let service = |name, state| Service { name, description: name, state };
    Node {
        name: "pve1".into(),
        address: "10.231.7.2".into(),
        id: 1,
        online: true,
        booted_at: NOW - 5_117,
        cpu_model: "Intel(R) Xeon(R) CPU".into(),
        cpus: 2,
        memory: 25_276_502_016,
        root_bytes: 270_553_174_016,
        root_used: 37_666_652_160,
        kernel: "6.17.13-2-pve".into(),
        disks: vec![Disk {
            path: "/dev/vda".into(),
            model: "Intel(R) Xeon(R) CPU".into(),
            serial: "unknown".into(),
            kind: "unknown",
            size: 274_877_906_944,
            health: "UNKNOWN",
            wearout: None,
            used: "mounted",
        }],
        zfs: Vec::new(),
        interfaces: Vec::new(),
        services: vec![service("pveproxy", "running"), service("cron", "running")],
        certificates: vec![Certificate {
            filename: "pve-ssl.pem",
            fingerprint: "7F".into(),
            pem: "-----BEGIN CERTIFICATE-----".into(),
            subject: "/CN=pve1".into(),
            issuer: "/CN=CA".into(),
            not_before: NOW,
            not_after: NOW + 1,
        }],
        updates: Vec::new(),
    }
}

fn container(vmid: u32, name: &str, tags: &[&str]) -> Guest {
    Guest {
        vmid,
        kind: Kind::Lxc,
        name: name.into(),
        node: "pve1".into(),
        status: Status::Running { since: NOW - 1_800, pid: 300 + vmid },
        cores: 2,
        memory: 256,
        swap: 0,
        tags: tags.iter().map(|tag| (*tag).to_string()).collect(),
        onboot: false,
        template: false,
        lock: None,
        ostype: "debian".into(),
        description: "real container".into(),
        nics: vec![Nic {
            bridge: "vmbr0".into(),
            mac: "BC:24:11:7A:26:5C".into(),
            tag: None,
            ip: Some("10.77.0.101/24".into()),
            dhcp: false,
        }],
        disks: vec![("rootfs".into(), format!("local:{vmid}/subvol-{vmid}-disk-0.subvol"), 1)],
        more: BTreeMap::from([("features".into(), "nesting=1".into())]),
        agent: Agent::Off,
        snapshots: Vec::new(),
        parent: None,
        load: 0.01,
        filling: 0.1,
    }
}

fn machine() -> Guest {
    let more = ["args", "boot", "cpu", "kvm", "meta", "serial0", "vga", "vmgenid"];
    let more = more.map(|key| (key.to_string(), "x".to_string())).into();
    let agent = Agent::Answers { id: "debian".into(), name: "Debian GNU/Linux".into(), version: "13".into() };
    Guest {
        kind: Kind::Qemu,
        cores: 1,
        ostype: "l26".into(),
        description: String::new(),
        disks: vec![("scsi0".into(), "local:200/vm-200-disk-0.raw".into(), 1)],
        agent,
        more,
        ..container(200, "vm200", &["test"])
    }
}

fn storage() -> Storage {
    let volume = |volid: &str, content, format, vmid| Volume {
        volid: volid.into(),
        content,
        format,
        size: 1,
        ctime: NOW,
        vmid,
        notes: None,
        protected: false,
    };
    Storage {
        id: "local".into(),
        kind: StorageKind::Dir,
        content: vec!["vztmpl", "snippets", "rootdir", "iso", "images", "backup"],
        shared: false,
        options: BTreeMap::from([("path", "/var/lib/vz".into())]),
        usage: BTreeMap::from([("pve1".into(), (270_553_174_016, 37_666_652_160))]),
        volumes: vec![
            ("pve1".into(), volume("local:101/subvol-101-disk-0.subvol", "rootdir", "subvol", Some(101))),
            ("pve1".into(), volume("local:200/vm-200-disk-0.raw", "images", "raw", Some(200))),
            ("pve1".into(), volume("local:vztmpl/busybox_1_amd64.tar.gz", "vztmpl", "tgz", None)),
        ],
        active: true,
    }
}
