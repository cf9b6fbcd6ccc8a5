//! How long files are: a report, not a rule. One idea a file; 250 lines is the aim, 400 worth a hard look.

use anyhow::Result;

use crate::repository::Files;

/// One line per language: the middle, the ninetieth percentile, and the longest files by name.
pub(super) fn reports(files: &Files) -> Result<Vec<String>> {
    let mut reports = Vec::new();
    for ending in [".rs", ".svelte", ".ts"] {
        let mut lengths = Vec::new();
        for path in files.ending(ending).filter(|path| !path.contains(".gen.")) {
            lengths.push((files.text(path)?.map_or(0, |text| text.lines().count()), path));
        }
        lengths.sort();
        if let Some(report) = report(ending, &lengths) {
            reports.push(report);
        }
    }
    Ok(reports)
}

/// `lengths` is sorted; `None` when it is empty.
fn report(ending: &str, lengths: &[(usize, &str)]) -> Option<String> {
    let at = |percent: usize| lengths[(lengths.len() - 1) * percent / 100].0;
    let (longest, _) = lengths.last()?;
    let long: Vec<String> =
        lengths.iter().rev().take(3).map(|(lines, path)| format!("{path} ({lines})")).collect();
    Some(format!(
        "{:>4} {ending:<8} files: lines p50 {}, p90 {}, max {longest}; longest {}",
        lengths.len(),
        at(50),
        at(90),
        long.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_the_middle_the_tail_and_the_longest() {
        let names: Vec<String> = (1..=10).map(|number| format!("{number}.rs")).collect();
        let lengths: Vec<(usize, &str)> =
            names.iter().enumerate().map(|(index, name)| ((index + 1) * 10, name.as_str())).collect();
        let report = report(".rs", &lengths).expect("there are files");
        assert!(report.contains("p50 50, p90 90, max 100; longest 10.rs (100), 9.rs (90)"), "{report}");
    }

    #[test]
    fn no_files_no_report() {
        assert_eq!(report(".rs", &[]), None);
    }
}
