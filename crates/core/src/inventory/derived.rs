//! What rows carry beside the fields of their kind: computed when they are shown, never stored.

use super::Kind;

/// What the predecessor nested in the row of such an item, by name and kind.
pub fn nested(kind: Kind) -> &'static [(&'static str, Kind)] {
    match kind {
        Kind::Hardware => &[
            ("vms", Kind::Vms),
            ("containers", Kind::Containers),
            ("apps", Kind::Apps),
            ("storage_pools", Kind::Storage),
        ],
        Kind::Vms | Kind::Containers => &[("apps", Kind::Apps), ("storage_pools", Kind::Storage)],
        _ => &[],
    }
}

/// Whether rows carry a value of that name which is not a field; what is sent back with them is not an input.
pub fn is_derived(name: &str) -> bool {
    const BESIDE: [&str; 8] =
        ["vms", "containers", "apps", "storage_pools", "shares", "hardware_name", "links", "drift"];
    BESIDE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nested_is_derived() {
        for (name, _) in Kind::ALL.into_iter().flat_map(nested) {
            assert!(is_derived(name), "{name}");
        }
    }
}
