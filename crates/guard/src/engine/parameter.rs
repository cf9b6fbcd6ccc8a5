//! What stands between `${` and `}`.

/// `${…}`, read but not expanded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parameter {
    /// `${!x}`: the value names the variable that is meant.
    pub(super) indirect: bool,
    /// The variable, a digit, or one of `@ * # ? - $ !`.
    pub(super) name: String,
    /// `[…]` behind it.
    pub(super) index: Option<String>,
    /// What is done to its value.
    pub(super) change: Change,
}

/// What is done to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing.
    None,
    /// `${#x}`.
    Length,
    /// `${x:-word}` with its `-`, `=`, `?` or `+`; `colon`: an empty value counts as unset.
    Default { kind: char, colon: bool, word: String },
    /// `${x#pattern}`, `##`, `%`, `%%`.
    Trim { end: bool, longest: bool, pattern: String },
    /// `${x/pattern/with}`, `//`, `/#`, `/%`.
    Replace { place: Place, pattern: String, with: String },
    /// `${x:offset:length}`.
    Slice { offset: String, length: Option<String> },
    /// `${x^^}`, `^`, `,,`, `,`.
    Case { upper: bool, all: bool },
    /// `${x@Q}` and its like.
    Transform(char),
    /// `${!prefix*}`, `${!array[@]}`: names, not values.
    Names,
}

/// Where `${x/…}` looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    First,
    All,
    Start,
    End,
}

impl Parameter {
    /// `$name`.
    pub(super) fn named(name: &[char]) -> Self {
        Self { indirect: false, name: name.iter().collect(), index: None, change: Change::None }
    }
}

/// Reads what stands between `${` and `}`.
pub(super) fn read_parameter(inside: &[char]) -> Option<Parameter> {
    if inside.len() > 1
        && inside[0] == '#'
        && !matches!(inside[1], '#' | '%' | ':' | '-' | '=' | '?' | '+' | '/')
    {
        let (name, index, rest) = name_and_index(&inside[1..])?;
        return rest.is_empty().then_some(Parameter { indirect: false, name, index, change: Change::Length });
    }
    let indirect = inside.first() == Some(&'!') && inside.len() > 1 && is_name_start(inside[1]);
    let (name, index, rest) = name_and_index(if indirect { &inside[1..] } else { inside })?;
    if indirect
        && (matches!(rest, ['*' | '@']) || matches!(index.as_deref(), Some("@" | "*")) && rest.is_empty())
    {
        return Some(Parameter { indirect: false, name, index, change: Change::Names });
    }
    Some(Parameter { indirect, name, index, change: read_change(rest)? })
}

fn is_name_start(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || c == '@' || c == '*' || c == '#'
}

fn name_and_index(inside: &[char]) -> Option<(String, Option<String>, &[char])> {
    let first = *inside.first()?;
    let length = if first == '_' || first.is_ascii_alphabetic() {
        inside.iter().take_while(|c| **c == '_' || c.is_ascii_alphanumeric()).count()
    } else if first.is_ascii_digit() {
        inside.iter().take_while(|c| c.is_ascii_digit()).count()
    } else if matches!(first, '@' | '*' | '#' | '?' | '-' | '$' | '!') {
        1
    } else {
        return None;
    };
    let name = inside[..length].iter().collect();
    let rest = &inside[length..];
    if rest.first() != Some(&'[') {
        return Some((name, None, rest));
    }
    let mut depth = 0_usize;
    for (at, c) in rest.iter().enumerate() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((name, Some(rest[1..at].iter().collect()), &rest[at + 1..]));
        }
    }
    None
}

fn read_change(rest: &[char]) -> Option<Change> {
    let text = |chars: &[char]| chars.iter().collect::<String>();
    Some(match rest {
        [] => Change::None,
        [':', kind @ ('-' | '=' | '?' | '+'), word @ ..] => {
            Change::Default { kind: *kind, colon: true, word: text(word) }
        }
        [kind @ ('-' | '=' | '?' | '+'), word @ ..] => {
            Change::Default { kind: *kind, colon: false, word: text(word) }
        }
        [':', slice @ ..] => {
            let cut = top_level(slice, ':');
            Change::Slice {
                offset: text(&slice[..cut.unwrap_or(slice.len())]),
                length: cut.map(|cut| text(&slice[cut + 1..])),
            }
        }
        ['#', '#', pattern @ ..] => Change::Trim { end: false, longest: true, pattern: text(pattern) },
        ['#', pattern @ ..] => Change::Trim { end: false, longest: false, pattern: text(pattern) },
        ['%', '%', pattern @ ..] => Change::Trim { end: true, longest: true, pattern: text(pattern) },
        ['%', pattern @ ..] => Change::Trim { end: true, longest: false, pattern: text(pattern) },
        ['/', more @ ..] => {
            let (place, more) = match more {
                ['/', more @ ..] => (Place::All, more),
                ['#', more @ ..] => (Place::Start, more),
                ['%', more @ ..] => (Place::End, more),
                more => (Place::First, more),
            };
            let cut = top_level(more, '/');
            Change::Replace {
                place,
                pattern: text(&more[..cut.unwrap_or(more.len())]),
                with: cut.map(|cut| text(&more[cut + 1..])).unwrap_or_default(),
            }
        }
        ['^', '^', ..] => Change::Case { upper: true, all: true },
        ['^', ..] => Change::Case { upper: true, all: false },
        [',', ',', ..] => Change::Case { upper: false, all: true },
        [',', ..] => Change::Case { upper: false, all: false },
        ['@', kind] => Change::Transform(*kind),
        _ => return None,
    })
}

/// The first `wanted` that is neither quoted nor inside another expansion.
fn top_level(chars: &[char], wanted: char) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        match c {
            '\\' => at += 1,
            '\'' => at += 1 + chars[at + 1..].iter().position(|c| *c == '\'')?,
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            _ if c == wanted && depth == 0 && at > 0 => return Some(at),
            _ if c == wanted && depth == 0 && wanted == ':' => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}
