//! Who asks: a user, one of a user's tokens, or nobody.

use super::directory::ROOT;
use super::names::split_token;

/// Who asks, by name. Naming somebody grants nothing: what a caller may is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    name: String,
}

impl Caller {
    /// A user such as `root@pam`, or a token such as `anna@pve!ro`.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// Somebody without a credential, for the few methods that are open to the world.
    pub fn nobody() -> Self {
        Self::named("")
    }

    /// The full name: of a token with its user's.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A token, not a person.
    pub fn is_token(&self) -> bool {
        split_token(&self.name).is_some()
    }

    /// `root@pam` in person. Its tokens are not: methods that only root may call refuse them.
    pub fn is_root(&self) -> bool {
        self.name == ROOT
    }

    /// Nobody in particular.
    pub fn is_nobody(&self) -> bool {
        self.name.is_empty()
    }
}
