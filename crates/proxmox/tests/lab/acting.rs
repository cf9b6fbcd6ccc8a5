//! Starting, stopping and snapshots: what was ordered is looked at afterwards.

use std::sync::Mutex;
use std::time::Duration;

use labkeeper_core::pve::calls::guest::Otherwise;
use labkeeper_core::pve::calls::{guest, snapshot};
use labkeeper_core::pve::{Call, Complaint, GuestAt, PveError, RunState, SnapshotName, TaskEnd, Upid};
use labkeeper_proxmox::Api;

use crate::cluster::{Home, find, pve};

const PATIENCE: Duration = Duration::from_secs(30);

async fn through(api: &Api, call: &Call<Upid>) -> Result<TaskEnd, PveError> {
    pve(api).carry_through(call, PATIENCE, &|_| {}).await
}

async fn state(api: &Api, at: &GuestAt) -> RunState {
    pve(api).call(&guest::status(at)).await.unwrap().status
}

#[tokio::test]
async fn a_guest_is_started_and_stopped() {
    let home = Home::open().await;
    let api = home.client("operate");
    let playground = find(&api, "playground").await;
    assert_eq!(state(&api, &playground).await, RunState::Stopped);
    through(&api, &guest::start(&playground)).await.unwrap();
    assert_eq!(state(&api, &playground).await, RunState::Running);
    let error = through(&api, &guest::start(&playground)).await.unwrap_err();
    assert!(matches!(&error, PveError::InTheWay { complaint: Complaint::AlreadyRunning, .. }), "{error:?}");
    through(&api, &guest::reboot(&playground, Duration::from_secs(5))).await.unwrap();
    through(&api, &guest::shut_down(&playground, Duration::from_secs(5), Otherwise::Stop)).await.unwrap();
    assert_eq!(state(&api, &playground).await, RunState::Stopped);
    let error = through(&api, &guest::stop(&playground)).await.unwrap_err();
    assert!(matches!(&error, PveError::InTheWay { complaint: Complaint::NotRunning, .. }), "{error:?}");
}

#[tokio::test]
async fn an_observer_may_not() {
    let home = Home::open().await;
    let api = home.client("observe");
    let playground = find(&api, "playground").await;
    let call = guest::start(&playground);
    let error = pve(&api).call(&call).await.unwrap_err();
    assert_eq!(error.to_string(), "not allowed: needs VM.PowerMgmt on /vms/115");
    assert_eq!(state(&api, &playground).await, RunState::Stopped);
}

#[tokio::test]
async fn a_guest_that_is_not_there_is_only_missed_by_the_task() {
    let home = Home::open().await;
    let api = home.client("operate");
    let mut gone = find(&api, "playground").await;
    gone.vmid = "999".parse().unwrap();
    let lines = Mutex::new(Vec::new());
    let watch = |line: &labkeeper_core::pve::LogLine| lines.lock().unwrap().push(line.t.clone());
    let error = pve(&api).carry_through(&guest::start(&gone), PATIENCE, &watch).await.unwrap_err();
    let PveError::TaskFailed(end) = &error else { panic!("{error:?}") };
    assert_eq!(end.exit.complaint(), Some(Complaint::Missing));
    assert_eq!(lines.into_inner().unwrap(), end.tail);
    assert!(end.tail[0].starts_with("TASK ERROR: Configuration file"), "{:?}", end.tail);
}

#[tokio::test]
async fn a_snapshot_is_made_gone_back_to_and_removed() {
    let home = Home::open().await;
    let api = home.client("operate");
    let gitea = find(&api, "gitea").await;
    let name: SnapshotName = "mcp-before".parse().unwrap();
    through(&api, &snapshot::create(&gitea, &name, "before an update & more")).await.unwrap();
    let listed = pve(&api).call(&snapshot::list(&gitea)).await.unwrap();
    assert_eq!((listed.parent.as_ref(), listed.snapshots.len()), (Some(&name), 1));
    let made = listed.find(&name).unwrap();
    assert_eq!(made.description.as_deref().map(str::trim), Some("before an update & more"));
    let then = pve(&api).call(&guest::config_of_snapshot(&gitea, &name)).await.unwrap();
    assert_eq!(then.name(), Some("gitea"));
    let again = through(&api, &snapshot::create(&gitea, &name, "")).await.unwrap_err();
    assert!(again.to_string().contains("already used"), "{again}");
    through(&api, &snapshot::rollback(&gitea, &name)).await.unwrap();
    assert_eq!(state(&api, &gitea).await, RunState::Stopped, "as the real one leaves it");
    through(&api, &snapshot::delete(&gitea, &name)).await.unwrap();
    assert!(pve(&api).call(&snapshot::list(&gitea)).await.unwrap().snapshots.is_empty());
}
