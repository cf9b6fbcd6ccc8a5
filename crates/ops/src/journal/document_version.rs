//! `document_version`: what a page said before and after one save.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, Kind};
use labkeeper_store::Change;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// Read what a document said before and after one save.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentVersion {
    /// Which document.
    pub id: ItemId,
    /// The change that saved it.
    pub change: i64,
}

/// Title and text of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PageText {
    /// Title.
    pub title: String,
    /// Text, Markdown.
    pub content: String,
}

/// A page before and after a save.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Save {
    /// Absent when the page began with it.
    pub before: Option<PageText>,
    /// After it.
    pub after: PageText,
}

impl Operation for DocumentVersion {
    type Output = Save;
    const META: Meta = Meta::read("document_version", "Read a version", Toolset::Inventory)
        .not_a_tool()
        .cacheable()
        .routes(&[Route::get("/api/documents/{id}/versions/{change}")]);

    async fn run(self, cx: &mut Cx) -> Result<Save, Fault> {
        let change = cx.read().await?.change(self.change).await?;
        change.as_ref().and_then(|change| save(change, self.id)).ok_or_else(|| {
            Fault::not_found(format!("change {} saved no text of document {}", self.change, self.id))
                .with_field("change")
                .with_hint("GET /api/documents/{id}/versions lists those that did")
        })
    }
}

/// What a change did to the words of a page; `None` when it left them alone, or took the page away.
pub(super) fn save(change: &Change, id: ItemId) -> Option<Save> {
    let Image { before, after, .. } =
        change.images.iter().find(|image| image.table == Table::Items && image.id == id)?;
    let (before, after) = (before.as_ref().and_then(text), text(after.as_ref()?)?);
    (before.as_ref() != Some(&after)).then_some(Save { before, after })
}

fn text(row: &Map<String, Value>) -> Option<PageText> {
    let word = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let is_page = Kind::deserialize(row.get("kind")?).is_ok_and(|kind| kind == Kind::Documents);
    is_page.then(|| PageText {
        title: word(row.get("name")),
        content: word(row.get("fields").and_then(|fields| fields.get("content"))),
    })
}
