//! Programs with sub-commands.

use super::call::{Call, Does, text};
use super::grammar::{Grammar, parse};
use crate::effect::Effect;
use crate::word::Word;

/// Sub-commands (several with `|` between them, each of one or more words) and what they do. The longest that fits counts.
pub(super) type Verbs = &'static [(&'static str, Does)];

/// What the sub-command of a run does. Options of the program itself may stand before it.
pub(super) fn by_verb(call: &Call<'_>, options: Grammar, verbs: Verbs, otherwise: Does) -> Vec<Effect> {
    let parsed = parse(call, Grammar { front: true, ..options });
    if parsed.operands.is_empty() {
        return vec![Effect::Pure];
    }
    let call = &call.with(parsed.rest);
    if call.args.first().is_some_and(|word| text(word) == Some("help")) {
        return vec![Effect::Pure];
    }
    match longest(call.args, options, verbs) {
        Fit::Verb(does, rest) => does(&call.with(rest)),
        Fit::Open => vec![Effect::RunUnknown(call.line())],
        Fit::None => otherwise(call),
    }
}

enum Fit<'a> {
    Verb(Does, &'a [Word]),
    Open,
    None,
}

fn longest<'a>(args: &'a [Word], options: Grammar, verbs: Verbs) -> Fit<'a> {
    let mut best: Option<(usize, Does, usize)> = None;
    for (names, does) in verbs {
        for name in names.split('|') {
            let words = name.split(' ').count();
            if best.is_some_and(|(longest, ..)| longest >= words) {
                continue;
            }
            if let Some(used) = fits(args, options, name) {
                best = Some((words, *does, used));
            }
        }
    }
    // A sub-command that is not certain could be any.
    let certain = args.iter().take_while(|word| text(word).is_some()).count();
    match best {
        Some((_, does, used)) => Fit::Verb(does, &args[used..]),
        None if certain == 0 || (certain < args.len() && deeper(args, verbs)) => Fit::Open,
        None => Fit::None,
    }
}

/// The first word begins a sub-command of several words.
fn deeper(args: &[Word], verbs: Verbs) -> bool {
    let Some(first) = args.first().and_then(text) else { return true };
    let names = verbs.iter().flat_map(|(names, _)| names.split('|'));
    names.filter_map(|name| name.split_once(' ')).any(|(start, _)| start == first)
}

/// How many arguments the sub-command takes up, when they are it. Options may stand between its words.
fn fits(args: &[Word], options: Grammar, name: &str) -> Option<usize> {
    let mut at = 0;
    for (place, wanted) in name.split(' ').enumerate() {
        while place > 0 && args.get(at).and_then(text).is_some_and(|word| word.starts_with('-')) {
            let bare = args.get(at).and_then(text).unwrap_or_default().trim_start_matches('-');
            let takes = options.longs.split_ascii_whitespace().any(|long| long == bare)
                || (bare.len() == 1 && options.letters.contains(bare));
            at += 1 + usize::from(takes);
        }
        if args.get(at).and_then(text) != Some(wanted) {
            return None;
        }
        at += 1;
    }
    Some(at)
}
