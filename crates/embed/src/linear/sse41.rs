//! The kernel for SSE4.1, all that small boxes have: a quarter of a panel is one register, two terms of four outputs an instruction.

use std::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_cvtepi8_epi16, _mm_madd_epi16, _mm_set1_epi32, _mm_setzero_si128,
    _mm_srli_si128,
};

use super::layer::Linear;
use super::panel::{PANEL, STEP};
use super::rounded::Rounded;
use super::tiles::tiles;

#[target_feature(enable = "sse4.1")]
pub(super) fn multiply(layer: &Linear, x: &Rounded, y: &mut [f32]) {
    tiles::<2, 1>(layer, x, y, 0, |panels, rows| sums(panels, rows));
}

#[target_feature(enable = "sse4.1")]
#[inline]
fn sums([panel]: [&[i8]; 1], rows: [&[i16]; 2]) -> [[[i32; PANEL]; 1]; 2] {
    let mut sums = [[_mm_setzero_si128(); 4]; 2];
    let steps = panel.as_chunks::<STEP>().0;
    // Cut to the same length, so that the loop below needs no checks.
    let pairs = rows.map(|row| &row.as_chunks::<2>().0[..steps.len()]);
    for j in 0..steps.len() {
        let [low, high]: [__m128i; 2] = bytemuck::cast(steps[j]);
        let weights = [
            _mm_cvtepi8_epi16(low),
            _mm_cvtepi8_epi16(_mm_srli_si128::<8>(low)),
            _mm_cvtepi8_epi16(high),
            _mm_cvtepi8_epi16(_mm_srli_si128::<8>(high)),
        ];
        for t in 0..2 {
            let pair = _mm_set1_epi32(bytemuck::cast(pairs[t][j]));
            for quarter in 0..4 {
                sums[t][quarter] = _mm_add_epi32(sums[t][quarter], _mm_madd_epi16(weights[quarter], pair));
            }
        }
    }
    sums.map(|row| [bytemuck::cast(row)])
}
