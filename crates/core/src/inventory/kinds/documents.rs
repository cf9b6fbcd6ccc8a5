//! Markdown pages, in a hierarchy.

use serde_json::json;

use super::{Kind, KindSpec};
use crate::inventory::field::{Field, Shape};

pub(super) static SPEC: KindSpec = KindSpec {
    kind: Kind::Documents,
    key: "documents",
    label: "Document",
    label_many: "Documents",
    icon: "lucide:file-text",
    name_field: "title",
    rank: 4,
    fields: &[
        Field::new("parent_id", "Under", Shape::Parent(Kind::Documents)),
        Field::new("sort_order", "Order", Shape::Integer).default(|| json!(0)),
        Field::new("content", "Content", Shape::Markdown).default(|| json!("")),
    ],
};
