//! Rows of numbers rounded to whole ones, each row with its own scale.

use multiversion::multiversion;

use crate::lanes::largest_magnitude;

/// The largest rounded input. With 8-bit weights and 1536 inputs a sum stays below 2³¹: 1536 · 127 · 10 000 < 2³¹.
const LARGEST: f32 = 10_000.0;
/// Rows come in fours, so that the kernels need no case for a last single row.
const ROWS: usize = 4;

/// *Invariant:* holds a multiple of four rows; those past `rows` are zero.
#[derive(Debug, Default)]
pub(crate) struct Rounded {
    width: usize,
    rows: usize,
    values: Vec<i16>,
    scales: Vec<f32>,
}

impl Rounded {
    /// Replaces what is held by `x`, rows of `width` numbers.
    pub(crate) fn fill(&mut self, x: &[f32], width: usize) {
        self.width = width;
        self.rows = x.len() / width;
        let padded = self.rows.next_multiple_of(ROWS);
        self.values.resize(padded * width, 0);
        self.values[self.rows * width..].fill(0);
        self.scales.clear();
        self.scales.resize(padded, 0.0);
        round_rows(x, width, &mut self.values, &mut self.scales);
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn padded_rows(&self) -> usize {
        self.scales.len()
    }

    #[inline(always)]
    pub(super) fn row(&self, n: usize) -> &[i16] {
        &self.values[n * self.width..][..self.width]
    }

    #[inline(always)]
    pub(super) fn scale(&self, n: usize) -> f32 {
        self.scales[n]
    }
}

#[multiversion(targets = "simd")]
fn round_rows(x: &[f32], width: usize, values: &mut [i16], scales: &mut [f32]) {
    /// Adding it leaves the nearest whole number in the low bits of the sum; a cast would cost a branch a number.
    const SHIFT: f32 = 12_582_912.0;
    for ((row, values), scale) in x.chunks_exact(width).zip(values.chunks_exact_mut(width)).zip(scales) {
        let largest = largest_magnitude(row);
        // A row too small to divide by is as good as zero.
        let per_unit = if largest > f32::MIN_POSITIVE { LARGEST / largest } else { 0.0 };
        *scale = largest / LARGEST;
        for (value, v) in values.iter_mut().zip(row) {
            *value = (v * per_unit + SHIFT).to_bits() as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_own_scale_and_are_padded_with_zeros() {
        let mut rounded = Rounded::default();
        rounded.fill(&[7.0; 40], 8);
        rounded.fill(&[1.0, -0.5, 0.25, 0.0, 300.0, -300.0, 150.0, 0.03], 4);
        assert_eq!((rounded.rows(), rounded.padded_rows()), (2, 4));
        assert_eq!(rounded.row(0), [10_000, -5_000, 2_500, 0]);
        assert_eq!(rounded.row(1), [10_000, -10_000, 5_000, 1]);
        assert_eq!(rounded.row(3), [0; 4]);
        assert!((rounded.scale(1) * 10_000.0 - 300.0).abs() < 1e-3);
    }

    #[test]
    fn a_row_of_vanishing_numbers_is_zero() {
        let mut rounded = Rounded::default();
        rounded.fill(&[1e-40, -1e-40], 2);
        assert_eq!(rounded.row(0), [0, 0]);
    }
}
