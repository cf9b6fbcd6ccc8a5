//! For the tests of the tables: one line, and what its effects deserve. No shell: quotes hold words together, and that is all.

use std::collections::BTreeSet;

use super::catalogue::effects;
use super::stdin_items::unquoted;
use crate::effect::{Effect, Nested, What};
use crate::invocation::{Invocation, Realm, Stdin};
use crate::judgement::Level;
use crate::policy::weigh;
use crate::word::{Value, Word};

/// Programs that run programs are followed this deep.
const DEEPEST: usize = 6;

/// Every line deserves what stands before it.
#[track_caller]
pub(super) fn table(rows: &[(Level, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter(|(level, line)| of_line(line) != *level)
        .map(|(level, line)| format!("{line}: {:?}, not {level:?}", of_line(line)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a line deserves.
pub(super) fn of_line(line: &str) -> Level {
    let (line, stdin) = match line.split_once(" <<< ") {
        Some((line, text)) => (line, Stdin::Text(Value::known(unquoted(text).join(" ")))),
        None => (line, Stdin::Null),
    };
    of_words(&unquoted(line).iter().map(|text| word(text)).collect::<Vec<_>>(), stdin, DEEPEST)
}

fn word(text: &str) -> Word {
    let value = match text.strip_prefix("OPEN") {
        Some(rest) => Value::Tainted { prefix: rest.to_owned() },
        None if text.contains('*') && text.starts_with('/') => Value::Pattern(text.to_owned()),
        None => Value::Known(BTreeSet::from([text.to_owned()])),
    };
    Word { value, span: 0..0, hollow: false }
}

fn of_words(argv: &[Word], stdin: Stdin, depth: usize) -> Level {
    let invocation = Invocation {
        argv: argv.to_vec(),
        assignments: vec![],
        cwd: Value::known("/root"),
        stdin,
        realm: Realm::Here,
        span: 0..0,
    };
    let all = effects(&invocation);
    assert!(!all.is_empty(), "{argv:?} has no effect at all");
    all.iter().map(|effect| of_effect(effect, depth)).max().unwrap_or(Level::Allow)
}

fn of_effect(effect: &Effect, depth: usize) -> Level {
    match effect {
        Effect::Run(_) if depth == 0 => Level::Confirm,
        Effect::Run(Nested { what: What::Argv(words), stdin, .. }) => {
            of_words(words, stdin.clone(), depth - 1)
        }
        Effect::Run(Nested { what: What::Text { script, .. }, stdin, .. }) => match script.only() {
            Some(script) => of_words(
                &unquoted(script).iter().map(|text| word(text)).collect::<Vec<_>>(),
                stdin.clone(),
                depth - 1,
            ),
            None => Level::Confirm,
        },
        other => weigh(other, &Value::known("/root")).map_or(Level::Allow, |weight| weight.level),
    }
}
