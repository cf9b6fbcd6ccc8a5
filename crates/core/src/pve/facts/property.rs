//! Proxmox's property strings: `virtio=BC:24:11:00:02:00,bridge=vmbr0,firewall=1`.

/// The parts of one, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Properties<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Properties<'a> {
    /// Parts without `=` have an empty name: only the first is usual, and stands for the part that matters most.
    pub(super) fn of(text: &'a str) -> Self {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Self(parts.map(|part| part.split_once('=').unwrap_or(("", part))).collect())
    }

    /// The value of that name.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The part without a name.
    pub(super) fn unnamed(&self) -> Option<&'a str> {
        self.get("")
    }

    /// The first part, with its name.
    pub(super) fn first(&self) -> Option<(&'a str, &'a str)> {
        self.0.first().copied()
    }
}

/// Bytes of `8G`, `512M`, `4k`, `0T` or a plain number; factors of 1024.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let factor: u64 = match unit.to_ascii_uppercase() {
        'K' => 1 << 10,
        'M' => 1 << 20,
        'G' => 1 << 30,
        'T' => 1 << 40,
        _ if unit.is_ascii_digit() => return text.parse().ok(),
        _ => return None,
    };
    let digits = text.strip_suffix(unit)?;
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_names_and_values() {
        let parts = Properties::of("local:101/disk.subvol, size=8G,mp=/srv=x");
        assert_eq!(parts.unnamed(), Some("local:101/disk.subvol"));
        assert_eq!(parts.get("size").and_then(bytes), Some(8 << 30));
        assert_eq!(parts.get("mp"), Some("/srv=x"));
        assert_eq!(Properties::of("").first(), None);
    }

    #[test]
    fn sizes_in_every_unit() {
        for (text, size) in [
            ("0T", Some(0)),
            ("4k", Some(4096)),
            ("528K", Some(540_672)),
            ("12", Some(12)),
            ("", None),
            ("G", None),
            ("1X", None),
            ("99999999999T", None),
        ] {
            assert_eq!(bytes(text), size, "{text}");
        }
    }
}
