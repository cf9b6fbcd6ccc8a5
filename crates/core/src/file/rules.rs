//! The owner's rules for files: where nothing is read or written, how large a file may be, how much is kept.

use crate::shell::FilePath;

use super::breaker::Breaker;
use super::retention::Quota;

/// Directories, each with all that is below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prefixes(Vec<FilePath>);

impl Prefixes {
    /// Those.
    pub fn new(prefixes: Vec<FilePath>) -> Self {
        Self(prefixes)
    }

    /// The one that the path is, or is below.
    pub fn over(&self, path: &FilePath) -> Option<&FilePath> {
        self.0.iter().find(|prefix| {
            let below = path.as_str().strip_prefix(prefix.as_str());
            prefix.as_str() == "/" || below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The owner's rules for files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRules {
    /// What is never read or written.
    pub deny: Prefixes,
    /// What alone may be read and written; everything that is not denied, when empty.
    pub allow: Prefixes,
    /// The largest file that is written, or written over, in bytes.
    pub largest: u64,
    /// How much is read at once, in bytes.
    pub window: u64,
    /// What is kept of old versions.
    pub quota: Quota,
    /// When putting back is stopped.
    pub breaker: Breaker,
}

impl Default for FileRules {
    fn default() -> Self {
        let kernel = ["/proc", "/sys", "/dev"].iter().filter_map(|path| path.parse().ok()).collect();
        Self {
            deny: Prefixes(kernel),
            allow: Prefixes::default(),
            largest: 16 << 20,
            window: 2 << 20,
            quota: Quota::default(),
            breaker: Breaker::default(),
        }
    }
}

impl FileRules {
    /// Why that path is not to be touched, when it is not.
    pub fn objection(&self, path: &FilePath) -> Option<String> {
        if let Some(prefix) = self.deny.over(path) {
            return Some(format!("{path} is below {prefix}, which PATH_DENYLIST keeps out"));
        }
        (!self.allow.is_empty() && self.allow.over(path).is_none())
            .then(|| format!("{path} is not below what PATH_ALLOWLIST allows"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(rules: &FileRules, path: &str) -> bool {
        rules.objection(&path.parse().unwrap()).is_some()
    }

    #[test]
    fn a_prefix_ends_at_a_slash_however_the_path_is_written() {
        let rules = FileRules::default();
        for denied in ["/proc", "/proc/1/environ", "//proc/self/environ", "/./sys/x", "/dev/"] {
            assert!(objects(&rules, denied), "{denied}");
        }
        for free in ["/process", "/etc/foo..bar", "/"] {
            assert!(!objects(&rules, free), "{free}");
        }
    }

    #[test]
    fn with_an_allow_list_only_what_is_on_it_is_touched() {
        let allow = Prefixes::new(vec!["/srv".parse().unwrap()]);
        let rules = FileRules { allow, ..FileRules::default() };
        assert!(!objects(&rules, "/srv/app/x"));
        assert!(objects(&rules, "/etc/hosts"));
        let all = Prefixes::new(vec!["/".parse().unwrap()]);
        assert!(!objects(&FileRules { allow: all, ..FileRules::default() }, "/etc/hosts"));
    }
}
