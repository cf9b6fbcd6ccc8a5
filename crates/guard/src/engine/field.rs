//! Fields: what becomes of a word, put together piece by piece.

use crate::word::{MOST_ALTERNATIVES, Span, Value, Word, quoted};

/// Longer texts are not followed.
const LONGEST: usize = 32 * 1024;

/// A field that is being put together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Field {
    text: String,
    /// The same as a pattern.
    pattern: String,
    /// The pattern has active characters.
    globs: bool,
    /// What follows the text is not known.
    open: bool,
    hollow: bool,
    /// Only unset variables outside quotes: no field at all.
    vanishes: bool,
}

impl Field {
    /// Text that stands for itself.
    pub(super) fn literal(text: &str) -> Self {
        Self { text: text.into(), pattern: quoted(text), ..Self::default() }
    }

    /// Text in which `*`, `?` and `[…]` are active.
    pub(super) fn active(text: &str) -> Self {
        let globs = text.contains(['*', '?']) || text.contains('[') && text.contains(']');
        Self { text: text.into(), pattern: text.into(), globs, ..Self::default() }
    }

    /// A value that is not split.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Known(_) => match value.only() {
                Some(text) => Self::literal(text),
                None => Self { open: true, ..Self::literal(&value.prefix()) },
            },
            Value::Pattern(pattern) => {
                Self { text: pattern.clone(), pattern: pattern.clone(), globs: true, ..Self::default() }
            }
            Value::Tainted { prefix } => Self { open: true, ..Self::literal(prefix) },
        }
    }

    /// Nothing, from a variable that is not set.
    pub(super) fn hollow() -> Self {
        Self { hollow: true, ..Self::default() }
    }

    /// Nothing, from a variable that is not set, outside quotes.
    pub(super) fn vanishing() -> Self {
        Self { hollow: true, vanishes: true, ..Self::default() }
    }

    /// There is no such field after all.
    pub(super) fn vanishes(&self) -> bool {
        self.vanishes
    }

    /// Adds another to the end.
    pub(super) fn push(&mut self, more: &Self) {
        self.hollow |= more.hollow;
        self.vanishes &= more.vanishes;
        if self.open {
            return;
        }
        if self.text.len() + more.text.len() > LONGEST {
            self.open = true;
            return;
        }
        self.text.push_str(&more.text);
        self.pattern.push_str(&more.pattern);
        self.globs |= more.globs;
        self.open = more.open;
    }

    /// What is known of it.
    pub(super) fn value(&self) -> Value {
        if self.open {
            // What stands before the end of the known text may be a pattern.
            Value::Tainted {
                prefix: if self.globs {
                    Value::Pattern(self.pattern.clone()).prefix()
                } else {
                    self.text.clone()
                },
            }
        } else if self.globs {
            Value::Pattern(self.pattern.clone())
        } else {
            Value::known(self.text.clone())
        }
    }

    /// It came to nothing because of a variable that is not set.
    pub(super) fn is_hollow(&self) -> bool {
        self.hollow
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && !self.open && !self.globs
    }
}

/// What a piece adds to a word: fields, the first of which is joined to what came before unless something splits them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Addition {
    pub(super) fields: Vec<Field>,
    /// A blank stood before the first, or behind the last.
    pub(super) splits: (bool, bool),
}

impl Addition {
    /// One field that is joined on both sides.
    pub(super) fn one(field: Field) -> Self {
        Self { fields: vec![field], splits: (false, false) }
    }
}

/// A word while it is put together, in one of its alternatives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Draft {
    done: Vec<Field>,
    current: Option<Field>,
}

/// The alternatives of a word while it is put together.
#[derive(Debug, Clone)]
pub(super) struct Drafts(Vec<Draft>);

impl Drafts {
    pub(super) fn new() -> Self {
        Self(vec![Draft::default()])
    }

    /// Adds one of these, whichever it is.
    pub(super) fn add(&mut self, additions: &[Addition]) {
        let additions =
            if self.0.len() * additions.len() > MOST_ALTERNATIVES { &[merged(additions)] } else { additions };
        let mut next: Vec<Draft> = Vec::with_capacity(self.0.len() * additions.len());
        for draft in &self.0 {
            for addition in additions {
                let mut draft = draft.clone();
                draft.add(addition);
                if !next.contains(&draft) {
                    next.push(draft);
                }
            }
        }
        self.0 = next;
    }

    /// The fields of each alternative.
    pub(super) fn finish(self) -> Vec<Vec<Field>> {
        self.0
            .into_iter()
            .map(|mut draft| {
                draft.done.extend(draft.current.take());
                draft.done
            })
            .collect()
    }
}

impl Draft {
    fn add(&mut self, addition: &Addition) {
        if addition.splits.0 {
            self.done.extend(self.current.take());
        }
        for (at, field) in addition.fields.iter().enumerate() {
            if at > 0 {
                self.done.extend(self.current.take());
            }
            match &mut self.current {
                Some(current) => current.push(field),
                None => self.current = Some(field.clone()),
            }
        }
        if addition.splits.1 {
            self.done.extend(self.current.take());
        }
    }
}

fn merged(additions: &[Addition]) -> Addition {
    let values =
        additions.iter().map(|addition| addition.fields.first().map_or(Value::known(""), Field::value));
    let value = values.reduce(Value::or).unwrap_or_else(Value::tainted);
    let mut field = Field::of(&Value::Tainted { prefix: value.prefix() });
    field.hollow = additions.iter().any(|addition| addition.fields.iter().any(Field::is_hollow));
    Addition::one(field)
}

/// Cuts a text at the characters of `IFS`.
pub(super) fn split(text: &str, separators: &str) -> Addition {
    let is_blank = |c: char| c.is_ascii_whitespace() && separators.contains(c);
    let mut fields = Vec::new();
    let mut splits = (text.starts_with(is_blank), false);
    let mut current = String::new();
    let mut started = false;
    for c in text.chars() {
        if is_blank(c) {
            if started {
                fields.push(Field::active(&current));
                current.clear();
                started = false;
            }
            splits.1 = true;
        } else if separators.contains(c) {
            if started || !splits.1 || fields.is_empty() {
                fields.push(Field::active(&current));
            }
            current.clear();
            started = false;
            splits.1 = true;
        } else {
            current.push(c);
            started = true;
            splits.1 = false;
        }
    }
    if started {
        fields.push(Field::active(&current));
    } else if fields.is_empty() {
        splits = (splits.0, splits.0 || splits.1);
    }
    Addition { fields, splits }
}

/// Words of one alternative from the fields of each; `None` when they do not have the same number of fields.
pub(super) fn words(alternatives: &[Vec<Field>], span: &Span) -> Option<Vec<Word>> {
    let first = alternatives.first()?;
    if alternatives.iter().any(|fields| fields.len() != first.len())
        || alternatives.len() > 1 && first.len() > 1
    {
        return None;
    }
    let word = |at: usize| {
        let values = alternatives.iter().map(|fields| fields[at].value());
        let hollow = alternatives.iter().any(|fields| fields[at].is_hollow());
        Word { value: values.reduce(Value::or).unwrap_or_else(Value::tainted), span: span.clone(), hollow }
    };
    Some((0..first.len()).map(word).collect())
}

/// The same as one value, with a blank between the fields.
pub(super) fn flattened(alternatives: &[Vec<Field>]) -> (Value, bool) {
    let mut value: Option<Value> = None;
    let mut hollow = false;
    for fields in alternatives {
        let mut joined = Field::default();
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                joined.push(&Field::literal(" "));
            }
            joined.push(field);
        }
        hollow |= joined.hollow && (joined.is_empty() || fields.len() == 1);
        let this = joined.value();
        value = Some(value.map_or(this.clone(), |known| known.or(this)));
    }
    (value.unwrap_or_else(|| Value::known("")), hollow)
}
