//! Backups of guests on a simulated cluster: made, looked for, put back, taken away; and what is said when something is in the way.

use labkeeper_core::actor::{Actor, Grant, Via};
use labkeeper_core::fault::Code;
use labkeeper_core::tier::Tier;
use labkeeper_sim::world::Volume;
use serde_json::{Value, json};

use crate::homelab::{BACKUPS, Homelab, OPERATE, connected, connected_for};
use crate::shell_lab::{DEBIAN, reached};

/// A guest that the nightly job leaves out.
const LONELY: u32 = 115;

fn of(home: &Homelab, vmid: u32) -> Vec<Volume> {
    let cluster = home.cluster.cluster();
    let volumes = cluster.world.storages.values().flat_map(|storage| &storage.volumes);
    volumes
        .map(|(_, volume)| volume.clone())
        .filter(|volume| volume.content == "backup" && volume.vmid == Some(vmid))
        .collect()
}

async fn back_up(home: &Homelab, vmid: u32) -> Value {
    // Archives are named for the second in which they are begun.
    let now = || home.cluster.cluster().world.now();
    let newest = of(home, vmid).iter().map(|volume| volume.ctime).max();
    while newest >= Some(now()) {
        tokio::task::yield_now().await;
    }
    home.lab
        .ask("guest_backup", json!({"vmid": vmid, "storage": "nas", "note": "before", "confirm": true}))
        .await
}

fn assistant() -> Actor {
    let grant = Grant { tier: Tier::Companion, write: true, admin: false };
    Actor { name: "assistant".into(), grant, session: Some("s".into()), ..Actor::local(Via::Mcp) }
}

#[tokio::test]
async fn a_token_without_the_rights_is_told_what_it_lacks_and_nothing_is_begun() {
    let home = connected(OPERATE).await;
    let input = json!({"vmid": 108, "storage": "nas", "confirm": true});
    let fault = home.lab.refused("guest_backup", input).await;
    assert_eq!(fault.code, Code::Forbidden);
    assert!(fault.message.contains("VM.Backup on /vms/108"), "{fault}");
    assert!(fault.message.contains("Datastore.AllocateSpace on /storage/nas"), "{fault}");
    assert!(fault.hint.unwrap().contains("--name home --tier companion --with-backups"));
    assert!(home.cluster.cluster().world.tasks.is_empty());
    let home = connected_for(Some(Tier::Operate), BACKUPS).await;
    let fault =
        home.lab.refused("guest_backup", json!({"vmid": 108, "storage": "nas", "confirm": true})).await;
    assert_eq!(fault.code, Code::Forbidden, "the place was connected for less");
}

#[tokio::test]
async fn a_backup_is_made_looked_for_and_only_then_are_older_ones_of_ours_deleted() {
    let home = connected(BACKUPS).await;
    let others = of(&home, 108);
    let fault = home.lab.refused("guest_backup", json!({"vmid": 108, "confirm": true})).await;
    assert_eq!((fault.code, fault.field.as_deref()), (Code::Invalid, Some("storage")));
    let fault = home.lab.refused("guest_backup", json!({"vmid": 108, "storage": "nas"})).await;
    assert_eq!(fault.code, Code::ConfirmRequired);
    assert_eq!(fault.details.unwrap()["plan"]["details"]["evictsAfterwards"], json!([]));
    let fault =
        home.lab.refused("guest_backup", json!({"vmid": 108, "storage": "tank", "confirm": true})).await;
    assert!(fault.hint.unwrap().contains("local, nas"));
    let mut made = Vec::new();
    for _ in 0..3 {
        made.push(back_up(&home, 108).await);
    }
    assert_eq!(made[0]["taskStatus"], "OK");
    let note = made[0]["note"].as_str().unwrap();
    assert!(note.starts_with("mcp-") && note.ends_with(" — before"), "{note}");
    assert!(made[0]["sizeBytes"].as_u64().unwrap() > 0);
    assert_eq!((&made[1]["evicted"], &made[2]["evicted"]), (&json!([]), &json!([made[0]["archive"]])));
    let now = of(&home, 108);
    assert_eq!(now.len(), others.len() + 2);
    assert!(others.iter().all(|other| now.contains(other)), "nobody else's was touched");
    let listed = home.lab.ask("list_backups", json!({"vmid": 108})).await;
    assert_eq!(listed["backups"][0]["archive"], made[2]["archive"]);
}

#[tokio::test]
async fn a_job_that_fails_deletes_nothing_and_says_what_the_node_said() {
    let home = connected(BACKUPS).await;
    for _ in 0..2 {
        back_up(&home, LONELY).await;
    }
    let before = of(&home, LONELY);
    home.cluster.cluster().world.guests.get_mut(&LONELY).unwrap().lock = Some("snapshot".into());
    let fault =
        home.lab.refused("guest_backup", json!({"vmid": LONELY, "storage": "nas", "confirm": true})).await;
    assert!(fault.message.contains("job errors") || fault.message.contains("locked"), "{fault}");
    assert_eq!(of(&home, LONELY), before);
}

#[tokio::test]
async fn the_last_good_backup_and_a_protected_one_are_never_deleted() {
    let home = connected(BACKUPS).await;
    let first = back_up(&home, LONELY).await;
    let delete = json!({"vmid": LONELY, "archive": first["archive"], "confirm": true});
    let fault = home.lab.refused("guest_backup_delete", delete.clone()).await;
    assert_eq!(fault.code, Code::Denied);
    assert!(fault.message.contains("last good backup"), "{fault}");
    let second = back_up(&home, LONELY).await;
    // By the name that its notes begin with.
    let name = first["note"].as_str().unwrap().split(' ').next().unwrap();
    let gone =
        home.lab.ask("guest_backup_delete", json!({"vmid": LONELY, "archive": name, "confirm": true})).await;
    assert_eq!((&gone["archive"], &gone["left"]), (&first["archive"], &json!(1)));
    assert_eq!(of(&home, LONELY).len(), 1);
    let fault = home.lab.refused("guest_backup_delete", delete).await;
    assert_eq!(fault.code, Code::NotFound);
    assert!(fault.hint.unwrap().contains(second["archive"].as_str().unwrap()));
    // Somebody else's, by an assistant: a person decides.
    let nightly = of(&home, 108)[0].volid.clone();
    let input = json!({"vmid": 108, "archive": nightly, "confirm": true});
    let fault = home.lab.call_as(assistant(), "guest_backup_delete", input).await.unwrap_err();
    assert_eq!(fault.code, Code::ApprovalPending);
}

#[tokio::test]
async fn a_person_puts_a_backup_back_and_the_guest_runs_again() {
    let home = connected(BACKUPS).await;
    let made = back_up(&home, 108).await;
    home.lab.ask("snapshot_create", json!({"vmid": 108})).await;
    let memory = {
        let mut cluster = home.cluster.cluster();
        std::mem::replace(&mut cluster.world.guests.get_mut(&108).unwrap().memory, 64)
    };
    let mut input = json!({"vmid": 108, "archive": made["archive"], "confirm": true});
    let fault = home.lab.refused("guest_backup_restore", input.clone()).await;
    assert_eq!((fault.code, fault.field.as_deref()), (Code::Conflict, Some("stopIfRunning")));
    input["stopIfRunning"] = true.into();
    let fault = home.lab.call_as(assistant(), "guest_backup_restore", input.clone()).await.unwrap_err();
    assert_eq!(fault.code, Code::ApprovalPending);
    let reasons = fault.details.unwrap().to_string();
    assert!(reasons.contains("1 snapshots are lost"), "{reasons}");
    let restored = home.lab.ask("guest_backup_restore", input).await;
    assert_eq!((&restored["restarted"], &restored["guestType"]), (&json!(true), &json!("lxc")));
    let cluster = home.cluster.cluster();
    let guest = &cluster.world.guests[&108];
    assert!(guest.is_running() && guest.snapshots.is_empty());
    assert_eq!(guest.memory, memory);
    assert!(guest.disks.iter().all(|(_, volume, _)| volume.starts_with("tank:")), "{:?}", guest.disks);
}

#[tokio::test]
async fn a_machine_is_restored_too_and_no_other_guests_archive_is_taken_for_it() {
    let home = connected(BACKUPS).await;
    let made = back_up(&home, 207).await;
    let other = back_up(&home, LONELY).await;
    let fault = home
        .lab
        .refused("guest_backup_restore", json!({"vmid": 207, "archive": other["archive"], "confirm": true}))
        .await;
    assert_eq!((fault.code, fault.field.as_deref()), (Code::NotFound, Some("archive")));
    let restored = home
        .lab
        .ask("guest_backup_restore", json!({"vmid": 207, "archive": made["archive"], "confirm": true}))
        .await;
    assert_eq!(restored["restarted"], false);
}

#[tokio::test]
async fn a_restore_that_fails_says_what_was_done_and_how_the_guest_is_left() {
    let home = connected(&["PVEAuditor", "Operate", "Backups"]).await;
    let made = back_up(&home, 108).await;
    let input = json!({"vmid": 108, "archive": made["archive"], "stopIfRunning": true, "confirm": true});
    let fault = home.lab.refused("guest_backup_restore", input.clone()).await;
    assert!(fault.message.contains("SDN.Use"), "{fault}");
    assert!(fault.message.contains("it was stopped before that"), "{fault}");
    assert!(fault.message.contains("is stopped now"), "{fault}");
    let details = fault.details.unwrap();
    assert_eq!(
        (&details["done"][0]["did"], &details["failed"], &details["guest"]["status"]),
        (&json!("stopped"), &json!("restore"), &json!("stopped"))
    );
    assert!(!home.cluster.cluster().world.guests[&108].is_running(), "it is not started over doubtful disks");
    // Going round in a circle is stopped.
    home.lab.refused("guest_backup_restore", input.clone()).await;
    let fault = home.lab.refused("guest_backup_restore", input.clone()).await;
    assert_eq!(fault.code, Code::Denied);
    assert!(fault.message.contains("overrideCircuitBreaker"), "{fault}");
    let back = json!({"vmid": 108, "name": "mcp-x", "confirm": true});
    let other = home.lab.refused("snapshot_rollback", back).await;
    assert_eq!(other.code, Code::NotFound, "what is not there is said first");
    let mut input = input;
    input["overrideCircuitBreaker"] = true.into();
    let fault = home.lab.refused("guest_backup_restore", input).await;
    assert!(fault.message.contains("SDN.Use"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_in_the_guest_is_in_it_again() {
    let Some(shell) = reached("what was in the guest is in it again").await else { return };
    shell.put(Some(DEBIAN), "/etc/app.conf", b"before\n", 0o644);
    let made =
        shell.lab.ask("guest_backup", json!({"vmid": DEBIAN, "storage": "nas", "confirm": true})).await;
    shell.put(Some(DEBIAN), "/etc/app.conf", b"after\n", 0o644);
    shell.put(Some(DEBIAN), "/etc/new.conf", b"new\n", 0o644);
    let input = json!({"vmid": DEBIAN, "archive": made["archive"], "stopIfRunning": true, "confirm": true});
    shell.lab.ask("guest_backup_restore", input).await;
    let read = shell.lab.ask("pct_read_file", json!({"vmid": DEBIAN, "path": "/etc/app.conf"})).await;
    assert_eq!(read["content"], "before\n");
    let gone = shell.lab.refused("pct_read_file", json!({"vmid": DEBIAN, "path": "/etc/new.conf"})).await;
    assert_eq!(gone.code, Code::NotFound);
}
