//! The few inputs of a layer whose weights stay unrounded.
//!
//! The network has a handful of neurons that shout: one huge weight each, fed by one huge value. Rounded with the rest,
//! such a weight makes its whole row coarse and its error is multiplied by the huge value. Set apart, the worst cosine
//! to full precision rises from 0.9964 to 0.9991 for 3 % more bytes. They are found by their weights alone.

use multiversion::{multiversion, target::match_target};

use super::panel::PANEL;
use crate::lanes::mul_add;

/// Inputs set apart in each layer.
pub(crate) const EXACT: usize = 8;

#[derive(Debug, PartialEq)]
pub(crate) struct Exact {
    /// Which inputs, ascending.
    pub(crate) places: Vec<u16>,
    /// For each of them its weight to every output.
    pub(crate) weights: Vec<f32>,
}

impl Exact {
    /// The inputs that hold the weights farthest out of their rows. Their weights in `rows` become zero.
    pub(super) fn set_apart(rows: &mut [f32], inputs: usize) -> Self {
        let mut reach = vec![0.0_f32; inputs];
        for row in rows.chunks_exact(inputs) {
            let typical =
                (row.iter().map(|w| w * w).sum::<f32>() / inputs as f32).sqrt().max(f32::MIN_POSITIVE);
            for (most, weight) in reach.iter_mut().zip(row) {
                *most = most.max(weight.abs() / typical);
            }
        }
        let mut places: Vec<usize> = (0..inputs).collect();
        places.sort_by(|a, b| reach[*b].total_cmp(&reach[*a]).then(a.cmp(b)));
        places.truncate(EXACT);
        places.sort_unstable();
        let mut weights = Vec::with_capacity(EXACT * rows.len() / inputs);
        for place in &places {
            weights.extend(rows.iter().skip(*place).step_by(inputs));
        }
        for row in rows.chunks_exact_mut(inputs) {
            for place in &places {
                row[*place] = 0.0;
            }
        }
        let places = places.into_iter().map(|k| u16::try_from(k).expect("a layer has few inputs")).collect();
        Self { places, weights }
    }

    /// Adds their share to the outputs `y`.
    pub(super) fn add(&self, x: &[f32], inputs: usize, y: &mut [f32]) {
        let values: Vec<[f32; EXACT]> = x
            .chunks_exact(inputs)
            .map(|row| std::array::from_fn(|n| row[usize::from(self.places[n])]))
            .collect();
        add_products(&values, &self.weights, y);
    }
}

#[multiversion(targets = "simd")]
fn add_products(values: &[[f32; EXACT]], weights: &[f32], y: &mut [f32]) {
    match_target! {
        "x86_64+fma" => add_products_with::<true>(values, weights, y),
        "aarch64+neon" => add_products_with::<true>(values, weights, y),
        _ => add_products_with::<false>(values, weights, y)
    }
}

/// Panel by panel, so that its weights stay in registers while all rows go by.
#[inline(always)]
fn add_products_with<const FUSED: bool>(values: &[[f32; EXACT]], weights: &[f32], y: &mut [f32]) {
    let outputs = weights.len() / EXACT;
    for at in (0..outputs).step_by(PANEL) {
        let mut panel = [[0.0; PANEL]; EXACT];
        for (n, panel) in panel.iter_mut().enumerate() {
            panel.copy_from_slice(&weights[n * outputs + at..][..PANEL]);
        }
        for (values, y) in values.iter().zip(y.chunks_exact_mut(outputs)) {
            let y: &mut [f32; PANEL] = y[at..].first_chunk_mut().expect("outputs come in whole panels");
            let mut sums = *y;
            for (value, panel) in values.iter().zip(&panel) {
                for (sum, weight) in sums.iter_mut().zip(panel) {
                    *sum = mul_add::<FUSED>(*value, *weight, *sum);
                }
            }
            *y = sums;
        }
    }
}
