//! Encodings that a command line may hide a script in.

/// base64, with or without padding; anything that is no digit is passed over.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    bits(text, 6, |c| match c {
        'A'..='Z' => Some(c as u32 - 'A' as u32),
        'a'..='z' => Some(c as u32 - 'a' as u32 + 26),
        '0'..='9' => Some(c as u32 - '0' as u32 + 52),
        '+' | '-' => Some(62),
        '/' | '_' => Some(63),
        _ => None,
    })
}

/// base32.
pub(super) fn base32(text: &str) -> Option<Vec<u8>> {
    bits(text, 5, |c| match c {
        'A'..='Z' => Some(c as u32 - 'A' as u32),
        '2'..='7' => Some(c as u32 - '2' as u32 + 26),
        _ => None,
    })
}

/// Pairs of hexadecimal digits, blanks between them.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    bits(text, 4, |c| c.to_digit(16))
}

fn bits(text: &str, width: u32, digit: impl Fn(char) -> Option<u32>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut count) = (0_u32, 0);
    for c in text.chars() {
        if c == '=' {
            break;
        }
        let Some(value) = digit(c) else {
            if c.is_whitespace() {
                continue;
            }
            return None;
        };
        held = held << width | value;
        count += width;
        if count >= 8 {
            count -= 8;
            bytes.push((held >> count & 0xff) as u8);
        }
    }
    Some(bytes)
}

/// Text as base64.
pub(super) fn to_base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let held =
            chunk.iter().fold(0_u32, |held, byte| held << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            if place <= chunk.len() {
                text.push(char::from(DIGITS[(held >> (18 - 6 * place) & 63) as usize]));
            } else {
                text.push('=');
            }
        }
    }
    text
}
