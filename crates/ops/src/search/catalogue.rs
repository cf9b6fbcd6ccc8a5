//! The index of everything searchable, kept in memory beside the keeper. It is made from the rows of the store and
//! can be made again at any time; only vectors are dear, and those the store keeps by the hash of their text.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::AtomicBool;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use labkeeper_core::rank::index::{Entry, Index, Owner};
use labkeeper_core::rank::lexicon::ChunkNo;
use labkeeper_core::rank::matrix::{Matrix, WrongDimensions};
use labkeeper_core::rank::vector::RoundedVector;

/// Vectors by the hash of their text.
pub(crate) type Vectors = HashMap<String, RoundedVector>;

/// What is shared: the index, and whose turn it is to bring it up to date.
#[derive(Default)]
pub(crate) struct Catalogue {
    state: RwLock<State>,
    /// Held while the index is brought up to date or vectors are made, so that nobody does it twice.
    pub(crate) turn: tokio::sync::Mutex<()>,
    /// A worker of this process makes vectors, so that questions need not.
    pub(crate) has_worker: AtomicBool,
}

impl Catalogue {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        // A thread that broke while it wrote leaves an index that the next rebuild replaces; answering is better.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The index and how far it got.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) index: Index,
    /// Number of the newest event it accounts for; `None` before it was first read.
    pub(crate) cursor: Option<i64>,
    /// Newest journal entry in it.
    pub(crate) last_change: i64,
    /// Why meaning is not searched, when it is not.
    pub(crate) no_model: Option<String>,
    model: Option<Model>,
    hashes: Vec<Option<Box<str>>>,
    missing: VecDeque<Missing>,
}

struct Model {
    id: String,
    matrix: Matrix<ChunkNo>,
}

/// A chunk whose vector is still to be made.
pub(crate) struct Missing {
    pub(crate) chunk: ChunkNo,
    pub(crate) hash: String,
    pub(crate) text: String,
}

impl State {
    /// An empty index for vectors of that model.
    pub(crate) fn for_model(id: &str, dimensions: usize) -> Self {
        Self { model: Some(Model { id: id.into(), matrix: Matrix::new(dimensions) }), ..Self::default() }
    }

    /// An empty index without meaning, and why.
    pub(crate) fn without_model(reason: String) -> Self {
        Self { no_model: Some(reason), ..Self::default() }
    }

    /// Which model its vectors are of.
    pub(crate) fn model_id(&self) -> Option<&str> {
        self.model.as_ref().map(|model| model.id.as_str())
    }

    /// Takes something in; what `known` has no vector for waits to be embedded.
    pub(crate) fn put(&mut self, owner: Owner, entry: Entry, known: &Vectors) {
        self.remove(owner);
        let texts: Vec<(String, String)> = match self.model {
            Some(_) => entry.chunks.iter().map(|chunk| (chunk.hash(), chunk.meaning())).collect(),
            None => Vec::new(),
        };
        let numbers = self.index.put(owner, entry);
        for (chunk, (hash, text)) in numbers.into_iter().zip(texts) {
            let at = chunk as usize;
            if self.hashes.len() <= at {
                self.hashes.resize(at + 1, None);
            }
            self.hashes[at] = Some(hash.as_str().into());
            let placed = known.get(&hash).is_some_and(|vector| self.place(chunk, &hash, vector).is_ok());
            if !placed {
                self.missing.push_back(Missing { chunk, hash, text });
            }
        }
    }

    /// Forgets something.
    pub(crate) fn remove(&mut self, owner: Owner) {
        for chunk in self.index.remove(owner) {
            if let Some(hash) = self.hashes.get_mut(chunk as usize) {
                *hash = None;
            }
            if let Some(model) = &mut self.model {
                model.matrix.remove(chunk);
            }
        }
    }

    /// Gives a chunk its vector, unless the chunk has become another since.
    pub(crate) fn place(
        &mut self,
        chunk: ChunkNo,
        hash: &str,
        vector: &RoundedVector,
    ) -> Result<(), WrongDimensions> {
        let still = self.hashes.get(chunk as usize).is_some_and(|known| known.as_deref() == Some(hash));
        match &mut self.model {
            Some(model) if still => model.matrix.insert(chunk, vector),
            _ => Ok(()),
        }
    }

    /// Up to `most` chunks that wait for their vector; they wait no longer.
    pub(crate) fn take_missing(&mut self, most: usize) -> Vec<Missing> {
        let hashes = &self.hashes;
        self.missing.retain(|missing| {
            hashes.get(missing.chunk as usize).is_some_and(|hash| hash.as_deref() == Some(&missing.hash))
        });
        let most = most.min(self.missing.len());
        self.missing.drain(..most).collect()
    }

    /// Puts back what could not be embedded.
    pub(crate) fn still_missing(&mut self, missing: Vec<Missing>) {
        for missing in missing.into_iter().rev() {
            self.missing.push_front(missing);
        }
    }

    /// How many chunks wait for their vector.
    pub(crate) fn pending(&self) -> usize {
        self.missing.len()
    }

    /// How many chunks have one.
    pub(crate) fn with_vector(&self) -> usize {
        self.model.as_ref().map_or(0, |model| model.matrix.len())
    }

    /// Hashes of everything in it.
    pub(crate) fn hashes(&self) -> Vec<&str> {
        self.hashes.iter().flatten().map(|hash| &**hash).collect()
    }

    /// The cosine of every chunk with that question; `None` without a model.
    ///
    /// # Errors
    /// When the question was embedded by another model.
    pub(crate) fn cosines(&self, question: &[f32]) -> Result<Option<Vec<f32>>, WrongDimensions> {
        let Some(model) = &self.model else { return Ok(None) };
        let question = model.matrix.question(question)?;
        let mut cosines = vec![0.0; self.index.width()];
        model.matrix.each(&question, |chunk, cosine| cosines[chunk as usize] = cosine);
        Ok(Some(cosines))
    }
}
