//! What a program of the node does inside of a container. The interpreter has no containers: whoever has does it.

/// Something to do inside of a container that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// Which.
    pub vmid: u32,
    /// What.
    pub work: Work,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A program runs there, with the streams of who asked.
    Run(Attached),
    /// A file of the node becomes one there.
    Push(Copied),
    /// A file there becomes one of the node.
    Pull(Copied),
}

/// A program with its surroundings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attached {
    /// The program and its words.
    pub argv: Vec<String>,
    /// Whether it has the environment of who asked.
    pub keeps_environment: bool,
    /// What it has of it when it does not have all.
    pub kept: Vec<String>,
    /// What it has beside, `NAME=value`.
    pub set: Vec<String>,
    /// Number of its user; root when there is none.
    pub uid: Option<String>,
    /// Number of its group.
    pub gid: Option<String>,
}

/// A file to copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Where from.
    pub from: String,
    /// Where to.
    pub to: String,
    /// Name or number of its owner.
    pub user: Option<String>,
    /// Name or number of its group.
    pub group: Option<String>,
    /// Permissions, octal.
    pub perms: Option<String>,
}
