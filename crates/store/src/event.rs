//! One entry of the outbox.

use labkeeper_core::inventory::{Item, Link};
use serde::Serialize;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Position in the outbox; 0 before it is written.
    pub seq: i64,
    /// `item`, `link`, `layout`, `drift`, `memory`, `import`, `search`, `token`, `change`, `approval`, `file`, `view`, `reach`, `scan`,
    /// `access`; `seen` when something that can be read is newer and nothing else tells of it.
    pub r#type: String,
    /// `created`, `updated`, `deleted`, or what happened.
    pub action: String,
    /// Id of the thing.
    pub id: Option<i64>,
    /// Kind of the item.
    pub kind: Option<String>,
    /// Name of the item.
    pub name: Option<String>,
    /// Revision of the item.
    pub rev: Option<i64>,
    /// Journal entry it belongs to.
    pub change_id: Option<i64>,
}

impl Event {
    /// An event without a subject.
    pub fn plain(r#type: &str, action: &str) -> Self {
        Self {
            seq: 0,
            r#type: r#type.into(),
            action: action.into(),
            id: None,
            kind: None,
            name: None,
            rev: None,
            change_id: None,
        }
    }

    /// An event about a thing that is not an item.
    pub fn about(r#type: &str, action: &str, id: i64) -> Self {
        Self { id: Some(id), ..Self::plain(r#type, action) }
    }

    pub(crate) fn item(action: &str, item: &Item) -> Self {
        Self {
            id: Some(item.id),
            kind: Some(item.kind.key().into()),
            name: Some(item.name.clone()),
            rev: Some(item.rev),
            ..Self::plain("item", action)
        }
    }

    pub(crate) fn link(action: &str, link: &Link) -> Self {
        Self::about("link", action, link.id)
    }
}
