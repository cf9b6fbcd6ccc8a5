//! Asking a cluster for everything that is noted or told of it, side by side. What cannot be asked is left out and said.

use std::fmt::Display;
use std::sync::Arc;

use futures::future::join_all;
use futures::{StreamExt as _, join, stream};
use labkeeper_core::describe::{ProbeError, Section};
use labkeeper_core::health::Unseen;
use labkeeper_core::ports::Pve;
use labkeeper_core::pve::calls::agent::MachineAt;
use labkeeper_core::pve::calls::guest::ContainerAt;
use labkeeper_core::pve::calls::{access, agent, cluster, guest, node, storage};
use labkeeper_core::pve::{
    Complaint, GuestConfig, GuestKind, GuestRow, NodeRow, Permissions, PveError, Resource, Rows, RunState,
};
use labkeeper_core::reconcile::{Census, SeenGuest, SeenNode};

use super::eye::{SIDE_BY_SIDE, asked};

/// How much is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// What a node says of itself.
    pub(super) nodes: bool,
    /// The nodes' networks.
    pub(super) networks: bool,
    /// The nodes' storages and how full they are.
    pub(super) storages: bool,
    /// The nodes' ZFS pools.
    pub(super) pools: bool,
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
        Self { nodes: true, networks: true, storages: false, pools: false, guests: GuestLook::Inside };
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
    let unread = Unseen::in_rows(&resources);
    let (mut nodes, mut guests, mut storages) = (Vec::new(), Vec::new(), Vec::new());
    for resource in resources {
        match resource {
            Resource::Node(row) => nodes.push(*row),
            Resource::Guest(row) => guests.push(*row),
            Resource::Storage(row) => storages.push(row),
            _ => {}
        }
    }
    let hidden = hidden(&permissions, unread.as_ref());
    let lists_all = hidden.is_empty();
    for (section, unseen) in hidden {
        missing.say(section, &"the list of the cluster", &unseen.problem, &unseen.remedy);
    }
    let all_online = nodes.iter().all(NodeRow::is_online);
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
    let complete = lists_all && all_online && sees_what_is_noted(&census, &missing.errors);
    Ok(Taken { census, errors: missing.errors, complete })
}

/// Whether nothing that the inventory has a place for can have been overlooked. Networks are known from nodes and from the cards
/// of guests; that an address or a version is not told hides nothing.
fn sees_what_is_noted(census: &Census, errors: &[ProbeError]) -> bool {
    census.nodes.iter().all(|node| node.network.is_some())
        && census.guests.iter().all(|guest| guest.config.is_some())
        && errors.iter().all(|error| error.section != Section::Network)
}

/// Why a list may be shorter than the lab: rows that cannot be read, and rows that the token may not see.
fn hidden(held: &Result<Permissions, PveError>, unread: Option<&Unseen>) -> Vec<(Section, Unseen)> {
    let of_the_api = Section::ALL.into_iter().filter(|section| section.is_of_the_api());
    let mut hidden: Vec<(Section, Unseen)> =
        of_the_api.filter_map(|section| Some((section, unread?.clone()))).collect();
    let lacks = |path: &str, privilege: &str| match held {
        Ok(held) if held.allow_all(path, privilege) => None,
        Ok(_) => Some(Unseen {
            problem: format!(
                "the token lacks {privilege} on {path} or something below, and what it lacks it on is left out"
            ),
            remedy: "give the token the role PVEAuditor on /".into(),
        }),
        Err(error) => Some(Unseen {
            problem: format!("nobody knows whether the token sees everything: {error}"),
            remedy: error.remedy(),
        }),
    };
    if let Some(unseen) = lacks("/vms", "VM.Audit") {
        hidden.extend([Section::Containers, Section::Vms].map(|section| (section, unseen.clone())));
    }
    hidden.extend(lacks("/storage", "Datastore.Audit").map(|unseen| (Section::Storage, unseen)));
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
    let sections =
        [(look.nodes, Section::Node), (look.networks, Section::Network), (look.storages, Section::Storage)];
    if !seen.row.is_online() {
        for (_, section) in sections.into_iter().filter(|(is_asked, _)| *is_asked) {
            missing.say(section, &format!("node {name}"), &"the node is not online", "start it");
        }
        return (seen, missing.errors);
    }
    let calls = (node::status(&name), node::network(&name), storage::list(&name), node::zfs_pools(&name));
    let (status, network, storages, pools) = join!(
        asked(look.nodes, pve.call(&calls.0)),
        asked(look.networks, pve.call(&calls.1)),
        asked(look.storages, pve.call(&calls.2)),
        asked(look.pools, pve.call(&calls.3)),
    );
    seen.status = status.and_then(|answer| missing.kept(Section::Node, format!("node {name}"), answer));
    seen.network = missing.rows(Section::Network, &format!("the network of {name}"), network);
    seen.storages = missing.rows(Section::Storage, &format!("the storages of {name}"), storages);
    seen.pools = match pools {
        Some(Err(error)) if error.means_no_zfs() => Some(Vec::new()),
        pools => missing.rows(Section::Node, &format!("the ZFS pools of {name}"), pools),
    };
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
        seen.interfaces = missing.rows(section, &format!("the network of {at}"), Some(inside));
    }
    let has_agent = seen.config.as_ref().is_some_and(GuestConfig::expects_agent);
    if let Some(machine) = MachineAt::of(&at).filter(|_| has_agent) {
        let calls = (agent::interfaces(&machine), agent::os_info(&machine));
        let (inside, os) = join!(asked(look == GuestLook::Inside, pve.call(&calls.0)), pve.call(&calls.1));
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

    /// The rows of a list that was asked for; the readable ones, and a word about the others.
    fn rows<T>(
        &mut self,
        section: Section,
        probe: &str,
        answer: Option<Result<Rows<T>, PveError>>,
    ) -> Option<Vec<T>> {
        let rows = self.kept(section, probe, answer?)?;
        if let Some(unseen) = Unseen::in_rows(&rows) {
            self.say(section, &probe, &unseen.problem, &unseen.remedy);
        }
        Some(rows.into_vec())
    }

    fn with<T>(&mut self, (seen, errors): (T, Vec<ProbeError>)) -> T {
        self.errors.extend(errors);
        seen
    }
}
