//! Paths as text: no file system is asked.

/// The path without `//`, `/./`, `..` and trailing `/`, made absolute from `cwd` (an absolute path).
pub fn normalise(text: &str, cwd: &str) -> String {
    let mut parts: Vec<&str> = if text.starts_with('/') { vec![] } else { components(cwd).collect() };
    for part in components(text) {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    format!("/{}", parts.join("/"))
}

fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_plain() {
        for (text, cwd, plain) in [
            ("/etc//pve/./x/", "/", "/etc/pve/x"),
            ("../pve", "/etc/ssh", "/etc/pve"),
            ("/../..", "/root", "/"),
            ("x", "/root", "/root/x"),
            ("", "/root", "/root"),
            ("/tmp/../etc/pve", "/", "/etc/pve"),
        ] {
            assert_eq!(normalise(text, cwd), plain, "{text} in {cwd}");
        }
    }
}
