//! The kernel for AVX2: half a panel is one register, two terms of eight outputs an instruction.

use std::arch::x86_64::{
    __m128i, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_madd_epi16, _mm256_set1_epi32,
    _mm256_setzero_si256,
};

use super::layer::Linear;
use super::panel::{PANEL, STEP};
use super::rounded::Rounded;
use super::tiles::tiles;

#[target_feature(enable = "avx2")]
pub(super) fn multiply(layer: &Linear, x: &Rounded, y: &mut [f32]) {
    tiles::<4, 1>(layer, x, y, 0, |panels, rows| sums(panels, rows));
}

#[target_feature(enable = "avx2")]
#[inline]
fn sums([panel]: [&[i8]; 1], rows: [&[i16]; 4]) -> [[[i32; PANEL]; 1]; 4] {
    let mut sums = [[_mm256_setzero_si256(); 2]; 4];
    let steps = panel.as_chunks::<STEP>().0;
    let mut pairs: [&[[i16; 2]]; 4] = [&[]; 4];
    for t in 0..4 {
        // Cut to the same length, so that the loop below needs no checks.
        pairs[t] = &rows[t].as_chunks::<2>().0[..steps.len()];
    }
    for j in 0..steps.len() {
        // Written out: a closure given to `map` would not be compiled for these registers.
        let [low, high]: [__m128i; 2] = bytemuck::cast(steps[j]);
        let weights = [_mm256_cvtepi8_epi16(low), _mm256_cvtepi8_epi16(high)];
        for t in 0..4 {
            let pair = _mm256_set1_epi32(bytemuck::cast(pairs[t][j]));
            for half in 0..2 {
                sums[t][half] = _mm256_add_epi32(sums[t][half], _mm256_madd_epi16(weights[half], pair));
            }
        }
    }
    let mut whole = [[[0; PANEL]; 1]; 4];
    for t in 0..4 {
        whole[t] = [bytemuck::cast(sums[t])];
    }
    whole
}
