//! The oldest Rust that the manifest and the pages name is not older than what a locked package wants: cargo refuses a compiler that is older
//! than one that it compiles.

use anyhow::{Context, Result};
use toml::Table;

use super::finding::Finding;
use super::metadata::Metadata;
use crate::repository::Files;

/// Pages that say what building takes.
const PAGES: &[&str] = &["README.md", "docs/install.md"];

pub(super) fn check(metadata: &Metadata, files: &Files) -> Result<Vec<Finding>> {
    let named = in_manifest(&files.text("Cargo.toml")?.context("Cargo.toml is not UTF-8")?)?;
    let mut findings: Vec<Finding> = too_old(&named, metadata).into_iter().collect();
    for page in PAGES {
        let text = files.text(page)?.with_context(|| format!("{page} is not UTF-8"))?;
        findings.extend(in_page(&text, &named).map(|what| Finding::new(*page, what)));
    }
    Ok(findings)
}

fn in_manifest(text: &str) -> Result<String> {
    let table: Table = text.parse().context("Cargo.toml is not TOML")?;
    let named = table.get("workspace").and_then(|it| it.get("package")?.get("rust-version")?.as_str());
    Ok(named.context("Cargo.toml names no rust-version")?.to_owned())
}

/// The package that wants the newest Rust, when that is newer than the one named.
fn too_old(named: &str, metadata: &Metadata) -> Option<Finding> {
    let foreign = metadata.packages.iter().filter(|package| !package.is_member);
    let wants = foreign.filter_map(|package| Some((numbers(package.oldest_rust.as_deref()?), package)));
    let (wanted, package) = wants.max_by_key(|(wanted, _)| *wanted)?;
    let wanted_as_said = package.oldest_rust.as_deref().unwrap_or_default();
    (wanted > numbers(named)).then(|| {
        Finding::new(
            "Cargo.toml",
            format!("its rust-version is {named}, and {} wants {wanted_as_said}", package.name),
        )
    })
}

fn in_page(text: &str, named: &str) -> Option<String> {
    let sentence = format!("Needs Rust {named} or newer");
    (!text.contains(&sentence)).then(|| format!("does not say \"{sentence}\", as Cargo.toml does"))
}

/// `1.94` and `1.94.0` are the same.
fn numbers(version: &str) -> [u32; 3] {
    let mut numbers = [0; 3];
    for (number, text) in numbers.iter_mut().zip(version.split('.')) {
        *number = text.parse().unwrap_or_default();
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::super::metadata::Package;
    use super::*;

    fn metadata(wants: &[(&str, Option<&str>)]) -> Metadata {
        let package = |(name, oldest): &(&str, Option<&str>)| Package {
            name: (*name).to_owned(),
            licence: None,
            oldest_rust: oldest.map(str::to_owned),
            is_from_crates_io: true,
            is_member: *name == "ours",
            dependencies: Vec::new(),
        };
        Metadata { packages: wants.iter().map(package).collect() }
    }

    #[test]
    fn the_package_that_wants_more_than_is_named_is_found() {
        let all = metadata(&[
            ("ours", Some("1.99")),
            ("old", Some("1.9")),
            ("new", Some("1.94.0")),
            ("silent", None),
        ]);
        let found = too_old("1.90", &all).expect("it is too old");
        assert_eq!(found.what, "its rust-version is 1.90, and new wants 1.94.0");
        assert_eq!(too_old("1.94", &all), None);
        assert_eq!(too_old("1.95", &all), None);
    }

    #[test]
    fn a_page_says_what_the_manifest_does() {
        assert!(in_page("Needs Rust 1.94 or newer, Node", "1.94").is_none());
        assert!(in_page("Needs Rust 1.90 or newer, Node", "1.94").is_some());
    }
}
