//! `inventory_kinds`: what kinds there are and which fields they have; forms and tables are drawn from it.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{Kind, Shape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List the kinds of items with their fields, types and how many there are. Read this before creating items.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryKinds {}

/// One field of a kind.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FieldInfo {
    /// Wire name.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// text, longtext, markdown, integer, number, boolean, address, mac, cidr, port, vlan, color, icon or link.
    pub r#type: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// Shown as a column of the table.
    pub column: bool,
    /// Unit of a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// One sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<&'static str>,
    /// Usual values; others are accepted.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub suggestions: &'static [&'static str],
    /// Kind of item a link points at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link_kinds: Option<Vec<Kind>>,
}

/// One kind.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KindInfo {
    /// Wire name, as in URLs.
    pub key: Kind,
    /// One of them.
    pub label: &'static str,
    /// Many of them.
    pub label_many: &'static str,
    /// Bundled icon.
    pub icon: &'static str,
    /// How many there are.
    pub count: i64,
    /// Wire name of the name.
    pub name_field: &'static str,
    /// Fields in form order, the name first.
    pub fields: Vec<FieldInfo>,
}

/// Every kind.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Kinds {
    /// Kinds in order of navigation.
    pub data: Vec<KindInfo>,
    /// How many.
    pub count: usize,
}

impl Operation for InventoryKinds {
    type Output = Kinds;
    const META: Meta = Meta::read("inventory_kinds", "List kinds and fields", Toolset::Inventory)
        .cacheable()
        .routes(&[Route::get("/api/kinds")]);

    async fn run(self, cx: &mut Cx) -> Result<Kinds, Fault> {
        let counts = cx.read().await?.counts().await?;
        let data: Vec<KindInfo> = Kind::ALL
            .into_iter()
            .map(|kind| info(kind, counts.iter().find(|(of, _)| *of == kind).map_or(0, |(_, count)| *count)))
            .collect();
        Ok(Kinds { count: data.len(), data })
    }
}

fn info(kind: Kind, count: i64) -> KindInfo {
    let spec = kind.spec();
    let name = FieldInfo {
        name: spec.name_field,
        label: if spec.name_field == "title" { "Title" } else { "Name" },
        r#type: "text",
        required: true,
        column: true,
        unit: None,
        help: None,
        suggestions: &[],
        link_kinds: None,
    };
    let declared = spec.fields.iter().map(|field| FieldInfo {
        name: field.name,
        label: field.label,
        r#type: field.shape.name(),
        required: false,
        column: field.column,
        unit: field.unit,
        help: field.help,
        suggestions: field.suggestions,
        link_kinds: match field.shape {
            Shape::Parent(of) => Some(vec![of]),
            _ => None,
        },
    });
    KindInfo {
        key: kind,
        label: spec.label,
        label_many: spec.label_many,
        icon: spec.icon,
        count,
        name_field: spec.name_field,
        fields: std::iter::once(name).chain(declared).collect(),
    }
}
