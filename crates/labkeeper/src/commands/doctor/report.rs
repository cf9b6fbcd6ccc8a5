//! What was found, for people and for scripts.

use std::process::ExitCode;

use anyhow::Result;
use labkeeper_core::checkup::{Finding, Level};
use serde_json::json;

use crate::render::{self, DEGRADED};

/// Prints the findings. The exit code is that of the worst: 0 all is well, 4 something wants attention or could not be seen, 1
/// something does not work or is not safe.
pub(super) fn show(findings: &[Finding], as_json: bool) -> Result<ExitCode> {
    if as_json {
        render::print_json(&json!(findings))?;
    } else {
        let rows: Vec<Vec<String>> = findings.iter().map(row).collect();
        render::print(&render::table(&["", "check", "finding"], &rows))?;
        render::print(&summary(findings))?;
    }
    Ok(match Level::worst(findings.iter().map(|finding| finding.status)) {
        Level::Ok => ExitCode::SUCCESS,
        Level::Unknown | Level::Warn => ExitCode::from(DEGRADED),
        Level::Crit => ExitCode::FAILURE,
    })
}

fn row(finding: &Finding) -> Vec<String> {
    let about = match &finding.cluster {
        Some(cluster) => format!("{cluster}: {}", finding.check),
        None => finding.check.clone(),
    };
    let mut text = finding.finding.clone();
    for (mark, more) in [("", &finding.detail), ("→ ", &finding.remedy)] {
        if let Some(more) = more {
            text.push('\n');
            text.push_str(mark);
            text.push_str(more);
        }
    }
    vec![finding.status.to_string(), about, text]
}

fn summary(findings: &[Finding]) -> String {
    let count = |level: Level| findings.iter().filter(|finding| finding.status == level).count();
    let wanting: Vec<String> = [Level::Crit, Level::Warn, Level::Unknown]
        .into_iter()
        .map(|level| (level, count(level)))
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| format!("{count} {level}"))
        .collect();
    if wanting.is_empty() {
        return format!("all {} checks are ok", findings.len());
    }
    format!("of {} checks: {}; the arrows say what to do", findings.len(), wanting.join(", "))
}
