//! The two element-wise steps of a layer: the GELU bend, and adding a step's result with layer normalisation.

use multiversion::{multiversion, target::match_target};

use crate::lanes::{exp, mul_add, sum, sum_of_squares};
use crate::shape::WIDTH;

/// Gain and offset of one normalisation, `WIDTH` numbers each.
#[derive(Debug, PartialEq)]
pub(crate) struct Norm {
    pub(crate) gain: Vec<f32>,
    pub(crate) offset: Vec<f32>,
}

impl Norm {
    /// `x = norm(x + added)`, row by row.
    pub(crate) fn add(&self, x: &mut [f32], added: &[f32]) {
        add_and_norm(x, added, &self.gain, &self.offset);
    }
}

#[multiversion(targets = "simd")]
fn add_and_norm(x: &mut [f32], added: &[f32], gain: &[f32], offset: &[f32]) {
    const TINY: f32 = 1e-12;
    for (row, added) in x.chunks_exact_mut(WIDTH).zip(added.chunks_exact(WIDTH)) {
        for (v, a) in row.iter_mut().zip(added) {
            *v += a;
        }
        let mean = sum(row) / WIDTH as f32;
        for v in &mut *row {
            *v -= mean;
        }
        let per_spread = 1.0 / (sum_of_squares(row) / WIDTH as f32 + TINY).sqrt();
        for ((v, gain), offset) in row.iter_mut().zip(gain).zip(offset) {
            *v = *v * per_spread * gain + offset;
        }
    }
}

/// `x·Φ(x)` with the normal distribution's Φ, on every number.
#[multiversion(targets = "simd")]
pub(crate) fn gelu(x: &mut [f32]) {
    match_target! {
        "x86_64+fma" => gelu_with::<true>(x),
        "aarch64+neon" => gelu_with::<true>(x),
        _ => gelu_with::<false>(x)
    }
}

/// Φ by Abramowitz and Stegun's formula 7.1.26 for the error function: off by at most 1.5·10⁻⁷.
#[inline(always)]
fn gelu_with<const FUSED: bool>(x: &mut [f32]) {
    for v in x {
        let z = v.abs() * std::f32::consts::FRAC_1_SQRT_2;
        let t = 1.0 / mul_add::<FUSED>(0.327_591_1, z, 1.0);
        let mut p = 1.061_405_4;
        for c in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
            p = mul_add::<FUSED>(p, t, c);
        }
        // Half of what is left of the tail beyond |v|.
        let tail = 0.5 * p * t * exp::<FUSED>(-z * z);
        *v *= if *v < 0.0 { tail } else { 1.0 - tail };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gelu_bends_as_the_normal_distribution_does() {
        // Pairs from the definition.
        let table = [
            (-10.0, 0.0),
            (-3.0, -0.004_049_694),
            (-1.0, -0.158_655_25),
            (-0.1, -0.046_017_216),
            (0.0, 0.0),
            (0.1, 0.053_982_784),
            (1.0, 0.841_344_7),
            (3.0, 2.995_950_3),
            (10.0, 10.0),
        ];
        let mut x: Vec<f32> = table.iter().map(|(x, _)| *x).collect();
        gelu(&mut x);
        for (got, (x, want)) in x.iter().zip(table) {
            assert!((got - want).abs() < 5e-7, "gelu({x}) gave {got}, is {want}");
        }
    }

    #[test]
    fn a_normed_row_has_the_gain_as_spread_and_the_offset_as_mean() {
        let norm = Norm { gain: vec![3.0; WIDTH], offset: vec![0.5; WIDTH] };
        let mut x: Vec<f32> = (0..2 * WIDTH).map(|n| (n * n % 17) as f32).collect();
        let added: Vec<f32> = (0..2 * WIDTH).map(|n| (n % 5) as f32).collect();
        norm.add(&mut x, &added);
        for row in x.chunks_exact(WIDTH) {
            let mean = row.iter().sum::<f32>() / WIDTH as f32;
            let spread = (row.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / WIDTH as f32).sqrt();
            assert!((mean - 0.5).abs() < 1e-4 && (spread - 3.0).abs() < 1e-3, "{mean} {spread}");
        }
    }
}
