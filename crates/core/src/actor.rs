//! Who is calling, through which door, and what they may do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::principal::Principal;
use crate::tier::Tier;

/// The scope of a token, as a person chooses it at creation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Read the hub.
    Read,
    /// Read and change the inventory.
    Write,
    /// Read the hub and the lab; same as `read` until a node is connected.
    Observe,
    /// Change the inventory and start, stop and snapshot guests.
    Operate,
    /// Work inside guests.
    Companion,
    /// Work on the host.
    Root,
}

impl Scope {
    /// Every scope, weakest first.
    pub const ALL: [Self; 6] =
        [Self::Read, Self::Write, Self::Observe, Self::Operate, Self::Companion, Self::Root];

    /// Lower-case name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Observe => "observe",
            Self::Operate => "operate",
            Self::Companion => "companion",
            Self::Root => "root",
        }
    }

    /// The scope of that name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// What this scope permits (ADR 0006).
    pub fn grant(self) -> Grant {
        let (tier, write) = match self {
            Self::Read | Self::Observe => (Tier::Observe, false),
            Self::Write => (Tier::Observe, true),
            Self::Operate => (Tier::Operate, true),
            Self::Companion => (Tier::Companion, true),
            Self::Root => (Tier::Root, true),
        };
        Grant { tier, write, admin: false }
    }
}

/// The role of a person who logs in to the web app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything, changes nothing.
    Viewer,
    /// Changes the inventory.
    Editor,
    /// Also operates guests.
    Operator,
    /// Also manages people, tokens and imports.
    Admin,
}

impl Role {
    /// Lower-case name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// The role of that name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Viewer, Self::Editor, Self::Operator, Self::Admin]
            .into_iter()
            .find(|role| role.as_str() == name)
    }

    /// What this role permits.
    pub fn grant(self) -> Grant {
        match self {
            Self::Viewer => Grant { tier: Tier::Observe, write: false, admin: false },
            Self::Editor => Grant { tier: Tier::Observe, write: true, admin: false },
            Self::Operator => Grant { tier: Tier::Operate, write: true, admin: false },
            Self::Admin => Grant { tier: Tier::Root, write: true, admin: true },
        }
    }
}

/// What an actor may do: how far into the lab, whether the inventory may be changed, whether people,
/// tokens and whole-hub imports may be managed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Highest tier.
    pub tier: Tier,
    /// May change the inventory.
    pub write: bool,
    /// May manage the hub itself.
    pub admin: bool,
}

impl Grant {
    /// Everything: the owner of the data directory or the holder of `API_TOKEN`.
    pub const FULL: Self = Self { tier: Tier::Root, write: true, admin: true };
    /// Reads of the inventory.
    pub const READ: Self = Self { tier: Tier::Observe, write: false, admin: false };
}

/// The face a call came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// REST, including the web app.
    Rest,
    /// An MCP client.
    Mcp,
    /// The command line.
    Cli,
    /// A person whom the client of their assistant asked.
    Elicitation,
    /// labkeeper itself: workers, demo, schedules.
    System,
}

impl Via {
    /// Lower-case name as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Mcp => "mcp",
            Self::Cli => "cli",
            Self::Elicitation => "elicitation",
            Self::System => "system",
        }
    }
}

/// The caller of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// A person's or token's name; shown in journal and audit.
    pub name: String,
    /// Whose what is kept for one alone is.
    pub principal: Principal,
    /// The door.
    pub via: Via,
    /// What they may do.
    pub grant: Grant,
    /// MCP or web session, so that a whole session can be shown and undone.
    pub session: Option<String>,
    /// Somebody who logged in, or the owner at the keyboard. See [`Actor::is_person`].
    pub person: bool,
}

impl Actor {
    /// The owner at the keyboard of the machine that holds the data directory.
    pub fn local(via: Via) -> Self {
        let person = matches!(via, Via::Rest | Via::Cli);
        Self {
            name: "local".into(),
            principal: Principal::Local,
            via,
            grant: Grant::FULL,
            session: None,
            person,
        }
    }

    /// labkeeper acting by itself.
    pub fn system(name: &str) -> Self {
        let principal = Principal::Program(name.into());
        Self {
            name: name.into(),
            principal,
            via: Via::System,
            grant: Grant::FULL,
            session: None,
            person: false,
        }
    }

    /// The person in front of that program, whom its client asked something. Only for handing on what they answered: what they say yes
    /// to is done with the rights of who asked.
    pub fn in_front_of(program: &Self) -> Self {
        Self {
            name: format!("person at {}", program.name),
            principal: Principal::Unknown,
            via: Via::Elicitation,
            grant: Grant { write: true, admin: false, ..program.grant },
            session: None,
            person: true,
        }
    }

    /// Whether its word is a person's word, given here and now. A program that holds a token speaks for nobody, and what
    /// comes through MCP is a model's, whoever's credential it has.
    pub fn is_person(&self) -> bool {
        self.person && self.via != Via::Mcp
    }
}
