//! What a real Proxmox VE 9.1 node answered is understood.

use labkeeper_core::pve::{
    AgentAnswer, CertificateFacts, ClusterStatus, Disk, Fingerprint, GuestConfig, GuestInterface, GuestKind,
    GuestStatus, HostName, IpSetting, LogLine, NodeCertificate, NodeRow, NodeStatus, OsInfo, Permissions,
    Resource, Rows, RunState, Service, Snapshots, StorageStatus, StoredVolume, TaskExit, TaskRow, TaskStatus,
    Version,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::tolerance::answer;

fn read<T: DeserializeOwned>(file: &str) -> T {
    let answer: Value = serde_json::from_str(file).unwrap();
    serde_json::from_value(answer["data"].clone()).unwrap()
}

#[test]
fn the_cluster_lists_everything_it_has() {
    let resources: Rows<Resource> = read(answer!("cluster-resources"));
    assert_eq!((resources.len(), resources.unreadable().len()), (7, 0));
    let guests: Vec<_> = resources
        .iter()
        .filter_map(|resource| if let Resource::Guest(guest) = resource { Some(guest) } else { None })
        .collect();
    let shown: Vec<String> =
        guests.iter().map(|guest| format!("{} {:?}", guest.at(), guest.status)).collect();
    assert_eq!(shown, ["CT 100 on pve1 Running", "CT 101 on pve1 Running", "VM 200 on pve1 Running"]);
    let deb = guests[1];
    assert_eq!((deb.name.as_deref(), deb.pool.as_deref()), (Some("deb"), Some("lab")));
    assert_eq!(
        (deb.tags.as_slice(), deb.maxmem),
        (["prod".to_owned(), "web".to_owned()].as_slice(), Some(268_435_456))
    );
    assert!(resources.iter().any(
        |resource| matches!(resource, Resource::Node(node) if node.is_online() && node.maxcpu == Some(2.0))
    ));
    assert!(resources.iter().any(|resource| matches!(resource, Resource::Storage(storage) if storage.content.len() == 6 && storage.shared == Some(false))));
    assert!(resources.iter().any(|resource| matches!(resource, Resource::Pool(pool) if pool.pool == "lab")));
    assert!(
        resources.iter().any(
            |resource| matches!(resource, Resource::Network(zone) if zone.kind.as_deref() == Some("zone"))
        )
    );
}

#[test]
fn versions_and_nodes() {
    let version: Version = read(answer!("version"));
    assert_eq!((version.version.as_str(), version.major()), ("9.1.8", Some(9)));
    let nodes: Rows<NodeRow> = read(answer!("nodes"));
    let print = nodes[0].ssl_fingerprint.unwrap().to_string();
    assert!(print.starts_with("7F:66:5E:88"), "{print}");
    let cluster: ClusterStatus = read(answer!("cluster-status"));
    assert_eq!((cluster.name, cluster.quorate), (None, None));
    assert_eq!((cluster.nodes.len(), cluster.nodes[0].online), (1, Some(true)));
}

#[test]
fn a_cluster_of_several_has_a_name_and_a_quorum() {
    let rows = r#"[{"type":"cluster","name":"home","quorate":1,"nodes":2},{"type":"node","name":"pve1","online":1},{"type":"node","name":"pve2","online":0}]"#;
    let cluster: ClusterStatus = serde_json::from_str(rows).unwrap();
    assert_eq!(
        (cluster.name.as_deref(), cluster.quorate, cluster.nodes.len()),
        (Some("home"), Some(true), 2)
    );
}

#[test]
fn a_node_tells_how_it_is() {
    let status: NodeStatus = read(answer!("node-status"));
    assert_eq!(status.loadavg, [9.63, 8.44, 8.26], "it is sent as text");
    assert_eq!(status.cpuinfo.mhz, Some(2000.0));
    assert_eq!(status.memory.available, Some(21_752_111_104));
    assert_eq!(status.rootfs.available, Some(59_906_093_056));
    assert_eq!(status.boot.mode.as_deref(), Some("legacy-bios"));
    let services: Rows<Service> = read(answer!("node-services"));
    assert_eq!(
        services.iter().filter(|service| service.has_failed()).count(),
        0,
        "masked and absent ones have not failed"
    );
    let disks: Rows<Disk> = read(answer!("node-disks"));
    assert_eq!((disks[0].devpath.as_str(), disks[0].wearout, disks[0].rpm), ("/dev/vda", None, None));
    let storages: Rows<StorageStatus> = read(answer!("node-storage"));
    assert_eq!((storages[0].active, storages[0].used), (Some(true), Some(37_666_656_256)));
    let tasks: Rows<TaskRow> = read(answer!("node-tasks"));
    assert_eq!(tasks[0].status, Some(TaskExit::Good));
    assert_eq!(tasks[1].status, Some(TaskExit::Failed("start failed: QEMU exited with code 1".into())));
}

#[test]
fn guests_of_both_kinds_tell_how_they_are() {
    let container: GuestStatus = read(answer!("lxc-status"));
    assert_eq!(
        (container.status, container.name.as_deref(), container.agent),
        (RunState::Running, Some("deb"), None)
    );
    let machine: GuestStatus = read(answer!("qemu-status"));
    assert_eq!(
        (machine.qmpstatus.as_deref(), machine.agent, machine.ha.managed),
        (Some("running"), Some(true), Some(false))
    );
    let snapshots: Snapshots = read(answer!("qemu-snapshots"));
    assert_eq!(snapshots, Snapshots::default(), "the guest itself is no snapshot");
}

#[test]
fn snapshots_know_which_one_the_guest_stands_on() {
    let listed = r#"[{"name":"current","parent":"s2","running":1},{"name":"s1","snaptime":1795306876,"description":"auto\n"},
        {"name":"s2","parent":"s1","snaptime":"1795306976","vmstate":1},{"name":"1odd"}]"#;
    let snapshots: Snapshots = serde_json::from_str(listed).unwrap();
    assert_eq!(snapshots.parent.as_ref().map(ToString::to_string).as_deref(), Some("s2"));
    let newest = snapshots.find(snapshots.parent.as_ref().unwrap()).unwrap();
    assert_eq!((newest.snaptime, newest.vmstate), (Some(1_795_306_976), Some(true)));
    assert_eq!(snapshots.unreadable, ["\"1odd\" is no snapshot name"]);
}

#[test]
fn configurations_of_both_kinds() {
    let container: GuestConfig = read(answer!("lxc-config"));
    assert_eq!(
        (container.name(), container.memory(), container.ostype()),
        (Some("deb"), Some(256), Some("debian"))
    );
    assert_eq!(container.tags(), ["prod", "web"]);
    assert_eq!(container.nics()[0].ip, Some(IpSetting::Static("10.77.0.101/24".into())));
    let disks = container.disks(GuestKind::Lxc);
    assert_eq!((disks.len(), disks[0].key.as_str(), disks[0].size), (1, "rootfs", Some(0)));
    let machine: GuestConfig = read(answer!("qemu-config"));
    assert_eq!((machine.name(), machine.memory(), machine.expects_agent()), (Some("vm200"), Some(192), true));
    assert_eq!(machine.nics()[0].model.as_deref(), Some("virtio"));
    assert_eq!(machine.disks(GuestKind::Qemu).len(), 1, "scsihw is no disk");
    assert_eq!(machine.digest().map(str::len), Some(40));
}

#[test]
fn addresses_come_in_one_form_from_containers_and_agents() {
    let container: Rows<GuestInterface> = read(answer!("lxc-interfaces"));
    let machine: AgentAnswer<Rows<GuestInterface>> = read(answer!("agent-interfaces"));
    for (interfaces, mac, address) in [
        (&container, "bc:24:11:7a:26:5c", "10.77.0.101"),
        (&machine.result, "bc:24:11:00:02:00", "10.77.0.200"),
    ] {
        let eth0 = interfaces.iter().find(|interface| interface.name == "eth0").unwrap();
        assert_eq!(eth0.mac.as_deref(), Some(mac));
        assert_eq!(eth0.addresses.len(), 2, "the short form repeats the first of each kind");
        assert_eq!(
            (eth0.addresses[0].address.to_string().as_str(), eth0.addresses[0].prefix),
            (address, Some(24))
        );
    }
    let system: AgentAnswer<OsInfo> = read(answer!("agent-osinfo"));
    assert_eq!(system.result.pretty_name.as_deref(), Some("Debian GNU/Linux 13 (trixie)"));
    let name: AgentAnswer<HostName> = read(answer!("agent-host-name"));
    assert_eq!(name.result.host_name, "vm200");
}

#[test]
fn backups_are_found_among_what_a_storage_holds() {
    let contents: Rows<StoredVolume> = read(answer!("storage-content"));
    let backups: Vec<_> = contents.iter().filter_map(StoredVolume::backup).collect();
    assert_eq!((contents.len(), backups.len()), (6, 1));
    assert_eq!(
        (backups[0].vmid.get(), backups[0].kind, backups[0].made),
        (102, Some(GuestKind::Lxc), Some(1_795_306_976))
    );
    assert_eq!((backups[0].verified, backups[0].is_protected), (None, false));
}

#[test]
fn tasks_say_how_they_ended() {
    let recorded: Value = serde_json::from_str(answer!("tasks")).unwrap();
    let ends: Vec<TaskStatus> = recorded
        .as_array()
        .unwrap()
        .iter()
        .map(|task| serde_json::from_value(task["status"]["data"].clone()).unwrap())
        .collect();
    assert_eq!(ends[0], TaskStatus::Stopped(TaskExit::Good));
    let why = "Configuration file 'nodes/pve1/lxc/999.conf' does not exist";
    assert_eq!(ends[1], TaskStatus::Stopped(TaskExit::Failed(why.into())));
    let backup: Value = serde_json::from_str(answer!("backup-task")).unwrap();
    let log: Rows<LogLine> = serde_json::from_value(backup["log"]["data"].clone()).unwrap();
    assert!(log.len() > 10 && log.iter().enumerate().all(|(index, line)| line.n == index as u64 + 1));
}

#[test]
fn a_token_knows_what_it_may() {
    let permissions: Permissions = read(answer!("own-permissions"));
    assert!(permissions.allow("/vms/100", "VM.PowerMgmt"), "handed down from /vms");
    assert!(!permissions.allow("/vms/101", "VM.Allocate"));
    assert_eq!(permissions.privileges().len(), 8);
}

#[test]
fn the_certificate_that_a_node_shows_is_read() {
    let certificates: Rows<NodeCertificate> = read(answer!("certificates"));
    let own = certificates.iter().find(|certificate| certificate.filename == "pve-ssl.pem").unwrap();
    let recorded: Value = serde_json::from_str(answer!("certificates")).unwrap();
    let pem = recorded["data"].as_array().unwrap().iter().find_map(|row| row["pem"].as_str()).unwrap();
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, base64).unwrap();
    assert_eq!(Some(Fingerprint::of(&der)), own.fingerprint);
    let facts = CertificateFacts::read(&der).unwrap();
    assert_eq!(Some(facts.subject), own.subject);
    assert_eq!(Some(facts.issuer), own.issuer);
    assert_eq!((Some(facts.not_before), Some(facts.not_after)), (own.notbefore, own.notafter));
    assert_eq!(facts.names, ["127.0.0.1", "::1", "localhost", "10.231.7.2", "pve1"]);
    for length in 0..der.len() {
        let cut = CertificateFacts::read(&der[..length]);
        assert!(cut.is_none(), "a certificate cut at {length} is none");
    }
}
