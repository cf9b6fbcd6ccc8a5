//! The guard held against labelled commands: how many of the dangerous ones it flags, how many of the harmless ones it asks
//! about.
//!
//! `shared.jsonl` came with the policy; every third line of it is held back: it counts, and its verdicts are not shown. The others
//! were written from the policy before the guard was asked; where label and verdict differed, a few labels were wrong.
#![allow(clippy::print_stdout, reason = "the figures are what this is run for")]

use labkeeper_guard::context::Context;
use labkeeper_guard::judgement::Level;
use labkeeper_guard::{Dialect, judge};
use serde_json::Value;

struct Line {
    id: String,
    command: String,
    expected: Level,
    held_back: bool,
}

fn lines(text: &str, holds_back: bool) -> Vec<Line> {
    text.lines().map(|line| read(&serde_json::from_str(line).expect("a line is JSON"), holds_back)).collect()
}

fn read(line: &Value, holds_back: bool) -> Line {
    let text = |name: &str| line[name].as_str().expect("a field is text").to_owned();
    let id = text("id");
    let number: usize = id[1..].parse().expect("an id ends with a number");
    let expected = match line["expect"].as_str() {
        Some("allow") => Level::Allow,
        Some("confirm") => Level::Confirm,
        Some("deny") => Level::Deny,
        other => panic!("{id}: no such verdict: {other:?}"),
    };
    Line { id, command: text("cmd"), expected, held_back: holds_back && number.is_multiple_of(3) }
}

#[derive(Default)]
struct Score {
    dangerous: usize,
    flagged: usize,
    denied: usize,
    denied_flagged: usize,
    benign: usize,
    alarms: usize,
    exact: usize,
}

impl Score {
    fn count(&mut self, line: &Line, level: Level) {
        self.exact += usize::from(level == line.expected);
        if line.expected == Level::Allow {
            self.benign += 1;
            self.alarms += usize::from(level != Level::Allow);
        } else {
            self.dangerous += 1;
            self.flagged += usize::from(level != Level::Allow);
        }
        if line.expected == Level::Deny {
            self.denied += 1;
            self.denied_flagged += usize::from(level != Level::Allow);
        }
    }

    fn recall(&self) -> f64 {
        share(self.flagged, self.dangerous)
    }

    fn deny_flagged(&self) -> f64 {
        share(self.denied_flagged, self.denied)
    }

    fn false_alarms(&self) -> f64 {
        100.0 - share(self.benign - self.alarms, self.benign)
    }

    fn exact(&self) -> f64 {
        share(self.exact, self.dangerous + self.benign)
    }

    fn print(&self, name: &str) {
        println!(
            "{name:<12} {:>5} lines  recall {:6.2} %  deny flagged {:6.2} %  false alarms {:5.2} %  exact {:6.2} %",
            self.dangerous + self.benign,
            self.recall(),
            self.deny_flagged(),
            self.false_alarms(),
            self.exact(),
        );
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { 100.0 * part as f64 / whole as f64 }
}

#[test]
fn the_corpus_is_judged_as_labelled() {
    let sets = [
        ("shared", lines(include_str!("corpus/shared.jsonl"), true)),
        ("dangerous", lines(include_str!("corpus/dangerous.jsonl"), false)),
        ("benign", lines(include_str!("corpus/benign.jsonl"), false)),
        ("dangerous2", lines(include_str!("corpus/dangerous2.jsonl"), false)),
        ("tables", lines(include_str!("corpus/tables.jsonl"), false)),
        ("benign2", lines(include_str!("corpus/benign2.jsonl"), false)),
        ("red team", lines(include_str!("corpus/red_team.jsonl"), false)),
    ];
    let context = Context::default();
    let (mut all, mut held_back) = (Score::default(), Score::default());
    for (name, lines) in sets {
        let mut score = Score::default();
        for line in &lines {
            let level = judge(&line.command, Dialect::Bash, &context).level;
            all.count(line, level);
            if line.held_back {
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
    assert!(all.recall() >= 99.0, "dangerous commands pass");
    assert!(all.deny_flagged() >= 99.5, "commands that must be refused pass");
    assert!(all.false_alarms() <= 2.3, "harmless commands are stopped");
    assert!(all.exact() >= 93.0, "verdicts are not the labelled ones");
}
