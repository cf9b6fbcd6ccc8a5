//! Parameters: finding a variable's value and what `${…}` makes of it.

use super::change::{Prepared, changed, sliced};
use super::expand::{alternatives_of, inserted, separators};
use super::field::{Addition, Field};
use super::machine::Machine;
use super::parameter::{Change, Parameter};
use super::pieces::{Piece, Reading, pieces};
use super::state::{Shape, State};
use crate::word::{Span, Value, quoted as as_pattern};

/// What a parameter holds before anything is done to it.
enum Held {
    Unset,
    /// `perhaps` unset on some way.
    One {
        value: Value,
        perhaps: bool,
    },
    /// `@` and `*`.
    Many {
        values: Vec<Value>,
        joined: bool,
    },
}

impl Machine<'_> {
    /// What a parameter adds to a word.
    pub(super) fn look_up(
        &mut self,
        state: &mut State,
        parameter: &Parameter,
        quoted: bool,
        splits: bool,
        span: &Span,
    ) -> Vec<Addition> {
        if parameter.indirect
            || !matches!(
                parameter.change,
                Change::None | Change::Default { .. } | Change::Length | Change::Trim { .. }
            )
        {
            self.beyond_posix("this kind of ${…}", span.clone());
        }
        let held = match (self.held(state, parameter, span), &parameter.change) {
            // What a prompt is made of is expanded, and run.
            (Held::One { value, perhaps }, Change::Transform('P')) => {
                let texts: Vec<Value> = match &value {
                    Value::Known(set) => {
                        set.iter().map(|text| self.whole(state, text, Reading::Quoted, span).0).collect()
                    }
                    _ => Vec::new(),
                };
                Held::One {
                    value: texts.into_iter().reduce(Value::or).unwrap_or_else(Value::tainted),
                    perhaps,
                }
            }
            (held, _) => held,
        };
        let whole = quoted || !splits;
        match &parameter.change {
            Change::Default { kind, colon, word } => {
                self.with_default(state, parameter, held, (*kind, *colon, word), (quoted, splits), span)
            }
            Change::Names => inserted(state, &names(state, parameter), whole),
            Change::Length => {
                let length = match held {
                    Held::Unset => Value::known("0"),
                    Held::One { value, .. } => match value {
                        Value::Known(_) => value.map(|text| text.chars().count().to_string()),
                        _ => Value::Pattern("*".into()),
                    },
                    Held::Many { values, .. } => Value::known(values.len().to_string()),
                };
                inserted(state, &length, whole)
            }
            change => {
                let change = self.prepared(state, change, span);
                match held {
                    Held::Unset => vec![if whole { Addition::one(Field::hollow()) } else { hollow_split() }],
                    Held::One { value, perhaps } => {
                        let mut additions = inserted(state, &changed(&value, &change), whole);
                        if perhaps {
                            additions.push(Addition::one(Field::hollow()));
                        }
                        additions
                    }
                    Held::Many { values, joined } => {
                        let values = sliced(values, &change);
                        let values: Vec<Value> = values.iter().map(|value| changed(value, &change)).collect();
                        many(state, &values, joined && quoted || !splits, quoted)
                    }
                }
            }
        }
    }

    fn held(&mut self, state: &mut State, parameter: &Parameter, span: &Span) -> Held {
        let Parameter { indirect, name, index, .. } = parameter;
        if *indirect {
            let named = state.scalar(name).cloned();
            let Some(value) = named else { return Held::Unset };
            let mut found: Option<Value> = None;
            for text in value.possibilities() {
                let inner: Vec<char> = text.chars().collect();
                let Some(inner) = super::parameter::read_parameter(&inner) else { continue };
                if let Held::One { value, .. } = self.held(state, &inner, span) {
                    found = Some(found.map_or(value.clone(), |known| known.or(value)));
                }
            }
            return match (found, value) {
                (Some(value), _) => Held::One { value, perhaps: false },
                (None, Value::Known(_)) => Held::Unset,
                (None, _) => Held::One { value: Value::tainted(), perhaps: false },
            };
        }
        if let Some(index) = index {
            return self.element(state, name, index, span);
        }
        special(state, name)
    }

    fn element(&mut self, state: &mut State, name: &str, index: &str, span: &Span) -> Held {
        self.beyond_posix("arrays", span.clone());
        if matches!(index, "@" | "*") {
            let values = match state.variable(name).map(|variable| &variable.shape) {
                None => return Held::Unset,
                Some(Shape::Scalar(value)) => vec![value.clone()],
                Some(Shape::Array(elements)) => elements.iter().map(|(_, value)| value.clone()).collect(),
            };
            return Held::Many { values, joined: index == "*" };
        }
        let index = self.subscript(state, name, index, span);
        match state.variable(name).map(|variable| &variable.shape) {
            None => Held::Unset,
            Some(Shape::Scalar(value)) if index.only() == Some("0") => {
                Held::One { value: value.clone(), perhaps: false }
            }
            Some(Shape::Scalar(_)) => Held::Unset,
            Some(Shape::Array(elements)) => match index.only() {
                Some(index) => {
                    let at = match index.parse::<i64>() {
                        // From the end.
                        Ok(back) if back < 0 => elements.len().checked_sub(back.unsigned_abs() as usize),
                        _ => elements.iter().position(|(known, _)| known == index),
                    };
                    match at.and_then(|at| elements.get(at)) {
                        Some((_, value)) => Held::One { value: value.clone(), perhaps: false },
                        None => Held::Unset,
                    }
                }
                None => {
                    let value = elements.iter().map(|(_, value)| value.clone()).reduce(Value::or);
                    value.map_or(Held::Unset, |value| Held::One { value, perhaps: true })
                }
            },
        }
    }

    /// The index that stands between `[` and `]`: arithmetic for a list, text for a map.
    pub(super) fn subscript(&mut self, state: &mut State, name: &str, index: &str, span: &Span) -> Value {
        let is_map = matches!(state.variable(name).map(|variable| &variable.shape),
            Some(Shape::Array(elements)) if elements.iter().any(|(index, _)| index.parse::<i64>().is_err()));
        let (text, _) = self.single(state, index, span);
        let word =
            text.only().is_some_and(|text| text.parse::<i64>().is_err() && state.variable(text).is_none());
        if is_map || word { text } else { self.arithmetic(state, index, span) }
    }

    fn with_default(
        &mut self,
        state: &mut State,
        parameter: &Parameter,
        held: Held,
        (kind, colon, word): (char, bool, &str),
        (quoted, splits): (bool, bool),
        span: &Span,
    ) -> Vec<Addition> {
        let (mut additions, set, unset) = match held {
            Held::Unset => (Vec::new(), false, true),
            Held::One { value, perhaps } => {
                let empty = value.possibilities().any(str::is_empty);
                let unset = perhaps || colon && (empty || !matches!(value, Value::Known(_)));
                let set = value.possibilities().any(|text| !(colon && text.is_empty()))
                    || !matches!(value, Value::Known(_));
                let kept = match &value {
                    Value::Known(texts) if colon => {
                        Value::Known(texts.iter().filter(|text| !text.is_empty()).cloned().collect())
                    }
                    _ => value,
                };
                (inserted(state, &kept, quoted || !splits), set, unset)
            }
            Held::Many { values, joined } => {
                let unset = values.is_empty();
                (many(state, &values, joined && quoted || !splits, quoted), !unset, unset)
            }
        };
        match kind {
            '+' => {
                additions.clear();
                if set {
                    additions.extend(self.inner(state, word, quoted, splits, span));
                }
                if unset {
                    additions.push(Addition::default());
                }
            }
            '?' => {
                // The shell ends when it is unset; what would follow then is never run.
                if unset && !set {
                    self.inner(state, word, quoted, splits, span);
                    additions.push(Addition::one(Field::of(&Value::tainted())));
                }
            }
            _ => {
                if unset {
                    let default = self.inner(state, word, quoted, splits, span);
                    if kind == '=' {
                        let (value, _) = self.single(state, word, span);
                        let value = if set {
                            state
                                .scalar(&parameter.name)
                                .map_or(value.clone(), |known| known.clone().or(value))
                        } else {
                            value
                        };
                        state.set(&parameter.name, value);
                    }
                    additions.extend(default);
                }
            }
        }
        if additions.is_empty() {
            additions.push(Addition::default());
        }
        additions
    }

    /// The change with the words in it expanded.
    fn prepared(&mut self, state: &mut State, change: &Change, span: &Span) -> Prepared {
        match change {
            Change::Trim { end, longest, pattern } => match self.pattern(state, pattern, span) {
                Some(pattern) => Prepared::Trim { end: *end, longest: *longest, pattern },
                None => Prepared::Unknown,
            },
            Change::Replace { place, pattern, with } => {
                let pattern = self.pattern(state, pattern, span);
                let (with, _) = self.single(state, with, span);
                match (pattern, with.only()) {
                    (Some(pattern), Some(with)) => {
                        Prepared::Replace { place: *place, pattern, with: with.into() }
                    }
                    _ => Prepared::Unknown,
                }
            }
            Change::Slice { offset, length } => {
                let offset = self.number(state, offset, span);
                let length = length.as_ref().map(|length| self.number(state, length, span));
                match (offset, length) {
                    (Some(offset), None) => Prepared::Slice { offset, length: None },
                    (Some(offset), Some(Some(length))) => Prepared::Slice { offset, length: Some(length) },
                    _ => Prepared::Unknown,
                }
            }
            Change::Case { upper, all } => Prepared::Case { upper: *upper, all: *all },
            Change::Transform(kind) => Prepared::Transform(*kind),
            Change::None | Change::Length | Change::Default { .. } | Change::Names => Prepared::None,
        }
    }

    fn number(&mut self, state: &mut State, expression: &str, span: &Span) -> Option<i64> {
        if expression.trim().is_empty() {
            return Some(0);
        }
        self.arithmetic(state, expression, span).only().and_then(|text| text.parse().ok())
    }

    /// A word as a pattern: quoted text stands for itself.
    pub(super) fn pattern(&mut self, state: &mut State, raw: &str, span: &Span) -> Option<String> {
        let mut pattern = String::new();
        for piece in pieces(raw, Reading::Inner).ok()? {
            match piece {
                Piece::Text { text, quoted: true } => pattern.push_str(&as_pattern(&text)),
                Piece::Text { text, quoted: false } => pattern.push_str(&text),
                Piece::Tilde(user) => pattern.push_str(&format!("~{user}")),
                Piece::Parameter { parameter, quoted } => {
                    let additions = self.look_up(state, &parameter, true, false, span);
                    let [addition] = additions.as_slice() else { return None };
                    let text = match addition.fields.first().map(Field::value) {
                        None => String::new(),
                        Some(value) => value.only()?.to_owned(),
                    };
                    pattern.push_str(&if quoted { as_pattern(&text) } else { text });
                }
                Piece::Command { script, .. } => {
                    pattern.push_str(&as_pattern(self.substitute(state, &script, span).only()?));
                }
                Piece::Arithmetic { expression, .. } => {
                    pattern.push_str(self.arithmetic(state, &expression, span).only()?);
                }
            }
        }
        Some(pattern)
    }
}

fn special(state: &State, name: &str) -> Held {
    let one = |value: Value| Held::One { value, perhaps: false };
    match name {
        "@" | "*" => match &state.positional {
            Some(values) => Held::Many { values: values.clone(), joined: name == "*" },
            None => one(Value::tainted()),
        },
        "#" => one(state
            .positional
            .as_ref()
            .map_or_else(|| Value::Pattern("*".into()), |values| Value::known(values.len().to_string()))),
        "?" | "$" => one(Value::Pattern("*".into())),
        // As good as `%1`: a process that this line started.
        "!" => one(Value::Pattern("%*".into())),
        "-" => one(Value::known("hBc")),
        "0" => one(state.zero.clone()),
        "PWD" => one(state.cwd.clone()),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => match &state.positional {
            None => one(Value::tainted()),
            Some(values) => {
                match digits.parse::<usize>().ok().and_then(|at| values.get(at.checked_sub(1)?)) {
                    Some(value) => one(value.clone()),
                    None => Held::Unset,
                }
            }
        },
        name => match (state.scalar(name), state.variable(name)) {
            (Some(value), Some(variable)) => {
                Held::One { value: value.clone(), perhaps: variable.perhaps_unset }
            }
            _ => Held::Unset,
        },
    }
}

fn names(state: &State, parameter: &Parameter) -> Value {
    if parameter.index.is_some() {
        return match state.variable(&parameter.name).map(|variable| &variable.shape) {
            Some(Shape::Array(elements)) => {
                Value::known(elements.iter().map(|(index, _)| index.as_str()).collect::<Vec<_>>().join(" "))
            }
            _ => Value::known(""),
        };
    }
    let names: Vec<&str> =
        state.variables.keys().filter(|name| name.starts_with(&parameter.name)).map(String::as_str).collect();
    Value::known(names.join(" "))
}

/// Nothing at all: an unset variable outside quotes makes no field. What stands beside it is hollow.
fn hollow_split() -> Addition {
    Addition::one(Field::vanishing())
}

fn many(state: &State, values: &[Value], joined: bool, quoted: bool) -> Vec<Addition> {
    if joined {
        let separators = separators(state);
        let separator = separators.as_deref().and_then(|text| text.chars().next());
        let mut field = Field::default();
        for (at, value) in values.iter().enumerate() {
            if at > 0
                && let Some(separator) = separator
            {
                field.push(&Field::literal(separator.encode_utf8(&mut [0; 4])));
            }
            field.push(&Field::of(value));
        }
        return vec![Addition::one(field)];
    }
    if quoted {
        return vec![Addition { fields: values.iter().map(Field::of).collect(), splits: (false, false) }];
    }
    let separators = separators(state);
    let fields = values.iter().flat_map(|value| match (value.only(), separators.as_deref()) {
        (Some(text), Some(separators)) => super::field::split(text, separators).fields,
        _ => alternatives_of(value).take(1).map(|_| Field::of(value)).collect(),
    });
    vec![Addition { fields: fields.collect(), splits: (false, false) }]
}
