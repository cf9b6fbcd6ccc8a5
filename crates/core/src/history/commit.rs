//! What is put into the history, and what comes out of it.

use schemars::JsonSchema;
use serde::Serialize;

use super::tree_path::TreePath;
use crate::stamp::Stamp;

/// Changes that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// When.
    pub at: Stamp,
    /// One line for people.
    pub summary: String,
    /// Who made it.
    pub actor: String,
    /// The number of the event of the hub's journal that it follows; a history knows by it how far it got.
    pub event: Option<i64>,
    /// Files and what is kept of them; `None` removes one. What was there under a name that is a directory now goes.
    pub files: Vec<(TreePath, Option<Vec<u8>>)>,
}

/// What is asked of the history.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// Patterns of paths, of which `*` stays in a directory and `**` does not; a backslash takes a wildcard for itself.
    pub paths: Vec<String>,
    /// At most so many revisions.
    pub limit: usize,
    /// Of each at most so many bytes of differences.
    pub diff_bytes: usize,
}

/// A point in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// Its name.
    pub id: String,
    /// When, UTC.
    pub at: String,
    /// What it is about.
    pub summary: String,
    /// Who made it.
    pub actor: Option<String>,
    /// What changed in the files that were asked for, as a unified diff.
    pub diff: String,
    /// There is more of it.
    pub diff_truncated: bool,
}

/// How a history stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// How many commits there are.
    pub commits: u64,
    /// When the newest was made, UTC.
    pub newest: Option<String>,
    /// It is pushed to another place after each commit.
    pub pushes: bool,
    /// Why the last push failed; absent when it did not.
    pub push_problem: Option<String>,
}
