//! Kea: a table with a line of names, written on at its end for each change of a lease (`memfile`).

use super::lease::{Entry, Lease, Until};

/// How long a lease without end lasts, in seconds.
const FOR_EVER: i64 = u32::MAX as i64;

pub(super) fn begins(line: &str) -> bool {
    line.starts_with("address,") && line.split(',').any(|name| name == "valid_lifetime")
}

pub(super) fn entries<'a>(lines: impl Iterator<Item = &'a str> + 'a) -> impl Iterator<Item = Entry> + 'a {
    let mut names: Vec<&str> = Vec::new();
    lines.filter_map(move |line| {
        // Of a table in several files each begins with its own.
        if begins(line) {
            names = line.split(',').collect();
            return None;
        }
        entry(&names, line)
    })
}

fn entry(names: &[&str], line: &str) -> Option<Entry> {
    let values: Vec<&str> = line.split(',').collect();
    let value = |wanted: &str| {
        let at = names.iter().position(|name| *name == wanted)?;
        values.get(at).copied()
    };
    // Older versions write fewer columns; these are in all of them.
    let (lifetime, expire) = (value("valid_lifetime")?.parse().ok()?, value("expire")?.parse().ok()?);
    let is_assigned = matches!(value("state"), Some("0") | None);
    let until = match lifetime {
        // A lease that was deleted is written without time.
        0 => Until::Over,
        _ if !is_assigned => Until::Over,
        FOR_EVER => Until::Open,
        _ => Until::seconds(expire),
    };
    let lease = Lease::of(value("hwaddr").unwrap_or_default(), value("hostname").unwrap_or_default());
    Some(Entry { address: value("address")?.parse().ok()?, lease, until })
}
