//! No doc comment has a block of code: the runner of the tests does not run those, and building every crate once more to have
//! them run took two minutes. An example is a test.

use anyhow::Result;

use super::finding::Finding;
use crate::repository::Files;

pub(super) fn check(files: &Files) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for path in files.ending(".rs") {
        let Some(text) = files.text(path)? else { continue };
        for (number, _) in text.lines().enumerate().filter(|(_, line)| is_fence(line)) {
            let place = format!("{path}:{}", number + 1);
            findings.push(Finding::new(place, "an example that nothing runs: make it a test"));
        }
    }
    Ok(findings)
}

fn is_fence(line: &str) -> bool {
    let line = line.trim_start();
    let said = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"));
    said.is_some_and(|said| said.trim_start().starts_with("```"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_in_a_doc_comment_is_found_and_one_in_a_string_is_not() {
        assert!(is_fence("//! ```"));
        assert!(is_fence("    /// ```no_run"));
        assert!(!is_fence("/// `code` and ``more``"));
        assert!(!is_fence("let page = \"```\";"));
        assert!(!is_fence("// ```"));
    }
}
