//! Asking for revisions, and reading the answer.

use labkeeper_core::history::{Question, Revision};
use labkeeper_core::stamp::Stamp;

/// Begins a revision. No line of a patch begins so, and no message has control characters.
const BEGIN: char = '\u{1}';

/// The words that ask.
pub(crate) fn words(question: &Question) -> Vec<String> {
    let mut words: Vec<String> = [
        "log",
        "--format=%x01%H%x00%ct%x00%s%x00%(trailers:key=Labkeeper-Actor,valueonly,separator=%x20)%x00",
        "--patch",
        "--unified=3",
        "--no-renames",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
    ]
    .map(str::to_owned)
    .into();
    words.push(format!("--max-count={}", question.limit));
    words.extend(["refs/heads/main".to_owned(), "--".to_owned()]);
    words.extend(question.paths.iter().map(|pattern| format!(":(top,glob){pattern}")));
    words
}

/// Reads what git printed.
pub(crate) fn read(printed: &[u8], diff_bytes: usize) -> Vec<Revision> {
    let text = String::from_utf8_lossy(printed);
    let mut revisions: Vec<Revision> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(head) = line.strip_prefix(BEGIN) {
            revisions.extend(read_head(head));
        } else if let Some(revision) = revisions.last_mut() {
            let is_lead = revision.diff.is_empty() && line.trim().is_empty();
            if is_lead || revision.diff_truncated {
                continue;
            }
            if revision.diff.len() + line.len() > diff_bytes {
                revision.diff_truncated = true;
            } else {
                revision.diff.push_str(line);
            }
        }
    }
    revisions
}

fn read_head(head: &str) -> Option<Revision> {
    let mut parts = head.split('\0');
    let id = parts.next()?.to_owned();
    let seconds: i64 = parts.next()?.parse().ok()?;
    let summary = parts.next()?.to_owned();
    let actor = parts.next().map(str::trim).filter(|actor| !actor.is_empty()).map(str::to_owned);
    let at = Stamp(seconds.saturating_mul(1_000_000)).text();
    Some(Revision { id, at, summary, actor, diff: String::new(), diff_truncated: false })
}
