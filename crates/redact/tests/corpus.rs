//! The bars of the labelling policy, on the committed corpus. Every third line of the shared file is held back: it counts,
//! and nobody looks at it.
#![allow(clippy::print_stdout, reason = "figures and misses are what one runs this for")]

mod score;

use labkeeper_redact::Redactor;
use score::{Score, judge, read};

const CORPUS: &[(&str, &str)] = &[
    ("shared", include_str!("corpus/shared.jsonl")),
    ("files", include_str!("corpus/files.jsonl")),
    ("streams", include_str!("corpus/streams.jsonl")),
    ("breadth", include_str!("corpus/breadth.jsonl")),
    ("unseen", include_str!("corpus/unseen.jsonl")),
    ("everyday", include_str!("corpus/everyday.jsonl")),
    ("red team", include_str!("corpus/red_team.jsonl")),
    ("negatives", include_str!("corpus/negatives.jsonl")),
    ("classes", include_str!("corpus/classes.jsonl")),
];

fn meets_the_bars(score: &Score) -> bool {
    score.recall() >= 0.97
        && score.sample_recall() >= 0.95
        && score.over_rate() <= 0.02
        && score.context_kept() >= 0.98
}

#[test]
fn secrets_go_and_everything_else_stays() {
    let redactor = Redactor::new(&[]);
    let (mut all, mut held_back) = (Score::default(), Score::default());
    for (name, lines) in CORPUS {
        let mut own = Score::default();
        for (index, sample) in read(lines).iter().enumerate() {
            let verdict = judge(&redactor, sample);
            let is_held_back = *name == "shared" && index % 3 == 2;
            all.add(sample, &verdict);
            (if is_held_back { &mut held_back } else { &mut own }).add(sample, &verdict);
            let is_right =
                if sample.secrets.is_empty() { verdict.out == sample.text } else { verdict.is_clean };
            if !is_held_back && (!is_right || verdict.kept < verdict.tokens) {
                let what = if is_right { "context" } else { "MISS" };
                println!(
                    "{what} {} {} {:?}\n  -> {:?}\n  secrets {:?}",
                    sample.id, sample.class, sample.text, verdict.out, sample.secrets
                );
            }
        }
        println!("{name}: {}", own.line());
    }
    println!("held back: {}\nall: {}", held_back.line(), all.line());
    assert!(meets_the_bars(&all), "{}", all.line());
    assert!(held_back.recall() >= 0.97 && held_back.over_rate() <= 0.02, "{}", held_back.line());
}
