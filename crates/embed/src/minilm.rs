//! The embedder itself: one loaded model shared by all threads.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use labkeeper_core::ports::{EmbedError, Embedder};

use crate::encoder::Encoder;
use crate::model_file::{self, FILE_NAME, OpenError};
use crate::shape::WIDTH;
use crate::weights::Weights;
use crate::wordpiece::WordPiece;

/// Stored beside every vector. Vectors of another model or rounding do not compare.
pub const MODEL_ID: &str = "all-minilm-l6-v2/i8.1";
/// Numbers in a vector.
pub const DIMENSIONS: usize = WIDTH;

/// Rows (token ids) that one pass takes together: enough to make good use of each weight fetched, few enough that the
/// widest step stays in a core's own cache.
const ROWS: usize = 256;

/// all-MiniLM-L6-v2 in memory: about 27 MB, read once, used from any number of threads.
#[derive(Debug)]
pub struct MiniLm {
    words: WordPiece,
    weights: Weights,
    threads: usize,
}

impl MiniLm {
    /// Reads and checks `minilm-l6-v2.i8` in `models_dir`; takes some tens of milliseconds.
    pub fn open(models_dir: &Path) -> Result<Self, OpenError> {
        let (words, weights) = model_file::read(&models_dir.join(FILE_NAME))?;
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Ok(Self { words, weights, threads })
    }

    /// At most so many threads work on one batch; without this, one a core.
    #[must_use]
    pub fn with_threads(self, threads: usize) -> Self {
        Self { threads: threads.max(1), ..self }
    }

    /// The ids that the network reads of a text: 2 to [`crate::LONGEST`], frame tokens included.
    #[must_use]
    pub fn token_ids(&self, text: &str) -> Vec<u32> {
        self.words.ids(text)
    }
}

impl Embedder for MiniLm {
    fn model_id(&self) -> &str {
        MODEL_ID
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let ids: Vec<Vec<u32>> = texts.iter().map(|text| self.words.ids(text)).collect();
        let passes = passes(&ids);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut encoder = Encoder::default();
            let mut done = Vec::new();
            while let Some(texts) = passes.get(next.fetch_add(1, Ordering::Relaxed)) {
                done.push((*texts, encoder.encode(&self.weights, &ids[texts.0..texts.1])));
            }
            done
        };
        let done = thread::scope(|scope| {
            let others: Vec<_> = (1..self.threads.min(passes.len())).map(|_| scope.spawn(work)).collect();
            let mut done = work();
            for other in others {
                done.extend(
                    other
                        .join()
                        .map_err(|_| EmbedError::Failed { reason: "a worker thread broke".into() })?,
                );
            }
            Ok(done)
        })?;
        let mut vectors = vec![Vec::new(); texts.len()];
        for ((from, to), found) in done {
            for (place, vector) in vectors[from..to].iter_mut().zip(found) {
                *place = vector;
            }
        }
        Ok(vectors)
    }
}

/// Cuts a batch into runs of neighbours, `(from, to)`, of about [`ROWS`] rows.
fn passes(texts: &[Vec<u32>]) -> Vec<(usize, usize)> {
    let mut passes = Vec::new();
    let (mut from, mut rows) = (0, 0);
    for (n, ids) in texts.iter().enumerate() {
        if rows > 0 && rows + ids.len() > ROWS {
            passes.push((from, n));
            (from, rows) = (n, 0);
        }
        rows += ids.len();
    }
    if from < texts.len() {
        passes.push((from, texts.len()));
    }
    passes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_cut_between_texts_and_nothing_is_lost() {
        let cut = |lengths: &[usize]| passes(&lengths.iter().map(|n| vec![0; *n]).collect::<Vec<_>>());
        assert_eq!(cut(&[]), []);
        assert_eq!(cut(&[7]), [(0, 1)]);
        assert_eq!(cut(&[ROWS, ROWS]), [(0, 1), (1, 2)]);
        assert_eq!(cut(&[100, 100, 56, 1]), [(0, 3), (3, 4)]);
        assert_eq!(cut(&[100, 100, 100]), [(0, 2), (2, 3)]);
    }
}
