//! The registry in MCP's wire form.

use labkeeper_core::actor::Actor;
use labkeeper_ops::keeper::Keeper;
use labkeeper_ops::operation::{Entry, Meta};
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Value, json};

use crate::schema;

/// The tools of this hub, whoever asks, in the order of the registry.
pub(crate) struct Catalogue(Vec<Tool>);

impl Catalogue {
    pub(crate) fn of(keeper: &Keeper) -> Self {
        Self(keeper.registry().iter().filter(|entry| is_tool(keeper, entry)).map(tool).collect())
    }

    /// The tools that exist for this actor.
    pub(crate) fn offered(&self, keeper: &Keeper, actor: &Actor) -> Vec<Tool> {
        let names: Vec<&str> = keeper.offered(actor).map(|entry| entry.meta.name).collect();
        self.0.iter().filter(|tool| names.contains(&&*tool.name)).cloned().collect()
    }

    /// The tool of that name, whoever asks.
    pub(crate) fn find(&self, name: &str) -> Option<&Tool> {
        self.0.iter().find(|tool| tool.name == name)
    }
}

/// Every tool in wire form, as `tools/list` shows it to somebody who may do everything. Reviewed as a file.
pub fn tools(entries: &[Entry]) -> Vec<Value> {
    entries.iter().filter(|entry| entry.meta.tool).map(|entry| json!(tool(entry))).collect()
}

fn is_tool(keeper: &Keeper, entry: &Entry) -> bool {
    entry.meta.tool && keeper.settings().toolsets.contains(&entry.meta.toolset)
}

fn tool(entry: &Entry) -> Tool {
    let meta = &entry.meta;
    Tool::new(meta.name, entry.description.clone(), schema::input(entry))
        .with_title(meta.title)
        .with_raw_output_schema(schema::output(entry))
        .with_annotations(hints(meta))
}

/// What a client may think of a tool. What MCP takes for granted when it is not said, and what has no meaning for a tool that only
/// reads, is left out.
fn hints(meta: &Meta) -> ToolAnnotations {
    let mut hints = ToolAnnotations::new().read_only(!meta.effect.is_write());
    if meta.effect.is_write() {
        hints = hints.destructive(meta.destructive);
        hints.idempotent_hint = meta.idempotent.then_some(true);
    }
    hints.open_world_hint = (!meta.open_world).then_some(false);
    hints
}
