//! No file or folder of code is called after nothing: a shared thing is named for what it is.

use super::finding::Finding;
use crate::repository::Files;

/// `misc` is not among them: it is a kind of item.
const NAMES_OF_NOTHING: &[&str] = &[
    "util",
    "utils",
    "utility",
    "utilities",
    "helper",
    "helpers",
    "common",
    "manager",
    "managers",
    "stuff",
    "shared",
    "impl",
];

const CODE: &[&str] = &[".rs", ".ts", ".svelte", ".js", ".mjs", ".py"];

pub(super) fn check(files: &Files) -> Vec<Finding> {
    let code = files.paths.iter().filter(|path| CODE.iter().any(|ending| path.ends_with(ending)));
    code.filter_map(|path| {
        let nothing = path.split('/').map(stem).find(|name| NAMES_OF_NOTHING.contains(name))?;
        Some(Finding::new(path, format!("`{nothing}` says nothing: name it for what it holds")))
    })
    .collect()
}

fn stem(segment: &str) -> &str {
    segment.split_once('.').map_or(segment, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::fs;
    use std::process::Command;

    use super::*;

    #[test]
    fn folders_and_files_count_and_prose_does_not() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["src/utils/a.rs", "web/helpers.svelte.ts", "src/budget.rs", "docs/common.md"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        assert!(
            Command::new("git")
                .args(["init", "--quiet"])
                .current_dir(folder.path())
                .status()
                .unwrap()
                .success()
        );
        let findings = check(&Files::list(folder.path()).unwrap());
        let places: Vec<&str> = findings.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["src/utils/a.rs", "web/helpers.svelte.ts"]);
    }
}
