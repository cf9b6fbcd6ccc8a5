//! What the sample calls its items, and which items of the hub those are.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail, ensure};
use labkeeper_core::inventory::{ItemId, ItemRef, Kind};

use super::sample::Found;

/// An item of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) kind: Kind,
    pub(super) id: ItemId,
}

/// Items by what the sample calls them.
pub(super) struct Names(HashMap<String, Named>);

impl Names {
    /// Names for what a census brought.
    ///
    /// # Errors
    /// When the sample speaks of something that the census did not bring, or brought twice.
    pub(super) fn of(found: &[Found], census: &[ItemRef]) -> Result<Self> {
        let mut names = Self(HashMap::new());
        for one in found {
            let mut same = census.iter().filter(|item| item.kind == one.kind && item.name == one.name);
            match (same.next(), same.next()) {
                (Some(item), None) => names.add(&one.r#ref, Named { kind: item.kind, id: item.id })?,
                (None, _) => bail!(
                    "the sample speaks of \"{}\" among {}, which the simulated cluster does not have",
                    one.name,
                    one.kind.key()
                ),
                (Some(_), Some(_)) => {
                    bail!("the simulated cluster has more than one \"{}\" among {}", one.name, one.kind.key())
                }
            }
        }
        Ok(names)
    }

    /// A name for an item.
    ///
    /// # Errors
    /// When the sample calls something else so.
    pub(super) fn add(&mut self, name: &str, item: Named) -> Result<()> {
        ensure!(self.0.insert(name.into(), item).is_none(), "the sample calls two items \"{name}\"");
        Ok(())
    }

    /// The item of that name.
    ///
    /// # Errors
    /// When the sample calls nothing so.
    pub(super) fn get(&self, name: &str) -> Result<Named> {
        self.0.get(name).copied().with_context(|| format!("the sample calls nothing \"{name}\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> Found {
        Found { r#ref: "it".into(), kind: Kind::Vms, name: name.into() }
    }

    fn item(id: i64, kind: Kind, name: &str) -> ItemRef {
        ItemRef { id, kind, name: name.into() }
    }

    #[test]
    fn what_the_census_did_not_bring_is_an_error_with_its_name() {
        let census = [item(1, Kind::Vms, "docker"), item(2, Kind::Containers, "proxy")];
        assert_eq!(Names::of(&[found("docker")], &census).unwrap().get("it").unwrap().id, 1);
        let refused = |name| Names::of(&[found(name)], &census).err().unwrap().to_string();
        assert!(refused("proxy").contains("\"proxy\" among vms"), "{}", refused("proxy"));
        let twice = [item(1, Kind::Vms, "docker"), item(2, Kind::Vms, "docker")];
        assert!(Names::of(&[found("docker")], &twice).is_err(), "nobody can say which");
    }
}
