//! No two files of a crate import each other, directly or around a corner: what depends on what has an order, so that
//! each file can be read and changed with only those below it in mind.
//!
//! A name that a file hands on (`pub use`) counts as its origin's, and handing it on is no import, so a façade is not part
//! of a circle; nor is declaring a child module (`mod x;`) an import. Tests do not count.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::Result;

use super::finding::Finding;
use super::imports::{self, Mentions, Path};
use crate::repository::Files;

pub(super) fn check(files: &Files) -> Result<Vec<Finding>> {
    let mut crates: BTreeMap<String, Crate> = BTreeMap::new();
    for path in files.ending(".rs") {
        let Some((home, module)) = module_of(path) else { continue };
        let mentions = imports::of(&files.text(path)?.unwrap_or_default());
        // A `main.rs` beside a `lib.rs`, which sorts first, is a crate of its own and imports only that.
        crates.entry(home).or_default().modules.entry(module).or_insert((path.to_owned(), mentions));
    }
    Ok(crates.values().flat_map(Crate::knots).collect())
}

/// `crates/ops/src/a/mod.rs` → (`crates/ops`, `a`); `None` outside `src/`.
fn module_of(path: &str) -> Option<(String, Path)> {
    let (home, inside) = path.split_once("/src/")?;
    let stem = inside.strip_suffix(".rs")?;
    let mut module: Path = stem.split('/').map(str::to_owned).collect();
    if matches!(module.last()?.as_str(), "mod" | "lib" | "main") {
        module.pop();
    }
    Some((home.to_owned(), module))
}

#[derive(Default)]
struct Crate {
    modules: BTreeMap<Path, (String, Mentions)>,
}

impl Crate {
    fn knots(&self) -> Vec<Finding> {
        let arrows: BTreeMap<&Path, BTreeSet<&Path>> = self
            .modules
            .iter()
            .map(|(module, (_, mentions))| (module, self.imported(module, mentions)))
            .collect();
        let reached: BTreeMap<&Path, BTreeSet<&Path>> =
            arrows.keys().map(|module| (*module, reached(&arrows, module))).collect();
        let mut findings = Vec::new();
        let mut told = BTreeSet::new();
        for (module, below) in &reached {
            if !below.contains(module) || told.contains(module) {
                continue;
            }
            let knot: Vec<&Path> =
                below.iter().copied().filter(|other| reached[*other].contains(*module)).collect();
            findings.push(self.finding(&knot, &arrows));
            told.extend(knot);
        }
        findings
    }

    fn finding(&self, knot: &[&Path], arrows: &BTreeMap<&Path, BTreeSet<&Path>>) -> Finding {
        let named = |module: &Path| if module.is_empty() { "the root".to_owned() } else { module.join("::") };
        let circles = knot.iter().filter_map(|module| circle(arrows, module));
        let shortest = circles.min_by_key(Vec::len).unwrap_or_default();
        let names: Vec<String> = shortest.iter().map(|module| named(module)).collect();
        let (first, _) = &self.modules[knot[0]];
        let what = format!(
            "{} files import each other in a circle; the shortest: {}",
            knot.len(),
            names.join(" → ")
        );
        Finding::new(first, what)
    }

    /// The other modules in whose files the paths that `module` mentions end.
    fn imported(&self, module: &Path, mentions: &Mentions) -> BTreeSet<&Path> {
        let ends = mentions.paths.iter().filter_map(|path| self.end_of(module, path, 0));
        ends.filter(|end| *end != module).collect()
    }

    /// The module in whose file `path`, as mentioned in `from`, is defined; `None` for what is not of this crate.
    fn end_of(&self, from: &Path, path: &[String], handed_on: u8) -> Option<&Path> {
        let (mut here, mut rest) = self.start_of(from, path)?;
        while let Some((next, after)) = rest.split_first() {
            let child: Path = here.iter().chain([next]).cloned().collect();
            if self.modules.contains_key(&child) {
                here = child;
                rest = after;
                continue;
            }
            let (_, mentions) = self.modules.get(&here)?;
            let origin = mentions.reexports.iter().find(|reexport| reexport.name == *next);
            // A chain of façades is short; the limit only guards against two that name each other.
            if let Some(origin) = origin.filter(|_| handed_on < 8) {
                let path: Path = origin.path.iter().chain(after).cloned().collect();
                return self.end_of(&here, &path, handed_on + 1);
            }
            break;
        }
        self.modules.get_key_value(&here).map(|(module, _)| module)
    }

    /// The module that the first segments of `path` lead to, and what is left of the path.
    fn start_of<'a>(&self, from: &Path, path: &'a [String]) -> Option<(Path, &'a [String])> {
        let mut rest = path;
        let mut here = match rest.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => from.clone(),
            name => {
                let child: Path = from.iter().cloned().chain([name.to_owned()]).collect();
                return self.modules.contains_key(&child).then_some((child, &rest[1..]));
            }
        };
        while rest.first().is_some_and(|segment| segment == "super") {
            here.pop();
            rest = &rest[1..];
        }
        let keyword = rest.first().is_some_and(|segment| segment == "crate" || segment == "self");
        Some((here, if keyword { &rest[1..] } else { rest }))
    }
}

fn reached<'a>(arrows: &BTreeMap<&'a Path, BTreeSet<&'a Path>>, from: &'a Path) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        for target in arrows.get(module).into_iter().flatten() {
            if reached.insert(*target) {
                open.push(target);
            }
        }
    }
    reached
}

/// The shortest way along `arrows` from a module back to itself, which stands at both ends.
fn circle<'a>(arrows: &BTreeMap<&'a Path, BTreeSet<&'a Path>>, from: &'a Path) -> Option<Vec<&'a Path>> {
    let mut ways = VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for target in arrows.get(way.last()?).into_iter().flatten() {
            let longer: Vec<&Path> = way.iter().chain([target]).copied().collect();
            if *target == from {
                return Some(longer);
            }
            if seen.insert(*target) {
                ways.push_back(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knots(files: &[(&str, &str)]) -> Vec<String> {
        let mut house = Crate::default();
        for (path, source) in files {
            let (_, module) = module_of(path).expect("it lies in src");
            house.modules.insert(module, ((*path).to_owned(), imports::of(source)));
        }
        house.knots().into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn two_files_that_import_each_other_are_a_knot() {
        let found = knots(&[
            ("c/src/lib.rs", "mod a; mod b;"),
            ("c/src/a.rs", "use crate::b::B;"),
            ("c/src/b.rs", "fn f() -> super::a::A {}"),
        ]);
        assert_eq!(found, ["c/src/a.rs: 2 files import each other in a circle; the shortest: a → b → a"]);
    }

    #[test]
    fn a_circle_around_a_corner_is_one_knot() {
        let found = knots(&[
            ("c/src/a.rs", "use crate::b::B;"),
            ("c/src/b/mod.rs", "mod c; use c::C;"),
            ("c/src/b/c.rs", "use crate::a::A;"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_facade_is_no_part_of_a_circle_but_a_parent_that_defines_is() {
        let facade = [
            ("c/src/lib.rs", "mod a; mod b; pub use a::A; pub use b::B; pub type Result<T> = Answer<T, A>;"),
            ("c/src/a.rs", ""),
            ("c/src/b.rs", "use crate::{A, Result};"),
        ];
        assert!(knots(&facade).is_empty());
        let parent =
            [("c/src/kinds/mod.rs", "mod x; fn all() { x::X }"), ("c/src/kinds/x.rs", "use super::Kind;")];
        assert_eq!(knots(&parent).len(), 1);
    }

    #[test]
    fn tests_and_foreign_crates_do_not_count() {
        let files = [
            ("c/src/a.rs", "use crate::b::B; use serde::de::Error;"),
            ("c/src/b.rs", "#[cfg(test)] mod tests { use crate::a::A; }"),
        ];
        assert!(knots(&files).is_empty());
    }
}
