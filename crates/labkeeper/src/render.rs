//! Answers for people: tables and sentences on stdout, diagnostics on stderr, exit codes that scripts can use.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use comfy_table::{ContentArrangement, Table, presets};
use labkeeper_core::budget::neutralise;
use labkeeper_core::fault::{Code, Fault};
use serde_json::Value;

/// Done, with problems that were named.
pub(crate) const DEGRADED: u8 = 4;

/// Writes one document to stdout.
///
/// # Errors
/// When stdout is closed.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes a JSON document.
///
/// # Errors
/// When stdout is closed.
pub(crate) fn print_json(value: &Value) -> Result<()> {
    print(&serde_json::to_string_pretty(value)?)
}

/// A line of diagnostics.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Says what went wrong and gives the exit code: 3 for a refusal, 1 for anything else.
pub(crate) fn complain(error: &anyhow::Error) -> ExitCode {
    if let Some(io) = error.downcast_ref::<std::io::Error>()
        && io.kind() == std::io::ErrorKind::BrokenPipe
    {
        return ExitCode::SUCCESS;
    }
    let Some(fault) = error.downcast_ref::<Fault>() else {
        note(&format!("labkeeper: {error:#}"));
        return ExitCode::FAILURE;
    };
    let mut text = format!("labkeeper: {fault}");
    if let Some(hint) = &fault.hint {
        let _ = write!(text, "\n  {hint}");
    }
    if let Some(details) = fault.details.as_ref().filter(|_| fault.code != Code::Internal) {
        let _ = write!(text, "\n{}", serde_json::to_string_pretty(details).unwrap_or_default());
    } else if let Some(Value::String(reason)) = fault.details.as_deref() {
        let _ = write!(text, "\n  {reason}");
    }
    note(&text);
    match fault.code {
        Code::ConfirmRequired
        | Code::ApprovalPending
        | Code::Denied
        | Code::Forbidden
        | Code::Unauthorized
        | Code::HasDependants => ExitCode::from(3),
        _ => ExitCode::FAILURE,
    }
}

/// A table of those columns; control characters made visible, nulls blank.
pub(crate) fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(columns);
    for row in rows {
        table.add_row(row.iter().map(|cell| neutralise(cell).into_owned()));
    }
    table.to_string()
}

/// A value as a table cell.
pub(crate) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.lines().next().unwrap_or_default().to_string(),
        Some(Value::Array(list)) => list.iter().map(|value| cell(Some(value))).collect::<Vec<_>>().join(", "),
        Some(Value::Object(map)) if map.is_empty() => String::new(),
        Some(other) => other.to_string(),
    }
}
