//! Cuts long text into stretches that are read one by one: always at the same places, in however many pieces it comes.

use crate::blanks::readings;

/// A stretch is at least so long, unless the text ends before.
const LEAST: usize = 64 * 1024;
/// A stretch without a good place to cut ends here.
const MOST: usize = 1024 * 1024;

/// How long the first stretch of `text` is, when that can be told already; `None` when more text may still belong to it.
/// `seen` is how far an earlier call has looked, for the next one to go on from.
pub(crate) fn first(text: &str, seen: &mut usize) -> Option<usize> {
    let bytes = text.as_bytes();
    *seen = (*seen).max(LEAST);
    // A cut needs the byte behind it, so the last byte decides nothing yet.
    while *seen + 1 < bytes.len().min(MOST) {
        if bytes[*seen] == b'\n' && is_calm(text, *seen) {
            let cut = *seen + 1;
            *seen = 0;
            return Some(cut);
        }
        *seen += 1;
    }
    if bytes.len() <= MOST + 4 {
        return None;
    }
    *seen = 0;
    let (mut least, mut most) = (LEAST, MOST);
    while !text.is_char_boundary(least) {
        least += 1;
    }
    while !text.is_char_boundary(most) {
        most -= 1;
    }
    let near = &text[least..most];
    let line = near.rfind('\n').map(|at| at + 1);
    let gap = || {
        let (at, mark) = near.char_indices().rfind(|(_, mark)| mark.is_whitespace() || *mark == ',')?;
        Some(at + mark.len_utf8())
    };
    Some(line.or_else(gap).map_or(most, |at| least + at))
}

/// Whether nothing that belongs together goes on over the line end at `at`: the next line begins at the margin, and no key is open.
fn is_calm(text: &str, at: usize) -> bool {
    let next = text.as_bytes()[at + 1];
    if !(next.is_ascii_alphanumeric() || matches!(next, b'[' | b'#' | b'/' | b'<')) {
        return false;
    }
    // Keys are shorter than this.
    let mut from = at.saturating_sub(8 * 1024);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    // A key may have another blank in its first line, which one reading or another sees.
    readings(&text[from..at]).iter().all(|reading| is_closed(reading.read()))
}

/// Whether nothing goes on behind the last line of `near`.
fn is_closed(near: &str) -> bool {
    let begin = near.rfind("-----BEGIN ");
    let end = near.rfind("-----END ");
    let is_open = begin.is_some_and(|begin| end.is_none_or(|end| end < begin));
    let line = &near[near.rfind('\n').map_or(0, |start| start + 1)..];
    let announces = line.trim_end().ends_with([':', '|', '>', '\\'])
        || line.starts_with("machine ")
        || line.starts_with("Private-Lines")
        || line.starts_with("BORG_KEY");
    let is_material = line.len() >= 40
        && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    !is_open && !announces && !is_material
}
