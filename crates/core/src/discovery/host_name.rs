//! Which words may be the name of a host.

/// Letters, digits, hyphens, underscores, dots: what a stranger may put into the inventory as a name.
pub fn is_host_name(name: &str) -> bool {
    let is_fine = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    name.len() <= 253 && name.split('.').all(is_fine)
}
