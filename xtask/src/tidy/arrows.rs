//! Which crate may know which. A crate is a wall exactly where an arrow must never run, so a new arrow is a decision:
//! it changes this table and ARCHITECTURE.md together.

use super::finding::Finding;
use super::metadata::{Kind, Metadata, Package};

struct Room {
    name: &'static str,
    /// The binary is on the highest. Tests may reach every room on a lower floor.
    floor: u8,
    may_know: &'static [&'static str],
}

const ROOMS: &[Room] = &[
    // Know nothing of labkeeper, so that they can be used, and attacked, on their own.
    Room { name: "labkeeper-guard", floor: 1, may_know: &[] },
    Room { name: "labkeeper-redact", floor: 1, may_know: &[] },
    Room { name: "labkeeper-core", floor: 1, may_know: &[] },
    Room { name: "labkeeper-store", floor: 2, may_know: &["labkeeper-core"] },
    Room { name: "labkeeper-lan", floor: 2, may_know: &["labkeeper-core"] },
    Room { name: "labkeeper-history", floor: 2, may_know: &["labkeeper-core"] },
    Room { name: "labkeeper-embed", floor: 2, may_know: &["labkeeper-core"] },
    Room { name: "labkeeper-proxmox", floor: 2, may_know: &["labkeeper-core"] },
    Room { name: "labkeeper-qdrant", floor: 2, may_know: &["labkeeper-core"] },
    Room { name: "labkeeper-redis", floor: 2, may_know: &["labkeeper-core"] },
    // Beside the house: tests of every floor reach it, the binary for its demo.
    Room { name: "labkeeper-sim", floor: 1, may_know: &["labkeeper-core"] },
    Room {
        name: "labkeeper-ops",
        floor: 3,
        may_know: &["labkeeper-core", "labkeeper-guard", "labkeeper-redact", "labkeeper-store"],
    },
    Room { name: "labkeeper-rest", floor: 4, may_know: &["labkeeper-core", "labkeeper-ops"] },
    Room { name: "labkeeper-mcp", floor: 4, may_know: &["labkeeper-core", "labkeeper-ops"] },
    Room {
        name: "labkeeper",
        floor: 5,
        may_know: &[
            "labkeeper-core",
            "labkeeper-guard",
            "labkeeper-redact",
            "labkeeper-store",
            "labkeeper-lan",
            "labkeeper-history",
            "labkeeper-sim",
            "labkeeper-proxmox",
            "labkeeper-qdrant",
            "labkeeper-redis",
            "labkeeper-embed",
            "labkeeper-ops",
            "labkeeper-rest",
            "labkeeper-mcp",
        ],
    },
    Room {
        name: "labkeeper-bench",
        floor: 6,
        may_know: &[
            "labkeeper-core",
            "labkeeper-guard",
            "labkeeper-redact",
            "labkeeper-store",
            "labkeeper-sim",
            "labkeeper-proxmox",
            "labkeeper-embed",
            "labkeeper-ops",
        ],
    },
    Room { name: "xtask", floor: 6, may_know: &[] },
];

pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    metadata.members().flat_map(|package| wrong_arrows(metadata, package)).collect()
}

fn wrong_arrows(metadata: &Metadata, package: &Package) -> Vec<Finding> {
    let Some(room) = room(&package.name) else {
        let what =
            "is not in the table of arrows: give it a floor and say in ARCHITECTURE.md why it is a crate";
        return vec![Finding::new(&package.name, what)];
    };
    let mut findings = Vec::new();
    for edge in &package.dependencies {
        let target = &metadata.packages[edge.to];
        if target.is_member && !is_allowed(room, metadata.name_of(edge), edge.kind) {
            findings.push(Finding::new(&package.name, format!("must not know {}", target.name)));
        }
    }
    findings
}

fn is_allowed(from: &Room, to: &str, kind: Kind) -> bool {
    let is_below = || room(to).is_some_and(|target| target.floor < from.floor);
    // A crate's tests may ask for a feature of their own crate.
    from.may_know.contains(&to) || (kind == Kind::Test && (to == from.name || is_below()))
}

fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

#[cfg(test)]
mod tests {
    use super::super::metadata::Edge;
    use super::*;

    fn package(name: &str, dependencies: &[(usize, Kind)]) -> Package {
        let dependencies = dependencies.iter().map(|&(to, kind)| Edge { to, kind }).collect();
        let is_member = name.starts_with("labkeeper");
        Package {
            name: name.to_owned(),
            licence: None,
            oldest_rust: None,
            is_from_crates_io: !is_member,
            is_member,
            dependencies,
        }
    }

    fn places(packages: Vec<Package>) -> Vec<String> {
        check(&Metadata { packages }).into_iter().map(|finding| finding.to_string()).collect()
    }

    #[test]
    fn an_arrow_that_is_not_in_the_table_is_found_but_a_test_may_look_down() {
        let store = || package("labkeeper-store", &[]);
        let face = |kind| package("labkeeper-mcp", &[(0, kind)]);
        assert_eq!(
            places(vec![store(), face(Kind::Normal)]),
            ["labkeeper-mcp: must not know labkeeper-store"]
        );
        assert!(places(vec![store(), face(Kind::Test)]).is_empty());
        let upwards = package("labkeeper-store", &[(0, Kind::Test)]);
        assert_eq!(places(vec![package("labkeeper-ops", &[]), upwards]).len(), 1);
    }

    #[test]
    fn a_crate_without_a_floor_is_found() {
        assert_eq!(places(vec![package("labkeeper-attic", &[])]).len(), 1);
    }
}
