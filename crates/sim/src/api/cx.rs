//! What a handler has before it: the world, who asks, what for.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::access::{Access, Caller};
use crate::answer::{Ask, Refusal};
use crate::world::{Guest, Kind, Node, Storage, World};

pub(super) struct Cx<'a> {
    pub(super) world: &'a mut World,
    pub(super) access: &'a Access,
    pub(super) caller: &'a Caller,
    pub(super) ask: &'a Ask,
    /// Placeholders of the path.
    pub(super) path: &'a BTreeMap<String, String>,
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

    /// The node of the path. One that is not in the cluster, or does not answer, fails as the real proxy does.
    pub(super) fn node(&self) -> Result<&Node, Refusal> {
        let name = self.at("node");
        let node = self.world.nodes.get(name);
        let node =
            node.ok_or_else(|| Refusal::died(format!("hostname lookup '{name}' failed - failed to get address info for: {name}: Name or service not known")))?;
        if node.online { Ok(node) } else { Err(Refusal::new(595, "No route to host")) }
    }

    pub(super) fn vmid(&self) -> Result<u32, Refusal> {
        let text = self.at("vmid");
        text.parse().ok().filter(|vmid| (100..1_000_000_000).contains(vmid)).ok_or_else(|| {
            let wrong = match text.parse::<i64>() {
                Ok(_) => "value must have a minimum value of 100".to_string(),
                Err(_) => format!("type check ('integer') failed - got '{text}'"),
            };
            Refusal::parameter("vmid", wrong)
        })
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

pub(super) fn no_configuration(node: &str, kind: Kind, vmid: u32) -> Refusal {
    Refusal::died(format!("Configuration file 'nodes/{node}/{}/{vmid}.conf' does not exist", kind.folder()))
}

/// 0 or 1, as the API says no and yes.
pub(super) fn flag(yes: bool) -> Value {
    u8::from(yes).into()
}
