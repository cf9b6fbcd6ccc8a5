//! Every Rust file opens with `//!`: what it is for.

use anyhow::Result;

use super::finding::Finding;
use crate::repository::Files;

pub(super) fn check(files: &Files) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for path in files.ending(".rs") {
        if !files.text(path)?.is_some_and(|text| opens_with_its_purpose(&text)) {
            findings
                .push(Finding::new(path, "begins without `//!`: say in a line or two what the file is for"));
        }
    }
    Ok(findings)
}

fn opens_with_its_purpose(text: &str) -> bool {
    let head = text.lines().next().and_then(|line| line.strip_prefix("//!"));
    head.is_some_and(|purpose| !matches!(purpose.trim(), "" | "placeholder"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_must_be_first_and_say_something() {
        assert!(opens_with_its_purpose("//! The audit chain.\nuse x;"));
        assert!(!opens_with_its_purpose("use x;\n//! The audit chain."));
        assert!(!opens_with_its_purpose("//!\nuse x;"));
        assert!(!opens_with_its_purpose(""));
    }
}
