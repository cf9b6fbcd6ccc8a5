//! The vectors of everything searchable in one flat block of bytes, scanned whole for the nearest.
//!
//! At this size (up to some hundred thousand texts) a scan costs a few milliseconds, misses nothing and needs no index
//! to be kept in step.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap};
use std::hash::Hash;

use multiversion::multiversion;
use thiserror::Error;

use super::vector::RoundedVector;

/// Rows that are scored before the best of them are looked at; their scores stay in the nearest cache.
const BLOCK: usize = 256;

/// One rounded vector a key. *Invariant:* keys, places, worths and rows always agree.
#[derive(Debug)]
pub struct Matrix<K> {
    dimensions: usize,
    keys: Vec<K>,
    places: HashMap<K, usize>,
    worths: Vec<f32>,
    rows: Vec<i8>,
}

/// A question for one [`Matrix`], rounded so that sums of products fit whole numbers. Made by [`Matrix::question`].
#[derive(Debug, Clone)]
pub struct Question {
    worth: f32,
    values: Vec<i16>,
}

/// A vector of another model than the matrix holds.
#[derive(Debug, Error, PartialEq)]
#[error("a vector has {found} numbers where the index has {expected}: rebuild the search index")]
pub struct WrongDimensions {
    pub expected: usize,
    pub found: usize,
}

impl<K: Copy + Eq + Hash + Ord> Matrix<K> {
    /// Empty, for vectors of `dimensions` numbers.
    #[must_use]
    pub fn new(dimensions: usize) -> Self {
        Self { dimensions, keys: Vec::new(), places: HashMap::new(), worths: Vec::new(), rows: Vec::new() }
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    #[must_use]
    pub fn contains(&self, key: K) -> bool {
        self.places.contains_key(&key)
    }

    /// Puts `vector` under `key`, in place of the one that was there.
    pub fn insert(&mut self, key: K, vector: &RoundedVector) -> Result<(), WrongDimensions> {
        self.check(vector.dimensions())?;
        if let Some(place) = self.places.get(&key) {
            self.worths[*place] = vector.worth;
            self.rows[place * self.dimensions..][..self.dimensions].copy_from_slice(&vector.values);
        } else {
            self.places.insert(key, self.keys.len());
            self.keys.push(key);
            self.worths.push(vector.worth);
            self.rows.extend_from_slice(&vector.values);
        }
        Ok(())
    }

    /// Says whether there was one.
    pub fn remove(&mut self, key: K) -> bool {
        let Some(place) = self.places.remove(&key) else { return false };
        // The last row moves into the gap.
        let last = self.keys.len() - 1;
        self.rows.copy_within(last * self.dimensions.., place * self.dimensions);
        self.rows.truncate(last * self.dimensions);
        self.worths.swap_remove(place);
        self.keys.swap_remove(place);
        if place < last {
            self.places.insert(self.keys[place], place);
        }
        true
    }

    /// Rounds what is asked for, far finer than the rows are.
    pub fn question(&self, vector: &[f32]) -> Result<Question, WrongDimensions> {
        self.check(vector.len())?;
        // The largest number for which a sum of products with -127 … 127 cannot leave 32 bits.
        let limit = (i32::MAX as usize / 127 / self.dimensions.max(1)).min(10_000) as f32;
        let largest = vector.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        let per_worth = if largest > f32::MIN_POSITIVE { limit / largest } else { 0.0 };
        let values = vector.iter().map(|v| (v * per_worth).round() as i16).collect();
        Ok(Question { worth: largest / limit, values })
    }

    /// The `count` keys with the largest dot products among those that `keep` lets through, best first; equal ones by
    /// key. `keep` is asked only about rows that would be among the best so far.
    pub fn nearest(&self, question: &Question, count: usize, keep: impl Fn(K) -> bool) -> Vec<(K, f32)> {
        let mut best = BinaryHeap::with_capacity(count.min(self.len()) + 1);
        let mut sums = [0_i32; BLOCK];
        if count == 0 || self.dimensions == 0 {
            return Vec::new();
        }
        for (block, rows) in self.rows.chunks(BLOCK * self.dimensions).enumerate() {
            let sums = &mut sums[..rows.len() / self.dimensions];
            dot_products(rows, &question.values, sums);
            for (place, sum) in (block * BLOCK..).zip(sums) {
                let found =
                    Found { score: *sum as f32 * self.worths[place] * question.worth, key: self.keys[place] };
                let enters = best.len() < count || best.peek().is_some_and(|Reverse(worst)| found > *worst);
                if enters && keep(found.key) {
                    best.push(Reverse(found));
                    if best.len() > count {
                        best.pop();
                    }
                }
            }
        }
        best.into_sorted_vec().into_iter().map(|Reverse(found)| (found.key, found.score)).collect()
    }

    /// Every key with its dot product, in no order: for a caller that weighs it against something else.
    pub fn each(&self, question: &Question, mut see: impl FnMut(K, f32)) {
        if self.dimensions == 0 {
            return;
        }
        let mut sums = [0_i32; BLOCK];
        for (block, rows) in self.rows.chunks(BLOCK * self.dimensions).enumerate() {
            let sums = &mut sums[..rows.len() / self.dimensions];
            dot_products(rows, &question.values, sums);
            for (place, sum) in (block * BLOCK..).zip(sums) {
                see(self.keys[place], *sum as f32 * self.worths[place] * question.worth);
            }
        }
    }

    /// The dot product with one key's vector, as [`Matrix::nearest`] counts it.
    #[must_use]
    pub fn score(&self, question: &Question, key: K) -> Option<f32> {
        let place = *self.places.get(&key)?;
        let row = &self.rows[place * self.dimensions..][..self.dimensions];
        Some(dot_product(row, &question.values) as f32 * self.worths[place] * question.worth)
    }

    fn check(&self, found: usize) -> Result<(), WrongDimensions> {
        if found == self.dimensions {
            Ok(())
        } else {
            Err(WrongDimensions { expected: self.dimensions, found })
        }
    }
}

/// Greater is better: the higher score, then the smaller key.
#[derive(Debug, PartialEq)]
struct Found<K> {
    score: f32,
    key: K,
}

impl<K: Ord> Ord for Found<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then_with(|| other.key.cmp(&self.key))
    }
}

impl<K: Ord> PartialOrd for Found<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord> Eq for Found<K> {}

/// One sum for each row. Compiled for several kinds of processor; the best is taken at run time.
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512vl+avx512vnni", "x86_64+avx2"))]
fn dot_products(rows: &[i8], question: &[i16], sums: &mut [i32]) {
    for (row, sum) in rows.chunks_exact(question.len()).zip(sums) {
        *sum = dot_product(row, question);
    }
}

#[inline(always)]
fn dot_product(row: &[i8], question: &[i16]) -> i32 {
    row.iter().zip(question).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn matrix(rows: &[(u32, [f32; 2])]) -> Matrix<u32> {
        let mut matrix = Matrix::new(2);
        for (key, row) in rows {
            matrix.insert(*key, &RoundedVector::round(row)).unwrap();
        }
        matrix
    }

    fn keys(found: &[(u32, f32)]) -> Vec<u32> {
        found.iter().map(|(key, _)| *key).collect()
    }

    #[test]
    fn the_nearest_come_first_and_only_those_that_are_let_through() {
        let matrix = matrix(&[(1, [1.0, 0.0]), (2, [0.0, 1.0]), (3, [0.8, 0.6]), (4, [-1.0, 0.0])]);
        let question = matrix.question(&[1.0, 0.0]).unwrap();
        let found = matrix.nearest(&question, 3, |_| true);
        assert_eq!(keys(&found), [1, 3, 2]);
        assert!((found[0].1 - 1.0).abs() < 1e-3 && (found[1].1 - 0.8).abs() < 5e-3, "{found:?}");
        assert_eq!(keys(&matrix.nearest(&question, 2, |key| key % 2 == 0)), [2, 4]);
        assert_eq!(matrix.nearest(&question, 0, |_| true), []);
        assert_eq!(matrix.nearest(&question, 9, |_| false), []);
        assert_eq!(matrix.score(&question, 3), Some(found[1].1));
        assert_eq!(matrix.score(&question, 7), None);
    }

    #[test]
    fn equal_scores_are_ordered_by_key() {
        let matrix = matrix(&[(9, [1.0, 0.0]), (3, [1.0, 0.0]), (5, [1.0, 0.0]), (1, [0.0, 1.0])]);
        assert_eq!(keys(&matrix.nearest(&matrix.question(&[1.0, 0.0]).unwrap(), 2, |_| true)), [3, 5]);
    }

    #[test]
    fn a_vector_of_another_model_is_refused_with_a_way_out() {
        let mut matrix = Matrix::<u32>::new(3);
        let error = matrix.insert(1, &RoundedVector::round(&[1.0])).unwrap_err();
        assert_eq!(error, WrongDimensions { expected: 3, found: 1 });
        assert!(error.to_string().contains("rebuild the search index"), "{error}");
        assert!(matrix.question(&[1.0; 4]).is_err());
        assert!(matrix.is_empty());
    }

    #[test]
    fn an_empty_matrix_and_a_question_of_zeros_have_answers() {
        let none = Matrix::<u32>::new(2);
        assert_eq!(none.nearest(&none.question(&[1.0, 0.0]).unwrap(), 5, |_| true), []);
        let some = matrix(&[(2, [1.0, 0.0]), (1, [0.0, 1.0])]);
        assert_eq!(some.nearest(&some.question(&[0.0, 0.0]).unwrap(), 5, |_| true), [(1, 0.0), (2, 0.0)]);
    }

    #[test]
    fn the_largest_rows_do_not_overflow() {
        for dimensions in [1, 384, 4096] {
            let ones = vec![1.0; dimensions];
            let mut matrix = Matrix::new(dimensions);
            matrix.insert(0, &RoundedVector::round(&ones)).unwrap();
            let question = matrix.question(&ones).unwrap();
            let score = matrix.score(&question, 0).unwrap();
            assert!((score / dimensions as f32 - 1.0).abs() < 1e-3, "{dimensions}: {score}");
        }
    }

    #[test]
    fn a_row_is_found_in_whichever_block_it_lies() {
        let rows = 3 * BLOCK + 17;
        for hidden in [0, BLOCK - 1, BLOCK, 2 * BLOCK + 5, rows - 1] {
            let mut matrix = Matrix::new(3);
            for key in 0..rows {
                let row = if key == hidden { [0.2, 0.9, 0.1] } else { [0.9, 0.2, key as f32 / rows as f32] };
                matrix.insert(key, &RoundedVector::round(&row)).unwrap();
            }
            let found = matrix.nearest(&matrix.question(&[0.0, 1.0, 0.0]).unwrap(), 1, |_| true);
            assert_eq!(found[0].0, hidden);
        }
    }

    const WIDTH: usize = 24;

    #[derive(Debug, Clone)]
    enum Act {
        Insert(u8, Vec<f32>),
        Remove(u8),
    }

    fn act() -> impl Strategy<Value = Act> {
        let vector = prop::collection::vec(-1.0_f32..1.0, WIDTH);
        prop_oneof![3 => (any::<u8>(), vector).prop_map(|(key, v)| Act::Insert(key, v)), 1 => any::<u8>().prop_map(Act::Remove)]
    }

    proptest! {
        #[test]
        fn after_any_changes_the_best_are_those_of_plain_arithmetic(
            acts in prop::collection::vec(act(), 0..150),
            asked in prop::collection::vec(-1.0_f32..1.0, WIDTH),
            count in 0_usize..40,
            odd_only in any::<bool>(),
        ) {
            let mut matrix = Matrix::new(WIDTH);
            let mut plain: BTreeMap<u8, Vec<f32>> = BTreeMap::new();
            for act in acts {
                match act {
                    Act::Insert(key, vector) => {
                        matrix.insert(key, &RoundedVector::round(&vector)).unwrap();
                        plain.insert(key, vector);
                    }
                    Act::Remove(key) => prop_assert_eq!(matrix.remove(key), plain.remove(&key).is_some()),
                }
            }
            prop_assert_eq!(matrix.len(), plain.len());
            prop_assert!(plain.keys().all(|key| matrix.contains(*key)));
            let keep = |key: u8| !odd_only || key % 2 == 1;
            let dot = |key: u8| -> f32 { plain[&key].iter().zip(&asked).map(|(a, b)| a * b).sum() };
            let found = matrix.nearest(&matrix.question(&asked).unwrap(), count, keep);

            let mut wanted: Vec<u8> = plain.keys().copied().filter(|key| keep(*key)).collect();
            wanted.sort_by(|a, b| dot(*b).total_cmp(&dot(*a)));
            prop_assert_eq!(found.len(), count.min(wanted.len()));
            let mut each = BTreeMap::new();
            matrix.each(&matrix.question(&asked).unwrap(), |key, score| {
                each.insert(key, score);
            });
            prop_assert_eq!(each.len(), plain.len());
            prop_assert!(found.iter().all(|(key, score)| each[key] == *score));
            prop_assert!(found.iter().all(|(key, _)| keep(*key)));
            prop_assert!(found.is_sorted_by(|a, b| (b.1, a.0) <= (a.1, b.0)));
            // Rounding may be off by half a step in each of the numbers.
            let slack = WIDTH as f32 / 254.0 + 0.01;
            for (place, (key, score)) in found.iter().enumerate() {
                prop_assert!((score - dot(*key)).abs() < slack, "{key}: {score} for {}", dot(*key));
                prop_assert!(dot(*key) > dot(wanted[place]) - 2.0 * slack);
            }
        }
    }
}
