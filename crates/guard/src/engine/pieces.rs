//! A word of the shell, cut into what stands as it is and what is expanded.
//!
//! The parser hands words over as raw text. They are read here once more and on their own, so that two readers have to agree on
//! where a word ends: an unquoted blank or operator inside what the parser took for one word is refused.

use super::parameter::{Parameter, read_parameter};

/// A part of a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Stands as it is. Unquoted, its `*`, `?` and `[` are active.
    Text { text: String, quoted: bool },
    /// `~` or `~user` at the start.
    Tilde(String),
    /// `$x`, `${…}`.
    Parameter { parameter: Parameter, quoted: bool },
    /// `$(…)`, `` `…` ``.
    Command { script: String, quoted: bool },
    /// `$((…))`.
    Arithmetic { expression: String, quoted: bool },
}

/// How a word is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A word between blanks.
    Word,
    /// A word inside `${…}`, a pattern of `[[ ]]` and the like: blanks and operators are text.
    Inner,
    /// The inside of double quotes, where `"` is text: here-documents, and words of `"${…}"`.
    Quoted,
}

/// The text is not what the shell would take for a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Cuts a word.
pub(super) fn pieces(raw: &str, reading: Reading) -> Result<Vec<Piece>, Unreadable> {
    let chars: Vec<char> = raw.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, reading, pieces: Vec::new() };
    reader.read()?;
    Ok(reader.pieces)
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    reading: Reading,
    pieces: Vec<Piece>,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Unreadable> {
        if self.reading != Reading::Quoted && self.peek(0) == Some('~') {
            self.tilde();
        }
        while let Some(c) = self.peek(0) {
            if self.reading == Reading::Quoted { self.inside_quotes(c)? } else { self.unquoted(c)? }
        }
        Ok(())
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn text(&mut self, c: char, quoted: bool) {
        if let Some(Piece::Text { text, quoted: same }) = self.pieces.last_mut()
            && *same == quoted
        {
            text.push(c);
            return;
        }
        self.pieces.push(Piece::Text { text: c.into(), quoted });
    }

    fn tilde(&mut self) {
        let end = self.chars.iter().position(|c| matches!(c, '/' | ':')).unwrap_or(self.chars.len());
        let user = &self.chars[1..end];
        if user.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+')) {
            self.pieces.push(Piece::Tilde(user.iter().collect()));
            self.at = end;
        }
    }

    fn unquoted(&mut self, c: char) -> Result<(), Unreadable> {
        match c {
            '\\' => {
                match self.peek(1) {
                    Some('\n') => {}
                    Some(next) => self.text(next, true),
                    None => self.text('\\', true),
                }
                self.at += 2;
            }
            '\'' => {
                let end = self.find('\'', self.at + 1)?;
                let inside: String = self.chars[self.at + 1..end].iter().collect();
                self.pieces.push(Piece::Text { text: inside, quoted: true });
                self.at = end + 1;
            }
            '"' => self.double_quotes()?,
            '$' if self.peek(1) == Some('\'') => {
                let end = end_of_ansi(self.chars, self.at + 2).ok_or(Unreadable)?;
                let inside: String = self.chars[self.at + 2..end].iter().collect();
                self.pieces.push(Piece::Text { text: super::ansi::decoded(&inside), quoted: true });
                self.at = end + 1;
            }
            '$' if self.peek(1) == Some('"') => {
                self.at += 1;
                self.double_quotes()?;
            }
            '$' | '`' => self.expansion(false)?,
            ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')' if self.reading == Reading::Word => {
                return Err(Unreadable);
            }
            _ => {
                self.text(c, false);
                self.at += 1;
            }
        }
        Ok(())
    }

    fn double_quotes(&mut self) -> Result<(), Unreadable> {
        self.at += 1;
        // An empty pair of quotes makes a word of its own.
        self.pieces.push(Piece::Text { text: String::new(), quoted: true });
        loop {
            match self.peek(0) {
                None => return Err(Unreadable),
                Some('"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(c) => self.inside_quotes(c)?,
            }
        }
    }

    fn inside_quotes(&mut self, c: char) -> Result<(), Unreadable> {
        match c {
            '\\' => {
                match self.peek(1) {
                    Some('\n') => {}
                    Some(next @ ('$' | '`' | '"' | '\\')) => self.text(next, true),
                    Some(next) => {
                        self.text('\\', true);
                        self.text(next, true);
                    }
                    None => self.text('\\', true),
                }
                self.at += 2;
            }
            '$' | '`' => self.expansion(true)?,
            _ => {
                self.text(c, true);
                self.at += 1;
            }
        }
        Ok(())
    }

    fn find(&self, wanted: char, from: usize) -> Result<usize, Unreadable> {
        self.chars[from.min(self.chars.len())..]
            .iter()
            .position(|c| *c == wanted)
            .map(|found| from + found)
            .ok_or(Unreadable)
    }

    /// At `$` or a backquote.
    fn expansion(&mut self, quoted: bool) -> Result<(), Unreadable> {
        let start = self.at;
        if self.peek(0) == Some('`') {
            let end = end_of_backquotes(self.chars, start + 1).ok_or(Unreadable)?;
            let script = without_backquote_escapes(&self.chars[start + 1..end], quoted);
            self.pieces.push(Piece::Command { script, quoted });
            self.at = end + 1;
            return Ok(());
        }
        match self.peek(1) {
            Some('(') if self.peek(2) == Some('(') && end_of_arithmetic(self.chars, start + 3).is_some() => {
                let end = end_of_arithmetic(self.chars, start + 3).ok_or(Unreadable)?;
                let expression = self.chars[start + 3..end].iter().collect();
                self.pieces.push(Piece::Arithmetic { expression, quoted });
                self.at = end + 2;
            }
            Some('(') => {
                let end = end_of_group(self.chars, start + 2, '(', ')').ok_or(Unreadable)?;
                let script = self.chars[start + 2..end].iter().collect();
                self.pieces.push(Piece::Command { script, quoted });
                self.at = end + 1;
            }
            Some('[') => {
                let end = end_of_group(self.chars, start + 2, '[', ']').ok_or(Unreadable)?;
                let expression = self.chars[start + 2..end].iter().collect();
                self.pieces.push(Piece::Arithmetic { expression, quoted });
                self.at = end + 1;
            }
            Some('{') => {
                let end = end_of_braces(self.chars, start + 2).ok_or(Unreadable)?;
                let parameter = read_parameter(&self.chars[start + 2..end]).ok_or(Unreadable)?;
                self.pieces.push(Piece::Parameter { parameter, quoted });
                self.at = end + 1;
            }
            Some(c) if c == '_' || c.is_ascii_alphabetic() => {
                let name = &self.chars[start + 1..];
                let length = name.iter().take_while(|c| **c == '_' || c.is_ascii_alphanumeric()).count();
                let parameter = Parameter::named(&name[..length]);
                self.pieces.push(Piece::Parameter { parameter, quoted });
                self.at += 1 + length;
            }
            Some(c) if c.is_ascii_digit() || matches!(c, '@' | '*' | '#' | '?' | '-' | '$' | '!') => {
                let parameter = Parameter::named(&[c]);
                self.pieces.push(Piece::Parameter { parameter, quoted });
                self.at += 2;
            }
            _ => {
                self.text('$', quoted);
                self.at += 1;
            }
        }
        Ok(())
    }
}

fn without_backquote_escapes(inside: &[char], quoted: bool) -> String {
    let mut script = String::new();
    let mut chars = inside.iter().copied().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(&next @ ('`' | '\\' | '$'))) => {
                script.push(next);
                chars.next();
            }
            ('\\', Some('"')) if quoted => {
                script.push('"');
                chars.next();
            }
            _ => script.push(c),
        }
    }
    script
}

fn end_of_ansi(chars: &[char], mut at: usize) -> Option<usize> {
    loop {
        match chars.get(at)? {
            '\\' => at += 2,
            '\'' => return Some(at),
            _ => at += 1,
        }
    }
}

fn end_of_backquotes(chars: &[char], mut at: usize) -> Option<usize> {
    loop {
        match chars.get(at)? {
            '\\' => at += 2,
            '`' => return Some(at),
            _ => at += 1,
        }
    }
}

/// Behind the quoted part that begins at `at`, or `at` itself when none does.
fn behind_quotes(chars: &[char], at: usize) -> Option<usize> {
    match chars.get(at)? {
        '\\' => Some(at + 2),
        '\'' => chars[at + 1..].iter().position(|c| *c == '\'').map(|found| at + found + 2),
        '$' if chars.get(at + 1) == Some(&'\'') => end_of_ansi(chars, at + 2).map(|end| end + 1),
        '`' => end_of_backquotes(chars, at + 1).map(|end| end + 1),
        '"' => {
            let mut inside = at + 1;
            loop {
                match chars.get(inside)? {
                    '"' => return Some(inside + 1),
                    '\\' => inside += 2,
                    '`' => inside = end_of_backquotes(chars, inside + 1)? + 1,
                    '$' => inside = behind_dollar(chars, inside)?,
                    _ => inside += 1,
                }
            }
        }
        _ => Some(at),
    }
}

fn behind_dollar(chars: &[char], at: usize) -> Option<usize> {
    match chars.get(at + 1) {
        Some('(') => end_of_group(chars, at + 2, '(', ')').map(|end| end + 1),
        Some('{') => end_of_braces(chars, at + 2).map(|end| end + 1),
        _ => Some(at + 1),
    }
}

fn end_of_group(chars: &[char], mut at: usize, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        let behind = behind_quotes(chars, at)?;
        if behind != at {
            at = behind;
            continue;
        }
        let c = *chars.get(at)?;
        if c == '$' && chars.get(at + 1) == Some(&'{') {
            at = end_of_braces(chars, at + 2)?;
        } else if c == open {
            depth += 1;
        } else if c == close {
            if depth == 0 {
                return Some(at);
            }
            depth -= 1;
        }
        at += 1;
    }
}

/// Where the `))` of `$((` is; `None` when it is a subshell in a substitution.
fn end_of_arithmetic(chars: &[char], from: usize) -> Option<usize> {
    let end = end_of_group(chars, from, '(', ')')?;
    (chars.get(end + 1) == Some(&')')).then_some(end)
}

fn end_of_braces(chars: &[char], mut at: usize) -> Option<usize> {
    // `${#x}`, `${x#p}`: the sign is no comment, and `$` may be a name.
    loop {
        let behind = behind_quotes(chars, at)?;
        if behind != at {
            at = behind;
            continue;
        }
        match chars.get(at)? {
            '}' => return Some(at),
            '$' if matches!(chars.get(at + 1), Some('(' | '{')) => at = behind_dollar(chars, at)?,
            _ => at += 1,
        }
    }
}
