//! nDCG@10 of words alone, meaning alone and both. Weights are chosen on the odd questions, figures are of the even
//! ones.

use labkeeper_core::rank::fusion::{Mode, WEIGHTS, Weights};

use super::labelled::{Lab, Question};
use super::ndcg::ndcg_at_10;

const SORTS: [&str; 6] = ["meaning", "exact", "fragment", "address", "typo", "operator"];

/// Prints the table of the held-out half, and its worst questions.
pub(super) fn report(lab: &Lab) {
    println!(
        "quality, nDCG@10 on the {} held-out questions of {}",
        held_out(lab).count(),
        lab.questions.len()
    );
    println!("  {:<10} {:>4} {:>8} {:>8} {:>8}", "", "n", "words", "meaning", "both");
    let modes = [Mode::Lexical, Mode::Semantic, Mode::Hybrid];
    for sort in SORTS {
        let of = || held_out(lab).filter(move |question| question.sort == sort);
        let [words, meaning, both] = modes.map(|mode| mean(lab, of(), mode, WEIGHTS));
        println!("  {sort:<10} {:>4} {words:>8.3} {meaning:>8.3} {both:>8.3}", of().count());
    }
    let [words, meaning, both] = modes.map(|mode| mean(lab, held_out(lab), mode, WEIGHTS));
    println!("  {:<10} {:>4} {words:>8.3} {meaning:>8.3} {both:>8.3}", "all", held_out(lab).count());
    println!(
        "  both above words by {:+.3}, above meaning by {:+.3} (bar: 0.05 each)",
        both - words,
        both - meaning
    );
    let chosen = mean(lab, chosen_on(lab), Mode::Hybrid, WEIGHTS);
    println!("  on the half the weights were chosen on: {chosen:.3}");
    let mut worst: Vec<(f64, &Question)> =
        lab.questions.iter().map(|question| (one(lab, question, Mode::Hybrid, WEIGHTS), question)).collect();
    worst.sort_by(|a, b| a.0.total_cmp(&b.0));
    println!("  worst of all:");
    for (score, question) in worst.into_iter().take(12) {
        let answers = lab.answers(question, Mode::Hybrid, WEIGHTS);
        println!(
            "    {score:.2} {:?} gave {}",
            question.text,
            answers.get(..4).unwrap_or(&answers).join(" | ")
        );
    }
}

/// Tries weights on the odd questions.
pub(super) fn tune(lab: &Lab) {
    let mut tried: Vec<(f64, Weights)> = Vec::new();
    for steepness in [1.0, 1.5, 2.0, 3.0] {
        for (meaning, name) in (4..=18).flat_map(|meaning| (0..=10).map(move |name| (meaning, name))) {
            let meaning = meaning as f32 * 0.05;
            let name = name as f32 * 0.1 * (1.0 - meaning);
            let weights = Weights { meaning, words: (1.0 - meaning - name).max(0.0001), name, steepness };
            tried.push((mean(lab, chosen_on(lab), Mode::Hybrid, weights), weights));
        }
    }
    tried.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("weights on the {} odd questions", chosen_on(lab).count());
    for (score, weights) in tried.iter().take(20) {
        let Weights { meaning, words, name, steepness } = weights;
        println!("  {score:.4} meaning {meaning:.2} words {words:.3} name {name:.3} steepness {steepness}");
    }
}

fn chosen_on(lab: &Lab) -> impl Iterator<Item = &Question> {
    lab.questions.iter().step_by(2)
}

fn held_out(lab: &Lab) -> impl Iterator<Item = &Question> {
    lab.questions.iter().skip(1).step_by(2)
}

fn mean<'a>(lab: &Lab, questions: impl Iterator<Item = &'a Question>, mode: Mode, weights: Weights) -> f64 {
    let scores: Vec<f64> = questions.map(|question| one(lab, question, mode, weights)).collect();
    scores.iter().sum::<f64>() / scores.len().max(1) as f64
}

fn one(lab: &Lab, question: &Question, mode: Mode, weights: Weights) -> f64 {
    let answers = lab.answers(question, mode, weights);
    let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
    ndcg_at_10(&answers, &question.want)
}
