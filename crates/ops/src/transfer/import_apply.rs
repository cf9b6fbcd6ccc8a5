//! `import_apply`: an import that was looked at, in one transaction.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::transfer::{self, Format, Incoming, Mode, Report, write_bundle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::carry_out::carry_out;
use super::{parked, reading, snapshot};
use crate::access::owners::owners;
use crate::cx::Cx;
use crate::operation::{Implied, Meta, Operation, Plan, Route, Toolset};

/// What a person types before everything is replaced.
pub const PHRASE: &str = "replace everything";

/// Import a file that was previewed. `merge` adds and updates; `replace` makes the hub hold what the file holds:
/// it needs `confirm: true` and `confirm_phrase: "replace everything"`, and first writes a safety copy of everything.
/// All or nothing; the change can be undone as a whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportApply {
    /// As `import_preview` answered it.
    pub import_id: String,
    /// What becomes of what is here.
    #[serde(default)]
    pub mode: Mode,
    /// For a replacement: `replace everything`.
    #[serde(default)]
    pub confirm_phrase: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Applied {
    /// The story.
    pub data: Imported,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Imported {
    /// What became of what was here.
    pub mode: Mode,
    /// Name of the safety copy, when everything was replaced; `import_preview` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_copy: Option<String>,
    /// The story.
    #[serde(flatten)]
    pub report: Report,
}

impl Operation for ImportApply {
    type Output = Applied;
    const META: Meta = Meta::write("import_apply", "Import a previewed file", Toolset::Hub)
        .admin()
        .destructive()
        .idempotent()
        .routes(&[Route::post("/api/import/apply").implies(&[("confirm", Implied::Bool(true))])]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let incoming = self.incoming(cx).await?;
        let plan = intended(cx, incoming, self.mode).await?;
        if self.mode == Mode::Replace && self.confirm_phrase.as_deref().map(str::trim) != Some(PHRASE) {
            return Err(Fault::new(
                Code::ConfirmRequired,
                format!("not done yet: type \"{PHRASE}\" to replace the inventory"),
            )
            .with_field("confirm_phrase")
            .with_hint("what is here now is exported first and can be restored")
            .with_details(plan.details));
        }
        Ok(plan)
    }

    async fn run(self, cx: &mut Cx) -> Result<Applied, Fault> {
        let incoming = self.incoming(cx).await?;
        Ok(Applied { data: import(cx, incoming, self.mode).await? })
    }
}

impl ImportApply {
    async fn incoming(&self, cx: &Cx) -> Result<Incoming, Fault> {
        let parked = parked::find(&cx.house().settings().data_dir, &self.import_id, cx.now).await?;
        let incoming = reading::read(&parked.path, parked.file_name.as_deref()).await?;
        if self.mode == Mode::Replace && incoming.format() == Format::Csv {
            return Err(Fault::invalid("mode", "a CSV table cannot replace everything: it holds items only")
                .with_hint("merge it, or replace with a full export"));
        }
        Ok(incoming)
    }
}

/// The plan as a call is shown it.
pub(super) async fn intended(cx: &mut Cx, mut incoming: Incoming, mode: Mode) -> Result<Plan, Fault> {
    let mut view = cx.snapshot().await?;
    incoming.settle_owners(&owners(&mut view, &cx.actor, cx.now).await?);
    let lab = snapshot::lab(&mut view).await?;
    let ids = snapshot::id_space(&mut view, &incoming).await?;
    let report = transfer::plan(&incoming, &lab, &ids, mode, cx.now).report;
    let (creates, updates, deletes) = (report.creates.len(), report.updates.len(), report.deletes);
    let details = json!(report);
    Ok(match mode {
        Mode::Merge => Plan::allow(format!("import {creates} new and {updates} changed items")),
        Mode::Replace => Plan::confirm(
            format!("replace the inventory: {creates} new, {updates} changed, {deletes} deleted"),
            format!("this replaces everything here, {} items", lab.items.len()),
        ),
    }
    .with(details))
}

/// Imports inside the transaction of the call.
pub(super) async fn import(cx: &mut Cx, mut incoming: Incoming, mode: Mode) -> Result<Imported, Fault> {
    let (now, data_dir, actor) = (cx.now, cx.house().settings().data_dir.clone(), cx.actor.clone());
    let tx = cx.tx()?;
    incoming.settle_owners(&owners(tx, &actor, now).await?);
    let lab = snapshot::lab(tx).await?;
    let ids = snapshot::id_space(tx, &incoming).await?;
    let safety_copy = match mode {
        Mode::Replace if !lab.items.is_empty() => {
            Some(parked::safety_copy(&data_dir, &write_bundle(&lab, now), now).await?)
        }
        _ => None,
    };
    let plan = transfer::plan(&incoming, &lab, &ids, mode, now);
    carry_out(tx, &plan, now).await?;
    let report = plan.report;
    let word = if mode == Mode::Replace { "replaced everything by" } else { "imported" };
    cx.summarise(format!(
        "{word} a {}: {} created, {} updated, {} deleted, {} unchanged",
        format_name(report.format),
        report.creates.len(),
        report.updates.len(),
        report.deletes,
        report.unchanged
    ));
    Ok(Imported { mode, safety_copy, report })
}

fn format_name(format: Format) -> String {
    json!(format).as_str().unwrap_or_default().to_string()
}
