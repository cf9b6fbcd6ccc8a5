//! The ways into nodes and guests that this hub has, and the way into one of them.

use std::sync::Arc;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::ports::{Pve, Shell};
use labkeeper_core::pve::{ClusterName, GuestConfig, GuestKind, GuestRef, NodeName, VmId, calls};
use labkeeper_core::shell::{Place, ShellError, Spot};
use labkeeper_core::tier::Tier;

use crate::clusters::Clusters;

/// One per cluster that SSH was set up for. Cheap to clone.
#[derive(Clone, Default)]
pub struct Shells(Arc<[Arc<dyn Shell>]>);

impl Shells {
    /// Those; their clusters differ.
    pub fn new(shells: Vec<Arc<dyn Shell>>) -> Self {
        Self(shells.into())
    }

    /// The way into the guest of that number, which has to be of that kind. The tier of its cluster is respected.
    ///
    /// # Errors
    /// As [`Clusters::target`]; when the guest is of the other kind, or its cluster has no SSH access.
    pub(crate) async fn guest(
        &self,
        clusters: &Clusters,
        kind: GuestKind,
        vmid: VmId,
        only: Option<&ClusterName>,
    ) -> Result<Reach, Fault> {
        let target = clusters.target(Tier::Companion, vmid, only).await?;
        if target.row.kind != kind {
            let (is, other) = match target.row.kind {
                GuestKind::Lxc => ("a container", "pct_"),
                GuestKind::Qemu => ("a virtual machine", "qm_"),
            };
            return Err(Fault::invalid("vmid", format!("{vmid} is {is}"))
                .with_hint(format!("the tools for it begin with {other}")));
        }
        let cluster = target.cluster.cluster().clone();
        let shell = self.of(&cluster).ok_or_else(|| not_set_up(target.row.node.clone()))?;
        let guest = GuestRef { cluster, vmid };
        let place = match kind {
            GuestKind::Lxc => Place::Lxc(guest),
            GuestKind::Qemu => Place::Vm(guest),
        };
        let guest = Some(Arc::clone(&target.cluster));
        Ok(Reach { shell, spot: Spot::Guest(target.at()), place, name: target.text(), guest })
    }

    /// The way onto a node: the named one, or the only one there is.
    ///
    /// # Errors
    /// When there is none, or several and none was named; when the cluster is connected for less than a shell.
    pub(crate) fn host(
        &self,
        clusters: &Clusters,
        node: Option<&NodeName>,
        only: Option<&ClusterName>,
    ) -> Result<Reach, Fault> {
        let shells = self.0.iter().filter(|shell| only.is_none_or(|name| shell.cluster() == name));
        let mut found: Vec<(&Arc<dyn Shell>, NodeName)> = shells
            .flat_map(|shell| shell.nodes().into_iter().map(move |name| (shell, name)))
            .filter(|(_, name)| node.is_none_or(|wanted| wanted == name))
            .collect();
        let Some((shell, name)) = found.pop() else {
            return Err(match node {
                Some(node) => not_set_up(node.clone()),
                None => Fault::new(Code::Conflict, "SSH is set up for no node")
                    .with_hint("`labkeeper setup --tier companion` puts a key on a node"),
            });
        };
        if !found.is_empty() {
            let names: Vec<String> =
                found.iter().map(|(_, name)| name).chain([&name]).map(ToString::to_string).collect();
            return Err(Fault::invalid("node", "there are several nodes: say which with node")
                .with_hint(format!("there is: {}", names.join(", "))));
        }
        let cluster = shell.cluster().clone();
        // A cluster is connected for companion at most; that root is meant is the installation's own ceiling.
        clusters.connected_for(Tier::Companion, &cluster)?;
        let place = Place::Host { cluster, node: name.clone() };
        let (name, spot) = (format!("node {name}"), Spot::Host(name));
        Ok(Reach { shell: Arc::clone(shell), spot, place, name, guest: None })
    }

    /// The way into a place that was named before, where it is now.
    ///
    /// # Errors
    /// As [`Shells::guest`] and [`Shells::host`].
    pub(crate) async fn place(&self, clusters: &Clusters, place: &Place) -> Result<Reach, Fault> {
        match place {
            Place::Host { cluster, node } => self.host(clusters, Some(node), Some(cluster)),
            Place::Lxc(guest) => self.guest(clusters, GuestKind::Lxc, guest.vmid, Some(&guest.cluster)).await,
            Place::Vm(guest) => self.guest(clusters, GuestKind::Qemu, guest.vmid, Some(&guest.cluster)).await,
        }
    }

    /// Every node that there is a way onto.
    pub(crate) fn places(&self) -> Vec<Place> {
        let nodes = |shell: &Arc<dyn Shell>| {
            let cluster = shell.cluster().clone();
            shell.nodes().into_iter().map(move |node| Place::Host { cluster: cluster.clone(), node })
        };
        self.0.iter().flat_map(nodes).collect()
    }

    /// Whether there is a way into the guests of that node.
    pub(crate) fn reach_into(&self, cluster: &ClusterName, node: &NodeName) -> bool {
        self.of(cluster).is_some_and(|shell| shell.nodes().contains(node))
    }

    fn of(&self, cluster: &ClusterName) -> Option<Arc<dyn Shell>> {
        self.0.iter().find(|shell| shell.cluster() == cluster).map(Arc::clone)
    }
}

/// A way into a place.
pub(crate) struct Reach {
    /// Does the work there.
    pub(crate) shell: Arc<dyn Shell>,
    /// Where it is now.
    pub(crate) spot: Spot,
    /// What it is for good.
    pub(crate) place: Place,
    /// For people: `CT 101 (dns) on pve2`, `node pve1`.
    pub(crate) name: String,
    /// Whom to ask about it, when it is a guest.
    guest: Option<Arc<dyn Pve>>,
}

impl Reach {
    /// The guest's configuration; `None` for a node.
    pub(crate) async fn config(&self) -> Result<Option<GuestConfig>, Fault> {
        match (&self.guest, &self.spot) {
            (Some(cluster), Spot::Guest(at)) => Ok(Some(cluster.call(&calls::guest::config(at)).await?)),
            _ => Ok(None),
        }
    }
}

fn not_set_up(node: NodeName) -> Fault {
    ShellError::NotSetUp { node }.into()
}
