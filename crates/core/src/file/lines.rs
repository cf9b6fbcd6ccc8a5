//! Which lines of two texts are the same. Myers' algorithm where it is cheap; where both sides are long, lines that occur once
//! in each are taken as fixed points first, so that the time stays bounded whatever the texts are.

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff};

/// Up to this many pairs of lines may be compared; beyond, the texts are cut at fixed points.
const PAIRS: usize = 4_000_000;
/// Up to this many lines together Myers never compares much more than [`PAIRS`]. It does where one side is far longer than the other.
const LINES: usize = 4_000;

/// The lines of a text, each with its line break.
pub(super) fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// The lines that stay, go and come, in order; neighbours of one sort are one operation.
pub(super) fn compare(old: &[&[u8]], new: &[&[u8]]) -> Vec<DiffOp> {
    let (old, new) = numbered(old, new);
    let (start, end) = common_ends(&old, &new);
    let mut same = vec![(0, 0, start)];
    walk(&old, start..old.len() - end, &new, start..new.len() - end, &mut same);
    same.push((old.len() - end, new.len() - end, end));
    operations(&same, old.len(), new.len())
}

/// Equal lines get equal numbers, so that long lines are compared once.
fn numbered<'a>(old: &[&'a [u8]], new: &[&'a [u8]]) -> (Vec<u32>, Vec<u32>) {
    let mut known: HashMap<&'a [u8], u32> = HashMap::new();
    let mut number = |line: &&'a [u8]| {
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        *known.entry(line).or_insert(next)
    };
    (old.iter().map(&mut number).collect(), new.iter().map(&mut number).collect())
}

fn common_ends(old: &[u32], new: &[u32]) -> (usize, usize) {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[start..], &new[start..]);
    (start, old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count())
}

/// Adds the runs of equal lines between two parts: where each begins in both, and how long it is.
fn walk(old: &[u32], a: Range<usize>, new: &[u32], b: Range<usize>, same: &mut Vec<(usize, usize, usize)>) {
    if a.is_empty() || b.is_empty() {
        return;
    }
    if a.len().saturating_mul(b.len()) <= PAIRS {
        if a.len() + b.len() > LINES {
            return longest_common(old, a, new, b, same);
        }
        for op in capture_diff(Algorithm::Myers, old, a, new, b) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                same.push((old_index, new_index, len));
            }
        }
        return;
    }
    let fixed = fixed_points(old, a.clone(), new, b.clone());
    // Without a fixed point nothing is known of so long a part: all of it goes, and all of the other comes.
    if fixed.is_empty() {
        return;
    }
    let (mut from_old, mut from_new) = (a.start, b.start);
    for (at_old, at_new) in fixed {
        walk(old, from_old..at_old, new, from_new..at_new, same);
        same.push((at_old, at_new, 1));
        (from_old, from_new) = (at_old + 1, at_new + 1);
    }
    walk(old, from_old..a.end, new, from_new..b.end, same);
}

/// Adds the longest common subsequence, by a table of all pairs.
fn longest_common(
    old: &[u32],
    a: Range<usize>,
    new: &[u32],
    b: Range<usize>,
    same: &mut Vec<(usize, usize, usize)>,
) {
    let width = b.len() + 1;
    // How long it is from each pair on.
    let mut table = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let at = i * width + j;
            table[at] = if old[a.start + i] == new[b.start + j] {
                table[at + width + 1] + 1
            } else {
                table[at + width].max(table[at + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let at = i * width + j;
        if old[a.start + i] == new[b.start + j] {
            same.push((a.start + i, b.start + j, 1));
            (i, j) = (i + 1, j + 1);
        } else if table[at + width] >= table[at + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

/// Lines that occur once on either side, as many as are in the same order on both.
fn fixed_points(old: &[u32], a: Range<usize>, new: &[u32], b: Range<usize>) -> Vec<(usize, usize)> {
    let mut places: HashMap<u32, (usize, usize, usize, usize)> = HashMap::new();
    for at in a {
        let place = places.entry(old[at]).or_default();
        (place.0, place.1) = (place.0 + 1, at);
    }
    for at in b {
        let place = places.entry(new[at]).or_default();
        (place.2, place.3) = (place.2 + 1, at);
    }
    let once = places.into_values().filter(|place| place.0 == 1 && place.2 == 1);
    let mut once: Vec<(usize, usize)> = once.map(|place| (place.1, place.3)).collect();
    once.sort_unstable();
    longest_rising(&once)
}

/// The longest part of those pairs, in order, whose second halves rise too.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; pairs.len()];
    for (at, pair) in pairs.iter().enumerate() {
        let rank = ends.partition_point(|end| pairs[*end].1 < pair.1);
        before[at] = rank.checked_sub(1).map(|rank| ends[rank]);
        if rank == ends.len() {
            ends.push(at);
        } else {
            ends[rank] = at;
        }
    }
    let mut chain: Vec<(usize, usize)> =
        std::iter::successors(ends.last().copied(), |at| before[*at]).map(|at| pairs[at]).collect();
    chain.reverse();
    chain
}

/// Runs of equal lines as operations that cover both texts.
fn operations(same: &[(usize, usize, usize)], old_len: usize, new_len: usize) -> Vec<DiffOp> {
    let mut runs: Vec<(usize, usize, usize)> = Vec::new();
    for &(old, new, len) in same.iter().filter(|run| run.2 > 0) {
        match runs.last_mut() {
            Some(last) if last.0 + last.2 == old && last.1 + last.2 == new => last.2 += len,
            _ => runs.push((old, new, len)),
        }
    }
    runs.push((old_len, new_len, 0));
    let (mut old_index, mut new_index) = (0, 0);
    let mut operations = Vec::new();
    for (old, new, len) in runs {
        let (old_gap, new_gap) = (old - old_index, new - new_index);
        operations.extend(match (old_gap, new_gap) {
            (0, 0) => None,
            (old_len, 0) => Some(DiffOp::Delete { old_index, old_len, new_index }),
            (0, new_len) => Some(DiffOp::Insert { old_index, new_index, new_len }),
            (old_len, new_len) => Some(DiffOp::Replace { old_index, old_len, new_index, new_len }),
        });
        operations.extend((len > 0).then_some(DiffOp::Equal { old_index: old, new_index: new, len }));
        (old_index, new_index) = (old + len, new + len);
    }
    operations
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What the operations make of the old lines.
    fn applied<'a>(old: &[&'a [u8]], new: &[&'a [u8]], operations: &[DiffOp]) -> Vec<&'a [u8]> {
        operations
            .iter()
            .flat_map(|op| match op {
                DiffOp::Equal { old_index, len, .. } => old[*old_index..old_index + len].to_vec(),
                DiffOp::Delete { .. } => Vec::new(),
                DiffOp::Insert { new_index, new_len, .. } | DiffOp::Replace { new_index, new_len, .. } => {
                    new[*new_index..new_index + new_len].to_vec()
                }
            })
            .collect()
    }

    proptest! {
        #[test]
        fn the_operations_turn_one_text_into_the_other(
            old in proptest::collection::vec("[abc]{0,2}\n", 0..40),
            new in proptest::collection::vec("[abc]{0,2}\n?", 0..40),
        ) {
            let (old, new) = (old.concat(), new.concat());
            let (old, new) = (lines(old.as_bytes()), lines(new.as_bytes()));
            prop_assert_eq!(applied(&old, &new, &compare(&old, &new)), new);
        }
    }

    #[test]
    fn long_texts_are_compared_at_lines_that_occur_once() {
        let old: Vec<String> = (0..6_000).map(|n| format!("line {n}\n")).collect();
        let mut new = old.clone();
        new[0] = "first\n".into();
        new[3_000] = "middle\n".into();
        new.truncate(5_999);
        new.push("last\n".into());
        let (old, new) = (old.concat(), new.concat());
        let (old, new) = (lines(old.as_bytes()), lines(new.as_bytes()));
        let operations = compare(&old, &new);
        assert_eq!(applied(&old, &new, &operations), new);
        let changed = operations.iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).count();
        assert_eq!(changed, 3, "{operations:?}");
    }

    #[test]
    fn a_long_text_and_a_short_one_are_compared_at_once_however_often_a_line_repeats() {
        let (old, new) = ("a\n".repeat(40_000), "b\na\nc\n".repeat(30));
        let (old, new) = (lines(old.as_bytes()), lines(new.as_bytes()));
        let operations = compare(&old, &new);
        assert_eq!(applied(&old, &new, &operations), new);
        let same: usize =
            operations.iter().map(|op| if let DiffOp::Equal { len, .. } = op { *len } else { 0 }).sum();
        assert_eq!(same, 30);
    }

    #[test]
    fn long_texts_with_nothing_in_common_are_not_compared_line_by_line() {
        let old = "a\nb\n".repeat(20_000);
        let new = "c\nd\n".repeat(20_000);
        let (old, new) = (lines(old.as_bytes()), lines(new.as_bytes()));
        let operations = compare(&old, &new);
        assert!(matches!(operations[..], [DiffOp::Replace { old_len: 40_000, new_len: 40_000, .. }]));
    }
}
