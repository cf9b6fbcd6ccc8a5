//! `guest_tasks`.

use labkeeper_core::fault::Fault;
use labkeeper_core::health::Unseen;
use labkeeper_core::pve::calls::node;
use labkeeper_core::pve::{ClusterName, TaskExit, TaskRow, VmId};
use labkeeper_core::stamp::Stamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::eye::Eye;
use crate::clusters::Gap;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List what was done with a guest on the node that it is on, newest first, whoever began it: starts, backups, snapshots, migrations.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestTasks {
    /// Which guest.
    pub vmid: VmId,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
    /// At most so many, 1 to 100.
    #[serde(default = "usual")]
    pub limit: u32,
}

fn usual() -> u32 {
    20
}

/// The tasks of a guest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TasksOfGuest {
    /// Newest first.
    pub tasks: Vec<GuestTask>,
    /// Why some may be missing here.
    pub gaps: Vec<Gap>,
}

/// A task.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GuestTask {
    /// Its name in the cluster.
    pub upid: String,
    /// What it does, as Proxmox calls it: `vzdump`, `qmstart`.
    pub kind: String,
    /// Who began it, with the name of the token if it was one.
    pub user: String,
    /// When, UTC.
    pub began: String,
    /// When it ended, UTC; absent while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// How it went.
    pub state: TaskState,
    /// The last words of one that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// How a task went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// It goes on.
    Running,
    /// Done.
    Done,
    /// Done, with warnings in its log.
    Warned,
    /// Not done, or not all of it.
    Failed,
}

impl From<TaskRow> for GuestTask {
    fn from(row: TaskRow) -> Self {
        let utc = |seconds: i64| Stamp(seconds.saturating_mul(1_000_000)).text();
        let (state, problem) = match (row.endtime, row.status) {
            (None, _) | (_, None) => (TaskState::Running, None),
            (_, Some(TaskExit::Good)) => (TaskState::Done, None),
            (_, Some(TaskExit::Warnings(_))) => (TaskState::Warned, None),
            (_, Some(TaskExit::Failed(words))) => (TaskState::Failed, Some(words)),
        };
        let user = row.user.unwrap_or_else(|| row.upid.user().to_owned());
        Self {
            kind: row.upid.kind().to_owned(),
            user: row.tokenid.map_or_else(|| user.clone(), |token| format!("{user}!{token}")),
            began: utc(row.starttime.unwrap_or_else(|| row.upid.started())),
            ended: row.endtime.map(utc),
            upid: row.upid.as_str().to_owned(),
            state,
            problem,
        }
    }
}

impl Operation for GuestTasks {
    type Output = TasksOfGuest;
    const META: Meta = Meta::read("guest_tasks", "List the tasks of a guest", Toolset::Proxmox)
        .open_world()
        .foreign()
        .not_a_tool()
        .routes(&[Route::get("/api/proxmox/guests/{vmid}/tasks")]);

    async fn run(self, cx: &mut Cx) -> Result<TasksOfGuest, Fault> {
        if !(1..=100).contains(&self.limit) {
            return Err(Fault::invalid("limit", "limit wants 1 to 100"));
        }
        let found = cx.house().clusters().find(self.vmid, self.cluster.as_ref()).await?;
        let call = node::tasks(&found.row.node, Some(self.vmid), self.limit);
        // A token sees its own tasks at least.
        let hidden = Eye::of(&found.cluster).await.hides(&call);
        let rows = found.ask(&call).await?;
        let unseen = hidden.into_iter().chain(Unseen::in_rows(&rows));
        let gaps = unseen.map(|unseen| Gap::of_unseen(found.cluster.cluster(), unseen)).collect();
        Ok(TasksOfGuest { tasks: rows.into_vec().into_iter().map(Into::into).collect(), gaps })
    }
}
