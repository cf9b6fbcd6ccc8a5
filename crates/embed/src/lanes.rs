//! Arithmetic over rows in sixteen independent lanes: an order of summing that vector registers can follow.
//!
//! All of it is inlined into functions that are compiled once per kind of processor.

const LANES: usize = 16;

/// `a · b + c`. `FUSED` where the processor has the instruction; elsewhere the fused form would be a slow call.
#[inline(always)]
pub(crate) fn mul_add<const FUSED: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FUSED { a.mul_add(b, c) } else { a * b + c }
}

#[inline(always)]
pub(crate) fn largest_magnitude(row: &[f32]) -> f32 {
    reduce(row, 0.0, |most, v| if v.abs() > most { v.abs() } else { most }, |a, b| if a > b { a } else { b })
}

#[inline(always)]
pub(crate) fn largest(row: &[f32]) -> f32 {
    let more = |a: f32, b: f32| if b > a { b } else { a };
    reduce(row, f32::NEG_INFINITY, more, more)
}

#[inline(always)]
pub(crate) fn sum(row: &[f32]) -> f32 {
    reduce(row, 0.0, |sum, v| sum + v, |a, b| a + b)
}

#[inline(always)]
pub(crate) fn sum_of_squares(row: &[f32]) -> f32 {
    reduce(row, 0.0, |sum, v| sum + v * v, |a, b| a + b)
}

#[inline(always)]
fn reduce(row: &[f32], start: f32, step: impl Fn(f32, f32) -> f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane = step(*lane, *v);
        }
    }
    for (lane, v) in lanes.iter_mut().zip(rest) {
        *lane = step(*lane, *v);
    }
    lanes.into_iter().reduce(join).unwrap_or(start)
}

/// eˣ to 2 units in the last place for -87 ≤ x ≤ 88; below that, a number that is zero for every purpose here.
#[inline(always)]
pub(crate) fn exp<const FUSED: bool>(x: f32) -> f32 {
    const SHIFT: f32 = 12_582_912.0;
    let x = if x > -87.0 { x } else { -87.0 };
    let x = if x < 88.0 { x } else { 88.0 };
    // x = n·ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts, so that r keeps its low bits.
    let shifted = mul_add::<FUSED>(x, std::f32::consts::LOG2_E, SHIFT);
    let n = shifted - SHIFT;
    let r = mul_add::<FUSED>(n, -0.693_359_4, x);
    let r = mul_add::<FUSED>(n, 2.121_944_4e-4, r);
    let mut p = 1.0 / 5040.0;
    for c in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        p = mul_add::<FUSED>(p, r, c);
    }
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(0x3f80_0000));
    p * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exact_to_a_few_last_bits() {
        for step in -8700..=8800 {
            let x = step as f32 / 100.0;
            let want = f64::from(x).exp();
            for got in [exp::<false>(x), exp::<true>(x)] {
                assert!((f64::from(got) / want - 1.0).abs() < 5e-7, "exp({x}) gave {got}, is {want}");
            }
        }
        assert!(exp::<false>(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn sums_and_maxima_count_every_number_of_an_odd_row() {
        let row: Vec<f32> = (1..=37).map(|n| if n == 36 { -36.0 } else { n as f32 }).collect();
        assert_eq!(sum(&row), 703.0 - 72.0);
        assert_eq!(sum_of_squares(&row), (1..=37).map(|n| n * n).sum::<i32>() as f32);
        assert_eq!(largest(&row), 37.0);
        assert_eq!(largest_magnitude(&row[..36]), 36.0);
        assert_eq!(largest(&row[35..36]), -36.0);
    }
}
