//! Self-attention of one text: every token gathers from every other, in twelve heads of 32 numbers.

use multiversion::{multiversion, target::match_target};

use crate::lanes::{exp, largest, mul_add, sum};
use crate::shape::{HEAD, HEADS, WIDTH};

/// Rows that are worked on together, so that each key and value is fetched once for all of them.
const TOGETHER: usize = 4;
/// Keys that one step of the score loop compares with.
const KEYS: usize = 16;
/// Queries, keys and values of a token lie side by side.
const STRIDE: usize = 3 * WIDTH;

/// Space that calls share.
#[derive(Debug, Default)]
pub(crate) struct Attention {
    /// Keys of one head, turned: number by number, then token by token, padded to whole steps.
    keys: Vec<f32>,
    /// How much each of a few rows takes from each token.
    weights: Vec<f32>,
}

impl Attention {
    /// Fills `mixed` (`tokens × WIDTH`) from `projected` (`tokens × 3·WIDTH`).
    pub(crate) fn mix(&mut self, projected: &[f32], mixed: &mut [f32]) {
        let padded = (projected.len() / STRIDE).next_multiple_of(KEYS);
        self.keys.clear();
        self.keys.resize(HEAD * padded, 0.0);
        self.weights.resize(TOGETHER * padded, 0.0);
        for head in 0..HEADS {
            mix_head(projected, head, &mut self.keys, &mut self.weights, mixed);
        }
    }
}

#[multiversion(targets = "simd")]
fn mix_head(projected: &[f32], head: usize, keys: &mut [f32], weights: &mut [f32], mixed: &mut [f32]) {
    match_target! {
        "x86_64+fma" => mix_head_with::<true>(projected, head, keys, weights, mixed),
        "aarch64+neon" => mix_head_with::<true>(projected, head, keys, weights, mixed),
        _ => mix_head_with::<false>(projected, head, keys, weights, mixed)
    }
}

#[inline(always)]
fn mix_head_with<const FUSED: bool>(
    projected: &[f32],
    head: usize,
    keys: &mut [f32],
    weights: &mut [f32],
    mixed: &mut [f32],
) {
    let tokens = projected.len() / STRIDE;
    let padded = keys.len() / HEAD;
    let part = |token: usize, which: usize| -> &[f32; HEAD] {
        let at = token * STRIDE + which * WIDTH + head * HEAD;
        projected[at..].first_chunk().expect("a head lies within its token's row")
    };
    for token in 0..tokens {
        for (n, v) in part(token, 1).iter().enumerate() {
            keys[n * padded + token] = *v;
        }
    }
    for first in (0..tokens).step_by(TOGETHER) {
        // The last group may reach past the end: it repeats the last row and drops the copies.
        let rows: [usize; TOGETHER] = std::array::from_fn(|n| (first + n).min(tokens - 1));
        score::<FUSED>(rows.map(|row| part(row, 0)), keys, weights);
        for weights in weights.chunks_exact_mut(padded) {
            soften::<FUSED>(weights, tokens);
        }
        let mut gathered = [[0.0_f32; HEAD]; TOGETHER];
        for token in 0..tokens {
            let value = part(token, 2);
            for (n, sums) in gathered.iter_mut().enumerate() {
                let weight = weights[n * padded + token];
                for (sum, v) in sums.iter_mut().zip(value) {
                    *sum = mul_add::<FUSED>(weight, *v, *sum);
                }
            }
        }
        for (row, sums) in (first..tokens).zip(&gathered) {
            mixed[row * WIDTH + head * HEAD..][..HEAD].copy_from_slice(sums);
        }
    }
}

/// Dot products of a few queries with all keys, divided by √32.
#[inline(always)]
fn score<const FUSED: bool>(queries: [&[f32; HEAD]; TOGETHER], keys: &[f32], scores: &mut [f32]) {
    const ROOT: f32 = 0.176_776_7;
    let padded = keys.len() / HEAD;
    for at in (0..padded).step_by(KEYS) {
        let mut sums = [[0.0_f32; KEYS]; TOGETHER];
        for n in 0..HEAD {
            let keys: &[f32; KEYS] =
                keys[n * padded + at..].first_chunk().expect("keys are padded to whole steps");
            for (sums, query) in sums.iter_mut().zip(queries) {
                for (sum, key) in sums.iter_mut().zip(keys) {
                    *sum = mul_add::<FUSED>(query[n], *key, *sum);
                }
            }
        }
        for (n, sums) in sums.iter().enumerate() {
            for (score, sum) in scores[n * padded + at..][..KEYS].iter_mut().zip(sums) {
                *score = sum * ROOT;
            }
        }
    }
}

/// Scores of one row to shares that add up to one; the padding gets none.
#[inline(always)]
fn soften<const FUSED: bool>(scores: &mut [f32], tokens: usize) {
    let scores = &mut scores[..tokens];
    let top = largest(scores);
    for score in &mut *scores {
        *score = exp::<FUSED>(*score - top);
    }
    let share = 1.0 / sum(scores);
    for score in scores {
        *score *= share;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_token_gathers_by_softmax_of_scaled_dot_products() {
        for tokens in [1, 4, 17, 30] {
            let projected: Vec<f32> = (0..tokens * STRIDE)
                .map(|n| ((n * 37 % 101) as f32 / 50.0 - 1.0) * (1.0 + (n % 7) as f32 / 4.0))
                .collect();
            let mut mixed = vec![9.0; tokens * WIDTH];
            Attention::default().mix(&projected, &mut mixed);
            let at = |token: usize, which: usize, n: usize| {
                f64::from(projected[token * STRIDE + which * WIDTH + n])
            };
            for row in 0..tokens {
                for head in 0..HEADS {
                    let lanes = head * HEAD..(head + 1) * HEAD;
                    let scores: Vec<f64> = (0..tokens)
                        .map(|t| {
                            lanes.clone().map(|n| at(row, 0, n) * at(t, 1, n)).sum::<f64>() / 32f64.sqrt()
                        })
                        .map(f64::exp)
                        .collect();
                    let total: f64 = scores.iter().sum();
                    for n in lanes {
                        let want: f64 = (0..tokens).map(|t| scores[t] / total * at(t, 2, n)).sum();
                        let got = f64::from(mixed[row * WIDTH + n]);
                        assert!(
                            (got - want).abs() < 1e-4,
                            "{tokens} tokens, row {row}, {n}: {got} for {want}"
                        );
                    }
                }
            }
        }
    }
}
