//! What all connections of one face share: the keeper, which tools are shown, and their wire forms.

use std::sync::{Arc, OnceLock};

use labkeeper_ops::keeper::Keeper;
use rmcp::model::RequestStateCodec;

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
    seal: Arc<OnceLock<Option<RequestStateCodec>>>,
}

impl Face {
    pub(crate) fn new(keeper: Keeper, surface: Surface) -> Self {
        Self { keeper, surface, catalogue: Arc::default(), seal: Arc::default() }
    }

    /// Wire forms of the tools, made when a client first asks for them.
    pub(crate) fn catalogue(&self) -> &Catalogue {
        self.catalogue.get_or_init(|| Catalogue::of(&self.keeper))
    }

    /// Seals what a client carries from one round of a call to the next, with a key of this process. `None` when the
    /// system gives no random bytes.
    pub(crate) fn seal(&self) -> Option<&RequestStateCodec> {
        let seal = || {
            let mut key = [0; 32];
            getrandom::fill(&mut key).ok()?;
            RequestStateCodec::try_new(key.to_vec()).ok()
        };
        self.seal.get_or_init(seal).as_ref()
    }
}
