//! `guest_backup_restore`.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::health::PlacedBackup;
use labkeeper_core::pve::calls::{backup, guest};
use labkeeper_core::pve::{
    Call, ClusterName, GuestConfig, GuestKind, RunState, StorageId, TaskEnd, Upid, VmId, VolumeId,
};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::guest_backup_archives::{Wanted, chosen, is_good, may, of_guest, our_name, target};
use super::power::{PATIENCE, status};
use super::setting_back;
use super::snapshots::list;
use super::task::{Watch, effect_missing};
use crate::clusters::{Found, Target};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset, Verdict};

/// Put a backup in the place of the guest that it is of. Everything since then is lost, and so are its snapshots: a person decides. A running
/// guest is refused unless stopIfRunning is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct GuestBackupRestore {
    /// Which guest.
    pub vmid: VmId,
    /// Which backup, as list_backups names it.
    pub archive: Wanted,
    /// Stop a running guest first, and start it again.
    #[serde(default)]
    pub stop_if_running: bool,
    /// Onto which storage its disks go; where they were when left out, a container's to where its root is.
    #[serde(default)]
    pub storage: Option<StorageId>,
    /// Go on although the same guest was set back twice within ten minutes.
    #[serde(default)]
    pub override_circuit_breaker: bool,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    /// The guest.
    pub vmid: VmId,
    /// `lxc` or `qemu`.
    pub guest_type: GuestKind,
    /// Storage and name of the backup.
    pub archive: VolumeId,
    /// The restore's UPID.
    pub task: String,
    /// It ran before, and runs again.
    pub restarted: bool,
}

impl Operation for GuestBackupRestore {
    type Output = Restored;
    const META: Meta = Meta::act("guest_backup_restore", "Restore a guest from a backup", Toolset::Proxmox)
        .tier(Tier::Companion)
        .destructive()
        .routes(&[Route::post("/api/proxmox/guests/{vmid}/backups/restore")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let restore = self.prepared(&found).await?;
        may(&found, &restore.call(&found)).await?;
        let snapshots = list(&found).await?.snapshots;
        let volume = &restore.archive.volume;
        let summary = format!("put the backup {} in the place of {}", volume.volid, found.text());
        let mut reasons = vec!["everything in the guest since that backup is lost".to_owned()];
        if !snapshots.is_empty() {
            reasons.push(format!("its {} snapshots are lost", snapshots.len()));
        }
        let plan = Plan {
            verdict: Verdict::Approve(reasons),
            stands_on: Some(format!("{} {:?} {:?}", volume.volid, volume.made, volume.size)),
            ..Plan::allow(summary)
        };
        let plan = plan.with(json!({
            "vmid": self.vmid, "cluster": found.cluster.cluster(), "archive": volume, "ours": our_name(volume).is_some(),
            "storage": restore.storage, "stopsAndStarts": restore.runs,
            "snapshotsLost": snapshots.iter().map(|snapshot| snapshot.name.as_str()).collect::<Vec<_>>(),
        }));
        setting_back::braked(cx, self.vmid, self.override_circuit_breaker, plan).await
    }

    async fn run(self, cx: &mut Cx) -> Result<Restored, Fault> {
        let found = target(cx, self.vmid, self.cluster.as_ref()).await?;
        let restore = self.prepared(&found).await?;
        may(&found, &restore.call(&found)).await?;
        let watch = Watch::of(cx);
        let mut account = Account::default();
        // Whoever gave up by now, or shuts the hub down, finds the guest as it was.
        cx.check_cancelled()?;
        if restore.runs {
            match stopped(&watch, &found).await {
                Ok(end) => account.did("stopped", &end.upid),
                Err(fault) => return Err(account.ended(&found, "stop", fault).await),
            }
        }
        if let Err(fault) = watch.may_begin() {
            return Err(account.ended(&found, "begin", fault).await);
        }
        let patience = cx.house().settings().backups.patience;
        let end = match watch.carry_through(&found, &restore.call(&found), patience).await {
            Ok(end) => end,
            Err(fault) => return Err(account.ended(&found, "restore", fault).await),
        };
        account.did("restored", &end.upid);
        let config: GuestConfig = match found.ask(&guest::config(&found.at())).await {
            Ok(config) => config,
            Err(fault) => return Err(account.ended(&found, "look at the guest", fault).await),
        };
        if let Some(lock) = config.lock() {
            let fault = effect_missing(&found, &end, &format!("is locked ({lock})"));
            return Err(account.ended(&found, "look at the guest", fault).await);
        }
        if restore.runs
            && let Err(fault) = started(&watch, &found).await
        {
            return Err(account.ended(&found, "start", fault).await);
        }
        let archive = restore.archive.volume.volid;
        cx.summarise(format!("put the backup {archive} in the place of {}", found.text()));
        Ok(Restored {
            vmid: self.vmid,
            guest_type: found.row.kind,
            archive,
            task: end.upid.to_string(),
            restarted: restore.runs,
        })
    }
}

async fn stopped(watch: &Watch, found: &Target) -> Result<TaskEnd, Fault> {
    let end = watch.carry_through(found, &guest::stop(&found.at()), PATIENCE).await?;
    watch.came_about(found, &end, |now| now.status == RunState::Stopped).await?;
    Ok(end)
}

async fn started(watch: &Watch, found: &Target) -> Result<(), Fault> {
    let end = watch.carry_through(found, &guest::start(&found.at()), PATIENCE).await?;
    watch.came_about(found, &end, |now| now.status == RunState::Running).await.map(|_| ())
}

/// A restore that may be begun.
struct Prepared {
    archive: PlacedBackup,
    /// Where the disks go; `None` leaves it to the archive.
    storage: Option<StorageId>,
    /// The guest runs, and may be stopped.
    runs: bool,
}

impl Prepared {
    fn call(&self, found: &Found) -> Call<Upid> {
        backup::restore_over(&found.at(), &self.archive.volume.volid, self.storage.as_ref())
    }
}

impl GuestBackupRestore {
    /// Everything that can be known beforehand to stand in the way is found out here.
    async fn prepared(&self, found: &Found) -> Result<Prepared, Fault> {
        let archives = of_guest(found).await?;
        let archive = chosen(found, &archives, &self.archive)?.clone();
        let volume = &archive.volume;
        let refused = |why: String| {
            Fault::new(Code::Conflict, format!("{}: {why}", volume.volid)).with_field("archive")
        };
        if volume.kind.is_some_and(|kind| kind != found.row.kind) {
            return Err(refused(format!("it is no backup of a {}", found.row.kind.abbreviation())));
        }
        if !is_good(volume) {
            return Err(refused("the backup server found it damaged, or it is empty".into())
                .with_hint("take another one; list_backups shows which there are"));
        }
        if let Some(node) = archive.node.as_ref().filter(|node| **node != found.row.node) {
            return Err(refused(format!("it lies on {node}, and the guest is on {}", found.row.node))
                .with_hint("migrate the guest, or copy the archive to a storage that both reach"));
        }
        let now = status(found).await?.status;
        let runs = now == RunState::Running;
        if !runs && now != RunState::Stopped {
            let fault = Fault::new(Code::Conflict, format!("{} neither runs nor is stopped", found.text()));
            return Err(fault.with_hint("start or stop it first"));
        }
        if runs && !self.stop_if_running {
            let fault =
                Fault::new(Code::Conflict, format!("{} runs", found.text())).with_field("stopIfRunning");
            return Err(fault.with_hint("stop it first, or set stopIfRunning: true"));
        }
        let config: GuestConfig = found.ask(&guest::config(&found.at())).await?;
        if config.is_protected() {
            let fault = Fault::new(Code::Conflict, format!("{} is protected", found.text()));
            return Err(fault.with_hint("its owner lifts the protection in Proxmox, under Options"));
        }
        let storage = self.storage.clone().or_else(|| root_storage(&config, found.row.kind));
        Ok(Prepared { archive, storage, runs })
    }
}

/// Where a container's root is. Proxmox would take `local` for one, which seldom has room for disks.
fn root_storage(config: &GuestConfig, kind: GuestKind) -> Option<StorageId> {
    let (storage, _) = config.get("rootfs").filter(|_| kind == GuestKind::Lxc)?.split_once(':')?;
    storage.parse().ok()
}

/// What was done so far, for whoever has to go on when the rest fails.
#[derive(Default)]
struct Account(Vec<Value>);

impl Account {
    fn did(&mut self, what: &str, task: &Upid) {
        self.0.push(json!({"did": what, "task": task.to_string()}));
    }

    /// The failure of a step, with all that was done and how the guest is now.
    async fn ended(self, found: &Found, step: &str, fault: Fault) -> Fault {
        let now = status(found).await;
        let state = now.as_ref().map_or("unknown", |now| now.status.as_str());
        let lock = found.ask::<GuestConfig>(&guest::config(&found.at())).await.ok();
        let lock = lock.as_ref().and_then(GuestConfig::lock).map(str::to_owned);
        let done: Vec<&str> = self.0.iter().filter_map(|did| did["did"].as_str()).collect();
        let done = if done.is_empty() { "nothing".into() } else { done.join(" and ") };
        let message =
            format!("{}; it was {done} before that, and {} is {state} now", fault.message, found.text());
        let hint = match (step, done.as_str()) {
            ("stop" | "begin", _) => {
                "the restore was not begun and the disks are as they were: start the guest, or make the call again"
            }
            (_, done) if done.ends_with("restored") => {
                "the backup is in place: look at the guest, then start it"
            }
            _ => {
                "the guest was left as it is and not started, because its disks may be neither old nor new: look at the task's log on the node, then restore again or start it"
            }
        };
        Fault::new(fault.code, message).with_hint(hint).with_details(json!({
            "done": self.0, "failed": step, "problem": fault.message, "guest": {"status": state, "lock": lock},
        }))
    }
}
