//! A place that a call works in: a node, or the inside of a guest. The tier that this takes is checked here, on the place itself,
//! whichever operation and whichever way led to it.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::ports::Shell;
use labkeeper_core::pve::{ClusterName, GuestKind, NodeName, VmId};
use labkeeper_core::shell::{Command, FileEntry, FileFacts, FilePath, Finished, Piece, Place, Spot, Window};
use labkeeper_core::tier::Tier;

use crate::cx::Cx;
use crate::house::House;
use crate::shells::Reach;

/// A place that was reached.
pub(crate) struct Site {
    reach: Reach,
}

impl Site {
    /// A node.
    pub(crate) fn host(
        cx: &Cx,
        node: Option<&NodeName>,
        cluster: Option<&ClusterName>,
    ) -> Result<Self, Fault> {
        may(cx, Tier::Root)?;
        let house = cx.house();
        Ok(Self { reach: house.shells().host(house.clusters(), node, cluster)? })
    }

    /// A guest of that kind.
    pub(crate) async fn guest(
        cx: &Cx,
        kind: GuestKind,
        vmid: VmId,
        cluster: Option<&ClusterName>,
    ) -> Result<Self, Fault> {
        may(cx, Tier::Companion)?;
        let house = cx.house();
        Ok(Self { reach: house.shells().guest(house.clusters(), kind, vmid, cluster).await? })
    }

    /// The guest of that number, of whichever kind, or the node.
    pub(crate) async fn guest_or_host(
        cx: &Cx,
        vmid: Option<VmId>,
        node: Option<&NodeName>,
        cluster: Option<&ClusterName>,
    ) -> Result<Self, Fault> {
        match vmid {
            None => Self::host(cx, node, cluster),
            Some(vmid) => {
                may(cx, Tier::Companion)?;
                let kind = cx.house().clusters().find(vmid, cluster).await?.row.kind;
                Self::guest(cx, kind, vmid, cluster).await
            }
        }
    }

    /// A place that was named before, where it is now.
    pub(crate) async fn place(cx: &Cx, place: &Place) -> Result<Self, Fault> {
        may(cx, tier_of(place))?;
        Self::reached(cx.house(), place).await
    }

    /// The same, for the hub's own sake: nobody asked.
    pub(crate) async fn reached(house: &House, place: &Place) -> Result<Self, Fault> {
        Ok(Self { reach: house.shells().place(house.clusters(), place).await? })
    }

    /// What it is for good.
    pub(crate) fn place_name(&self) -> &Place {
        &self.reach.place
    }

    /// Its name for people.
    pub(crate) fn name(&self) -> &str {
        &self.reach.name
    }

    /// Its guest.
    pub(crate) fn vmid(&self) -> Option<VmId> {
        vmid_of(&self.reach.place)
    }

    /// The port and where to use it. Only [`crate::files`]' one way of writing changes anything through it.
    pub(crate) fn port(&self) -> (&dyn Shell, &Spot) {
        (&*self.reach.shell, &self.reach.spot)
    }

    pub(crate) async fn look(&self, path: &FilePath) -> Result<Option<FileFacts>, Fault> {
        Ok(self.reach.shell.look(&self.reach.spot, path).await?)
    }

    pub(crate) async fn read(&self, path: &FilePath, window: Window) -> Result<Option<Piece>, Fault> {
        Ok(self.reach.shell.read(&self.reach.spot, path, window).await?)
    }

    pub(crate) async fn list(
        &self,
        path: &FilePath,
        limit: usize,
    ) -> Result<Option<(Vec<FileEntry>, u64)>, Fault> {
        Ok(self.reach.shell.list(&self.reach.spot, path, limit).await?)
    }

    /// Runs a program that only reads.
    pub(crate) async fn ask(&self, command: &Command) -> Result<Finished, Fault> {
        Ok(self.reach.shell.run(&self.reach.spot, command).await?)
    }

    /// Runs a program that changes something, whose plan was decided on.
    pub(crate) async fn act(&self, command: &Command) -> Result<Finished, Fault> {
        self.ask(command).await
    }

    /// That nothing is at a path there.
    pub(crate) fn lacks(&self, path: &FilePath) -> Fault {
        Fault::not_found(format!("there is no {path} in {}", self.name()))
            .with_field("path")
            .with_hint("check the path; in a guest it is the guest's own")
    }
}

/// The guest of a place.
pub(crate) fn vmid_of(place: &Place) -> Option<VmId> {
    match place {
        Place::Host { .. } => None,
        Place::Lxc(guest) | Place::Vm(guest) => Some(guest.vmid),
    }
}

/// What working there takes.
pub(crate) fn tier_of(place: &Place) -> Tier {
    match place {
        Place::Host { .. } => Tier::Root,
        Place::Lxc(_) | Place::Vm(_) => Tier::Companion,
    }
}

/// Whether the caller may go there. The operation's own tier may be lower: it does not know the place beforehand.
fn may(cx: &Cx, tier: Tier) -> Result<(), Fault> {
    if cx.actor.grant.tier >= tier {
        return Ok(());
    }
    let place = if tier == Tier::Root { "on a node" } else { "in a guest" };
    let (has, needs) = (cx.actor.grant.tier.as_str(), tier.as_str());
    Err(Fault::new(Code::Forbidden, format!("working {place} takes {needs}, and you have {has}"))
        .with_hint("use a token of a higher scope; an owner makes one"))
}
