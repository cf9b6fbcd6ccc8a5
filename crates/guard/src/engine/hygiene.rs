//! What is looked at before a text is parsed: whether it is a text that can be judged at all, and whether a person who reads it
//! sees what runs.

/// Longer commands are not judged.
pub(super) const MOST_BYTES: usize = 16 * 1024;

/// Why a text cannot be judged; `None` when it can.
pub(super) fn unfit(text: &str) -> Option<&'static str> {
    if text.len() > MOST_BYTES {
        return Some("it is longer than 16 KiB");
    }
    if text.contains('\0') {
        return Some("it contains a NUL byte");
    }
    None
}

/// Where a character stands that makes the text look different from what runs.
pub(super) fn deceptive(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, c)| deceives(*c))
}

fn deceives(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        // Includes the carriage return, after which a terminal writes over what it showed.
        _ if c.is_control() => true,
        '\u{00a0}' | '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
        | '\u{17b5}' => true,
        '\u{180e}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' => true,
        '\u{3000}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// Words that write, for [`tripwire`].
const WRITERS: &[&str] = &[
    "rm",
    "mv",
    "cp",
    "dd",
    "tee",
    "shred",
    "truncate",
    "mkfs",
    "wipefs",
    "sgdisk",
    "sfdisk",
    "parted",
    "blkdiscard",
    "ln",
    "install",
    "chmod",
    "chown",
    "unlink",
    "sed",
    "rsync",
    "umount",
    "mount",
    "of",
    "unlinkat",
    "rmdir",
    "write",
    "touch",
    "destroy",
];

/// What must not be written even by a text that cannot be parsed.
const PRECIOUS: &[&str] = &[
    "/etc/pve",
    "/etc/corosync",
    "/var/lib/pve-cluster",
    "/dev/sd",
    "/dev/nvme",
    "/dev/vd",
    "/dev/mapper",
    "/dev/md",
    "/dev/zvol",
];

/// A text that cannot be parsed names a protected path or device, and a word that writes: broken syntax lowers no verdict.
pub(super) fn tripwire(text: &str) -> Option<&'static str> {
    let plain: String = text.chars().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
    let precious = PRECIOUS.iter().find(|path| plain.contains(*path))?;
    let mut words = plain.split(|c: char| !c.is_ascii_alphanumeric());
    let writes = plain.contains('>') || words.any(|word| WRITERS.contains(&word));
    writes.then_some(*precious)
}
