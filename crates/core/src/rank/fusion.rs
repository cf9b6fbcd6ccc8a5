//! How words and meaning add up to one score: a convex sum, because the cosine and the share of matched words are
//! both amounts, which a fusion of mere ranks would throw away.

/// What each part of a score weighs; the three add up to 1. Chosen on one half of `benches/data/search`, reported on the other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Cosine of question and chunk.
    pub meaning: f32,
    /// Share of the question found in the chunk.
    pub words: f32,
    /// Share of the question found in its name.
    pub name: f32,
    /// Power to which the shares are raised: above 1, one stray word of many counts for little, while all of them
    /// count as before.
    pub steepness: f32,
}

/// The weights in use.
pub const WEIGHTS: Weights = Weights { meaning: 0.55, words: 0.225, name: 0.225, steepness: 3.0 };

/// A chunk that shares no word with the question must be at least so near in meaning.
pub const NEAR_ENOUGH: f32 = 0.1;

/// Which parts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Words and meaning.
    #[default]
    Hybrid,
    /// Words only.
    Lexical,
    /// Meaning only.
    Semantic,
}

/// What is known of one chunk for one question, each 0 to 1. No cosine when meaning was not searched.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Evidence {
    /// Share of the question found in the chunk.
    pub words: f32,
    /// Share found in the name.
    pub name: f32,
    /// Cosine.
    pub cosine: Option<f32>,
}

impl Weights {
    /// The score of a chunk, `None` when it does not belong in the answer.
    pub fn score(&self, mode: Mode, evidence: Evidence) -> Option<f32> {
        let Evidence { words, name, cosine } = evidence;
        let sum = |words: f32, name: f32| (self.words * words + self.name * name) / (self.words + self.name);
        // Most chunks of a large index share nothing with the question; zero needs no power.
        let steep = |share: f32| if share > 0.0 { share.powf(self.steepness) } else { 0.0 };
        match (mode, cosine) {
            (Mode::Semantic, cosine) => cosine.filter(|cosine| *cosine >= NEAR_ENOUGH),
            (Mode::Lexical, _) | (Mode::Hybrid, None) => (words > 0.0).then(|| sum(words, name)),
            (Mode::Hybrid, Some(cosine)) => (words > 0.0 || cosine >= NEAR_ENOUGH).then(|| {
                self.meaning * cosine.max(0.0) + (1.0 - self.meaning) * sum(steep(words), steep(name))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_a_model_words_alone_decide() {
        let evidence = Evidence { words: 1.0, name: 1.0, cosine: None };
        assert_eq!(WEIGHTS.score(Mode::Hybrid, evidence), Some(1.0));
        assert_eq!(WEIGHTS.score(Mode::Semantic, evidence), None);
        assert_eq!(WEIGHTS.score(Mode::Lexical, Evidence::default()), None);
    }

    proptest! {
        #[test]
        fn more_evidence_never_lowers_a_score(words in 0f32..1.0, name in 0f32..1.0, cosine in 0.2f32..1.0, more in 0f32..0.5) {
            let score = |evidence| WEIGHTS.score(Mode::Hybrid, evidence).unwrap_or(0.0);
            let evidence = Evidence { words, name, cosine: Some(cosine) };
            for better in [
                Evidence { words: words + more, ..evidence },
                Evidence { name: name + more, ..evidence },
                Evidence { cosine: Some(cosine + more), ..evidence },
            ] {
                prop_assert!(score(better) >= score(evidence));
            }
        }

        #[test]
        fn a_score_is_a_share(words in 0f32..=1.0, name in 0f32..=1.0, cosine in -1f32..=1.0) {
            let score = WEIGHTS.score(Mode::Hybrid, Evidence { words, name, cosine: Some(cosine) });
            prop_assert!(score.is_none_or(|score| (0.0..=1.0001).contains(&score)));
        }
    }
}
