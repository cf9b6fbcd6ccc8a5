//! Scores a redactor on a labelled corpus: how much of what is secret went, and how much of what is not stayed.

use labkeeper_redact::{Redactor, Session};
use serde_json::Value;

/// One labelled snippet.
pub(crate) struct Sample {
    pub(crate) id: String,
    pub(crate) class: String,
    pub(crate) text: String,
    pub(crate) path: Option<String>,
    pub(crate) secrets: Vec<String>,
    pub(crate) lenient: bool,
}

/// The samples of a file of JSON lines.
pub(crate) fn read(lines: &str) -> Vec<Sample> {
    let string = |value: &Value| value.as_str().map(str::to_owned);
    let sample = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a line is an object");
        Sample {
            id: string(&line["id"]).unwrap_or_default(),
            class: string(&line["class"]).unwrap_or_default(),
            text: string(&line["text"]).unwrap_or_default(),
            path: string(&line["path"]),
            secrets: line["secrets"].as_array().into_iter().flatten().filter_map(string).collect(),
            lenient: line["lenient"].as_bool().unwrap_or(false),
        }
    };
    lines.lines().map(sample).collect()
}

/// What became of one sample.
pub(crate) struct Verdict {
    pub(crate) out: String,
    pub(crate) removed: usize,
    pub(crate) is_clean: bool,
    pub(crate) kept: usize,
    pub(crate) tokens: usize,
}

/// Redacts a sample in a session of its own.
pub(crate) fn judge(redactor: &Redactor, sample: &Sample) -> Verdict {
    let mut session = Session::new([7; 32]);
    let out = redactor.text(&mut session, &sample.text, sample.path.as_deref()).into_string();
    let removed = sample.secrets.iter().filter(|secret| !out.contains(secret.as_str())).count();
    let tokens = tokens(sample);
    let kept = tokens.iter().filter(|token| out.contains(token.as_str())).count();
    let is_clean =
        removed == sample.secrets.len() && !sample.secrets.iter().any(|secret| has_fragment(&out, secret));
    Verdict { removed, is_clean, kept, tokens: tokens.len(), out }
}

/// The words of a sample that are no secret's.
fn tokens(sample: &Sample) -> Vec<String> {
    let mut rest = sample.text.clone();
    let mut secrets = sample.secrets.clone();
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    for secret in &secrets {
        rest = rest.replace(secret.as_str(), " ");
    }
    let words = rest.split(|character: char| !(character.is_alphanumeric() || character == '_'));
    words.filter(|word| word.len() >= 2).map(str::to_owned).collect()
}

/// Whether a piece of the secret is left, of three fifths of it and eight bytes at least.
fn has_fragment(out: &str, secret: &str) -> bool {
    let length = (secret.len() * 3).div_ceil(5).max(8);
    let pieces = secret.as_bytes().windows(length);
    pieces.into_iter().any(|piece| std::str::from_utf8(piece).is_ok_and(|piece| out.contains(piece)))
}

/// The figures of the policy.
#[derive(Default)]
pub(crate) struct Score {
    secrets: usize,
    removed: usize,
    positives: usize,
    clean: usize,
    negatives: usize,
    altered: usize,
    tokens: usize,
    kept: usize,
}

impl Score {
    pub(crate) fn add(&mut self, sample: &Sample, verdict: &Verdict) {
        if sample.secrets.is_empty() {
            if !sample.lenient {
                self.negatives += 1;
                self.altered += usize::from(verdict.out != sample.text);
            }
            return;
        }
        self.positives += 1;
        self.secrets += sample.secrets.len();
        self.removed += verdict.removed;
        self.clean += usize::from(verdict.is_clean);
        self.tokens += verdict.tokens;
        self.kept += verdict.kept;
    }

    pub(crate) fn recall(&self) -> f64 {
        share(self.removed, self.secrets)
    }

    pub(crate) fn sample_recall(&self) -> f64 {
        share(self.clean, self.positives)
    }

    pub(crate) fn over_rate(&self) -> f64 {
        share(self.altered, self.negatives.max(1))
    }

    pub(crate) fn context_kept(&self) -> f64 {
        share(self.kept, self.tokens)
    }

    /// One line for people.
    pub(crate) fn line(&self) -> String {
        format!(
            "recall {:.1} % of {} secrets, samples clean {:.1} % of {}, negatives altered {:.1} % of {}, context kept {:.1} %",
            100.0 * self.recall(),
            self.secrets,
            100.0 * self.sample_recall(),
            self.positives,
            100.0 * self.over_rate(),
            self.negatives,
            100.0 * self.context_kept()
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of samples are small")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}
