//! Asking a cluster for everything that is noted or told of it, side by side. What cannot be asked is left out and said.

use std::fmt::Display;
use std::sync::Arc;

use futures::future::join_all;
use futures::{StreamExt as _, join, stream};
use labkeeper_core::describe::{ProbeError, Section};
use labkeeper_core::ports::Pve;
use labkeeper_core::pve::calls::agent::MachineAt;
use labkeeper_core::pve::calls::guest::ContainerAt;
use labkeeper_core::pve::calls::{access, agent, cluster, guest, node, storage};
use labkeeper_core::pve::{
    Complaint, GuestConfig, GuestKind, GuestRow, NodeRow, Permissions, PveError, Resource, Rows, RunState,
};
use labkeeper_core::reconcile::{Census, SeenGuest, SeenNode};

/// Guests that are asked side by side; the client has its own bound on connections.
const SIDE_BY_SIDE: usize = 32;

/// How much is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// What a node says of itself, and its ZFS pools.
    pub(super) nodes: bool,
    /// The nodes' networks.
    pub(super) networks: bool,
    /// The nodes' storages and how full they are.
    pub(super) storages: bool,
    /// The guests.
    pub(super) guests: GuestLook,
}

/// How much of each guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GuestLook {
    /// What the list says.
    Listed,
    /// Also its configuration and whether its agent answers.
    Configured,
    /// Also its addresses.
    Inside,
}

impl Look {
    /// What the inventory notes.
    pub(super) const FOR_INVENTORY: Self =
        Self { nodes: true, networks: true, storages: false, guests: GuestLook::Inside };
}

/// A census and what is missing from it.
pub(super) struct Taken {
    pub(super) census: Census,
    pub(super) errors: Vec<ProbeError>,
    /// Everything was seen that there is, so that what was not seen is not there.
    pub(super) complete: bool,
}

/// Takes the census of a cluster.
///
/// # Errors
/// When the cluster does not even say what it has.
pub(super) async fn take(pve: &Arc<dyn Pve>, look: Look) -> Result<Taken, PveError> {
    let questions = (cluster::resources(), cluster::version(), cluster::status(), access::own_permissions());
    let (resources, version, status, permissions) =
        join!(pve.call(&questions.0), pve.call(&questions.1), pve.call(&questions.2), pve.call(&questions.3));
    let resources = resources?;
    let mut missing = Missing::of(pve);
    let unread = resources.unreadable().to_vec();
    let (mut nodes, mut guests, mut storages) = (Vec::new(), Vec::new(), Vec::new());
    for resource in resources {
        match resource {
            Resource::Node(row) => nodes.push(*row),
            Resource::Guest(row) => guests.push(*row),
            Resource::Storage(row) => storages.push(row),
            _ => {}
        }
    }
    for (section, why) in hidden(&permissions, &unread) {
        missing.say(section, &"the list of the cluster", &why, "give the token the role PVEAuditor on /");
    }
    let complete = missing.errors.is_empty() && nodes.iter().all(NodeRow::is_online);
    let members = missing.kept(Section::Node, "addresses of the nodes", status);
    let members = members.map(|status| status.nodes).unwrap_or_default();
    let version = missing.kept(Section::Node, "the version", version);
    let nodes = join_all(nodes.into_iter().map(|row| async {
        let address =
            members.iter().find(|member| member.name == row.node).and_then(|member| member.ip.clone());
        node_of(pve, row, address, look).await
    }));
    let guests = stream::iter(guests).map(|row| guest_of(pve, row, look.guests)).buffered(SIDE_BY_SIDE);
    let (nodes, guests) = join!(nodes, guests.collect::<Vec<_>>());
    let census = Census {
        cluster: pve.cluster().clone(),
        version,
        nodes: nodes.into_iter().map(|seen| missing.with(seen)).collect(),
        guests: guests.into_iter().map(|seen| missing.with(seen)).collect(),
        storages,
    };
    Ok(Taken { census, errors: missing.errors, complete })
}

/// Why a list may be shorter than the lab: rows that cannot be read, and rows that the token may not see.
fn hidden(held: &Result<Permissions, PveError>, unread: &[String]) -> Vec<(Section, String)> {
    let mut hidden = Vec::new();
    let of_guests = [Section::Containers, Section::Vms];
    if let Some(first) = unread.first() {
        let why = format!("{} rows cannot be read, the first because {first}", unread.len());
        hidden.extend(of_guests.into_iter().chain([Section::Storage]).map(|section| (section, why.clone())));
    }
    let lacks = |path: &str, privilege: &str| match held {
        Ok(held) if held.allow(path, privilege) => None,
        Ok(_) => Some(format!("the token lacks {privilege} on {path}, so what is there may be left out")),
        Err(error) => Some(format!("nobody knows whether the token sees everything: {error}")),
    };
    if let Some(why) = lacks("/vms", "VM.Audit") {
        hidden.extend(of_guests.map(|section| (section, why.clone())));
    }
    hidden.extend(lacks("/storage", "Datastore.Audit").map(|why| (Section::Storage, why)));
    hidden
}

async fn node_of(
    pve: &Arc<dyn Pve>,
    row: NodeRow,
    address: Option<String>,
    look: Look,
) -> (SeenNode, Vec<ProbeError>) {
    let mut missing = Missing::of(pve);
    let mut seen = SeenNode { row, address, status: None, network: None, storages: None, pools: None };
    let name = seen.row.node.clone();
    let asked =
        [(look.nodes, Section::Node), (look.networks, Section::Network), (look.storages, Section::Storage)];
    if !seen.row.is_online() {
        for (_, section) in asked.into_iter().filter(|(is_asked, _)| *is_asked) {
            missing.say(section, &format!("node {name}"), &"the node is not online", "start it");
        }
        return (seen, missing.errors);
    }
    let calls = (node::status(&name), node::network(&name), storage::list(&name), node::zfs_pools(&name));
    let (status, network, storages, pools) = join!(
        optional(look.nodes, pve.call(&calls.0)),
        optional(look.networks, pve.call(&calls.1)),
        optional(look.storages, pve.call(&calls.2)),
        optional(look.nodes && look.storages, pve.call(&calls.3)),
    );
    seen.status = missing.kept_if_asked(Section::Node, format!("node {name}"), status);
    let network = missing.kept_if_asked(Section::Network, format!("the network of {name}"), network);
    let storages = missing.kept_if_asked(Section::Storage, format!("the storages of {name}"), storages);
    let pools = match pools {
        Some(Err(error)) if error.means_no_zfs() => Some(Rows::default()),
        pools => missing.kept_if_asked(Section::Node, format!("the ZFS pools of {name}"), pools),
    };
    seen.network = network.map(Rows::into_vec);
    seen.storages = storages.map(Rows::into_vec);
    seen.pools = pools.map(Rows::into_vec);
    (seen, missing.errors)
}

async fn guest_of(pve: &Arc<dyn Pve>, row: GuestRow, look: GuestLook) -> (SeenGuest, Vec<ProbeError>) {
    let (at, mut missing) = (row.at(), Missing::of(pve));
    let section = section_of(row.kind);
    let mut seen = SeenGuest { row, config: None, interfaces: None, os: None, agent: None };
    if seen.row.status == RunState::Unknown {
        missing.say(section, &at, &"its node does not say how it is", "start its node");
        return (seen, missing.errors);
    }
    if look == GuestLook::Listed {
        return (seen, missing.errors);
    }
    seen.config = missing.kept(section, &at, pve.call(&guest::config(&at)).await);
    if seen.row.status != RunState::Running {
        return (seen, missing.errors);
    }
    if let Some(container) = ContainerAt::of(&at).filter(|_| look == GuestLook::Inside) {
        let inside = pve.call(&guest::container_interfaces(&container)).await;
        seen.interfaces = missing.kept(section, format!("the network of {at}"), inside).map(Rows::into_vec);
    }
    let has_agent = seen.config.as_ref().is_some_and(GuestConfig::expects_agent);
    if let Some(machine) = MachineAt::of(&at).filter(|_| has_agent) {
        let calls = (agent::interfaces(&machine), agent::os_info(&machine));
        let (inside, os) = join!(optional(look == GuestLook::Inside, pve.call(&calls.0)), pve.call(&calls.1));
        // An agent that keeps silent, or may not be asked, is no gap of the census: many do.
        seen.agent = answers(&os);
        seen.interfaces = inside.and_then(Result::ok).map(|answer| answer.result.into_vec());
        seen.os = os.ok().map(|answer| answer.result);
    }
    (seen, missing.errors)
}

/// Whether an agent answers; `None` when it may not be asked.
pub(super) fn answers<T>(answer: &Result<T, PveError>) -> Option<bool> {
    match answer {
        Ok(_) => Some(true),
        Err(PveError::InTheWay { complaint: Complaint::AgentSilent | Complaint::AgentOff, .. }) => {
            Some(false)
        }
        Err(_) => None,
    }
}

fn section_of(kind: GuestKind) -> Section {
    match kind {
        GuestKind::Lxc => Section::Containers,
        GuestKind::Qemu => Section::Vms,
    }
}

async fn optional<T>(asked: bool, answer: impl Future<Output = T>) -> Option<T> {
    if asked { Some(answer.await) } else { None }
}

/// What could not be asked of a cluster.
struct Missing<'a> {
    pve: &'a Arc<dyn Pve>,
    errors: Vec<ProbeError>,
}

impl<'a> Missing<'a> {
    fn of(pve: &'a Arc<dyn Pve>) -> Self {
        Self { pve, errors: Vec::new() }
    }

    fn say(&mut self, section: Section, probe: &impl Display, error: &impl Display, remedy: &str) {
        self.errors.push(ProbeError {
            section,
            cluster: self.pve.cluster().to_string(),
            probe: probe.to_string(),
            error: error.to_string(),
            remedy: remedy.to_owned(),
        });
    }

    fn kept<T>(&mut self, section: Section, probe: impl Display, answer: Result<T, PveError>) -> Option<T> {
        answer.map_err(|error| self.say(section, &probe, &error, &error.remedy())).ok()
    }

    fn kept_if_asked<T>(
        &mut self,
        section: Section,
        probe: String,
        answer: Option<Result<T, PveError>>,
    ) -> Option<T> {
        answer.and_then(|answer| self.kept(section, probe, answer))
    }

    fn with<T>(&mut self, (seen, errors): (T, Vec<ProbeError>)) -> T {
        self.errors.extend(errors);
        seen
    }
}
