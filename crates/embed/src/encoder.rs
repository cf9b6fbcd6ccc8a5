//! The forward pass: token ids to unit vectors, several texts at a time.
//!
//! The rows of all texts lie one after the other, so that the dense layers see one tall block; only attention looks at
//! one text at a time. There is no padding between texts.

use crate::activation::gelu;
use crate::attention::Attention;
use crate::lanes::sum_of_squares;
use crate::linear::Rounded;
use crate::shape::WIDTH;
use crate::weights::{Layer, Weights};

/// Space for one thread's work; kept between calls it spares the allocations.
#[derive(Debug, Default)]
pub(crate) struct Encoder {
    x: Vec<f32>,
    rounded: Rounded,
    projected: Vec<f32>,
    mixed: Vec<f32>,
    step: Vec<f32>,
    inner: Vec<f32>,
    attention: Attention,
}

impl Encoder {
    /// One vector of length one a text. Each text has 1 to [`crate::LONGEST`] ids, all within the vocabulary.
    pub(crate) fn encode(&mut self, weights: &Weights, texts: &[Vec<u32>]) -> Vec<Vec<f32>> {
        self.enter(weights, texts);
        for layer in &weights.layers {
            self.attend(layer, texts);
            self.think(layer);
        }
        let mut rows = self.x.chunks_exact(WIDTH);
        texts.iter().map(|ids| mean_direction(rows.by_ref().take(ids.len()))).collect()
    }

    /// Looks the ids up and tells each row its place in its text.
    fn enter(&mut self, weights: &Weights, texts: &[Vec<u32>]) {
        self.x.clear();
        self.step.clear();
        for ids in texts {
            for id in ids {
                let id = *id as usize;
                let scale = weights.token_scales[id];
                self.x.extend(weights.tokens[id * WIDTH..][..WIDTH].iter().map(|v| f32::from(*v) * scale));
            }
            self.step.extend_from_slice(&weights.positions[..ids.len() * WIDTH]);
        }
        weights.entry.add(&mut self.x, &self.step);
    }

    fn attend(&mut self, layer: &Layer, texts: &[Vec<u32>]) {
        layer.project.apply(&self.x, &mut self.rounded, &mut self.projected);
        self.mixed.resize(self.x.len(), 0.0);
        let mut row = 0;
        for ids in texts {
            let rows = row..row + ids.len();
            self.attention.mix(
                &self.projected[rows.start * 3 * WIDTH..rows.end * 3 * WIDTH],
                &mut self.mixed[rows.start * WIDTH..rows.end * WIDTH],
            );
            row = rows.end;
        }
        layer.join.apply(&self.mixed, &mut self.rounded, &mut self.step);
        layer.after_attention.add(&mut self.x, &self.step);
    }

    fn think(&mut self, layer: &Layer) {
        layer.widen.apply(&self.x, &mut self.rounded, &mut self.inner);
        gelu(&mut self.inner);
        layer.narrow.apply(&self.inner, &mut self.rounded, &mut self.step);
        layer.after_inner.add(&mut self.x, &self.step);
    }
}

/// Where the rows point on average, with length one.
fn mean_direction<'a>(rows: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let mut sums = vec![0.0_f32; WIDTH];
    for row in rows {
        for (sum, v) in sums.iter_mut().zip(row) {
            *sum += v;
        }
    }
    let length = sum_of_squares(&sums).sqrt().max(f32::MIN_POSITIVE);
    for sum in &mut sums {
        *sum /= length;
    }
    sums
}
