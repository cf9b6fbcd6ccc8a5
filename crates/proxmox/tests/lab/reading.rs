//! What an auditor sees, and that it is known beforehand what it will not.

use labkeeper_core::pve::calls::agent::MachineAt;
use labkeeper_core::pve::calls::guest::ContainerAt;
use labkeeper_core::pve::calls::{access, agent, cluster, guest, node, snapshot, storage};
use labkeeper_core::pve::{
    Call, Complaint, GuestKind, NodeName, Permissions, PveError, Resource, RunState, StoredVolume, Without,
};
use labkeeper_sim::access::Release;
use serde::de::DeserializeOwned;

use crate::cluster::{Home, find, pve};

fn node1() -> NodeName {
    "pve1".parse().unwrap()
}

#[tokio::test]
async fn the_cluster_as_a_whole() {
    let home = Home::open().await;
    let api = home.client("observe");
    let resources = pve(&api).call(&cluster::resources()).await.unwrap();
    assert!(resources.unreadable().is_empty(), "{:?}", resources.unreadable());
    let guests = resources.iter().filter(|resource| matches!(resource, Resource::Guest(_))).count();
    let others = resources.iter().filter(|resource| matches!(resource, Resource::Other { .. })).count();
    assert_eq!((guests, others), (26, 0));
    let status = pve(&api).call(&cluster::status()).await.unwrap();
    assert_eq!(
        (status.name.as_deref(), status.quorate, status.nodes.len()),
        (Some("homelab"), Some(true), 3)
    );
    let nodes = pve(&api).call(&cluster::nodes()).await.unwrap();
    assert!(nodes.iter().all(|node| node.is_online() && node.ssl_fingerprint.is_some()));
    assert_eq!(pve(&api).call(&cluster::version()).await.unwrap().major(), Some(9));
    assert_eq!(home.doors[0].connections(), 1);
}

#[tokio::test]
async fn a_node_and_what_is_in_it() {
    let home = Home::open().await;
    let api = home.client("observe");
    let name = node1();
    let status = pve(&api).call(&node::status(&name)).await.unwrap();
    assert_eq!((status.cpuinfo.cpus, status.memory.total), (Some(16), Some(64 << 30)));
    let disks = pve(&api).call(&node::disks(&name)).await.unwrap();
    assert_eq!(disks.iter().map(|disk| disk.wearout).collect::<Vec<_>>(), [Some(93), None, None]);
    let pools = pve(&api).call(&node::zfs_pools(&name)).await.unwrap();
    assert_eq!((pools[0].name.as_str(), pools[0].health.as_deref()), ("tank", Some("ONLINE")));
    let pool = pve(&api).call(&node::zfs_pool(&name, &"tank".parse().unwrap())).await.unwrap();
    assert_eq!(pool.state.as_deref(), Some("ONLINE"));
    let network = pve(&api).call(&node::network(&name)).await.unwrap();
    assert!(
        network
            .iter()
            .any(|interface| interface.iface == "vmbr0" && interface.kind.as_deref() == Some("bridge"))
    );
    let services = pve(&api).call(&node::services(&name)).await.unwrap();
    assert!(services.iter().any(|service| service.service == "pveproxy" && !service.has_failed()));
    let certificates = pve(&api).call(&node::certificates(&name)).await.unwrap();
    assert!(
        certificates.iter().any(|certificate| certificate
            .fingerprint
            .map(|print| print.to_string())
            .as_deref()
            == Some(home.doors[0].fingerprint.as_str()))
    );
    let storages = pve(&api).call(&storage::list(&name)).await.unwrap();
    assert!(
        storages.iter().any(|storage| storage.storage.as_str() == "tank" && storage.active == Some(true))
    );
    assert!(pve(&api).call(&node::tasks(&name, None, 20)).await.unwrap().unreadable().is_empty());
}

#[tokio::test]
async fn guests_and_what_they_say_of_themselves() {
    let home = Home::open().await;
    let api = home.client("observe");
    let postgres = find(&api, "postgres").await;
    let status = pve(&api).call(&guest::status(&postgres)).await.unwrap();
    assert_eq!((status.status, status.maxmem), (RunState::Running, Some(4096 << 20)));
    let config = pve(&api).call(&guest::config(&postgres)).await.unwrap();
    assert_eq!((config.name(), config.cores(), config.nics()[0].vlan), (Some("postgres"), Some(4), Some(20)));
    assert_eq!(config.disks(GuestKind::Lxc)[0].size, Some(48 << 30));
    let addresses =
        pve(&api).call(&guest::container_interfaces(&ContainerAt::of(&postgres).unwrap())).await.unwrap();
    assert!(
        addresses
            .iter()
            .any(|interface| interface.addresses.iter().any(|at| at.address.to_string() == "10.10.20.13"))
    );

    let docker = MachineAt::of(&find(&api, "docker").await).unwrap();
    pve(&api).call(&agent::ping(&docker)).await.unwrap();
    let system = pve(&api).call(&agent::os_info(&docker)).await.unwrap().result;
    assert_eq!(system.id.as_deref(), Some("debian"));
    let addresses = pve(&api).call(&agent::interfaces(&docker)).await.unwrap().result;
    assert!(
        addresses
            .iter()
            .any(|interface| interface.addresses.iter().any(|at| at.address.to_string() == "10.10.20.30"))
    );
}

#[tokio::test]
async fn agents_that_do_not_answer_say_why() {
    let home = Home::open().await;
    let api = home.client("observe");
    for (name, expected) in [
        ("truenas", Complaint::AgentSilent),
        ("opnsense", Complaint::AgentOff),
        ("windows", Complaint::NotRunning),
    ] {
        let machine = MachineAt::of(&find(&api, name).await).unwrap();
        let error = pve(&api).call(&agent::ping(&machine)).await.unwrap_err();
        assert!(
            matches!(&error, PveError::InTheWay { complaint, .. } if *complaint == expected),
            "{name}: {error:?}"
        );
    }
}

#[tokio::test]
async fn version_8_does_not_let_an_auditor_ask_agents() {
    let home = Home::of(Release::V8).await;
    let api = home.client("observe");
    let docker = MachineAt::of(&find(&api, "docker").await).unwrap();
    let call = agent::os_info(&docker);
    let permissions = pve(&api).call(&access::own_permissions()).await.unwrap();
    assert_eq!(permissions.missing(call.wants()).len(), 1);
    let error = pve(&api).call(&call).await.unwrap_err();
    assert_eq!(error.to_string(), "not allowed: needs VM.Monitor on /vms/202");
}

#[tokio::test]
async fn what_is_not_there_is_called_so() {
    let home = Home::open().await;
    let api = home.client("observe");
    let mut gone = find(&api, "redis").await;
    gone.vmid = "999".parse().unwrap();
    let error = pve(&api).call(&guest::config(&gone)).await.unwrap_err();
    assert!(matches!(error, PveError::NotFound(_)), "{error:?}");
}

/// Whether the permissions say so, and whether Proxmox does.
async fn foreseen<T: DeserializeOwned>(
    home: &Home,
    token: &str,
    held: &Permissions,
    call: &Call<T>,
) -> (bool, bool) {
    let api = home.client(token);
    let allowed = held.missing(call.wants()).iter().all(|need| need.without == Without::LeftOut);
    match pve(&api).call(call).await {
        Err(PveError::Forbidden(_)) => (allowed, false),
        _ => (allowed, true),
    }
}

#[tokio::test]
async fn a_refusal_is_foreseen_from_the_permissions() {
    let home = Home::open().await;
    for token in ["nothing", "observe", "operate"] {
        let api = home.client(token);
        let held = pve(&api).call(&access::own_permissions()).await.unwrap();
        let name = node1();
        let at = find(&home.client("observe"), "postgres").await;
        let machine = MachineAt::of(&find(&home.client("observe"), "docker").await).unwrap();
        let mut seen = Vec::new();
        macro_rules! look {
            ($($call:expr),* $(,)?) => {$(
                let call = $call;
                let (said, done) = foreseen(&home, token, &held, &call).await;
                assert_eq!(said, done, "{token}: {call:?}");
                seen.push(done);
            )*};
        }
        look!(
            cluster::version(),
            cluster::resources(),
            cluster::status(),
            cluster::nodes(),
            node::status(&name),
            node::services(&name),
            node::disks(&name),
            node::zfs_pools(&name),
            node::network(&name),
            node::certificates(&name),
            node::tasks(&name, None, 5),
            node::updates(&name),
            guest::status(&at),
            guest::config(&at),
            guest::container_interfaces(&ContainerAt::of(&at).unwrap()),
            snapshot::list(&at),
            agent::os_info(&machine),
            storage::list(&name),
            storage::contents(&name, &"nas".parse().unwrap()),
        );
        let allowed = seen.iter().filter(|done| **done).count();
        assert_eq!(
            allowed,
            if token == "nothing" { 7 } else { 18 },
            "{token}: only updates are not an auditor's"
        );
    }
}

#[tokio::test]
async fn backups_are_read_from_the_storage_by_who_may_touch_them() {
    let home = Home::open().await;
    let call = storage::backups(&node1(), &"nas".parse().unwrap());
    let backups = pve(&home.client("backup")).call(&call).await.unwrap();
    assert!(
        backups.len() > 20 && backups.unreadable().is_empty(),
        "{} {:?}",
        backups.len(),
        backups.unreadable()
    );
    let known = |volume: &StoredVolume| {
        volume.backup().is_some_and(|backup| backup.made.is_some() && backup.kind.is_some())
    };
    assert!(backups.iter().all(known));
    let observer = home.client("observe");
    assert!(pve(&observer).call(&call).await.unwrap().is_empty());
    let held = pve(&observer).call(&access::own_permissions()).await.unwrap();
    let missing: Vec<String> = held.missing(call.wants()).iter().map(ToString::to_string).collect();
    assert_eq!(
        missing,
        ["Datastore.AllocateSpace or Datastore.Allocate on /storage/nas", "VM.Backup on /vms"]
    );
}

#[tokio::test]
async fn an_empty_list_may_mean_not_allowed() {
    let home = Home::open().await;
    let api = home.client("nothing");
    let call = cluster::resources();
    let guests =
        pve(&api).call(&call).await.unwrap().iter().filter(|row| matches!(row, Resource::Guest(_))).count();
    assert_eq!(guests, 0);
    let held = pve(&api).call(&access::own_permissions()).await.unwrap();
    let missing = held.missing(call.wants());
    assert_eq!(missing[0].to_string(), "VM.Audit on /vms", "so the list says nothing about what is there");
}
