//! Sets that were written from the policy alone, before anybody looked at what the redactor makes of them, and what it reaches on them.
//!
//! The first line of each set says when it was written and what its *first* run was, before anything was mended: that figure tells
//! how the redactor does on texts it never met. What stands here keeps what was mended from breaking again.
#![allow(clippy::print_stdout, reason = "figures and misses are what one runs this for")]

mod score;

use labkeeper_redact::Redactor;
use score::{Score, judge, read};

/// A set, and what it must not fall below: share of secrets removed, share of harmless texts altered.
struct Set {
    name: &'static str,
    lines: &'static str,
    least_recall: f64,
    most_altered: f64,
}

/// F2 and F3 do not reach the bars of 97 and 2 %: what they reached is kept.
const SETS: &[Set] = &[
    Set { name: "F1", lines: include_str!("fresh/f1.jsonl"), least_recall: 0.97, most_altered: 0.02 },
    Set { name: "F2", lines: include_str!("fresh/f2.jsonl"), least_recall: 0.84, most_altered: 0.06 },
    Set { name: "F3", lines: include_str!("fresh/f3.jsonl"), least_recall: 0.93, most_altered: 0.02 },
];

#[test]
fn fresh_sets_keep_what_they_reached() {
    let redactor = Redactor::new(&[]);
    let mut missed = Vec::new();
    for Set { name, lines, least_recall, most_altered } in SETS {
        let (head, body) = lines.split_once('\n').expect("a set has a head");
        assert!(head.contains("\"first_run\""), "{name} says what its first run was");
        let mut score = Score::default();
        for sample in &read(body) {
            let verdict = judge(&redactor, sample);
            score.add(sample, &verdict);
            let left: Vec<&String> =
                sample.secrets.iter().filter(|secret| verdict.out.contains(secret.as_str())).collect();
            let is_right =
                if sample.secrets.is_empty() { verdict.out == sample.text } else { verdict.is_clean };
            if !is_right || verdict.kept < verdict.tokens {
                println!(
                    "{} {} left {left:?}\n{}\n  -> {}",
                    sample.id, sample.class, sample.text, verdict.out
                );
            }
        }
        println!("{name}: {}", score.line());
        if score.recall() < *least_recall || score.over_rate() > *most_altered {
            missed.push(*name);
        }
    }
    assert!(missed.is_empty(), "secrets stay, or what is none goes: {missed:?}");
}
