//! What a scan notes of whatever has an address in the network.

use crate::inventory::field::{Field, Shape};

/// What listens on it: `22 SSH, 443 HTTPS`.
pub(super) const OPEN_PORTS: Field = Field::new("open_ports", "Open ports", Shape::Text);
/// What it calls itself in the web.
pub(super) const PAGE_TITLE: Field = Field::new("page_title", "Page title", Shape::Text);
