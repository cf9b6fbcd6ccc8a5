//! `cargo xtask tidy`: the rules of the house that the compiler does not hold. Each check is a function from the files
//! or the dependency graph to findings; each is a test as well.

mod addresses;
mod arrows;
mod bans;
mod cycles;
mod examples;
mod finding;
mod heads;
mod imports;
mod lengths;
mod licences;
mod metadata;
mod names;
mod oldest_rust;
mod purity;
mod tokens;

use anyhow::{Result, bail};

use crate::repository::{self, Files};
use finding::Finding;
use metadata::Metadata;

pub(crate) fn run() -> Result<()> {
    let root = repository::root();
    let files = Files::list(root)?;
    let metadata = Metadata::read(root)?;
    let rules = licences::Rules::read(&files)?;
    let findings: Vec<Finding> = [
        heads::check(&files)?,
        examples::check(&files)?,
        names::check(&files),
        cycles::check(&files)?,
        addresses::check(&files)?,
        bans::check(&files)?,
        arrows::check(&metadata),
        purity::check(root)?,
        licences::check(&metadata, &rules),
        oldest_rust::check(&metadata, &files)?,
    ]
    .into_iter()
    .flatten()
    .collect();
    for report in lengths::reports(&files)? {
        println!("{report}");
    }
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    Ok(())
}

/// The checks over this repository, each as a test of its own.
#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn files() -> Files {
        Files::list(repository::root()).unwrap()
    }

    fn assert_none(findings: &[Finding]) {
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        assert!(findings.is_empty(), "\n{}", lines.join("\n"));
    }

    #[test]
    fn every_rust_file_says_what_it_is_for() {
        assert_none(&heads::check(&files()).unwrap());
    }

    #[test]
    fn no_doc_comment_has_an_example_that_nothing_runs() {
        assert_none(&examples::check(&files()).unwrap());
    }

    #[test]
    fn what_decides_reaches_nothing_that_acts() {
        assert_none(&purity::check(repository::root()).unwrap());
    }

    #[test]
    fn every_file_has_a_name_of_its_own() {
        assert_none(&names::check(&files()));
    }

    #[test]
    fn no_files_import_each_other_in_a_circle() {
        assert_none(&cycles::check(&files()).unwrap());
    }

    #[test]
    fn no_file_names_a_machine_or_a_registry() {
        assert_none(&addresses::check(&files()).unwrap());
    }

    #[test]
    fn core_is_held_to_every_ban_of_the_house() {
        assert_none(&bans::check(&files()).unwrap());
    }

    #[test]
    fn crates_depend_only_along_the_arrows() {
        assert_none(&arrows::check(&Metadata::read(repository::root()).unwrap()));
    }

    #[test]
    fn every_dependency_is_licensed_and_not_banned() {
        let rules = licences::Rules::read(&files()).unwrap();
        assert_none(&licences::check(&Metadata::read(repository::root()).unwrap(), &rules));
    }

    #[test]
    fn the_oldest_rust_that_is_named_builds_every_dependency() {
        assert_none(&oldest_rust::check(&Metadata::read(repository::root()).unwrap(), &files()).unwrap());
    }
}
