//! What of a place is watched.

use super::glob::{Glob, GlobError};
use crate::shell::FilePath;

/// Directories and patterns of one sort of place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched(Vec<Glob>);

impl Watched {
    /// Those; a path without wildcards means all that is below it too.
    ///
    /// # Errors
    /// The first that is none.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, GlobError> {
        texts.into_iter().map(Glob::parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a file is among them.
    pub fn covers(&self, path: &str) -> bool {
        self.0.iter().any(|glob| {
            let below = path.strip_prefix(glob.as_str());
            glob.matches(path) || glob.as_str() == "/" || below.is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// The directories to look through, none below another.
    pub fn roots(&self) -> Vec<FilePath> {
        let mut roots: Vec<FilePath> = self.0.iter().filter_map(|glob| glob.root().parse().ok()).collect();
        roots.sort();
        roots.dedup();
        let all = roots.clone();
        roots
            .retain(|root| !all.iter().any(|other| other != root && is_below(root.as_str(), other.as_str())));
        roots
    }
}

fn is_below(path: &str, directory: &str) -> bool {
    directory == "/" || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// What is watched, where, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// On nodes.
    pub hosts: Watched,
    /// In guests.
    pub guests: Watched,
    /// What is left out everywhere.
    pub except: Vec<Glob>,
    /// The largest file that is kept, in bytes.
    pub largest: u64,
}

/// What is left out unless the owner says otherwise, separated by commas: what programs write all the time.
pub const USUAL_EXCEPTIONS: &str = "**/*.lock,**/*.sock,**/.git/**,/etc/mtab,/etc/.pwd.lock,/etc/lvm/cache/*,/etc/pve/.version,/etc/pve/.rrd,/etc/pve/.clusterlog,/etc/pve/.vmlist,/etc/pve/.members,/etc/pve/.debug,**/lrm_status";

impl Watch {
    /// Whether a path is left out.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.except.iter().any(|glob| glob.matches(path))
    }
}

impl Default for Watch {
    fn default() -> Self {
        let etc = || Watched::parse(["/etc"]).expect("a path is a pattern");
        let except = USUAL_EXCEPTIONS.split(',').map(Glob::parse);
        let except = except.collect::<Result<_, _>>().expect("the built-in patterns are some");
        Self { hosts: etc(), guests: etc(), except, largest: 1 << 20 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_means_all_below_it_and_a_pattern_what_it_says() {
        let watched = Watched::parse(["/etc", "/opt/**/compose.yml", "/etc/ssh"]).unwrap();
        for path in ["/etc/hosts", "/etc/a/b", "/opt/x/compose.yml"] {
            assert!(watched.covers(path), "{path}");
        }
        for path in ["/etcetera", "/opt/x/data", "/root/x"] {
            assert!(!watched.covers(path), "{path}");
        }
        let roots: Vec<_> = watched.roots().iter().map(ToString::to_string).collect();
        assert_eq!(roots, ["/etc", "/opt"]);
    }

    #[test]
    fn noise_is_left_out() {
        let watch = Watch::default();
        for path in ["/etc/mtab", "/etc/pve/.version", "/etc/x/y.lock", "/etc/.git/config"] {
            assert!(watch.leaves_out(path), "{path}");
        }
        assert!(!watch.leaves_out("/etc/lvm/lvm.conf"));
    }
}
