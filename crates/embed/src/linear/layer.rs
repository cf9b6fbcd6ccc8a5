//! A layer: its rounded weights in the order in which the kernels read them.

use super::exact::Exact;
use super::panel::{PANEL, STEP};

/// *Invariant:* `outputs` is a multiple of two panels, `inputs` is even.
#[derive(Debug, PartialEq)]
pub(crate) struct Linear {
    pub(crate) inputs: usize,
    /// What one unit of an output's weights is worth.
    pub(crate) scales: Vec<f32>,
    pub(crate) bias: Vec<f32>,
    /// Panel after panel; in a panel, for inputs (0, 1), (2, 3) …, the two weights of each of its outputs.
    pub(crate) panels: Vec<i8>,
    pub(crate) exact: Exact,
}

impl Linear {
    /// Rounds `rows` (one row of `inputs` weights an output) and lays them out for the kernels.
    pub(crate) fn round(mut rows: Vec<f32>, bias: Vec<f32>) -> Self {
        let (outputs, inputs) = (bias.len(), rows.len() / bias.len());
        assert!(
            outputs.is_multiple_of(2 * PANEL) && inputs.is_multiple_of(2),
            "a layer the kernels can step through"
        );
        let exact = Exact::set_apart(&mut rows, inputs);
        let mut scales = Vec::with_capacity(outputs);
        let mut panels = vec![0; rows.len()];
        for (n, row) in rows.chunks_exact(inputs).enumerate() {
            let (scale, rounded) = round_row(row);
            scales.push(scale);
            let panel = n / PANEL * PANEL * inputs;
            for (k, weight) in rounded.enumerate() {
                panels[panel + k / 2 * STEP + n % PANEL * 2 + k % 2] = weight;
            }
        }
        Self { inputs, scales, bias, panels, exact }
    }

    pub(crate) fn outputs(&self) -> usize {
        self.bias.len()
    }
}

/// A row as 8-bit numbers and what one unit of them is worth.
pub(crate) fn round_row(row: &[f32]) -> (f32, impl Iterator<Item = i8>) {
    let largest = row.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
    let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
    (scale, row.iter().map(move |v| (v / scale).round() as i8))
}
