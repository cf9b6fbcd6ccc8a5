//! Bytes from strangers as one printable line.

/// Text without control, invisible and direction-changing characters, runs of blanks made one, at most `limit`
/// characters. Empty when nothing printable is left.
pub(crate) fn one_line(bytes: &[u8], limit: usize) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut line = String::new();
    for word in text.split(|c: char| c.is_whitespace() || is_unprintable(c)).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(limit) {
        Some((end, _)) => line[..end].trim_end().to_owned(),
        None => line,
    }
}

fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_send_becomes_one_harmless_line() {
        for (bytes, line) in [
            (&b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"[..], "SSH-2.0-OpenSSH_9.2p1 Debian"),
            (b"\x1b[31mred\x07\n\tand  blank ", "[31mred and blank"),
            (b"J\0\0\0\n8.0.36\0abc", "J 8.0.36 abc"),
            ("safe\u{202e}txt.exe\u{200b}".as_bytes(), "safe txt.exe"),
            (b"\xff\xfe\x01", ""),
            (b"", ""),
        ] {
            assert_eq!(one_line(bytes, 200), line);
        }
        assert_eq!(one_line("ääääää".as_bytes(), 3), "äää");
    }
}
