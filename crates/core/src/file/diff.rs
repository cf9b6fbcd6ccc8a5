//! A unified diff: hunks with three lines of context, cut by whole hunks when it is long.

use std::fmt::Write;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Serialize;
use similar::{DiffOp, group_diff_ops};

use super::encoding::is_text;
use super::lines::{compare, lines};

/// Lines that are shown around a change.
const CONTEXT: usize = 3;
/// Characters that are shown of a line.
const WIDEST: usize = 500;
/// Hunks beyond the budget whose place is still named.
const NAMED: usize = 20;

/// How much of a diff is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiffBudget {
    /// Lines.
    pub lines: usize,
}

impl Default for DiffBudget {
    fn default() -> Self {
        Self { lines: 200 }
    }
}

/// What changed between two contents of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Diff {
    /// Unified diff; `None` when either side is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// Some of it is not shown; its last lines say what.
    pub diff_truncated: bool,
    /// Lines that came, in all.
    pub added_lines: usize,
    /// Lines that went, in all.
    pub removed_lines: usize,
}

impl Diff {
    /// The difference of two contents; no file is an empty one. Bytes that are no UTF-8 are compared as they are and shown as
    /// U+FFFD.
    pub fn between(old: Option<&[u8]>, new: Option<&[u8]>, budget: DiffBudget) -> Self {
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        if !is_text(old) || !is_text(new) {
            return Self { diff: None, diff_truncated: false, added_lines: 0, removed_lines: 0 };
        }
        let (old, new) = (lines(old), lines(new));
        let operations = compare(&old, &new);
        let count = |range: fn(&DiffOp) -> Range<usize>| {
            operations.iter().filter(|op| !is_equal(op)).map(|op| range(op).len()).sum()
        };
        let (added_lines, removed_lines) = (count(DiffOp::new_range), count(DiffOp::old_range));
        let hunks: Vec<Hunk> =
            group_diff_ops(operations, CONTEXT).iter().map(|ops| Hunk::of(&old, &new, ops)).collect();
        let (text, truncated) = shown(&hunks, budget);
        Self { diff: Some(text), diff_truncated: truncated, added_lines, removed_lines }
    }
}

pub(super) fn is_equal(op: &DiffOp) -> bool {
    matches!(op, DiffOp::Equal { .. })
}

struct Hunk {
    header: String,
    lines: Vec<String>,
}

impl Hunk {
    fn of(old: &[&[u8]], new: &[&[u8]], ops: &[DiffOp]) -> Self {
        let span = |range: fn(&DiffOp) -> Range<usize>| {
            let start = ops.first().map_or(0, |op| range(op).start);
            start..ops.last().map_or(start, |op| range(op).end)
        };
        let header =
            format!("@@ -{} +{} @@", place(&span(DiffOp::old_range)), place(&span(DiffOp::new_range)));
        let mut lines = Vec::new();
        for op in ops {
            if is_equal(op) {
                lines.extend(old[op.old_range()].iter().map(|line| shown_line(' ', line)));
            } else {
                lines.extend(old[op.old_range()].iter().map(|line| shown_line('-', line)));
                lines.extend(new[op.new_range()].iter().map(|line| shown_line('+', line)));
            }
        }
        Self { header, lines }
    }
}

/// `5,3`, `5` for one line, `4,0` for none after the fourth: as patch(1) reads it.
fn place(range: &Range<usize>) -> String {
    match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        len => format!("{},{len}", range.start + 1),
    }
}

fn shown_line(mark: char, line: &[u8]) -> String {
    let (body, broken) = match line {
        [body @ .., b'\n'] => (body, true),
        body => (body, false),
    };
    let text = String::from_utf8_lossy(body);
    let mut shown = format!("{mark}{}", text.chars().take(WIDEST).collect::<String>());
    let rest = text.chars().count().saturating_sub(WIDEST);
    if rest > 0 {
        let _ = write!(shown, "… ({rest} more characters)");
    }
    shown.push('\n');
    if !broken {
        shown.push_str("\\ No newline at end of file\n");
    }
    shown
}

/// Whole hunks as far as the budget goes. Of a first hunk that is larger than all of it, the beginning.
fn shown(hunks: &[Hunk], budget: DiffBudget) -> (String, bool) {
    let mut text = String::new();
    let mut left = budget.lines;
    for (at, hunk) in hunks.iter().enumerate() {
        let fits = hunk.lines.len() < left;
        if !fits && at > 0 {
            text.push_str(&left_out(&hunks[at..]));
            return (text, true);
        }
        let _ = writeln!(text, "{}", hunk.header);
        text.extend(hunk.lines.iter().take(left).map(String::as_str));
        let cut = hunk.lines.len().saturating_sub(left);
        if cut > 0 {
            let _ = writeln!(text, "… {cut} more lines of this hunk");
            text.push_str(&left_out(&hunks[at + 1..]));
            return (text, true);
        }
        left = left.saturating_sub(hunk.lines.len() + 1);
    }
    (text, false)
}

fn left_out(hunks: &[Hunk]) -> String {
    if hunks.is_empty() {
        return String::new();
    }
    let places: Vec<&str> = hunks.iter().take(NAMED).map(|hunk| hunk.header.as_str()).collect();
    let more = if hunks.len() > NAMED { " …" } else { "" };
    format!("… {} more hunks: {}{more}\n", hunks.len(), places.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(old: &str, new: &str) -> Diff {
        Diff::between(Some(old.as_bytes()), Some(new.as_bytes()), DiffBudget::default())
    }

    fn numbered(count: usize) -> String {
        (1..=count).map(|n| format!("{n}\n")).collect()
    }

    #[test]
    fn a_change_far_down_shows_with_three_lines_around_it() {
        let old = numbered(1_000);
        let new = old.replace("\n900\n", "\nnine hundred\n");
        let diff = diff(&old, &new);
        let expected = "@@ -897,7 +897,7 @@\n 897\n 898\n 899\n-900\n+nine hundred\n 901\n 902\n 903\n";
        assert_eq!(diff.diff.as_deref(), Some(expected));
        assert_eq!((diff.added_lines, diff.removed_lines, diff.diff_truncated), (1, 1, false));
    }

    #[test]
    fn a_new_file_is_all_plus_and_a_removed_one_all_minus() {
        let new = Diff::between(None, Some(b"a\nb\n"), DiffBudget::default());
        assert_eq!(new.diff.as_deref(), Some("@@ -0,0 +1,2 @@\n+a\n+b\n"));
        let gone = Diff::between(Some(b"a\n"), None, DiffBudget::default());
        assert_eq!(gone.diff.as_deref(), Some("@@ -1 +0,0 @@\n-a\n"));
    }

    #[test]
    fn a_missing_line_break_at_the_end_is_said() {
        let diff = diff("a\n", "a");
        assert_eq!(diff.diff.as_deref(), Some("@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n"));
    }

    #[test]
    fn what_is_beyond_the_budget_is_left_out_by_whole_hunks_and_named() {
        let old = numbered(400);
        let new: String =
            (1..=400).map(|n| if n % 20 == 0 { format!("{n}!\n") } else { format!("{n}\n") }).collect();
        let budget = DiffBudget { lines: 20 };
        let diff = Diff::between(Some(old.as_bytes()), Some(new.as_bytes()), budget);
        let text = diff.diff.unwrap();
        assert!(diff.diff_truncated);
        assert!(text.starts_with("@@ -17,7 +17,7 @@\n"), "{text}");
        assert!(text.contains("+40!\n") && !text.contains("+60!\n"), "{text}");
        assert!(text.contains("… 18 more hunks: @@ -57,7 +57,7 @@ "), "{text}");
        assert_eq!((diff.added_lines, diff.removed_lines), (20, 20));
    }

    #[test]
    fn of_one_hunk_that_is_too_long_its_beginning_shows() {
        let new = numbered(300);
        let diff = Diff::between(None, Some(new.as_bytes()), DiffBudget { lines: 10 });
        let text = diff.diff.unwrap();
        assert!(text.ends_with("+10\n… 290 more lines of this hunk\n"), "{text}");
        assert!(diff.diff_truncated);
    }

    #[test]
    fn latin_1_is_compared_as_bytes_and_binary_not_at_all() {
        let latin = Diff::between(Some(b"caf\xe9\n"), Some(b"caf\xe8\n"), DiffBudget::default());
        assert_eq!(latin.diff.as_deref(), Some("@@ -1 +1 @@\n-caf\u{fffd}\n+caf\u{fffd}\n"));
        let binary = Diff::between(Some(b"a\0b"), Some(b"a\0c"), DiffBudget::default());
        assert_eq!(binary.diff, None);
    }
}
