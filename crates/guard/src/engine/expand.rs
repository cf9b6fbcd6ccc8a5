//! Words to fields: quotes, braces, tildes, parameters, substitutions, splitting.

use super::braces;
use super::field::{Addition, Drafts, Field, flattened, split};
use super::machine::Machine;
use super::parameter::Parameter;
use super::pieces::{Piece, Reading, pieces};
use super::state::State;
use crate::word::{Span, Value};

/// Where the directories of people are.
const HOMES: &str = "/home";

/// `${x:-${y:-…}}` so deep.
const MOST_WORDS_IN_WORDS: usize = 12;

impl Machine<'_> {
    /// The fields of a word of a command, in each of its alternatives.
    pub(super) fn fields(&mut self, state: &mut State, raw: &str, span: &Span) -> Vec<Vec<Field>> {
        let mut alternatives: Vec<Vec<Field>> = vec![Vec::new()];
        let words = braces::expanded(raw);
        if words.len() > 1 || words.first().is_some_and(|word| word != raw) {
            self.beyond_posix("{a,b}", span.clone());
        }
        for word in words {
            let more = self.expand(state, &word, Reading::Word, span, true);
            if let [only] = more.as_slice() {
                for fields in &mut alternatives {
                    fields.extend(only.iter().cloned());
                }
                continue;
            }
            if alternatives.len() * more.len() > crate::word::MOST_ALTERNATIVES {
                let (value, _) = flattened(&more);
                let field = Field::of(&Value::Tainted { prefix: value.prefix() });
                for fields in &mut alternatives {
                    fields.push(field.clone());
                }
                continue;
            }
            alternatives = alternatives
                .iter()
                .flat_map(|fields| {
                    more.iter().map(|added| fields.iter().chain(added).cloned().collect::<Vec<_>>())
                })
                .collect();
        }
        alternatives
    }

    /// A word that is not split: the value of an assignment, a here-string, a subject of `case`; and whether it is hollow.
    pub(super) fn single(&mut self, state: &mut State, raw: &str, span: &Span) -> (Value, bool) {
        self.whole(state, raw, Reading::Inner, span)
    }

    /// A text that is read in this way and not split.
    pub(super) fn whole(
        &mut self,
        state: &mut State,
        raw: &str,
        reading: Reading,
        span: &Span,
    ) -> (Value, bool) {
        flattened(&self.expand(state, raw, reading, span, false))
    }

    fn expand(
        &mut self,
        state: &mut State,
        raw: &str,
        reading: Reading,
        span: &Span,
        splits: bool,
    ) -> Vec<Vec<Field>> {
        if !self.step() {
            return vec![vec![Field::of(&Value::tainted())]];
        }
        if self.words_in_words >= MOST_WORDS_IN_WORDS {
            self.undecidable("undecidable.depth", raw, span.clone(), "expansions are nested too deeply");
            return vec![vec![Field::of(&Value::tainted())]];
        }
        self.words_in_words += 1;
        let fields = self.expanded(state, raw, reading, span, splits);
        self.words_in_words -= 1;
        fields
    }

    fn expanded(
        &mut self,
        state: &mut State,
        raw: &str,
        reading: Reading,
        span: &Span,
        splits: bool,
    ) -> Vec<Vec<Field>> {
        let Ok(pieces) = pieces(raw, reading) else {
            self.undecidable("undecidable.syntax", raw, span.clone(), "it can be read in more than one way");
            return vec![vec![Field::of(&Value::tainted())]];
        };
        let mut drafts = Drafts::new();
        for piece in &pieces {
            let additions = self.addition(state, piece, span, splits);
            drafts.add(&additions);
        }
        drafts.finish()
    }

    fn addition(&mut self, state: &mut State, piece: &Piece, span: &Span, splits: bool) -> Vec<Addition> {
        match piece {
            Piece::Text { text, quoted } if *quoted || !splits => vec![Addition::one(Field::literal(text))],
            Piece::Text { text, .. } => vec![Addition::one(Field::active(text))],
            Piece::Tilde(user) => vec![Addition::one(Field::of(&home_of(state, user)))],
            Piece::Command { script, quoted } => {
                let value = self.substitute(state, script, span);
                inserted(state, &value, *quoted || !splits)
            }
            Piece::Arithmetic { expression, quoted } => {
                let value = self.arithmetic(state, expression, span);
                inserted(state, &value, *quoted || !splits)
            }
            Piece::Parameter { parameter, quoted } => self.parameter(state, parameter, *quoted, splits, span),
        }
    }

    /// A word inside `${…}` as additions.
    pub(super) fn inner(
        &mut self,
        state: &mut State,
        raw: &str,
        quoted: bool,
        splits: bool,
        span: &Span,
    ) -> Vec<Addition> {
        if quoted || !splits {
            let reading = if quoted { Reading::Quoted } else { Reading::Inner };
            let raw = if quoted { raw.replace('"', "") } else { raw.to_owned() };
            let (value, hollow) = self.whole(state, &raw, reading, span);
            return alternatives_of(&value)
                .map(|value| {
                    let mut field = Field::of(&value);
                    if hollow {
                        field.push(&Field::hollow());
                    }
                    Addition::one(field)
                })
                .collect();
        }
        let alternatives = self.expand(state, raw, Reading::Inner, span, true);
        // Blanks of the text itself split, too; only quoted ones do not, which is rare enough to be left out here.
        let separators = separators(state);
        alternatives
            .into_iter()
            .flat_map(|fields| match fields.as_slice() {
                [field] => match (field.value(), separators.as_deref()) {
                    (Value::Known(set), Some(separators)) => {
                        set.iter().map(|text| split(text, separators)).collect()
                    }
                    _ => vec![Addition::one(field.clone())],
                },
                _ => vec![Addition { fields, splits: (false, false) }],
            })
            .collect()
    }

    fn parameter(
        &mut self,
        state: &mut State,
        parameter: &Parameter,
        quoted: bool,
        splits: bool,
        span: &Span,
    ) -> Vec<Addition> {
        self.look_up(state, parameter, quoted, splits, span)
    }
}

/// Every possibility as a value of its own.
pub(super) fn alternatives_of(value: &Value) -> impl Iterator<Item = Value> {
    let many: Vec<Value> = match value {
        Value::Known(set) => set.iter().map(Value::known).collect(),
        _ => vec![value.clone()],
    };
    many.into_iter()
}

/// What a value adds to a word.
pub(super) fn inserted(state: &State, value: &Value, whole: bool) -> Vec<Addition> {
    let separators = separators(state);
    alternatives_of(value)
        .map(|value| match (&value, separators.as_deref()) {
            (Value::Known(set), Some(separators)) if !whole => {
                set.first().map_or_else(Addition::default, |text| split(text, separators))
            }
            _ => Addition::one(Field::of(&value)),
        })
        .collect()
}

/// The value of `IFS`, when it is known.
pub(super) fn separators(state: &State) -> Option<String> {
    match state.scalar("IFS") {
        None => Some(" \t\n".into()),
        Some(value) => value.only().map(str::to_owned),
    }
}

fn home_of(state: &State, user: &str) -> Value {
    match user {
        "" => state.scalar("HOME").cloned().unwrap_or_else(|| Value::known("/root")),
        "+" => state.cwd.clone(),
        "-" => state.scalar("OLDPWD").cloned().unwrap_or_else(Value::tainted),
        "root" => Value::known("/root"),
        user => Value::known(format!("{HOMES}/{user}")),
    }
}
