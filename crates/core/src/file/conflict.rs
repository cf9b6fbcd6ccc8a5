//! What stands between a file as it is and the version it is to be put back to.

use schemars::JsonSchema;
use serde::Serialize;

use super::diff::{Diff, DiffBudget, is_equal};
use super::encoding::is_text;
use super::lines::{compare, lines};

/// A file that somebody else changed since it was written from here: three contents, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// From what was left there to what is there: what somebody else did. `None` when what was left is no longer kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Diff>,
    /// From what was left there to what is to be put back: what was meant. `None` when what was left is no longer kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<Diff>,
    /// From what is there to what is to be put back: what would happen.
    pub would: Diff,
    /// Both touch the same lines, as far as is known: putting back would lose what somebody else did.
    pub overlaps: bool,
}

impl Conflict {
    /// Compares what was left there (`None` when it is not known any more), what is there, and what is to be put back.
    pub fn of(left: Option<Option<&[u8]>>, live: Option<&[u8]>, wanted: Option<&[u8]>) -> Self {
        let budget = DiffBudget { lines: 80 };
        Self {
            theirs: left.map(|left| Diff::between(left, live, budget)),
            meant: left.map(|left| Diff::between(left, wanted, budget)),
            would: Diff::between(live, wanted, budget),
            overlaps: left.is_none_or(|left| overlap(left, live, wanted)),
        }
    }
}

/// Whether two changes of one text touch the same lines, or neighbours. What is no text is one line.
fn overlap(left: Option<&[u8]>, live: Option<&[u8]>, wanted: Option<&[u8]>) -> bool {
    let (Some(left), Some(live), Some(wanted)) = (left, live, wanted) else { return true };
    if ![left, live, wanted].into_iter().all(is_text) {
        return true;
    }
    let left = lines(left);
    let touched = |other: &[u8]| {
        let ranges = compare(&left, &lines(other)).into_iter().filter(|op| !is_equal(op));
        ranges.map(|op| op.old_range()).collect::<Vec<_>>()
    };
    let (theirs, ours) = (touched(live), touched(wanted));
    theirs.iter().any(|a| ours.iter().any(|b| a.start <= b.end && b.start <= a.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlaps(left: &str, live: &str, wanted: &str) -> bool {
        let bytes = |text: &'static str| text.as_bytes();
        let (left, live, wanted) =
            (bytes(left.to_owned().leak()), bytes(live.to_owned().leak()), bytes(wanted.to_owned().leak()));
        Conflict::of(Some(Some(left)), Some(live), Some(wanted)).overlaps
    }

    #[test]
    fn changes_of_other_lines_do_not_overlap() {
        let left = "1\n2\n3\n4\n5\n";
        assert!(!overlaps(left, "1\n2\n3\n4\nfive\n", "one\n2\n3\n4\n5\n"));
        assert!(overlaps(left, "uno\n2\n3\n4\n5\n", "one\n2\n3\n4\n5\n"));
        assert!(overlaps(left, "1\n2\n3\nx\n4\n5\n", "1\n2\n3\ny\n4\n5\n"));
    }

    #[test]
    fn what_is_unknown_gone_or_binary_overlaps() {
        assert!(Conflict::of(None, Some(b"a\n"), Some(b"b\n")).overlaps);
        assert!(Conflict::of(Some(Some(b"a\n")), None, Some(b"b\n")).overlaps);
        assert!(Conflict::of(Some(Some(b"a\0")), Some(b"b"), Some(b"c")).overlaps);
    }
}
