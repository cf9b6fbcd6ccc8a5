//! `config_sweep`.

use futures::StreamExt as _;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::history::Commit;
use labkeeper_core::ports::{History, Later};
use labkeeper_core::pve::{ClusterName, GuestKind, GuestRef, RunState, VmId};
use labkeeper_core::shell::Place;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keeping::Keeping;
use super::swept::{Swept, SweptSource};
use super::{configurations, following, sweeping};
use crate::clusters::Found;
use crate::cx::Cx;
use crate::house::House;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Sources that are looked at side by side.
const SIDE_BY_SIDE: usize = 4;

/// Put what changed in the lab's configuration since the last time into its history: watched files of nodes and running containers, and
/// Proxmox' configuration of each guest. config_history shows it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfigSweep {
    /// Only these; the nodes, all running containers and all guests' configurations when left out.
    #[serde(default)]
    pub targets: Option<Vec<Target>>,
}

/// Something to sweep.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Target {
    /// `host`: the nodes' own files.
    Host(HostWord),
    /// A guest.
    Guest(GuestTarget),
}

/// The word for the nodes.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HostWord {
    /// The nodes' own files.
    Host,
}

/// A guest to sweep: its configuration, and of a running container the watched files.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestTarget {
    /// Which.
    pub vmid: VmId,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SweptLab {
    /// Something was new, and is in the history now.
    pub history_committed: bool,
    /// The commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Why the history could not be pushed to its other place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push_problem: Option<String>,
    /// What came of each source.
    pub targets: Vec<SweptSource>,
}

impl Operation for ConfigSweep {
    type Output = SweptLab;
    const META: Meta = Meta::act("config_sweep", "Note the lab's configuration", Toolset::Proxmox)
        .tier(Tier::Companion)
        .idempotent()
        .routes(&[Route::post("/api/history/sweep")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        history_of(cx.house())?;
        Ok(Plan::allow("look at the lab's configuration and put what changed into its history"))
    }

    async fn run(self, cx: &mut Cx) -> Result<SweptLab, Fault> {
        let history = history_of(cx.house())?;
        let salt = history.salt().await?;
        // What was written from here first, so that it has its own commit.
        while following::step(cx.house(), history).await?.1 {}
        let swept = self.swept(cx, history, &Keeping::of(cx.house(), salt)).await?;
        cx.unless_stopped("what was swept is not in the history")?;
        let summary = summary(&swept);
        let files = swept.iter().flat_map(|swept| swept.files.iter().cloned()).collect();
        let commit =
            Commit { at: cx.now, summary: summary.clone(), actor: cx.actor.name.clone(), event: None, files };
        let commit = history.commit(&commit).await?;
        let push_problem = match commit {
            Some(_) => history.push().await.err().map(|error| error.to_string()),
            None => None,
        };
        cx.summarise(summary);
        Ok(SweptLab {
            history_committed: commit.is_some(),
            commit,
            push_problem,
            targets: swept.into_iter().map(|swept| swept.source).collect(),
        })
    }
}

/// The history, when one is kept.
pub(super) fn history_of(house: &House) -> Result<&dyn History, Fault> {
    house.history().map(|history| &**history).ok_or_else(|| {
        Fault::new(Code::Conflict, "no history of configurations is kept here")
            .with_hint("docs/history.md says how to have one")
    })
}

/// What is to be looked at.
#[derive(Default)]
struct Wanted {
    hosts: bool,
    guests: Vec<Found>,
    problems: Vec<Swept>,
}

impl ConfigSweep {
    async fn wanted(&self, cx: &Cx) -> Result<Wanted, Fault> {
        let clusters = cx.house().clusters();
        let Some(targets) = &self.targets else {
            let seen = clusters.guests(None).await?;
            let problems = seen.gaps.into_iter().map(|gap| Swept::failed(gap.cluster, gap.problem)).collect();
            return Ok(Wanted { hosts: true, guests: seen.guests, problems });
        };
        let mut wanted = Wanted::default();
        for target in targets {
            match target {
                Target::Host(HostWord::Host) => wanted.hosts = true,
                Target::Guest(guest) => {
                    wanted.guests.push(clusters.find(guest.vmid, guest.cluster.as_ref()).await?);
                }
            }
        }
        Ok(wanted)
    }

    async fn swept(
        &self,
        cx: &Cx,
        history: &dyn History,
        keeping: &Keeping<'_>,
    ) -> Result<Vec<Swept>, Fault> {
        let Wanted { hosts, guests, mut problems } = self.wanted(cx).await?;
        let mut places = Vec::new();
        if hosts {
            // The nodes themselves are for root alone, whoever's schedule it is.
            let may = cx.house().settings().ceiling.min(cx.actor.grant.tier) >= Tier::Root;
            let nodes = cx.house().shells().places();
            match may {
                true => places.extend(nodes),
                false => problems
                    .extend(nodes.iter().map(|node| Swept::skipped(node, "the files of a node take root"))),
            }
        }
        for found in guests.iter().filter(|found| found.row.kind == GuestKind::Lxc) {
            let guest = GuestRef { cluster: found.cluster.cluster().clone(), vmid: found.row.vmid };
            let place = Place::Lxc(guest);
            if !cx.house().shells().reach_into(found.cluster.cluster(), &found.row.node) {
                problems.push(Swept::skipped(place, "there is no SSH access to its node"));
            } else if found.row.status == RunState::Running {
                places.push(place);
            } else if self.targets.is_some() {
                problems.push(Swept::skipped(place, "it is not running"));
            }
        }
        let mut looks: Vec<Later<'_, Swept>> = Vec::new();
        for place in &places {
            looks.push(Box::pin(sweeping::sweep(cx, place, history, keeping)));
        }
        for found in &guests {
            looks.push(Box::pin(configurations::sweep(found, history, keeping)));
        }
        let mut swept: Vec<Swept> = futures::stream::iter(looks).buffered(SIDE_BY_SIDE).collect().await;
        swept.extend(problems);
        Ok(swept)
    }
}

/// `config_sweep of 12: +1 ~2 -0`
fn summary(swept: &[Swept]) -> String {
    let (mut added, mut changed, mut deleted) = (0, 0, 0);
    for (more, other, less) in swept.iter().map(|swept| swept.source.figures()) {
        (added, changed, deleted) = (added + more, changed + other, deleted + less);
    }
    format!("config_sweep of {} sources: +{added} ~{changed} -{deleted}", swept.len())
}
