//! A commit as `git fast-import` reads it.

use labkeeper_core::history::Commit;

/// Where a commit lies before the branch takes it.
pub(crate) const NEXT: &str = "refs/labkeeper/next";

/// The stream. `parent` is what the branch points at; `None` before its first commit.
pub(crate) fn stream(commit: &Commit, parent: Option<&str>) -> Vec<u8> {
    let mut out = Vec::new();
    let message = message(commit);
    let seconds = commit.at.0.div_euclid(1_000_000).max(0);
    line(&mut out, "feature done");
    line(&mut out, &format!("commit {NEXT}"));
    line(&mut out, &format!("committer labkeeper <labkeeper@localhost> {seconds} +0000"));
    data(&mut out, message.as_bytes());
    if let Some(parent) = parent {
        line(&mut out, &format!("from {parent}"));
    }
    // What goes first makes room for directories of the same name.
    for (path, _) in commit.files.iter().filter(|(_, content)| content.is_none()) {
        line(&mut out, &format!("D {}", quoted(path.as_str())));
    }
    for (path, content) in &commit.files {
        if let Some(content) = content {
            line(&mut out, &format!("M 100644 inline {}", quoted(path.as_str())));
            data(&mut out, content);
        }
    }
    line(&mut out, "");
    line(&mut out, "done");
    out
}

/// One line for people, then what we look for ourselves.
fn message(commit: &Commit) -> String {
    let mut message =
        format!("{}\n\nLabkeeper-Actor: {}\n", one_line(&commit.summary), one_line(&commit.actor));
    if let Some(event) = commit.event {
        message.push_str(&format!("Labkeeper-Event: {event}\n"));
    }
    message
}

fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.trim();
    if plain.is_empty() { "-".into() } else { plain.to_owned() }
}

fn line(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.push(b'\n');
}

fn data(out: &mut Vec<u8>, bytes: &[u8]) {
    line(out, &format!("data {}", bytes.len()));
    out.extend_from_slice(bytes);
    out.push(b'\n');
}

/// A path between quotes, so that no character of it means anything.
fn quoted(path: &str) -> String {
    let mut quoted = String::with_capacity(path.len() + 2);
    quoted.push('"');
    for character in path.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
