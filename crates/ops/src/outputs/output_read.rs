//! `output_read`: the rest of an output that was answered in part.

use labkeeper_core::budget::boundary_before;
use labkeeper_core::fault::Fault;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::id::OutputId;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// So many bytes are read at once.
const PART: usize = 64 << 10;

/// Read the rest of an output of which an answer had only the beginning and the end. It is kept for an hour, for whoever got that answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputRead {
    /// Which: the last part of `lab://output/ID`.
    pub id: OutputId,
    /// From which byte on; when left out, from where the beginning in the answer ended.
    #[serde(default)]
    pub from: Option<usize>,
}

/// A part of an output.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OutputPart {
    /// Which.
    pub id: OutputId,
    /// When it was kept, UTC.
    pub at: String,
    /// Where it comes from.
    pub place: String,
    /// `stdout` or `stderr`.
    pub stream: String,
    /// The first byte of this part.
    pub from: usize,
    /// This part.
    pub content: String,
    /// Where the next part begins; absent when this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<usize>,
    /// Bytes of the whole.
    pub bytes: usize,
}

impl Operation for OutputRead {
    type Output = OutputPart;
    const META: Meta = Meta::read("output_read", "Read the rest of an output", Toolset::Proxmox)
        .foreign()
        .not_a_tool()
        .routes(&[Route::get("/api/outputs/{id}")]);

    async fn run(self, cx: &mut Cx) -> Result<OutputPart, Fault> {
        let now = cx.house().clock().now();
        let output = cx.house().outputs().of(&cx.actor, now, self.id).ok_or_else(|| {
            Fault::not_found(format!("there is no output {} of yours, or not any more", self.id))
                .with_field("id")
                .with_hint("outputs are kept for an hour by the process that answered, and not over a restart; ask again for what it was")
        })?;
        let text = &output.text;
        let from = self.from.unwrap_or(output.shown);
        if from > text.len() {
            let message = format!("from is at most {}, the length of the output", text.len());
            return Err(Fault::invalid("from", message));
        }
        let from = boundary_before(text, from);
        let end = boundary_before(text, from + PART);
        Ok(OutputPart {
            id: output.id,
            at: output.at.text(),
            place: output.place.clone(),
            stream: output.stream.into(),
            from,
            content: text[from..end].to_owned(),
            next: (end < text.len()).then_some(end),
            bytes: text.len(),
        })
    }
}
