//! Everything the network knows, and the order in which its file holds it.
//!
//! The same list of parts writes and reads, so the two cannot drift apart.

use std::io::{self, Read, Write};

use crate::activation::Norm;
use crate::linear::{EXACT, Exact, Linear};
use crate::shape::{INNER, LAYERS, VOCABULARY, WIDTH};
use crate::wordpiece::LONGEST;

#[derive(Debug, PartialEq)]
pub(crate) struct Weights {
    /// What one unit of a token's row is worth.
    pub(crate) token_scales: Vec<f32>,
    /// `VOCABULARY × WIDTH`.
    pub(crate) tokens: Vec<i8>,
    /// `LONGEST × WIDTH`, with the segment's row added in: there is only one segment.
    pub(crate) positions: Vec<f32>,
    pub(crate) entry: Norm,
    pub(crate) layers: Vec<Layer>,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Layer {
    /// Queries, keys and values in one step.
    pub(crate) project: Linear,
    pub(crate) join: Linear,
    pub(crate) after_attention: Norm,
    pub(crate) widen: Linear,
    pub(crate) narrow: Linear,
    pub(crate) after_inner: Norm,
}

impl Weights {
    /// Every number zero: the shape, to be filled.
    pub(crate) fn blank() -> Self {
        let linear = |inputs: usize, outputs: usize| Linear {
            inputs,
            scales: vec![0.0; outputs],
            bias: vec![0.0; outputs],
            panels: vec![0; inputs * outputs],
            exact: Exact { places: vec![0; EXACT], weights: vec![0.0; EXACT * outputs] },
        };
        let norm = || Norm { gain: vec![0.0; WIDTH], offset: vec![0.0; WIDTH] };
        Self {
            token_scales: vec![0.0; VOCABULARY],
            tokens: vec![0; VOCABULARY * WIDTH],
            positions: vec![0.0; LONGEST * WIDTH],
            entry: norm(),
            layers: (0..LAYERS)
                .map(|_| Layer {
                    project: linear(WIDTH, 3 * WIDTH),
                    join: linear(WIDTH, WIDTH),
                    after_attention: norm(),
                    widen: linear(WIDTH, INNER),
                    narrow: linear(INNER, WIDTH),
                    after_inner: norm(),
                })
                .collect(),
        }
    }

    /// The file's parts in order.
    fn parts(&mut self) -> Vec<Part<'_>> {
        let mut parts = vec![Part::Real(&mut self.token_scales), Part::Small(&mut self.tokens)];
        parts.push(Part::Real(&mut self.positions));
        parts.extend(norm_parts(&mut self.entry));
        for layer in &mut self.layers {
            parts.extend(linear_parts(&mut layer.project));
            parts.extend(linear_parts(&mut layer.join));
            parts.extend(norm_parts(&mut layer.after_attention));
            parts.extend(linear_parts(&mut layer.widen));
            parts.extend(linear_parts(&mut layer.narrow));
            parts.extend(norm_parts(&mut layer.after_inner));
        }
        parts
    }

    pub(crate) fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut weights = Self::blank();
        for part in weights.parts() {
            match part {
                Part::Small(numbers) => from.read_exact(bytemuck::cast_slice_mut(numbers))?,
                Part::Places(numbers) => {
                    for number in numbers {
                        let mut two = [0; 2];
                        from.read_exact(&mut two)?;
                        *number = u16::from_le_bytes(two);
                    }
                }
                Part::Real(numbers) => {
                    for number in numbers {
                        let mut four = [0; 4];
                        from.read_exact(&mut four)?;
                        *number = f32::from_le_bytes(four);
                    }
                }
            }
        }
        Ok(weights)
    }

    /// Takes `&mut` only to share the list of parts with reading; changes nothing.
    pub(crate) fn write(&mut self, to: &mut impl Write) -> io::Result<()> {
        for part in self.parts() {
            match part {
                Part::Small(numbers) => to.write_all(bytemuck::cast_slice(numbers))?,
                Part::Places(numbers) => {
                    for number in numbers {
                        to.write_all(&number.to_le_bytes())?;
                    }
                }
                Part::Real(numbers) => {
                    for number in numbers {
                        to.write_all(&number.to_le_bytes())?;
                    }
                }
            }
        }
        Ok(())
    }
}

enum Part<'a> {
    Real(&'a mut [f32]),
    Small(&'a mut [i8]),
    Places(&'a mut [u16]),
}

fn norm_parts(norm: &mut Norm) -> [Part<'_>; 2] {
    [Part::Real(&mut norm.gain), Part::Real(&mut norm.offset)]
}

fn linear_parts(linear: &mut Linear) -> [Part<'_>; 5] {
    [
        Part::Real(&mut linear.scales),
        Part::Real(&mut linear.bias),
        Part::Small(&mut linear.panels),
        Part::Places(&mut linear.exact.places),
        Part::Real(&mut linear.exact.weights),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut weights = Weights::blank();
        weights.tokens.iter_mut().zip(0..).for_each(|(v, n): (_, usize)| *v = (n % 251) as i8);
        weights.positions.iter_mut().zip(0..).for_each(|(v, n): (_, usize)| *v = n as f32 / 7.0);
        weights.layers[5].narrow.panels[3] = -7;
        weights.layers[0].join.exact.places[7] = 383;
        weights.layers[5].after_inner.offset[383] = 1.5;
        let mut bytes = Vec::new();
        weights.write(&mut bytes).unwrap();
        assert_eq!(Weights::read(&mut bytes.as_slice()).unwrap(), weights);
    }

    #[test]
    fn a_short_file_is_an_error() {
        assert_eq!(
            Weights::read(&mut [0_u8; 1000].as_slice()).unwrap_err().kind(),
            io::ErrorKind::UnexpectedEof
        );
    }
}
