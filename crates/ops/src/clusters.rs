//! The clusters this hub knows, and finding a guest on whichever node it is on.

use std::ops::Deref;
use std::sync::Arc;

use futures::future::join_all;
use labkeeper_core::describe::ProbeError;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::health::Unseen;
use labkeeper_core::ports::Pve;
use labkeeper_core::pve::{Call, ClusterName, GuestAt, GuestRow, PveError, Resource, VmId, calls};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Clusters in the order of the settings. Cheap to clone.
#[derive(Clone, Default)]
pub struct Clusters(Arc<[Arc<dyn Pve>]>);

impl Clusters {
    /// Those clusters; their names differ.
    pub fn new(clusters: Vec<Arc<dyn Pve>>) -> Self {
        Self(clusters.into())
    }

    /// Whether no cluster is connected.
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Asks each cluster, or the named one, what it has. One that does not answer is a [`Gap`], never an empty list.
    ///
    /// # Errors
    /// When no cluster is known, or none of that name.
    pub(crate) async fn guests(&self, only: Option<&ClusterName>) -> Result<Seen, Fault> {
        let asked = self.named(only)?;
        let question = calls::cluster::resources();
        let answers = join_all(asked.iter().map(|cluster| cluster.call(&question))).await;
        let mut seen = Seen::default();
        for (cluster, answer) in asked.into_iter().zip(answers) {
            match answer {
                Ok(resources) => {
                    let cut = Unseen::in_rows(&resources);
                    seen.gaps.extend(cut.map(|cut| Gap::of_unseen(cluster.cluster(), cut)));
                    let rows = resources.into_iter().filter_map(|resource| match resource {
                        Resource::Guest(row) => Some(Found { cluster: Arc::clone(&cluster), row: *row }),
                        _ => None,
                    });
                    seen.guests.extend(rows);
                }
                Err(error) => seen.gaps.push(Gap::of(cluster.cluster(), &error)),
            }
        }
        Ok(seen)
    }

    /// The guest of that number, where it runs just now.
    ///
    /// # Errors
    /// When there is none, when several clusters have one and none was named, or when a cluster that may have it does not
    /// answer.
    pub(crate) async fn find(&self, vmid: VmId, only: Option<&ClusterName>) -> Result<Found, Fault> {
        let mut seen = self.guests(only).await?;
        seen.guests.retain(|found| found.row.vmid == vmid);
        match (seen.guests.len(), seen.gaps.first()) {
            (1, Some(gap)) if only.is_none() => Err(Fault::new(
                Code::Unavailable,
                format!("{} may have a guest {vmid} too, and cannot be asked: {}", gap.cluster, gap.problem),
            )
            .with_field("cluster")
            .with_hint(format!("say which is meant with cluster; {}", gap.remedy))),
            (1, _) => Ok(seen.guests.remove(0)),
            (0, None) => {
                Err(Fault::not_found(format!("there is no guest {vmid}")).with_field("vmid").with_hint(
                    "pct_list and qm_list show the guests there are; the token may not see all of them",
                ))
            }
            (0, Some(gap)) => Err(Fault::new(
                Code::Unavailable,
                format!(
                    "guest {vmid} is not among what can be seen, and {} cannot be asked: {}",
                    gap.cluster, gap.problem
                ),
            )
            .with_hint(gap.remedy.clone())),
            _ => {
                let clusters: Vec<String> =
                    seen.guests.iter().map(|found| found.cluster.cluster().to_string()).collect();
                Err(Fault::invalid("cluster", format!("guest {vmid} is in {}", clusters.join(" and in ")))
                    .with_hint("say which with cluster"))
            }
        }
    }

    /// The guest of that number, to be acted on. The lowest of caller, installation and *place* decides: a cluster that was
    /// connected for less is not acted on, whatever its token might let through.
    ///
    /// # Errors
    /// As [`Clusters::find`], and when its cluster is connected for a lower tier.
    pub(crate) async fn target(
        &self,
        tier: Tier,
        vmid: VmId,
        only: Option<&ClusterName>,
    ) -> Result<Target, Fault> {
        let found = self.find(vmid, only).await?;
        check_tier(&*found.cluster, tier)?;
        Ok(Target(found))
    }

    /// Whether that cluster was connected for that tier.
    ///
    /// # Errors
    /// When it was not, or there is none of that name.
    pub(crate) fn connected_for(&self, tier: Tier, name: &ClusterName) -> Result<(), Fault> {
        self.named(Some(name))?.iter().try_for_each(|cluster| check_tier(&**cluster, tier))
    }

    /// What the clusters are called.
    ///
    /// # Errors
    /// When no cluster is known, or none of that name.
    pub(crate) fn names(&self, only: Option<&ClusterName>) -> Result<Vec<String>, Fault> {
        Ok(self.named(only)?.iter().map(|cluster| cluster.cluster().to_string()).collect())
    }

    /// Those clusters, or the one.
    ///
    /// # Errors
    /// As [`Clusters::names`].
    pub(crate) fn named(&self, only: Option<&ClusterName>) -> Result<Vec<Arc<dyn Pve>>, Fault> {
        if self.is_none() {
            let fault = Fault::new(Code::Conflict, "no Proxmox cluster is connected");
            return Err(fault.with_hint(
                "`labkeeper setup` connects one, docs/setup.md says how; then start labkeeper again",
            ));
        }
        let Some(name) = only else { return Ok(self.0.to_vec()) };
        let known = self.0.iter().find(|cluster| cluster.cluster() == name);
        known.map(|cluster| vec![Arc::clone(cluster)]).ok_or_else(|| {
            let names: Vec<&str> = self.0.iter().map(|cluster| cluster.cluster().as_str()).collect();
            Fault::invalid("cluster", format!("there is no cluster {name}"))
                .with_hint(format!("there is: {}", names.join(", ")))
        })
    }
}

/// Whether the owner connected it for that tier; where nobody said, the node alone decides.
fn is_connected_for(cluster: &dyn Pve, tier: Tier) -> bool {
    cluster.tier().is_none_or(|connected| connected >= tier)
}

fn check_tier(cluster: &dyn Pve, tier: Tier) -> Result<(), Fault> {
    if is_connected_for(cluster, tier) {
        return Ok(());
    }
    let (name, tier) = (cluster.cluster(), tier.as_str());
    let connected = cluster.tier().map_or("less", Tier::as_str);
    Err(Fault::new(Code::Forbidden, format!("{name} is connected for {connected}, and this takes {tier}"))
        .with_hint(format!("`labkeeper setup --tier {tier} --name {name}` connects it for more")))
}

/// What the clusters showed.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) guests: Vec<Found>,
    pub(crate) gaps: Vec<Gap>,
}

/// A guest and the cluster it is in.
pub(crate) struct Found {
    pub(crate) cluster: Arc<dyn Pve>,
    pub(crate) row: GuestRow,
}

impl Found {
    /// See [`is_connected_for`].
    pub(crate) fn is_connected_for(&self, tier: Tier) -> bool {
        is_connected_for(&*self.cluster, tier)
    }

    pub(crate) fn at(&self) -> GuestAt {
        self.row.at()
    }

    /// Asks its cluster something about it.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, call: &Call<T>) -> Result<T, Fault> {
        Ok(self.cluster.call(call).await?)
    }

    /// `CT 101 (dns) on pve2`.
    pub(crate) fn text(&self) -> String {
        let row = &self.row;
        let name = row.name.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        format!("{} {}{name} on {}", row.kind.abbreviation(), row.vmid, row.node)
    }
}

/// A guest that may be acted on; only [`Clusters::target`] makes one.
pub(crate) struct Target(Found);

impl Deref for Target {
    type Target = Found;

    fn deref(&self) -> &Found {
        &self.0
    }
}

/// A cluster that could not be asked: what is missing from an answer, and what to do about it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Gap {
    /// Which.
    pub cluster: String,
    /// Why.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl Gap {
    pub(crate) fn of(cluster: &ClusterName, error: &PveError) -> Self {
        Self::of_unseen(cluster, Unseen::of(error))
    }

    pub(crate) fn of_unseen(cluster: &ClusterName, Unseen { problem, remedy }: Unseen) -> Self {
        Self { cluster: cluster.to_string(), problem, remedy }
    }
}

impl From<ProbeError> for Gap {
    fn from(error: ProbeError) -> Self {
        let problem = format!("{}: {}", error.probe, error.error);
        Self { cluster: error.cluster, problem, remedy: error.remedy }
    }
}
