//! A dense layer with 8-bit weights: `y = x·Wᵀ + b`, summed in whole numbers.
//!
//! Weights have 8 bits and one scale an output, but for a few that stay [`Exact`]; inputs are rounded to 14 bits and one
//! scale a row. So nearly all the error is the weights', and one multiply-add instruction does two terms on every
//! processor.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod exact;
mod layer;
mod panel;
mod portable;
mod rounded;
#[cfg(target_arch = "x86_64")]
mod sse41;
mod tiles;

use multiversion::{multiversion, target::match_target};

pub(crate) use exact::{EXACT, Exact};
pub(crate) use layer::{Linear, round_row};
pub(crate) use rounded::Rounded;

impl Linear {
    /// Fills `y` with a row of outputs for each row of `x`; `rounded` is space to work in.
    pub(crate) fn apply(&self, x: &[f32], rounded: &mut Rounded, y: &mut Vec<f32>) {
        rounded.fill(x, self.inputs);
        y.resize(rounded.padded_rows() * self.outputs(), 0.0);
        multiply(self, rounded, y);
        y.truncate(rounded.rows() * self.outputs());
        self.exact.add(x, self.inputs, y);
    }
}

#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512vnni", "x86_64+avx2", "x86_64+sse4.1"))]
fn multiply(layer: &Linear, x: &Rounded, y: &mut [f32]) {
    match_target! {
        "x86_64+avx512f+avx512bw+avx512vl+avx512vnni" => avx512::multiply(layer, x, y),
        "x86_64+avx2" => avx2::multiply(layer, x, y),
        "x86_64+sse4.1" => sse41::multiply(layer, x, y),
        _ => portable::multiply(layer, x, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole numbers from a fixed walk, so that every failure repeats.
    fn walk(len: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        (0..len)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect()
    }

    fn plain(rows: &[f32], weights: &[f32], bias: &[f32], inputs: usize) -> Vec<f32> {
        rows.chunks_exact(inputs)
            .flat_map(|x| {
                weights
                    .chunks_exact(inputs)
                    .zip(bias)
                    .map(|(w, b)| b + x.iter().zip(w).map(|(x, w)| x * w).sum::<f32>())
            })
            .collect()
    }

    #[test]
    fn a_layer_answers_as_plain_arithmetic_does_within_its_rounding() {
        for (rows, inputs, outputs) in [(1, 384, 32), (3, 1536, 64), (8, 384, 1152), (13, 64, 96)] {
            let weights = walk(inputs * outputs, 7);
            let bias = walk(outputs, 8);
            let x = walk(rows * inputs, 9);
            let layer = Linear::round(weights.clone(), bias.clone());
            let mut y = Vec::new();
            layer.apply(&x, &mut Rounded::default(), &mut y);
            let expected = plain(&x, &weights, &bias, inputs);
            assert_eq!(y.len(), expected.len());
            // A weight is off by up to 1/254 of the largest, evenly spread: the sum's error grows with the root.
            let allowed = 6.0 / 254.0 / 3.0_f32.sqrt() * (inputs as f32).sqrt() / 3.0_f32.sqrt();
            for (n, (got, want)) in y.iter().zip(&expected).enumerate() {
                assert!((got - want).abs() < allowed, "{rows}×{inputs}→{outputs} at {n}: {got} for {want}");
            }
        }
    }

    /// What a processor without AVX-512 chooses.
    #[multiversion(targets("x86_64+avx2"))]
    fn multiply_narrower(layer: &Linear, x: &Rounded, y: &mut [f32]) {
        match_target! {
            "x86_64+avx2" => avx2::multiply(layer, x, y),
            _ => portable::multiply(layer, x, y)
        }
    }

    /// What a processor without AVX2 chooses.
    #[multiversion(targets("x86_64+sse4.1"))]
    fn multiply_narrowest(layer: &Linear, x: &Rounded, y: &mut [f32]) {
        match_target! {
            "x86_64+sse4.1" => sse41::multiply(layer, x, y),
            _ => portable::multiply(layer, x, y)
        }
    }

    #[test]
    fn every_kernel_counts_the_same() {
        let (rows, inputs, outputs) = (13, 384, 96);
        let layer = Linear::round(walk(inputs * outputs, 1), walk(outputs, 2));
        let mut x = Rounded::default();
        x.fill(&walk(rows * inputs, 3), inputs);
        let mut chosen = vec![0.0; x.padded_rows() * outputs];
        multiply(&layer, &x, &mut chosen);
        for other in [multiply_narrower, multiply_narrowest, portable::multiply] {
            let mut y = vec![0.0; x.padded_rows() * outputs];
            other(&layer, &x, &mut y);
            assert_eq!(chosen, y);
        }
    }

    #[test]
    fn the_largest_weights_and_inputs_do_not_overflow_the_sums() {
        let inputs = 1536;
        let layer = Linear::round(vec![1.0; inputs * 32], vec![0.0; 32]);
        let mut y = Vec::new();
        layer.apply(&vec![-2.0; inputs], &mut Rounded::default(), &mut y);
        assert!(y.iter().all(|v| (v + 3072.0).abs() < 0.5), "{:?}", &y[..4]);
    }

    #[test]
    fn a_row_of_zeros_stays_zero() {
        let layer = Linear::round(vec![0.0; 64 * 32], vec![0.5; 32]);
        let mut y = Vec::new();
        layer.apply(&[0.0; 64], &mut Rounded::default(), &mut y);
        assert_eq!(y, [0.5; 32]);
    }

    #[test]
    fn one_huge_weight_does_not_make_its_row_coarse() {
        let (inputs, outputs) = (384, 32);
        let mut weights = walk(inputs * outputs, 4);
        weights[5 * inputs + 77] = 500.0;
        let mut x = walk(inputs, 5);
        x[77] = 30.0;
        let layer = Linear::round(weights.clone(), vec![0.0; outputs]);
        assert!(layer.exact.places.contains(&77), "{:?}", layer.exact.places);
        let mut y = Vec::new();
        layer.apply(&x, &mut Rounded::default(), &mut y);
        for (got, want) in y.iter().zip(plain(&x, &weights, &[0.0; 32], inputs)) {
            assert!((got - want).abs() < 0.2, "{got} for {want}");
        }
    }
}
