//! What all connections of one face share: the keeper, which tools are shown, and their wire forms.

use std::sync::{Arc, OnceLock};

use labkeeper_ops::keeper::Keeper;

use crate::catalogue::Catalogue;

/// How many tools a client sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Surface {
    /// Every tool that is offered.
    #[default]
    Full,
    /// Four tools that find and call the others, for models with little room.
    Compact,
}

impl Surface {
    /// The surface of that name in the configuration: `full` or `compact`.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "full" => Some(Self::Full),
            "compact" => Some(Self::Compact),
            _ => None,
        }
    }
}

/// Shared by all connections. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Face {
    pub(crate) keeper: Keeper,
    pub(crate) surface: Surface,
    catalogue: Arc<OnceLock<Catalogue>>,
}

impl Face {
    pub(crate) fn new(keeper: Keeper, surface: Surface) -> Self {
        Self { keeper, surface, catalogue: Arc::default() }
    }

    /// Wire forms of the tools, made when a client first asks for them.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        self.catalogue.get_or_init(|| Catalogue::of(&self.keeper))
    }
}
