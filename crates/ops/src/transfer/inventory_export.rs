//! `inventory_export`: the inventory as a file.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::Kind;
use labkeeper_core::transfer::{
    write_ansible, write_bundle, write_csv, write_markdown, write_mermaid, write_predecessor,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::file::FileAnswer;
use super::snapshot;
use crate::cx::Cx;
use crate::operation::{Implied, Meta, Operation, Route, Toolset};

/// Form of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// labkeeper's own, complete: everything but credentials, audit and journal.
    #[default]
    #[serde(alias = "labkeeper")]
    Json,
    /// One table.
    Csv,
    /// A page to read or print.
    Markdown,
    /// A diagram.
    Mermaid,
    /// An inventory for Ansible.
    Ansible,
    /// The predecessor's seven keys.
    Hub,
}

/// Export the inventory as a file. `json` is complete and can be imported again; the others are for reading and for
/// other programs.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InventoryExport {
    /// In which form.
    #[serde(default)]
    pub format: ExportFormat,
    /// CSV: only items of this kind, with its columns.
    #[serde(default)]
    pub kind: Option<Kind>,
}

impl Operation for InventoryExport {
    type Output = FileAnswer;
    const META: Meta =
        Meta::read("inventory_export", "Export the inventory", Toolset::Hub).not_a_tool().routes(&[
            Route::get("/api/export").download(),
            Route::get("/api/inventory/export").implies(&[("format", Implied::Text("hub"))]).download(),
        ]);

    async fn run(self, cx: &mut Cx) -> Result<FileAnswer, Fault> {
        let lab = snapshot::lab(&mut cx.snapshot().await?).await?;
        let day = cx.now.text()[..10].to_string();
        Ok(match self.format {
            ExportFormat::Json => FileAnswer::text(
                write_bundle(&lab, cx.now),
                "application/json",
                format!("labkeeper-{day}.json"),
            ),
            ExportFormat::Hub => {
                let text = write_predecessor(&lab).to_string();
                FileAnswer::text(text, "application/json", "homelab-export.json")
            }
            ExportFormat::Csv => {
                let name = self.kind.map_or("inventory", Kind::key);
                FileAnswer::text(
                    write_csv(&lab, self.kind),
                    "text/csv; charset=utf-8",
                    format!("labkeeper-{name}.csv"),
                )
            }
            ExportFormat::Markdown => FileAnswer::text(
                write_markdown(&lab),
                "text/markdown; charset=utf-8",
                format!("labkeeper-{day}.md"),
            ),
            ExportFormat::Mermaid => {
                FileAnswer::text(write_mermaid(&lab), "text/plain; charset=utf-8", "labkeeper.mmd")
            }
            ExportFormat::Ansible => {
                FileAnswer::text(write_ansible(&lab), "application/yaml; charset=utf-8", "inventory.yml")
            }
        })
    }
}
