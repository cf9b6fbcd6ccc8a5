//! Normalised discounted cumulative gain: 1 when the best answers come first, in their order.

use std::collections::HashMap;

/// nDCG of the first ten answers. `gains` says what each right answer is worth.
pub(super) fn ndcg_at_10(answers: &[&str], gains: &HashMap<String, f64>) -> f64 {
    let discounted = |gains: &mut dyn Iterator<Item = f64>| -> f64 {
        gains.take(10).enumerate().map(|(place, gain)| gain_of(gain) / (place as f64 + 2.0).log2()).sum()
    };
    let mut best: Vec<f64> = gains.values().copied().collect();
    best.sort_by(|a, b| b.total_cmp(a));
    let ideal = discounted(&mut best.into_iter());
    let found = discounted(&mut answers.iter().map(|answer| gains.get(*answer).copied().unwrap_or(0.0)));
    if ideal > 0.0 { found / ideal } else { 0.0 }
}

/// The usual exponential gain: what is the answer outweighs what merely belongs.
fn gain_of(grade: f64) -> f64 {
    grade.exp2() - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_order_is_one_and_a_late_answer_is_less() {
        let gains = HashMap::from([("a".to_string(), 3.0), ("b".to_string(), 1.0)]);
        assert!((ndcg_at_10(&["a", "b", "c"], &gains) - 1.0).abs() < 1e-9);
        let late = ndcg_at_10(&["c", "b", "a"], &gains);
        assert!(late > 0.4 && late < 0.7, "{late}");
        assert!(ndcg_at_10(&["c"], &gains).abs() < 1e-9);
    }
}
