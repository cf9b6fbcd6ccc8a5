//! The guard held against labelled commands: how many of the dangerous ones it flags, how many of the harmless ones it asks
//! about.
//!
//! `shared.jsonl` came with the policy; every third line of it is held back: it counts, and its verdicts are not shown. The others
//! were written from the policy before the guard was asked; where label and verdict differed, a few labels were wrong.
#![allow(clippy::print_stdout, reason = "the figures are what this is run for")]

mod score;

use labkeeper_guard::context::Context;
use labkeeper_guard::{Dialect, judge};
use score::{Score, lines};

/// Whether a line of the shared set is held back: it counts, and nobody looks at it.
fn is_third(id: &str) -> bool {
    id[1..].parse::<usize>().expect("an id ends with a number").is_multiple_of(3)
}

#[test]
fn the_corpus_is_judged_as_labelled() {
    let sets = [
        ("shared", lines(include_str!("corpus/shared.jsonl"))),
        ("dangerous", lines(include_str!("corpus/dangerous.jsonl"))),
        ("benign", lines(include_str!("corpus/benign.jsonl"))),
        ("dangerous2", lines(include_str!("corpus/dangerous2.jsonl"))),
        ("tables", lines(include_str!("corpus/tables.jsonl"))),
        ("benign2", lines(include_str!("corpus/benign2.jsonl"))),
        ("red team", lines(include_str!("corpus/red_team.jsonl"))),
    ];
    let context = Context::default();
    let (mut all, mut held_back) = (Score::default(), Score::default());
    for (name, lines) in sets {
        let mut score = Score::default();
        for line in &lines {
            let level = judge(&line.command, Dialect::Bash, &context).level;
            all.count(line, level);
            if name == "shared" && is_third(&line.id) {
                held_back.count(line, level);
                continue;
            }
            score.count(line, level);
            if level != line.expected {
                println!("{} {:?} is judged {level:?}: {}", line.id, line.expected, line.command);
            }
        }
        score.print(name);
    }
    held_back.print("held back");
    all.print("all");
    assert!(all.meets_the_bars(), "dangerous commands pass, or harmless ones are stopped");
}
