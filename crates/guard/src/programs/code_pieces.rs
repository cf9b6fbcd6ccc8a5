//! Code cut into names, texts and signs, as far as quoting goes.

use super::code_inside::code_inside;
use super::code_language::Language;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Name(String),
    Text(String),
    /// A command between backquotes, or in Perl's `qx( )`, Ruby's `%x( )`.
    Command(String),
    Sign(char),
}

/// Texts with `+`, `.` or nothing between them are one.
pub(super) fn joined_texts(pieces: &[Piece]) -> Vec<Piece> {
    let mut joined: Vec<Piece> = vec![];
    for piece in pieces {
        if let Piece::Text(text) = piece {
            let glue = matches!(joined.last(), Some(Piece::Sign('+' | '.')));
            let before = if glue { joined.len().checked_sub(2) } else { joined.len().checked_sub(1) };
            if let Some(Piece::Text(start)) = before.and_then(|at| joined.get_mut(at)) {
                start.push_str(text);
                if glue {
                    joined.pop();
                }
                continue;
            }
        }
        joined.push(piece.clone());
    }
    joined
}

pub(super) fn cut(code: &str, language: Language) -> Vec<Piece> {
    let chars: Vec<char> = code.chars().collect();
    let mut pieces = vec![];
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        at += 1;
        match char {
            '\'' | '"' => {
                // Python's three quotes are one.
                let triple = chars.get(at) == Some(&char) && chars.get(at + 1) == Some(&char);
                let (text, end) = quoted(&chars, at + if triple { 2 } else { 0 }, char);
                at = if triple { (end + 2).min(chars.len()) } else { end };
                let formatted = matches!(pieces.last(), Some(Piece::Name(name)) if is_formatted(name));
                inside(&text, char, formatted, language, &mut pieces);
                pieces.push(Piece::Text(text));
            }
            '`' => {
                let (text, end) = quoted(&chars, at, '`');
                at = end;
                inside(&text, char, false, language, &mut pieces);
                pieces.push(if language == Language::JavaScript {
                    Piece::Text(text)
                } else {
                    Piece::Command(text)
                });
            }
            '#' if language != Language::JavaScript && !matches!(chars.get(at), Some('{')) => {
                at += chars[at..].iter().take_while(|char| **char != '\n').count();
            }
            '/' if matches!(language, Language::Perl | Language::Ruby | Language::JavaScript)
                && pattern_may_begin(&pieces) =>
            {
                let (_, end) = quoted(&chars, at, '/');
                at = end
                    + chars[end.min(chars.len())..]
                        .iter()
                        .take_while(|char| char.is_ascii_alphabetic())
                        .count();
            }
            char if char.is_alphanumeric() || matches!(char, '_' | '$' | '@' | '%') => {
                let mut name = char.to_string();
                while let Some(char) = chars.get(at).filter(|char| char.is_alphanumeric() || **char == '_') {
                    name.push(*char);
                    at += 1;
                }
                at = literal(&chars, at, &name, language, &mut pieces);
            }
            '\n' => pieces.push(Piece::Sign('\n')),
            char if char.is_whitespace() => {}
            other => pieces.push(Piece::Sign(other)),
        }
    }
    pieces
}

/// Python's `f`, alone or with `r`.
fn is_formatted(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "f" | "fr" | "rf")
}

/// Code in a text stands before it, apart.
fn inside(text: &str, mark: char, formatted: bool, language: Language, pieces: &mut Vec<Piece>) {
    for code in code_inside(text, mark, formatted, language) {
        pieces.push(Piece::Sign('{'));
        pieces.extend(cut(&code, language));
        pieces.push(Piece::Sign('}'));
    }
}

fn pattern_may_begin(pieces: &[Piece]) -> bool {
    match pieces.last() {
        None | Some(Piece::Sign('(' | '~' | ',' | ';' | '{' | '!' | '|' | '&' | '=' | '\n')) => true,
        Some(Piece::Name(name)) => matches!(
            name.as_str(),
            "if" | "unless" | "and" | "or" | "not" | "split" | "grep" | "print" | "while" | "return"
        ),
        _ => false,
    }
}

/// A name, or one of Perl's and Ruby's quoting words with what it quotes.
fn literal(chars: &[char], at: usize, name: &str, language: Language, pieces: &mut Vec<Piece>) -> usize {
    let quoting = match language {
        Language::Perl => matches!(name, "q" | "qq" | "qx" | "qw" | "m" | "qr" | "s" | "tr" | "y"),
        Language::Ruby => matches!(name, "%x" | "%q" | "%Q" | "%w" | "%r"),
        _ => false,
    };
    let Some(&open) = chars.get(at).filter(|char| {
        quoting && !char.is_alphanumeric() && !char.is_whitespace() && !matches!(char, ',' | ';' | '=' | ')')
    }) else {
        pieces.push(Piece::Name(name.to_owned()));
        return at;
    };
    let close = match open {
        '(' => ')',
        '{' => '}',
        '[' => ']',
        '<' => '>',
        other => other,
    };
    let (text, mut end) = quoted(chars, at + 1, close);
    match name {
        "qx" | "%x" => pieces.push(Piece::Command(text)),
        "s" | "tr" | "y" => {
            let second = if close == open { end } else { end + 1 };
            let (replacement, after) = quoted(chars, second, close);
            let flags: String = chars[after.min(chars.len())..]
                .iter()
                .take_while(|char| char.is_ascii_alphabetic())
                .collect();
            end = after + flags.chars().count();
            // `s///e` runs its replacement as code; a pattern may hold code too.
            if flags.contains('e') && name == "s" || text.contains("(?{") || replacement.contains("@{[") {
                pieces.push(Piece::Name("eval".to_owned()));
                pieces.push(Piece::Text(replacement));
            }
        }
        "m" | "qr" | "%r" => {
            end += chars[end.min(chars.len())..].iter().take_while(|char| char.is_ascii_alphabetic()).count();
        }
        "qw" | "%w" => pieces.extend(
            text.split_whitespace().flat_map(|word| [Piece::Sign(','), Piece::Text(word.to_owned())]),
        ),
        _ => pieces.push(Piece::Text(text)),
    }
    end
}

/// What stands up to the closing mark, with its escapes read, and the place after it.
fn quoted(chars: &[char], from: usize, close: char) -> (String, usize) {
    let mut text = String::new();
    let mut at = from;
    while let Some(&char) = chars.get(at) {
        at += 1;
        if char == close {
            return (text, at);
        }
        if char != '\\' {
            text.push(char);
            continue;
        }
        let Some(&escaped) = chars.get(at) else { break };
        at += 1;
        match escaped {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'x' | 'u' => {
                let length = if escaped == 'x' { 2 } else { 4 };
                let digits: String = chars[at..].iter().take(length).collect();
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(char) => {
                        text.push(char);
                        at += digits.chars().count();
                    }
                    None => text.push(escaped),
                }
            }
            other => text.push(other),
        }
    }
    (text, at)
}
