//! The kernel for AVX-512 with VNNI: a panel is one register, two terms of sixteen outputs and their sum an instruction.

use std::arch::x86_64::{
    __m256i, _mm512_cvtepi8_epi16, _mm512_dpwssd_epi32, _mm512_set1_epi32, _mm512_setzero_si512,
};

use super::layer::Linear;
use super::panel::{PANEL, STEP};
use super::rounded::Rounded;
use super::tiles::tiles;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
pub(super) fn multiply(layer: &Linear, x: &Rounded, y: &mut [f32]) {
    let done = tiles::<8, 2>(layer, x, y, 0, |panels, rows| sums(panels, rows));
    tiles::<4, 2>(layer, x, y, done, |panels, rows| sums(panels, rows));
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni")]
#[inline]
fn sums<const T: usize>(panels: [&[i8]; 2], rows: [&[i16]; T]) -> [[[i32; PANEL]; 2]; T] {
    let mut sums = [[_mm512_setzero_si512(); 2]; T];
    let left = panels[0].as_chunks::<STEP>().0;
    let right = &panels[1].as_chunks::<STEP>().0[..left.len()];
    let mut pairs: [&[[i16; 2]]; T] = [&[]; T];
    for t in 0..T {
        // Cut to the same length, so that the loop below needs no checks.
        pairs[t] = &rows[t].as_chunks::<2>().0[..left.len()];
    }
    for j in 0..left.len() {
        // Written out: a closure given to `map` would not be compiled for these registers.
        let near: __m256i = bytemuck::cast(left[j]);
        let far: __m256i = bytemuck::cast(right[j]);
        let weights = [_mm512_cvtepi8_epi16(near), _mm512_cvtepi8_epi16(far)];
        for t in 0..T {
            let pair = _mm512_set1_epi32(bytemuck::cast(pairs[t][j]));
            for p in 0..2 {
                sums[t][p] = _mm512_dpwssd_epi32(sums[t][p], weights[p], pair);
            }
        }
    }
    let mut whole = [[[0; PANEL]; 2]; T];
    for t in 0..T {
        whole[t] = [bytemuck::cast(sums[t][0]), bytemuck::cast(sums[t][1])];
    }
    whole
}
