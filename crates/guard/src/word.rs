//! What is known of a word of a command before it runs.

use std::collections::BTreeSet;
use std::ops::Range;

/// Where something stands in the text that was given, in bytes.
pub type Span = Range<usize>;

/// More alternatives than this are not kept apart: the value is then unknown.
pub const MOST_ALTERNATIVES: usize = 16;

/// Longer texts are not followed.
const LONGEST: usize = 32 * 1024;

/// What a word may be when the command runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One of these; never empty.
    Known(BTreeSet<String>),
    /// Whatever this glob pattern matches (`*`, `?`, `[…]`), or the pattern itself when nothing does. A backslash takes the
    /// meaning from the character behind it.
    Pattern(String),
    /// Anything. The text that is known of it stays: `prefix` comes first whatever follows.
    Tainted { prefix: String },
}

impl Value {
    /// Exactly this.
    pub fn known(text: impl Into<String>) -> Self {
        Self::Known(BTreeSet::from([text.into()]))
    }

    /// Nothing is known of it.
    pub fn tainted() -> Self {
        Self::Tainted { prefix: String::new() }
    }

    /// The text, when there is just one possibility.
    pub fn only(&self) -> Option<&str> {
        match self {
            Self::Known(set) if set.len() == 1 => set.first().map(String::as_str),
            _ => None,
        }
    }

    /// Every possibility, when they are known; empty otherwise.
    pub fn possibilities(&self) -> impl Iterator<Item = &str> {
        let known = if let Self::Known(set) = self { Some(set) } else { None };
        known.into_iter().flatten().map(String::as_str)
    }

    /// The text that it begins with in any case.
    pub fn prefix(&self) -> String {
        match self {
            Self::Known(set) => common_prefix(set),
            Self::Pattern(pattern) => literal_start(pattern),
            Self::Tainted { prefix } => prefix.clone(),
        }
    }

    /// One of the two.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "it is what `reduce` folds with")]
    pub fn or(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        if let (Self::Known(one), Self::Known(two)) = (&self, &other) {
            let both: BTreeSet<String> = one.union(two).cloned().collect();
            if both.len() <= MOST_ALTERNATIVES {
                return Self::Known(both);
            }
        }
        Self::Tainted { prefix: common_prefix([&self.prefix(), &other.prefix()]) }
    }

    /// The one and then the other.
    #[must_use]
    pub fn then(self, other: &Self) -> Self {
        match (&self, other) {
            (Self::Known(starts), Self::Known(ends)) if starts.len() * ends.len() <= MOST_ALTERNATIVES => {
                let joined: BTreeSet<String> = starts
                    .iter()
                    .flat_map(|start| ends.iter().map(move |end| format!("{start}{end}")))
                    .collect();
                if joined.iter().all(|text| text.len() <= LONGEST) {
                    return Self::Known(joined);
                }
                Self::Tainted { prefix: self.prefix() }
            }
            (Self::Known(_), Self::Pattern(pattern)) => match self.only() {
                Some("") => other.clone(),
                Some(start) => Self::Pattern(format!("{}{pattern}", quoted(start))),
                None => Self::Tainted { prefix: self.prefix() },
            },
            (Self::Pattern(pattern), _) => match other {
                Self::Known(_) => match other.only() {
                    Some(end) => Self::Pattern(format!("{pattern}{}", quoted(end))),
                    None => Self::Tainted { prefix: self.prefix() },
                },
                Self::Pattern(more) => Self::Pattern(format!("{pattern}{more}")),
                Self::Tainted { .. } => Self::Tainted { prefix: self.prefix() },
            },
            (Self::Known(_), Self::Tainted { prefix }) => match self.only() {
                Some(start) => Self::Tainted { prefix: format!("{start}{prefix}") },
                None => Self::Tainted { prefix: self.prefix() },
            },
            _ => Self::Tainted { prefix: self.prefix() },
        }
    }

    /// What becomes of it when each possibility is changed in the same way.
    #[must_use]
    pub fn map(&self, change: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Known(set) => Self::Known(set.iter().map(|text| change(text)).collect()),
            Self::Pattern(_) | Self::Tainted { .. } => Self::tainted(),
        }
    }
}

/// The text as a pattern that matches only it.
pub fn quoted(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

fn literal_start(pattern: &str) -> String {
    let mut text = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '*' | '?' | '[' => break,
            '\\' => text.extend(chars.next()),
            _ => text.push(c),
        }
    }
    text
}

fn common_prefix<'a>(texts: impl IntoIterator<Item = &'a String>) -> String {
    let mut texts = texts.into_iter();
    let Some(first) = texts.next() else { return String::new() };
    texts.fold(first.clone(), |prefix, text| {
        let same = prefix.chars().zip(text.chars()).take_while(|(one, two)| one == two).count();
        prefix.chars().take(same).collect()
    })
}

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// What it may be.
    pub value: Value,
    /// Where it stands; for words that come from elsewhere (an alias, a decoded string) the place of what brought them.
    pub span: Span,
    /// It has an unset variable in it that expanded to nothing: `rm -rf "$X/"`.
    pub hollow: bool,
}

impl Word {
    /// Exactly this text.
    pub fn known(text: impl Into<String>, span: Span) -> Self {
        Self { value: Value::known(text), span, hollow: false }
    }

    /// The text, when there is just one possibility.
    pub fn only(&self) -> Option<&str> {
        self.value.only()
    }

    /// Were it a script, a command would be missing where a variable that is not set stands: all of it, or its end.
    pub fn lacks_command(&self) -> bool {
        let ends_open = |text: &str| {
            let text = text.trim_end();
            text.is_empty() || text.ends_with([';', '&', '|', '(', '{'])
        };
        self.hollow && self.only().is_some_and(ends_open)
    }

    /// As a person would write it: `…` stands for what is not known.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Known(set) => {
                let shown: Vec<String> = set.iter().map(|text| quoted_for_shell(text)).collect();
                if shown.len() == 1 { shown.concat() } else { format!("{{{}}}", shown.join(",")) }
            }
            Value::Pattern(pattern) => pattern.clone(),
            Value::Tainted { prefix } => format!("{prefix}…"),
        }
    }
}

fn quoted_for_shell(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+^~".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if text.chars().any(char::is_control) {
        return format!("$'{}'", text.escape_default());
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
