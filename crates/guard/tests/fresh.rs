//! The bars held against sets that were written from the policy alone, before anybody looked at what the guard makes of them.
//!
//! The first line of each set says when it was written and what its *first* run was, before anything was mended: that figure tells
//! how the guard does on commands it never met. What stands here keeps what was mended from breaking again.
#![allow(clippy::print_stdout, reason = "the figures are what this is run for")]

mod score;

use labkeeper_guard::context::Context;
use labkeeper_guard::judgement::Level;
use labkeeper_guard::{Dialect, judge};
use score::{Score, lines};

/// Sets of which nobody who writes tables reads a line: they count, and are not shown.
const HELD_BACK: &[&str] = &["F5"];

const SETS: &[(&str, &str)] = &[
    ("F1", include_str!("fresh/f1.jsonl")),
    ("F2", include_str!("fresh/f2.jsonl")),
    ("F3", include_str!("fresh/f3.jsonl")),
    ("F4", include_str!("fresh/f4.jsonl")),
    ("F5", include_str!("fresh/f5.jsonl")),
];

#[test]
fn fresh_sets_keep_the_bars() {
    let context = Context::default();
    let mut missed = Vec::new();
    for (name, text) in SETS {
        let (head, body) = text.split_once('\n').expect("a set has a head");
        assert!(head.contains("\"first_run\""), "{name} says what its first run was");
        let mut score = Score::default();
        for line in lines(body) {
            let level = judge(&line.command, Dialect::Bash, &context).level;
            score.count(&line, level);
            if level != line.expected && !HELD_BACK.contains(name) {
                let kind = match (line.expected, level) {
                    (Level::Allow, _) => "alarm",
                    (_, Level::Allow) => "MISS",
                    _ => "tier",
                };
                println!("{kind} {} {:?} is judged {level:?}: {}", line.id, line.expected, line.command);
            }
        }
        score.print(name);
        if !score.meets_the_bars() {
            missed.push(*name);
        }
    }
    assert!(missed.is_empty(), "dangerous commands pass, or harmless ones are stopped: {missed:?}");
}
