//! Backslash escapes: those of `$'…'`, of `echo -e` and of `printf`.

/// The text of `$'…'`.
pub(super) fn decoded(text: &str) -> String {
    decode(text, Style::Ansi).0
}

/// What `echo -e` prints; `false`: a `\c` ends it, nothing follows.
pub(super) fn echoed(text: &str) -> (String, bool) {
    decode(text, Style::Echo)
}

/// What `printf` makes of its format or of a `%b`.
pub(super) fn printed(text: &str) -> (String, bool) {
    decode(text, Style::Printf)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Ansi,
    Echo,
    Printf,
}

fn decode(text: &str, style: Style) -> (String, bool) {
    let chars: Vec<char> = text.chars().collect();
    let mut bytes: Vec<u8> = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        at += 1;
        if c != '\\' {
            push(&mut bytes, c);
            continue;
        }
        let Some(&kind) = chars.get(at) else {
            bytes.push(b'\\');
            break;
        };
        at += 1;
        match kind {
            'a' => bytes.push(7),
            'b' => bytes.push(8),
            'e' | 'E' => bytes.push(27),
            'f' => bytes.push(12),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'v' => bytes.push(11),
            '\\' => bytes.push(b'\\'),
            '\'' | '"' | '?' if style != Style::Echo => push(&mut bytes, kind),
            'c' if style != Style::Ansi => return (finished(&bytes), false),
            'c' => {
                if let Some(&control) = chars.get(at) {
                    at += 1;
                    bytes.push((control.to_ascii_uppercase() as u32 as u8) ^ 0x40);
                }
            }
            'x' => match digits(&chars, &mut at, 16, 2) {
                Some(code) => bytes.push(code as u8),
                None => bytes.extend(b"\\x"),
            },
            'u' | 'U' => match digits(&chars, &mut at, 16, if kind == 'u' { 4 } else { 8 }) {
                Some(code) => push(&mut bytes, char::from_u32(code).unwrap_or('\u{fffd}')),
                None => push(&mut bytes, kind),
            },
            '0' if style == Style::Echo => bytes.push(digits(&chars, &mut at, 8, 3).unwrap_or(0) as u8),
            '0'..='7' if style != Style::Echo || kind != '0' => {
                at -= 1;
                // printf's %b takes \0nnn as well as \nnn.
                let most = if style == Style::Printf && kind == '0' { 4 } else { 3 };
                bytes.push(digits(&chars, &mut at, 8, most).unwrap_or(0) as u8);
            }
            other => {
                bytes.push(b'\\');
                push(&mut bytes, other);
            }
        }
    }
    (finished(&bytes), true)
}

fn push(bytes: &mut Vec<u8>, c: char) {
    bytes.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
}

fn finished(bytes: &[u8]) -> String {
    // A NUL ends a string of the shell.
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

fn digits(chars: &[char], at: &mut usize, radix: u32, most: usize) -> Option<u32> {
    let mut code = None;
    let end = *at + most;
    while *at < end
        && let Some(digit) = chars.get(*at).and_then(|c| c.to_digit(radix))
    {
        code = Some(code.unwrap_or(0_u32).wrapping_mul(radix).wrapping_add(digit));
        *at += 1;
    }
    code
}
