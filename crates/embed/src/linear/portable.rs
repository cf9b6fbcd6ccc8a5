//! The kernel for processors that have none of their own, written so that the compiler may find an instruction for it.

use super::layer::Linear;
use super::panel::{PANEL, STEP};
use super::rounded::Rounded;
use super::tiles::tiles;

#[inline(always)]
pub(super) fn multiply(layer: &Linear, x: &Rounded, y: &mut [f32]) {
    tiles::<4, 1>(layer, x, y, 0, sums);
}

#[inline(always)]
fn sums([panel]: [&[i8]; 1], rows: [&[i16]; 4]) -> [[[i32; PANEL]; 1]; 4] {
    let mut sums = [[[0_i32; PANEL]; 1]; 4];
    for (j, weights) in panel.as_chunks::<STEP>().0.iter().enumerate() {
        for (sums, row) in sums.iter_mut().zip(rows) {
            let (a, b) = (i32::from(row[2 * j]), i32::from(row[2 * j + 1]));
            for (lane, sum) in sums[0].iter_mut().enumerate() {
                *sum += i32::from(weights[2 * lane]) * a + i32::from(weights[2 * lane + 1]) * b;
            }
        }
    }
    sums
}
