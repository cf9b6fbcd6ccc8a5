//! The embedder itself: one loaded model shared by all threads.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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

/// A [`MiniLm`] that is opened by the first text. While the model is missing or damaged, each call says so and looks
/// again, so that installing it needs no restart.
#[derive(Debug)]
pub struct OnDemand {
    models_dir: PathBuf,
    opened: Mutex<Option<Arc<MiniLm>>>,
}

impl OnDemand {
    #[must_use]
    pub fn new(models_dir: PathBuf) -> Self {
        Self { models_dir, opened: Mutex::new(None) }
    }

    fn model(&self) -> Result<Arc<MiniLm>, OpenError> {
        // A thread that broke while opening left nothing behind: the slot is empty or whole.
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = &*opened {
            return Ok(Arc::clone(model));
        }
        Ok(Arc::clone(opened.insert(Arc::new(MiniLm::open(&self.models_dir)?))))
    }
}

impl Embedder for OnDemand {
    fn model_id(&self) -> &str {
        MODEL_ID
    }

    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let model = self.model().map_err(|e| EmbedError::Unavailable { reason: with_cause(&e) })?;
        model.embed(texts)
    }
}

/// The error and, in brackets, what the system said.
fn with_cause(error: &OpenError) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error} ({cause})"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
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

    #[test]
    fn a_missing_model_is_a_reason_with_a_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let embedder = OnDemand::new(folder.path().to_owned());
        let error = embedder.embed(&["nas"]).unwrap_err();
        assert!(matches!(error, EmbedError::Unavailable { .. }));
        let text = error.to_string();
        assert!(
            text.contains("search by meaning is off") && text.contains("labkeeper model install"),
            "{text}"
        );
    }
}
