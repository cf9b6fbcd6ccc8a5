//! One run of a program as the tables see it: every argument is one certain text, or open.

use crate::effect::{Effect, Nested, Touch};
use crate::invocation::{Invocation, Stdin};
use crate::word::{Value, Word};

/// What a program does with its arguments.
pub(super) type Does = fn(&Call<'_>) -> Vec<Effect>;

/// Programs by name (several names with `|` between them) and what they do.
pub(super) type Rows = &'static [(&'static str, Does)];

/// More text than this of a command is not repeated in an effect.
const LONGEST_LINE: usize = 200;

/// One run of a program.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// The program, without directory.
    pub(super) name: &'a str,
    /// Its arguments; after a sub-command was taken, what follows it.
    pub(super) args: &'a [Word],
    /// All arguments, for what is said of it.
    pub(super) whole: &'a [Word],
    /// What else is known of the run.
    pub(super) invocation: &'a Invocation,
}

impl<'a> Call<'a> {
    /// The same run, with other arguments in view.
    pub(super) fn with(self, args: &'a [Word]) -> Self {
        Self { args, ..self }
    }

    /// The certain texts among the arguments, in order.
    pub(super) fn texts(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.args.iter().filter_map(text)
    }

    /// One of the arguments is exactly one of these.
    pub(super) fn any(&self, wanted: &[&str]) -> bool {
        self.texts().any(|text| wanted.contains(&text))
    }

    /// One of the arguments is exactly one of these, which stand with blanks between them.
    pub(super) fn any_of(&self, wanted: &str) -> bool {
        self.texts().any(|text| among(wanted, text))
    }

    /// An argument that is not an option is not certain.
    pub(super) fn open(&self) -> bool {
        self.args.iter().any(|word| text(word).is_none())
    }

    /// The command as a person would write it.
    pub(super) fn line(&self) -> String {
        let mut line = self.name.to_owned();
        for word in self.whole {
            line.push(' ');
            line.push_str(shown(word));
            if let Some((at, _)) = line.char_indices().nth(LONGEST_LINE) {
                line.truncate(at);
                line.push('…');
                break;
            }
        }
        line
    }

    /// Runs these words; nothing of them is a plain read of what is said.
    pub(super) fn runs(&self, argv: &[Word]) -> Effect {
        if argv.is_empty() { Effect::Pure } else { Effect::Run(self.nested(argv)) }
    }

    /// These words as a program that runs where this one does, for wrappers that change something of it.
    pub(super) fn nested(&self, argv: &[Word]) -> Nested {
        Nested::argv(argv.to_vec(), self.invocation.stdin.clone())
    }

    /// Hands this text to a shell.
    pub(super) fn runs_text(&self, script: &Word) -> Effect {
        Effect::Run(Nested::text(script.value.clone(), vec![], self.invocation.stdin.clone()))
    }

    /// The text that comes on standard input, when it is known.
    pub(super) fn stdin(&self) -> Option<&'a str> {
        match &self.invocation.stdin {
            Stdin::Text(value) => value.only(),
            Stdin::Null => Some(""),
            Stdin::Unknown => None,
        }
    }
}

/// The list, with blanks between its words, has this word.
pub(super) fn among(list: &str, word: &str) -> bool {
    list.split_ascii_whitespace().any(|one| one == word)
}

/// The text of a word that has only one.
pub(super) fn text(word: &Word) -> Option<&str> {
    word.value.only()
}

/// The text of a word for a person; what is open shows as `…`.
pub(super) fn shown(word: &Word) -> &str {
    match &word.value {
        Value::Known(set) => set.first().map_or("", String::as_str),
        Value::Pattern(pattern) => pattern,
        Value::Tainted { prefix } if !prefix.is_empty() => prefix,
        Value::Tainted { .. } => "…",
    }
}

/// A word with this text that stands where another does.
pub(super) fn word_like(model: &Word, text: impl Into<String>) -> Word {
    Word { value: Value::known(text), span: model.span.clone(), hollow: false }
}

/// The word without its first `length` bytes; `None` when they are not certain.
pub(super) fn after(word: &Word, length: usize) -> Option<Word> {
    let value = match &word.value {
        Value::Known(set) => Value::known(set.first()?.get(length..)?),
        Value::Pattern(pattern) => Value::Pattern(pattern.get(length..)?.to_owned()),
        Value::Tainted { prefix } => Value::Tainted { prefix: prefix.get(length..)?.to_owned() },
    };
    Some(Word { value, span: word.span.clone(), hollow: word.hollow })
}

/// What is certain at the beginning of a word.
pub(super) fn head(word: &Word) -> &str {
    match &word.value {
        Value::Known(set) => set.first().map_or("", String::as_str),
        Value::Pattern(pattern) => &pattern[..pattern.find(['*', '?', '[', '\\']).unwrap_or(pattern.len())],
        Value::Tainted { prefix } => prefix,
    }
}

/// The path of an entry of a directory that has the name of another path.
pub(super) fn inside(directory: &Word, source: &Word) -> Word {
    let join = |base: &str| {
        let name = base.trim_end_matches('/').rsplit('/').next().unwrap_or(base).to_owned();
        let dir = shown(directory).trim_end_matches('/');
        format!("{dir}/{name}")
    };
    let value = match (&directory.value, &source.value) {
        (Value::Tainted { prefix }, _) => Value::Tainted { prefix: prefix.clone() },
        (Value::Pattern(_), Value::Tainted { .. }) => Value::tainted(),
        (Value::Known(_), Value::Tainted { .. }) => Value::Tainted { prefix: join("x/") },
        (Value::Known(_), Value::Known(_)) => Value::known(join(shown(source))),
        _ => Value::Pattern(join(shown(source))),
    };
    let value = match value {
        Value::Tainted { prefix } if prefix.ends_with("/x") => {
            Value::Tainted { prefix: prefix[..prefix.len() - 1].to_owned() }
        }
        other => other,
    };
    Word { value, span: directory.span.clone(), hollow: directory.hollow }
}

/// The same change to each of these paths.
pub(super) fn touch_all<'w>(touch: Touch, paths: impl IntoIterator<Item = &'w Word>) -> Vec<Effect> {
    let change = |path: &Word| match text(path) {
        // An empty name is nothing; where a variable gave it, something else was meant.
        Some("") if path.hollow => Some(Effect::RunUnknown("a variable that is not set".to_owned())),
        Some("") => None,
        _ => Some(Effect::Touch(touch, path.clone())),
    };
    paths.into_iter().filter_map(change).collect()
}
