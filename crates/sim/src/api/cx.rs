//! What a handler has before it: the world, who asks, what for.

use std::collections::BTreeMap;

use serde_json::Value;

use super::interior::Interior;
use crate::access::{Access, Caller};
use crate::answer::{Ask, Refusal};
use crate::world::{Guest, Kind, Node, Storage, World};

pub(super) struct Cx<'a> {
    pub(super) world: &'a mut World,
    pub(super) access: &'a Access,
    /// The insides of machines, where there are real ones.
    pub(super) interior: Option<&'a dyn Interior>,
    pub(super) caller: &'a Caller,
    pub(super) ask: &'a Ask,
    /// Placeholders of the path.
    pub(super) path: &'a BTreeMap<String, String>,
    /// Name of the node that was asked: whose door it is.
    pub(super) door: Option<&'a str>,
    /// How many rows there are, when the answer is a part of them.
    pub(super) total: Option<usize>,
}

impl Cx<'_> {
    /// Whether the caller has one of these privileges there.
    pub(super) fn may(&self, path: &str, any_of: &[&str]) -> bool {
        self.access.may(self.caller, path, any_of, self.world)
    }

    /// The text of a placeholder; the table of routes has it wherever a handler asks for it.
    pub(super) fn at(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// The node of the path.
    pub(super) fn node(&self) -> Result<&Node, Refusal> {
        reached(self.world, self.at("node"))
    }

    pub(super) fn vmid(&self) -> Result<u32, Refusal> {
        let text = self.at("vmid");
        text.parse()
            .map_err(|_| Refusal::parameter("vmid", format!("type check ('integer') failed - got '{text}'")))
    }

    /// The guest of the path, on the node of the path.
    pub(super) fn guest(&self, kind: Kind) -> Result<&Guest, Refusal> {
        let (node, vmid) = (self.node()?.name.clone(), self.vmid()?);
        let guest = self.world.guests.get(&vmid).filter(|guest| guest.kind == kind && guest.node == node);
        guest.ok_or_else(|| no_configuration(&node, kind, vmid))
    }

    /// The storage of the path, as the node of the path has it.
    pub(super) fn storage(&self) -> Result<&Storage, Refusal> {
        let (node, id) = (self.node()?.name.clone(), self.at("storage"));
        let storage = self.world.storages.get(id);
        let storage = storage.ok_or_else(|| Refusal::died(format!("storage '{id}' does not exist")))?;
        if storage.is_on(&node) {
            return Ok(storage);
        }
        Err(Refusal::died(format!("storage '{id}' is not available on node '{node}'")))
    }

    /// What a handler starts runs as the caller.
    pub(super) fn user(&self) -> String {
        self.caller.name().to_string()
    }
}

/// The node of that name. One that is not in the cluster, or does not answer, fails as the real proxy does.
pub(super) fn reached<'a>(world: &'a World, name: &str) -> Result<&'a Node, Refusal> {
    let unknown = || {
        let why = format!("failed to get address info for: {name}: Name or service not known");
        Refusal::died(format!("hostname lookup '{name}' failed - {why}"))
    };
    let node = world.nodes.get(name).ok_or_else(unknown)?;
    if node.online { Ok(node) } else { Err(Refusal::new(595, "No route to host")) }
}

fn no_configuration(node: &str, kind: Kind, vmid: u32) -> Refusal {
    Refusal::died(format!("Configuration file 'nodes/{node}/{}/{vmid}.conf' does not exist", kind.folder()))
}

/// 0 or 1, as the API says no and yes.
pub(super) fn flag(yes: bool) -> Value {
    u8::from(yes).into()
}
