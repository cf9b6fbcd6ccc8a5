//! The name of a file in the history.

use std::fmt;

use crate::shell::FilePath;

/// A relative path of names that git takes: no empty ones, no `.`, `..` or `.git`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(String);

impl TreePath {
    /// That path, when it is one.
    pub fn new(text: &str) -> Option<Self> {
        let is_name = |part: &str| {
            !matches!(part, "" | "." | "..") && !part.eq_ignore_ascii_case(".git") && !part.contains('\0')
        };
        text.split('/').all(is_name).then(|| Self(text.to_owned()))
    }

    /// A file of a place, below the place's directory; `None` for names that git does not take.
    pub fn below(directory: &str, path: &FilePath) -> Option<Self> {
        Self::new(&format!("{directory}{path}"))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_would_take_for_its_own_is_no_name() {
        assert!(TreePath::below("pct/home/101", &"/etc/hosts".parse().unwrap()).is_some());
        for bad in ["a//b", "../x", "a/.git/config", "a/.GIT", "", "/a", "a/"] {
            assert!(TreePath::new(bad).is_none(), "{bad}");
        }
    }
}
