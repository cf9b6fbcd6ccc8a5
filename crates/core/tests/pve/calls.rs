//! What is sent is what Proxmox documents, and asks for the privilege that it checks.

use std::collections::BTreeMap;
use std::time::Duration;

use labkeeper_core::pve::calls::agent::MachineAt;
use labkeeper_core::pve::calls::backup::BackupMode;
use labkeeper_core::pve::calls::guest::{ContainerAt, Otherwise};
use labkeeper_core::pve::calls::{access, agent, backup, cluster, guest, node, snapshot, storage, task};
use labkeeper_core::pve::{Call, Effect, GuestAt, GuestKind, Need, Without};
use serde::Deserialize;

use crate::tolerance::answer;

fn at(kind: GuestKind, vmid: u64) -> GuestAt {
    GuestAt { node: "pve1".parse().unwrap(), kind, vmid: vmid.try_into().unwrap() }
}

fn line<T>(call: &Call<T>) -> String {
    let request = call.request();
    format!("{} {} {}", request.method().as_str(), request.target(), request.form().unwrap_or_default())
        .trim()
        .to_owned()
}

#[test]
fn requests_as_sent() {
    let (node_name, ct, vm) = ("pve1".parse().unwrap(), at(GuestKind::Lxc, 101), at(GuestKind::Qemu, 200));
    let (s1, local) = ("s1".parse().unwrap(), "local".parse().unwrap());
    let upid = "UPID:pve1:000015B2:0009F92E:6B0236F6:vzstart:100:mcp@pve!op:".parse().unwrap();
    let archive = "local:backup/vzdump-lxc-101-2026_11_22-00_22_56.tar.zst".parse().unwrap();
    let machine = MachineAt::of(&vm).unwrap();
    let patience = Duration::from_secs(60);
    let sent = [
        line(&cluster::version()),
        line(&cluster::resources()),
        line(&node::tasks(&node_name, Some(ct.vmid), 50)),
        line(&node::zfs_pool(&node_name, &"tank".parse().unwrap())),
        line(&guest::config_of_snapshot(&ct, &s1)),
        line(&guest::start(&ct)),
        line(&guest::shut_down(&vm, patience, Otherwise::Fail)),
        line(&guest::shut_down(&ct, patience, Otherwise::Stop)),
        line(&guest::reboot(&ct, patience)),
        line(&guest::stop(&vm)),
        line(&snapshot::create(&ct, &s1, "before & after\n")),
        line(&snapshot::create_with_memory(&vm, &s1, "")),
        line(&snapshot::create_with_memory(&ct, &s1, "")),
        line(&snapshot::rollback(&ct, &s1)),
        line(&snapshot::delete(&vm, &s1)),
        line(&agent::ping(&machine)),
        line(&agent::interfaces(&machine)),
        line(&storage::backups(&node_name, &local)),
        line(&backup::create(&ct, &local, BackupMode::Stop, "by labkeeper")),
        line(&backup::restore_over(&ct, &archive, Some(&local))),
        line(&backup::restore_over(&vm, &archive, None)),
        line(&backup::delete(&node_name, &archive)),
        line(&task::log(&upid, 2, 500)),
        line(&task::stop(&upid)),
        line(&access::own_permissions()),
    ];
    let expected = "\
GET /api2/json/version
GET /api2/json/cluster/resources
GET /api2/json/nodes/pve1/tasks?source=all&limit=50&vmid=101
GET /api2/json/nodes/pve1/disks/zfs/tank
GET /api2/json/nodes/pve1/lxc/101/config?snapshot=s1
POST /api2/json/nodes/pve1/lxc/101/status/start
POST /api2/json/nodes/pve1/qemu/200/status/shutdown timeout=60
POST /api2/json/nodes/pve1/lxc/101/status/shutdown timeout=60&forceStop=1
POST /api2/json/nodes/pve1/lxc/101/status/reboot timeout=60
POST /api2/json/nodes/pve1/qemu/200/status/stop
POST /api2/json/nodes/pve1/lxc/101/snapshot snapname=s1&description=before%20%26%20after%0A
POST /api2/json/nodes/pve1/qemu/200/snapshot snapname=s1&vmstate=1
POST /api2/json/nodes/pve1/lxc/101/snapshot snapname=s1
POST /api2/json/nodes/pve1/lxc/101/snapshot/s1/rollback
DELETE /api2/json/nodes/pve1/qemu/200/snapshot/s1
POST /api2/json/nodes/pve1/qemu/200/agent/ping
GET /api2/json/nodes/pve1/qemu/200/agent/network-get-interfaces
GET /api2/json/nodes/pve1/storage/local/content?content=backup
POST /api2/json/nodes/pve1/vzdump vmid=101&storage=local&mode=stop&compress=zstd&remove=0&notes-template=by%20labkeeper
POST /api2/json/nodes/pve1/lxc vmid=101&force=1&ostemplate=local%3Abackup%2Fvzdump-lxc-101-2026_11_22-00_22_56.tar.zst&restore=1&storage=local
POST /api2/json/nodes/pve1/qemu vmid=200&force=1&archive=local%3Abackup%2Fvzdump-lxc-101-2026_11_22-00_22_56.tar.zst
DELETE /api2/json/nodes/pve1/storage/local/content/local%3Abackup%2Fvzdump-lxc-101-2026_11_22-00_22_56.tar.zst
GET /api2/json/nodes/pve1/tasks/UPID%3Apve1%3A000015B2%3A0009F92E%3A6B0236F6%3Avzstart%3A100%3Amcp%40pve%21op%3A/log?start=2&limit=500
DELETE /api2/json/nodes/pve1/tasks/UPID%3Apve1%3A000015B2%3A0009F92E%3A6B0236F6%3Avzstart%3A100%3Amcp%40pve%21op%3A
GET /api2/json/access/permissions";
    assert_eq!(sent.join("\n"), expected);
}

#[test]
fn only_questions_may_be_repeated() {
    let (ct, vm) = (at(GuestKind::Lxc, 101), at(GuestKind::Qemu, 200));
    assert_eq!(guest::status(&ct).request().effect(), Effect::Read);
    assert_eq!(
        agent::ping(&MachineAt::of(&vm).unwrap()).request().effect(),
        Effect::Read,
        "a question by POST"
    );
    assert_eq!(guest::start(&ct).request().effect(), Effect::Write);
    assert_eq!(snapshot::delete(&ct, &"s1".parse().unwrap()).request().effect(), Effect::Write);
}

#[test]
fn each_kind_of_guest_is_asked_what_it_can_answer() {
    assert_eq!(MachineAt::of(&at(GuestKind::Lxc, 101)), None);
    assert_eq!(ContainerAt::of(&at(GuestKind::Qemu, 200)), None);
}

#[derive(Deserialize)]
struct Checked {
    path: String,
    any_of: Vec<String>,
}

/// What the recorded node checks per method is what the call says that it needs.
#[test]
fn needs_are_those_that_proxmox_checks() {
    let recorded: BTreeMap<String, Checked> = serde_json::from_str(answer!("needs")).unwrap();
    let (node_name, ct, vm) = ("pve1".parse().unwrap(), at(GuestKind::Lxc, 101), at(GuestKind::Qemu, 200));
    let (s1, local) = ("s1".parse().unwrap(), "local".parse().unwrap());
    let machine = MachineAt::of(&vm).unwrap();
    let patience = Duration::from_secs(60);
    let needs: Vec<(String, Vec<Need>)> = vec![
        of(&cluster::status()),
        of(&node::status(&node_name)),
        of(&node::services(&node_name)),
        of(&node::disks(&node_name)),
        of(&node::zfs_pools(&node_name)),
        of(&node::zfs_pool(&node_name, &"tank".parse().unwrap())),
        of(&node::updates(&node_name)),
        of(&guest::status(&ct)),
        of(&guest::config(&ct)),
        of(&guest::container_interfaces(&ContainerAt::of(&ct).unwrap())),
        of(&guest::start(&ct)),
        of(&guest::stop(&ct)),
        of(&guest::shut_down(&ct, patience, Otherwise::Fail)),
        of(&guest::reboot(&ct, patience)),
        of(&snapshot::list(&ct)),
        of(&snapshot::create(&ct, &s1, "")),
        of(&snapshot::delete(&ct, &s1)),
        of(&snapshot::rollback(&ct, &s1)),
        of(&agent::ping(&machine)),
        of(&agent::os_info(&machine)),
        of(&agent::interfaces(&machine)),
        of(&storage::contents(&node_name, &local)),
    ];
    assert_eq!(needs.len(), recorded.len(), "every recorded check has its call here");
    for (template, need) in needs {
        let refusing: Vec<Need> = need.into_iter().filter(|need| need.without == Without::Refused).collect();
        let [need] = &refusing[..] else { panic!("{template}: {refusing:?}") };
        let checked = &recorded[&template];
        let path = checked.path.replace("{node}", "pve1").replace("{storage}", "local");
        let path = path.replace("{vmid}", if template.contains("qemu") { "200" } else { "101" });
        assert_eq!(need.path, path, "{template}");
        // Version 8 checks another privilege for the agent; the recorded node is a 9.
        let ours: Vec<&str> =
            need.any_of.iter().copied().filter(|privilege| *privilege != "VM.Monitor").collect();
        assert_eq!(ours, checked.any_of, "{template}");
    }
}

fn of<T>(call: &Call<T>) -> (String, Vec<Need>) {
    let template =
        call.request().to_string().replace("/pve1/", "/{node}/").replace("/lxc/101", "/lxc/{vmid}");
    let template =
        template.replace("/qemu/200", "/qemu/{vmid}").replace("/storage/local/", "/storage/{storage}/");
    let template =
        template.replace("/zfs/tank", "/zfs/{name}").replace("/snapshot/s1", "/snapshot/{snapname}");
    (template, call.wants().to_vec())
}
