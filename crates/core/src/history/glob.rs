//! Patterns of paths: `*` within a name, `**` over names, `?` for one character; always the whole path.

use thiserror::Error;

/// A pattern of paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(String);

/// That is no pattern of paths.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a pattern begins with / or **, and has no control characters and no .. in it")]
pub struct GlobError;

impl Glob {
    /// Reads one.
    ///
    /// # Errors
    /// When it is not absolute, climbs, or has control characters in it.
    pub fn parse(text: &str) -> Result<Self, GlobError> {
        let text = if text.len() > 1 { text.trim_end_matches('/') } else { text };
        let climbs = text.split('/').any(|part| part == "..");
        if climbs || text.chars().any(char::is_control) || !(text.starts_with('/') || text.starts_with("**"))
        {
            return Err(GlobError);
        }
        Ok(Self(text.into()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a path is one of those.
    pub fn matches(&self, path: &str) -> bool {
        matches(self.0.as_bytes(), path.as_bytes())
    }

    /// The directory above its first wildcard, or all of it when it has none.
    pub fn root(&self) -> &str {
        let Some(wild) = self.0.find(['*', '?']) else { return &self.0 };
        match self.0[..wild].rfind('/') {
            Some(0) | None => "/",
            Some(slash) => &self.0[..slash],
        }
    }
}

/// Matches with one way back for each kind of star, so that it takes no longer than pattern times path.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (mut at, mut on) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    let mut stars: Option<(usize, usize)> = None;
    loop {
        if pattern[at..].starts_with(b"**") {
            at += 2;
            (stars, star) = (Some((at, on)), None);
            continue;
        }
        match (pattern.get(at), path.get(on)) {
            (Some(b'*'), _) => {
                at += 1;
                star = Some((at, on));
                continue;
            }
            (None, None) => return true,
            (Some(b'?'), Some(byte)) if *byte != b'/' => {
                (at, on) = (at + 1, on + 1);
                continue;
            }
            (Some(wanted), Some(byte)) if wanted == byte => {
                (at, on) = (at + 1, on + 1);
                continue;
            }
            _ => {}
        }
        // One byte more for the last star that can take it.
        if let Some((after, taken)) =
            star.filter(|(_, taken)| path.get(*taken).is_some_and(|byte| *byte != b'/'))
        {
            star = Some((after, taken + 1));
            (at, on) = (after, taken + 1);
        } else if let Some((after, taken)) = stars.filter(|(_, taken)| *taken < path.len()) {
            (stars, star) = (Some((after, taken + 1)), None);
            (at, on) = (after, taken + 1);
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(pattern: &str, path: &str) -> bool {
        Glob::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn a_star_stays_in_its_directory_and_two_do_not() {
        for (pattern, path) in [
            ("/etc/*.conf", "/etc/a.conf"),
            ("/etc/**", "/etc/a/b/c"),
            ("**/*.lock", "/var/lib/x.lock"),
            ("/etc/**/x", "/etc/a/b/x"),
            ("/etc/?", "/etc/a"),
            ("/a*b*c", "/axxbxbxc"),
            ("**", "/anything"),
            ("/etc", "/etc"),
        ] {
            assert!(is(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("/etc/*.conf", "/etc/a/b.conf"),
            ("/etc/?", "/etc/ab"),
            ("/etc", "/etc/hosts"),
            ("/etc/*", "/etc"),
            ("**/lrm_status", "/etc/pve/lrm_status2"),
            ("/etc/a?b", "/etc/a/b"),
        ] {
            assert!(!is(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn many_stars_are_no_way_to_keep_anybody_busy() {
        let pattern = format!("/{}b", "*a".repeat(40));
        assert!(!is(&pattern, &format!("/{}", "a".repeat(4_000))));
        let pattern = format!("/{}b", "**a".repeat(40));
        assert!(!is(&pattern, &format!("/{}", "a/".repeat(2_000))));
    }

    #[test]
    fn the_root_is_what_has_to_be_looked_through() {
        let root = |text: &str| Glob::parse(text).unwrap().root().to_owned();
        assert_eq!(
            ["/etc", "/etc/*.conf", "/opt/**/compose.yml", "/*", "/srv/a?c/x"].map(root),
            ["/etc", "/etc", "/opt", "/", "/srv"]
        );
        assert!(
            Glob::parse("etc").is_err()
                && Glob::parse("/etc/../root").is_err()
                && Glob::parse("/a\nb").is_err()
        );
    }
}
