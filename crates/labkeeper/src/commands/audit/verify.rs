//! `audit verify`: the log beside everything that bears witness to it, or one record by its proof.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labkeeper_core::audit::{Proof, PublicKey};
use labkeeper_core::stamp::Stamp;
use labkeeper_ops::journal::audit_examination::Witness;
use labkeeper_ops::journal::audit_notes;
use labkeeper_ops::journal::audit_verify::{Question, Standing, Verification};
use serde_json::json;

use crate::cli::AuditEvidence;
use crate::commands::context::Context;
use crate::render;

const TAMPERED: u8 = 1;
const TORN: u8 = 2;
const UNANCHORED: u8 = 3;

/// Verifies the log.
pub(super) async fn log(context: &Context, evidence: AuditEvidence) -> Result<ExitCode> {
    let mut witnesses = Vec::new();
    for path in &evidence.checkpoint {
        witnesses.push(Witness { is_ours: true, ..witness(path)? });
    }
    for path in &evidence.anchor {
        witnesses.push(witness(path)?);
    }
    let question = Question {
        from: evidence.from.unwrap_or_default(),
        keys: evidence.pubkey,
        witnesses,
        mirror: evidence.mirror,
    };
    let keeper = context.keeper().await?;
    let verified = keeper.verify_audit(question, |_| Ok(())).await?;
    if context.json {
        render::print_json(&serde_json::to_value(&verified)?)?;
    } else {
        render::print(&told(&verified))?;
    }
    Ok(match verified.standing {
        Standing::Anchored => ExitCode::SUCCESS,
        Standing::Tampered => ExitCode::from(TAMPERED),
        Standing::TornTail => ExitCode::from(TORN),
        Standing::Unanchored => ExitCode::from(UNANCHORED),
    })
}

fn witness(path: &Path) -> Result<Witness> {
    let read = if path.is_dir() { audit_notes::read_directory(path) } else { audit_notes::read(path) };
    let notes = read.with_context(|| format!("cannot read {}", path.display()))?;
    if notes.is_empty() {
        bail!("{} holds no checkpoint of an audit log", path.display());
    }
    Ok(Witness { place: path.display().to_string(), notes, is_ours: false })
}

fn told(found: &Verification) -> String {
    let mut text = match &found.broken {
        Some(broken) => {
            format!("the audit log was tampered with: {broken}\n{} records before hold", found.records)
        }
        None => format!("the audit log holds: {} records, head {}", found.records, found.head),
    };
    let mut say = |line: String| {
        let _ = write!(text, "\n{line}");
    };
    match &found.checkpoint {
        Some(newest) => say(format!(
            "signed: {} records, last at {}; {} not yet",
            newest.records, newest.at, found.unsigned
        )),
        None => say("signed: nothing yet".into()),
    }
    if let Some(key) = &found.key {
        say(format!("public key, to note elsewhere: {key}"));
    }
    if let Some(seconds) = found.clock_set_back {
        say(format!("the clock was set back by up to {seconds} s between two records"));
    }
    if let Some(mirror) = &found.mirror {
        let torn =
            if mirror.torn { "; its last line is half written, which the next start puts right" } else { "" };
        say(format!("mirror: records {} to {} in {} files{torn}", mirror.first, mirror.last, mirror.files));
    }
    for anchor in &found.anchors {
        let trouble =
            anchor.trouble.as_ref().map_or(String::new(), |trouble| format!("; trouble: {trouble}"));
        say(format!("anchor {}: {} records{trouble}", anchor.name, anchor.records));
    }
    if found.standing == Standing::Unanchored {
        say("not anchored: who has this machine and its key could have written all of it anew. Set audit.anchor, or compare with --checkpoint or --anchor: docs/audit.md".into());
    }
    text
}

/// Checks a proof.
pub(super) fn proof(context: &Context, file: &Path, keys: &[PublicKey]) -> Result<ExitCode> {
    let text = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let proof: Proof = serde_json::from_slice(&text)
        .with_context(|| format!("{} is no proof that `labkeeper audit prove` made", file.display()))?;
    let mut checked = proof.check(keys.first());
    for key in keys.iter().skip(1) {
        checked = checked.or_else(|_| proof.check(Some(key)));
    }
    let (line, checkpoint) = match checked {
        Ok(proven) => proven,
        Err(error) => {
            if context.json {
                render::print_json(&json!({"ok": false, "broken": error.to_string()}))?;
            } else {
                render::print(&format!("the proof does not hold: {error}"))?;
            }
            return Ok(ExitCode::from(TAMPERED));
        }
    };
    if context.json {
        render::print_json(
            &json!({"ok": true, "record": line, "records": checkpoint.size, "key": proof.key, "key_given": !keys.is_empty()}),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let record = &line.record;
    render::print(&format!(
        "the proof holds: record {} ({} {} by {} at {}) is in the log of {} records",
        record.seq,
        record.op,
        record.phase.as_str(),
        record.actor,
        Stamp(record.at).text(),
        checkpoint.size
    ))?;
    if keys.is_empty() {
        render::note(&format!(
            "by the key that it names itself: compare {} with what you noted, or give that with --pubkey",
            proof.key
        ));
    }
    Ok(ExitCode::SUCCESS)
}
