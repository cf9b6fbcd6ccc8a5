//! One vector rounded to a byte a number: what the database keeps and the matrix scans.

use thiserror::Error;

/// A vector as whole numbers from -127 to 127 and what one of them is worth.
///
/// Rounding moves a dot product of two unit vectors by less than a hundredth; the order of near neighbours hardly ever.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundedVector {
    pub(super) worth: f32,
    pub(super) values: Vec<i8>,
}

/// Bytes that are not a vector.
#[derive(Debug, Error, PartialEq)]
#[error("a stored vector of {found} bytes is damaged: rebuild the search index")]
pub struct NotAVector {
    pub found: usize,
}

const LARGEST: f32 = 127.0;
const WORTH_BYTES: usize = size_of::<f32>();

impl RoundedVector {
    /// Rounds `vector`; numbers that are not finite count as zero.
    #[must_use]
    pub fn round(vector: &[f32]) -> Self {
        let finite = |v: &f32| if v.is_finite() { *v } else { 0.0 };
        let largest = vector.iter().map(finite).fold(0.0_f32, |most, v| most.max(v.abs()));
        // Too small to divide by is as good as zero.
        let per_worth = if largest > f32::MIN_POSITIVE { LARGEST / largest } else { 0.0 };
        let values = vector.iter().map(|v| (finite(v) * per_worth).round() as i8).collect();
        Self { worth: largest / LARGEST, values }
    }

    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.values.len()
    }

    /// The vector, as near as rounding left it.
    #[must_use]
    pub fn to_floats(&self) -> Vec<f32> {
        self.values.iter().map(|v| f32::from(*v) * self.worth).collect()
    }

    /// Four bytes of worth (little-endian), then a byte a number.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(WORTH_BYTES + self.values.len());
        bytes.extend(self.worth.to_le_bytes());
        bytes.extend(self.values.iter().map(|v| v.to_le_bytes()[0]));
        bytes
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotAVector> {
        let damaged = NotAVector { found: bytes.len() };
        let Some((worth, values)) = bytes.split_first_chunk::<WORTH_BYTES>() else { return Err(damaged) };
        let worth = f32::from_le_bytes(*worth);
        if values.is_empty() || !worth.is_finite() || worth < 0.0 {
            return Err(damaged);
        }
        Ok(Self { worth, values: values.iter().map(|v| i8::from_le_bytes([*v])).collect() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strange_numbers_become_zero() {
        let vector = RoundedVector::round(&[f32::NAN, 2.0, f32::INFINITY, -1.0]);
        assert_eq!(vector.values, [0, 127, 0, -64]);
        assert_eq!(RoundedVector::round(&[0.0, 1e-40]).to_floats(), [0.0, 0.0]);
    }

    #[test]
    fn bytes_that_are_no_vector_are_refused() {
        for bytes in [&[][..], &[1, 2, 3], &[0, 0, 0, 0], &[0, 0, 0xc0, 0x7f, 5], &[0, 0, 0x80, 0xbf, 5]] {
            assert_eq!(RoundedVector::from_bytes(bytes), Err(NotAVector { found: bytes.len() }), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn a_vector_survives_its_bytes_and_each_number_its_rounding(vector in prop::collection::vec(-3.0_f32..3.0, 1..400)) {
            let rounded = RoundedVector::round(&vector);
            let read = RoundedVector::from_bytes(&rounded.to_bytes());
            prop_assert_eq!(read.as_ref(), Ok(&rounded));
            let largest = vector.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
            for (v, r) in vector.iter().zip(rounded.to_floats()) {
                prop_assert!((v - r).abs() <= largest / 254.0 * 1.001, "{v} became {r}");
            }
        }
    }
}
