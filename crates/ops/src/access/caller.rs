//! What somebody shows at the door, and who they turn out to be.

use labkeeper_core::actor::{Actor, Role};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::Token;

/// Something that says who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// `Authorization: Bearer …`: `API_TOKEN` or a named token.
    Token(String),
    /// The secret of a web session.
    Session(String),
}

/// Somebody who was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who they are and what they may do.
    pub actor: Actor,
    /// The role that is nearest to what they may do, for people.
    pub role: Role,
    /// When the credential ends, if ever.
    pub expires_at: Option<Stamp>,
}

/// Whether it still opens anything.
pub(crate) fn is_live(token: &Token, now: Stamp) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|end| end > now)
}
