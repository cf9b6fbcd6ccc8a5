//! What a token may, where.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::pve::lenient;
use crate::pve::need::{Need, Without};

/// The answer of `/access/permissions`: per path the privileges, each with whether it holds below as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Default)]
#[serde(transparent)]
pub struct Permissions {
    paths: BTreeMap<String, BTreeMap<String, bool>>,
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        // Nothing at all is sent as an empty list by some versions.
        let sent = Value::deserialize(input)?;
        let paths = sent.as_object().into_iter().flatten().map(|(path, privileges)| {
            let held = privileges.as_object().into_iter().flatten();
            let held = held.map(|(name, below)| (name.clone(), lenient::as_flag(below).unwrap_or(false)));
            (path.clone(), held.collect())
        });
        Ok(Self { paths: paths.collect() })
    }
}

impl Permissions {
    /// Paths that Proxmox named, with their privileges and whether each holds below as well.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &BTreeMap<String, bool>)> {
        self.paths.iter().map(|(path, privileges)| (path.as_str(), privileges))
    }

    /// Every privilege held anywhere.
    pub fn privileges(&self) -> std::collections::BTreeSet<&str> {
        self.paths.values().flat_map(|held| held.keys().map(String::as_str)).collect()
    }

    /// Whether a privilege is held at a path. Proxmox names only paths with something special about them: the others have
    /// what the nearest one above hands down.
    pub fn allow(&self, path: &str, privilege: &str) -> bool {
        match self.paths.get(path) {
            Some(here) => here.contains_key(privilege),
            None => self.comes_from_above(path, privilege),
        }
    }

    /// Whether a privilege holds for whatever is below a path and not named by Proxmox: all of it but exceptions.
    pub fn allow_below(&self, path: &str, privilege: &str) -> bool {
        match self.paths.get(path) {
            Some(here) => here.get(privilege).copied().unwrap_or(false),
            None => self.comes_from_above(path, privilege),
        }
    }

    /// Whether a privilege holds for everything that a path stands for: of `/vms` every guest, exceptions too; of `/vms/101`
    /// that one.
    pub fn allow_all(&self, path: &str, privilege: &str) -> bool {
        if parent(path) != Some("/") {
            return self.allow(path, privilege);
        }
        let below = |named: &str| named.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let mut named = self.paths.iter().filter(|(named, _)| below(named));
        self.allow_below(path, privilege) && named.all(|(_, held)| held.contains_key(privilege))
    }

    /// Whether the nearest named path above hands a privilege down to this one.
    pub fn comes_from_above(&self, path: &str, privilege: &str) -> bool {
        parent(path).is_some_and(|above| self.allow_below(above, privilege))
    }

    /// What stands between a call and its full answer, of what [`crate::pve::Call::wants`] lists; empty when nothing does.
    pub fn missing<'a>(&self, needs: &'a [Need]) -> Vec<&'a Need> {
        // What is refused is asked at that place; what is left out may be anything below it.
        let allow = |need: &Need, privilege: &str| match need.without {
            Without::Refused => self.allow(&need.path, privilege),
            Without::LeftOut => self.allow_all(&need.path, privilege),
        };
        let met = |need: &&Need| need.any_of.iter().any(|privilege| allow(need, privilege));
        needs.iter().filter(|need| !met(need)).collect()
    }
}

/// `/vms/100` → `/vms` → `/` → none.
fn parent(path: &str) -> Option<&str> {
    let (above, name) = path.rsplit_once('/')?;
    if above.is_empty() { (!name.is_empty()).then_some("/") } else { Some(above) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(json: &str) -> Permissions {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_nearest_path_decides() {
        let held = held(
            r#"{"/": {"Sys.Audit": 0}, "/vms": {"VM.Audit": 1, "VM.PowerMgmt": 0}, "/vms/101": {"VM.Audit": 1}}"#,
        );
        assert!(held.allow("/", "Sys.Audit"));
        assert!(!held.allow("/nodes/pve1", "Sys.Audit"), "it does not hold below");
        assert!(held.allow("/vms/100", "VM.Audit"));
        assert!(held.allow("/vms", "VM.PowerMgmt") && !held.allow("/vms/100", "VM.PowerMgmt"));
        assert!(!held.allow("/storage/local", "VM.Audit"));
        assert!(held.allow_below("/vms", "VM.Audit") && !held.allow_below("/vms", "VM.PowerMgmt"));
        assert!(held.comes_from_above("/vms/101", "VM.Audit") && !held.comes_from_above("/", "Sys.Audit"));
        assert_eq!(
            held.privileges().into_iter().collect::<Vec<_>>(),
            ["Sys.Audit", "VM.Audit", "VM.PowerMgmt"]
        );
    }

    #[test]
    fn a_list_is_whole_only_when_nothing_below_is_kept_back() {
        let whole = held(r#"{"/": {"VM.Audit": 1}}"#);
        assert!(whole.allow_all("/vms", "VM.Audit"));
        let not_below = held(r#"{"/vms": {"VM.Audit": 0}}"#);
        assert!(not_below.allow("/vms", "VM.Audit") && !not_below.allow_all("/vms", "VM.Audit"));
        let exception = held(r#"{"/": {"VM.Audit": 1}, "/vms/110": {}, "/vms/111": {"VM.Audit": 1}}"#);
        assert!(!exception.allow_all("/vms", "VM.Audit") && exception.allow_all("/vms/111", "VM.Audit"));
        let need = [Need::left_out("/vms", &["VM.Audit"])];
        assert_eq!(exception.missing(&need).len(), 1);
    }

    #[test]
    fn nothing_in_any_form_is_nothing() {
        for nothing in ["{}", "[]", "null"] {
            assert!(!held(nothing).allow("/", "Sys.Audit"));
        }
    }
}
