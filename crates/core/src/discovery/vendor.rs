//! Who made a network interface, by its hardware address. `vendors.txt` is written by `cargo xtask vendors`.

/// A line a block, sorted: the digits of its prefix, a space, and whose it is.
static TABLE: &str = include_str!("vendors.txt");

/// Lengths of the prefixes that the IEEE hands out, in digits, longest first: a part of a block may have another holder.
const LENGTHS: [usize; 3] = [9, 7, 6];

/// The maker of the interface with that address, as twelve hexadecimal digits with or without colons; `None` for one that
/// nobody registered, and for one that a machine made up for itself, as phones do.
pub fn vendor(mac: &str) -> Option<&'static str> {
    let digits: String =
        mac.chars().filter(char::is_ascii_hexdigit).map(|digit| digit.to_ascii_lowercase()).collect();
    if digits.len() != 12 {
        return None;
    }
    LENGTHS.iter().find_map(|length| holder(&digits[..*length]))
}

/// Whose the block of just that prefix is.
fn holder(prefix: &str) -> Option<&'static str> {
    let mut rest = TABLE;
    while !rest.is_empty() {
        // The line around the middle.
        let is_end = |byte: &u8| *byte == b'\n';
        let (before, after) = rest.as_bytes().split_at(rest.len() / 2);
        let begin = before.iter().rposition(is_end).map_or(0, |end| end + 1);
        let end = after.iter().position(is_end).map_or(rest.len(), |length| before.len() + length + 1);
        let (block, name) = rest[begin..end].trim_end().split_once(' ')?;
        match block.cmp(prefix) {
            std::cmp::Ordering::Equal => return Some(name),
            std::cmp::Ordering::Less => rest = &rest[end..],
            std::cmp::Ordering::Greater => rest = &rest[..begin],
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn the_maker_is_the_holder_of_the_smallest_block() {
        assert_eq!(vendor("bc:24:11:00:00:01"), Some("Proxmox Server Solutions"));
        assert_eq!(vendor("B8-27-EB-12-34-56"), Some("Raspberry Pi Foundation"));
        assert_eq!(vendor("00:11:32:aa:bb:cc"), Some("Synology"));
        assert_eq!(vendor("8e:f1:02:03:04:05"), None, "made up by the machine itself");
        assert_eq!((vendor(""), vendor("00:11:32"), vendor("zz:zz")), (None, None, None));
    }

    #[test]
    fn every_block_of_the_table_is_found() {
        let mut before = "";
        for line in TABLE.lines() {
            let (prefix, name) = line.split_once(' ').unwrap();
            assert!(before < prefix, "{before} {prefix}");
            assert!(LENGTHS.contains(&prefix.len()) && !name.is_empty(), "{line}");
            before = prefix;
        }
        for line in TABLE.lines().step_by(997).chain(TABLE.lines().next()).chain(TABLE.lines().last()) {
            let (prefix, name) = line.split_once(' ').unwrap();
            assert_eq!(holder(prefix), Some(name));
        }
    }
}
