//! The walk that every kernel shares.

use super::layer::Linear;
use super::panel::PANEL;
use super::rounded::Rounded;

/// Walks the layer in tiles of `T` rows × `P` panels; `sums` is the kernel. A panel stays in the nearest cache while
/// all rows go by.
#[inline(always)]
pub(super) fn tiles<const T: usize, const P: usize>(
    layer: &Linear,
    x: &Rounded,
    y: &mut [f32],
    from_row: usize,
    sums: impl Fn([&[i8]; P], [&[i16]; T]) -> [[[i32; PANEL]; P]; T],
) -> usize {
    let outputs = layer.outputs();
    let panel_bytes = PANEL * layer.inputs;
    let tiles = (x.padded_rows() - from_row) / T;
    for first in (0..outputs / PANEL).step_by(P) {
        let panels: [&[i8]; P] =
            std::array::from_fn(|p| &layer.panels[(first + p) * panel_bytes..][..panel_bytes]);
        for tile in 0..tiles {
            let row = from_row + tile * T;
            let found = sums(panels, std::array::from_fn(|t| x.row(row + t)));
            for t in 0..T {
                let worth = x.scale(row + t);
                for (p, sums) in found[t].iter().enumerate() {
                    let n = (first + p) * PANEL;
                    let (scales, bias) = (&layer.scales[n..][..PANEL], &layer.bias[n..][..PANEL]);
                    let y = &mut y[(row + t) * outputs + n..][..PANEL];
                    for lane in 0..PANEL {
                        y[lane] = sums[lane] as f32 * (worth * scales[lane]) + bias[lane];
                    }
                }
            }
        }
    }
    from_row + tiles * T
}
