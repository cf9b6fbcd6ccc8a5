//! How programs read their options, and the arguments taken apart by it.

use super::call::{Call, after, head, text, word_like};
use crate::word::Word;

/// How a program reads its options. What it does not list takes no value.
#[derive(Clone, Copy)]
pub(super) struct Grammar {
    /// The letters that take a value: the rest of their cluster, or the next argument.
    pub(super) letters: &'static str,
    /// The long options (without `--`, a blank between them) that take the next argument unless they have `=`.
    pub(super) longs: &'static str,
    /// Options end at the first operand.
    pub(super) front: bool,
    /// `-name` is one option, not a cluster of letters.
    pub(super) words: bool,
}

/// No option takes a value.
pub(super) const PLAIN: Grammar = Grammar { letters: "", longs: "", front: false, words: false };

/// Options with values anywhere among the operands.
pub(super) const fn anywhere(letters: &'static str, longs: &'static str) -> Grammar {
    Grammar { letters, longs, front: false, words: false }
}

/// Options end at the first operand, as with wrappers.
pub(super) const fn front(letters: &'static str, longs: &'static str) -> Grammar {
    Grammar { letters, longs, front: true, words: false }
}

/// `-name value` and `--name value`, as Proxmox's and Go's programs read them.
pub(super) const fn dashed(longs: &'static str) -> Grammar {
    Grammar { letters: "", longs, front: false, words: true }
}

/// One option that was given.
#[derive(Debug, Clone)]
pub(super) struct Given {
    /// With its dashes: `-r`, `--recursive`.
    pub(super) name: String,
    /// Its value, when it takes one.
    pub(super) value: Option<Word>,
}

/// Arguments taken apart.
pub(super) struct Parsed<'a> {
    /// The options, in order.
    pub(super) options: Vec<Given>,
    /// What is not an option.
    pub(super) operands: Vec<&'a Word>,
    /// The arguments from the first operand on.
    pub(super) rest: &'a [Word],
}

impl Parsed<'_> {
    /// One of these options was given. Long ones count when they are shortened: more is seen than is there, never less.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.options.iter().any(|given| names.iter().any(|name| is(&given.name, name)))
    }

    /// The same, for a list with blanks between its words.
    pub(super) fn has_of(&self, names: &str) -> bool {
        names.split_ascii_whitespace().any(|name| self.has(&[name]))
    }

    /// One of these options was given, in full. For what makes a command harmless.
    pub(super) fn says(&self, names: &[&str]) -> bool {
        self.options.iter().any(|given| names.contains(&given.name.as_str()))
    }

    /// The values of these options.
    pub(super) fn values(&self, names: &[&str]) -> Vec<&Word> {
        let mine = self.options.iter().filter(|given| names.iter().any(|name| is(&given.name, name)));
        mine.filter_map(|given| given.value.as_ref()).collect()
    }

    /// The last value of these options, which is the one that counts.
    pub(super) fn value(&self, names: &[&str]) -> Option<&Word> {
        self.values(names).pop()
    }

    /// The certain texts of the operands.
    pub(super) fn words(&self) -> Vec<&str> {
        self.operands.iter().filter_map(|word| text(word)).collect()
    }
}

fn is(given: &str, name: &str) -> bool {
    given == name || (name.starts_with("--") && given.len() > 3 && name.starts_with(given))
}

/// Takes the arguments apart.
pub(super) fn parse<'a>(call: &Call<'a>, grammar: Grammar) -> Parsed<'a> {
    let args = call.args;
    let mut parsed = Parsed { options: vec![], operands: vec![], rest: &[] };
    let mut at = 0;
    while let Some(word) = args.get(at) {
        let start = head(word);
        if text(word) == Some("--") {
            parsed.rest = if parsed.operands.is_empty() { &args[at + 1..] } else { parsed.rest };
            parsed.operands.extend(&args[at + 1..]);
            break;
        }
        if start.len() < 2 || !start.starts_with('-') {
            if parsed.operands.is_empty() {
                parsed.rest = &args[at..];
            }
            if grammar.front {
                parsed.operands.extend(&args[at..]);
                break;
            }
            parsed.operands.push(word);
            at += 1;
            continue;
        }
        at += 1 + option(&mut parsed.options, grammar, word, args.get(at + 1));
    }
    parsed
}

/// Takes one option apart; answers how many of the arguments after it were its value.
fn option(into: &mut Vec<Given>, grammar: Grammar, word: &Word, next: Option<&Word>) -> usize {
    let start = head(word);
    if start.starts_with("--") || grammar.words {
        return long(into, grammar, word, next);
    }
    let letters: Vec<(usize, char)> = start.char_indices().skip(1).collect();
    for (place, letter) in letters {
        let name = format!("-{letter}");
        if !grammar.letters.contains(letter) {
            into.push(Given { name, value: None });
            continue;
        }
        let end = place + letter.len_utf8();
        let attached = after(word, end).filter(|rest| text(rest) != Some(""));
        let taken = usize::from(attached.is_none() && next.is_some());
        into.push(Given { name, value: attached.or_else(|| next.cloned()) });
        return taken;
    }
    0
}

fn long(into: &mut Vec<Given>, grammar: Grammar, word: &Word, next: Option<&Word>) -> usize {
    let start = head(word);
    if let Some(equals) = start.find('=') {
        into.push(Given { name: start[..equals].to_owned(), value: after(word, equals + 1) });
        return 0;
    }
    let bare = start.trim_start_matches('-');
    let takes = grammar.longs.split_ascii_whitespace().any(|name| name == bare);
    let value = if takes { next.cloned() } else { None };
    let taken = usize::from(value.is_some());
    // An option that is not certain to its end may be anything that begins so; its value is unknown.
    let name = text(word).map_or_else(|| start.to_owned(), ToOwned::to_owned);
    into.push(Given { name, value });
    taken
}

/// `name=value` operands, as dd has them: the value of the last one with this name.
pub(super) fn operand(call: &Call<'_>, name: &str) -> Option<Word> {
    let mine = call
        .args
        .iter()
        .rev()
        .find(|word| head(word).strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))?;
    after(mine, name.len() + 1).or_else(|| Some(word_like(mine, "")))
}
