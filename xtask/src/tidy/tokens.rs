//! Just enough of Rust's lexical grammar to find paths in code: comments, strings and characters fall away, and so do
//! items behind `#[cfg(test)]`.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    /// `::`
    Colons,
    Mark(u8),
}

/// The tokens of `source` without those that only a test build sees.
pub(super) fn outside_tests(source: &str) -> Vec<Token<'_>> {
    let tokens = all(source);
    let mut kept = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].starts_with(&CFG_TEST) {
            at = end_of_item(&tokens, at + CFG_TEST.len());
        } else {
            kept.push(tokens[at]);
            at += 1;
        }
    }
    kept
}

const CFG_TEST: [Token<'static>; 7] = [
    Token::Mark(b'#'),
    Token::Mark(b'['),
    Token::Word("cfg"),
    Token::Mark(b'('),
    Token::Word("test"),
    Token::Mark(b')'),
    Token::Mark(b']'),
];

/// Where the item that begins at `at` ends: behind its `;` or its closing brace.
fn end_of_item(tokens: &[Token<'_>], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < tokens.len() {
        match tokens[at] {
            Token::Mark(b'{' | b'(' | b'[') => depth += 1,
            Token::Mark(b')' | b']') => depth = depth.saturating_sub(1),
            Token::Mark(b'}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            Token::Mark(b';') if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

fn all(source: &str) -> Vec<Token<'_>> {
    let bytes = source.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let here = bytes[at];
        if let Some(length) = raw_string(rest) {
            at += length;
            continue;
        }
        at += match here {
            _ if rest.starts_with(b"//") => length_until(rest, b'\n'),
            _ if rest.starts_with(b"/*") => block_comment(rest),
            b'"' => string(rest),
            b'\'' => character_or_lifetime(rest),
            _ if rest.starts_with(b"::") => {
                tokens.push(Token::Colons);
                2
            }
            _ if rest.starts_with(b"r#") => 2,
            b'_' | b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                let length =
                    rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
                tokens.push(Token::Word(&source[at..at + length]));
                length
            }
            _ => {
                if here.is_ascii_punctuation() {
                    tokens.push(Token::Mark(here));
                }
                1
            }
        };
    }
    tokens
}

fn length_until(rest: &[u8], end: u8) -> usize {
    rest.iter().position(|byte| *byte == end).unwrap_or(rest.len())
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`, `c"…"`: its length, or `None` when `rest` does not begin with one.
fn raw_string(rest: &[u8]) -> Option<usize> {
    let prefix = [b"br".as_slice(), b"cr", b"r"].into_iter().find(|prefix| rest.starts_with(prefix))?.len();
    let hashes = rest[prefix..].iter().take_while(|byte| **byte == b'#').count();
    let body = prefix + hashes + 1;
    if rest.get(body - 1) != Some(&b'"') {
        return None;
    }
    let closing = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
    let end = rest[body..].windows(closing.len()).position(|window| window == closing);
    Some(end.map_or(rest.len(), |end| body + end + closing.len()))
}

fn character_or_lifetime(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        // The quote of '\'' is escaped: look for the closing one behind it.
        return 3 + length_until(&rest[3.min(rest.len())..], b'\'') + 1;
    }
    // A character is one code point, so its closing quote is at most four bytes on; a lifetime has none.
    let closing = (2..=5).find(|&at| rest.get(at) == Some(&b'\''));
    let is_one_character = closing
        .is_some_and(|at| std::str::from_utf8(&rest[1..at]).is_ok_and(|text| text.chars().count() == 1));
    if is_one_character { closing.unwrap_or(0) + 1 } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<&str> {
        let words = outside_tests(source).into_iter().filter_map(|token| match token {
            Token::Word(word) => Some(word),
            _ => None,
        });
        words.collect()
    }

    #[test]
    fn comments_strings_and_characters_fall_away() {
        let source = r###"a /* b /* c */ d */ "e \" f" 'g' '\'' '"' r#"h " i"# br"j" // k
            l<'m> r#type 'é' n"###;
        assert_eq!(words(source), ["a", "l", "m", "type", "n"]);
    }

    #[test]
    fn items_behind_cfg_test_fall_away_and_the_next_stays() {
        let source = "use a::{b, c};\n#[cfg(test)] mod tests { fn x() { y[0]; } }\nfn z() {}\n#[cfg(test)]\nmod story;\nmod w;";
        assert_eq!(words(source), ["use", "a", "b", "c", "fn", "z", "mod", "w"]);
    }
}
