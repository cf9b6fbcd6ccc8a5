//! Asking a cluster for everything that the inventory notes of it, side by side. What cannot be asked is left out and said.

use std::sync::Arc;

use futures::future::join_all;
use futures::join;
use labkeeper_core::fault::Fault;
use labkeeper_core::ports::Pve;
use labkeeper_core::pve::calls::agent::MachineAt;
use labkeeper_core::pve::calls::guest::ContainerAt;
use labkeeper_core::pve::calls::{access, agent, cluster, guest, node};
use labkeeper_core::pve::{GuestConfig, GuestRow, NodeRow, PveError, Resource, Rows, RunState};
use labkeeper_core::reconcile::{Census, SeenGuest, SeenNode};
use serde::de::DeserializeOwned;

use crate::clusters::Gap;

/// A census and what is missing from it.
pub(super) struct Taken {
    pub(super) census: Census,
    pub(super) gaps: Vec<Gap>,
    /// Everything was seen that there is, so that what was not seen is not there.
    pub(super) complete: bool,
}

/// Takes the census of a cluster.
///
/// # Errors
/// When the cluster does not even say what it has.
pub(super) async fn take(pve: &Arc<dyn Pve>) -> Result<Taken, Fault> {
    let (resources, version, status, permissions) = join!(
        asked(pve, cluster::resources()),
        asked(pve, cluster::version()),
        asked(pve, cluster::status()),
        asked(pve, access::own_permissions()),
    );
    let resources = resources?;
    let mut gaps = Gaps { pve, gaps: Vec::new() };
    let whole = resources.unreadable().is_empty();
    let (mut nodes, mut guests, mut storages) = (Vec::new(), Vec::new(), Vec::new());
    for resource in resources {
        match resource {
            Resource::Node(row) => nodes.push(*row),
            Resource::Guest(row) => guests.push(*row),
            Resource::Storage(row) => storages.push(row),
            _ => {}
        }
    }
    let sees_all = permissions
        .as_ref()
        .is_ok_and(|held| held.allow("/vms", "VM.Audit") && held.allow("/storage", "Datastore.Audit"));
    let complete = whole && sees_all && nodes.iter().all(NodeRow::is_online);
    let members = gaps.of("addresses of the nodes", status).map(|status| status.nodes).unwrap_or_default();
    let nodes = join_all(nodes.into_iter().map(|row| async {
        let address =
            members.iter().find(|member| member.name == row.node).and_then(|member| member.ip.clone());
        node_of(pve, row, address).await
    }));
    let (nodes, guests) = join!(nodes, join_all(guests.into_iter().map(|row| guest_of(pve, row))));
    let census = Census {
        cluster: pve.cluster().clone(),
        version: gaps.of("the version", version),
        nodes: nodes.into_iter().map(|(seen, failed)| gaps.with(seen, failed)).collect(),
        guests: guests.into_iter().map(|(seen, failed)| gaps.with(seen, failed)).collect(),
        storages,
    };
    Ok(Taken { census, complete, gaps: gaps.gaps })
}

async fn asked<T: DeserializeOwned>(
    pve: &Arc<dyn Pve>,
    call: labkeeper_core::pve::Call<T>,
) -> Result<T, PveError> {
    pve.call(&call).await
}

type Failed = Vec<(String, PveError)>;

async fn node_of(pve: &Arc<dyn Pve>, row: NodeRow, address: Option<String>) -> (SeenNode, Failed) {
    let mut failed = Failed::new();
    if !row.is_online() {
        return (SeenNode { row, address, status: None, network: None }, failed);
    }
    let (status, network) = join!(asked(pve, node::status(&row.node)), asked(pve, node::network(&row.node)));
    let status = kept(&mut failed, || format!("node {}", row.node), status);
    let network = kept(&mut failed, || format!("the network of {}", row.node), network).map(Rows::into_vec);
    (SeenNode { row, address, status, network }, failed)
}

async fn guest_of(pve: &Arc<dyn Pve>, row: GuestRow) -> (SeenGuest, Failed) {
    let (at, mut failed) = (row.at(), Failed::new());
    if row.status == RunState::Unknown {
        return (SeenGuest { row, config: None, interfaces: None, os: None }, failed);
    }
    let config = kept(&mut failed, || at.to_string(), asked(pve, guest::config(&at)).await);
    let mut seen = SeenGuest { row, config, interfaces: None, os: None };
    if seen.row.status != RunState::Running {
        return (seen, failed);
    }
    if let Some(container) = ContainerAt::of(&at) {
        let inside = asked(pve, guest::container_interfaces(&container)).await;
        seen.interfaces = kept(&mut failed, || format!("the network of {at}"), inside).map(Rows::into_vec);
    }
    let has_agent = seen.config.as_ref().is_some_and(GuestConfig::expects_agent);
    if let Some(machine) = MachineAt::of(&at).filter(|_| has_agent) {
        let (inside, os) =
            join!(asked(pve, agent::interfaces(&machine)), asked(pve, agent::os_info(&machine)));
        // An agent that keeps silent, or may not be asked, is no gap of the census: many do.
        seen.interfaces = inside.ok().map(|answer| answer.result.into_vec());
        seen.os = os.ok().map(|answer| answer.result);
    }
    (seen, failed)
}

fn kept<T>(failed: &mut Failed, what: impl FnOnce() -> String, answer: Result<T, PveError>) -> Option<T> {
    answer.map_err(|error| failed.push((what(), error))).ok()
}

struct Gaps<'a> {
    pve: &'a Arc<dyn Pve>,
    gaps: Vec<Gap>,
}

impl Gaps<'_> {
    fn of<T>(&mut self, what: &str, answer: Result<T, PveError>) -> Option<T> {
        answer.map_err(|error| self.note(what, &error)).ok()
    }

    fn with<T>(&mut self, seen: T, failed: Failed) -> T {
        for (what, error) in failed {
            self.note(&what, &error);
        }
        seen
    }

    fn note(&mut self, what: &str, error: &PveError) {
        let mut gap = Gap::of(self.pve.cluster(), error);
        gap.problem = format!("{what}: {}", gap.problem);
        self.gaps.push(gap);
    }
}
