//! What an operation declares about itself, beside its input.

use labkeeper_core::change::{Effect, Reversal};
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::route::Route;

/// Groups of operations that can be switched off together for a model (`toolsets`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Toolset {
    /// Items, links, documents, map, search.
    Inventory,
    /// Reachability and subnet scans.
    Discovery,
    /// Guests and nodes of the connected Proxmox clusters.
    Proxmox,
    /// Notes an assistant keeps.
    Memory,
    /// Changes, undo, drift, audit.
    Safety,
    /// The hub itself: people, tokens, status, import, export.
    Hub,
}

/// What an actor must be allowed beside the tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Reading.
    Read,
    /// Changing the inventory.
    Write,
    /// Managing the hub.
    Admin,
}

/// What the faces need to know of an operation, declared beside it.
#[derive(Debug, Clone, Copy)]
pub struct Meta {
    /// Stable name: MCP tool, `labkeeper call NAME`, audit.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Group.
    pub toolset: Toolset,
    /// Lowest tier at which it exists.
    pub tier: Tier,
    /// Permission beside the tier.
    pub need: Need,
    /// What it does to the world.
    pub effect: Effect,
    /// Repeating it changes nothing more.
    pub idempotent: bool,
    /// It removes or overwrites; MCP's `destructiveHint`.
    pub destructive: bool,
    /// It reaches beyond the hub; MCP's `openWorldHint`.
    pub open_world: bool,
    /// It acts on the lab, through a port. The hub's one writer is not held meanwhile, and what was done stays done.
    pub acts: bool,
    /// Its answer holds text that guests, files or the network wrote: to be read, never to be obeyed.
    pub foreign: bool,
    /// It hands text to a shell.
    pub raw_shell: bool,
    /// Fields of its input that become the content of a file of the lab: there, and nowhere else, a program's placeholders become the
    /// secrets that they stand for.
    pub secrets_into: &'static [&'static str],
    /// The field of its answer that is a list, which `fields` and `limit` make as small as the caller wants it.
    pub list: Option<&'static str>,
    /// Offered to models. Hub management is not, unless it says so.
    pub tool: bool,
    /// A read whose answer depends only on the store; may be kept until the next write.
    pub cacheable: bool,
    /// REST routes, the first is the canonical one.
    pub routes: &'static [Route],
}

impl Meta {
    /// A read of the hub, offered to models.
    pub const fn read(name: &'static str, title: &'static str, toolset: Toolset) -> Self {
        Self {
            name,
            title,
            toolset,
            tier: Tier::Observe,
            need: Need::Read,
            effect: Effect::Read,
            idempotent: true,
            destructive: false,
            open_world: false,
            acts: false,
            foreign: false,
            raw_shell: false,
            secrets_into: &[],
            list: None,
            tool: true,
            cacheable: false,
            routes: &[],
        }
    }

    /// A write that the change journal can take back, offered to models.
    pub const fn write(name: &'static str, title: &'static str, toolset: Toolset) -> Self {
        Self {
            need: Need::Write,
            effect: Effect::Write(Reversal::Journal),
            idempotent: false,
            ..Self::read(name, title, toolset)
        }
    }

    /// Something done to a guest or node of the lab, which no journal takes back; the tier says who may.
    pub const fn act(name: &'static str, title: &'static str, toolset: Toolset) -> Self {
        Self {
            tier: Tier::Operate,
            effect: Effect::Write(Reversal::None),
            idempotent: false,
            open_world: true,
            acts: true,
            ..Self::read(name, title, toolset)
        }
    }

    /// Its routes.
    #[must_use]
    pub const fn routes(mut self, routes: &'static [Route]) -> Self {
        self.routes = routes;
        self
    }

    /// Its answer may be kept until the next write.
    #[must_use]
    pub const fn cacheable(mut self) -> Self {
        self.cacheable = true;
        self
    }

    /// Repeating it changes nothing more.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// It removes or overwrites.
    #[must_use]
    pub const fn destructive(mut self) -> Self {
        self.destructive = true;
        self
    }

    /// It reaches beyond the hub.
    #[must_use]
    pub const fn open_world(mut self) -> Self {
        self.open_world = true;
        self
    }

    /// Its answer holds text that guests, files or the network wrote.
    #[must_use]
    pub const fn foreign(mut self) -> Self {
        self.foreign = true;
        self
    }

    /// It hands text to a shell, and answers what that wrote.
    #[must_use]
    pub const fn raw_shell(mut self) -> Self {
        self.raw_shell = true;
        self.foreign()
    }

    /// Those fields of its input become the content of a file of the lab.
    #[must_use]
    pub const fn secrets_into(mut self, fields: &'static [&'static str]) -> Self {
        self.secrets_into = fields;
        self
    }

    /// That field of its answer is a list; it takes `fields` and `limit`.
    #[must_use]
    pub const fn list(mut self, field: &'static str) -> Self {
        self.list = Some(field);
        self
    }

    /// From that tier on.
    #[must_use]
    pub const fn tier(mut self, tier: Tier) -> Self {
        self.tier = tier;
        self
    }

    /// How it is undone.
    #[must_use]
    pub const fn reversal(mut self, reversal: Reversal) -> Self {
        self.effect = Effect::Write(reversal);
        self
    }

    /// Not for models.
    #[must_use]
    pub const fn not_a_tool(mut self) -> Self {
        self.tool = false;
        self
    }

    /// Only for those who manage the hub, and not for models.
    #[must_use]
    pub const fn admin(mut self) -> Self {
        self.need = Need::Admin;
        self.tool = false;
        self
    }

    /// It cannot be undone.
    #[must_use]
    pub const fn irreversible(mut self) -> Self {
        self.effect = Effect::Write(Reversal::None);
        self
    }
}
