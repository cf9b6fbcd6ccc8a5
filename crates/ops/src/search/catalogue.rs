//! The index of everything searchable, kept in memory beside the keeper. It is made from the rows of the store and
//! can be made again at any time; only vectors are dear, and those the store keeps by the hash of their text.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::AtomicBool;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use labkeeper_core::rank::index::{Entry, Index, Owner};
use labkeeper_core::rank::lexicon::ChunkNo;
use labkeeper_core::rank::matrix::{Matrix, WrongDimensions};
use labkeeper_core::rank::vector::RoundedVector;
use labkeeper_core::vectors::{Label, Neighbours, PointId};

use super::ledger::Ledger;

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
    /// Where the vectors are on a server: how it stands with that.
    pub(crate) link: Link,
}

/// What is known of the server of vectors, when there is one.
#[derive(Default)]
pub(crate) struct Link {
    /// Why it is not asked just now; `None` while all is well.
    trouble: RwLock<Option<String>>,
    /// Held while it is brought up to date, apart from the index: a server that is slow holds nobody up who asks by words.
    pub(crate) turn: tokio::sync::Mutex<Turn>,
}

/// What whoever brings it up to date remembers.
#[derive(Default)]
pub(crate) struct Turn {
    /// The place was found or made by this process: from then on it is not emptied for another model any more.
    pub(crate) settled: bool,
    /// Whose lab it is.
    pub(crate) lab: Option<String>,
    /// The event noted there last; `None` when something was sent since.
    pub(crate) noted: Option<i64>,
}

impl Link {
    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_trouble(&self, reason: Option<String>) {
        *self.trouble.write().unwrap_or_else(PoisonError::into_inner) = reason;
    }
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
    dimensions: usize,
    vectors: Kept,
}

/// Where the vectors are.
enum Kept {
    Here(Matrix<ChunkNo>),
    OnServer(Ledger),
}

/// A chunk whose vector is still to be made.
pub(crate) struct Missing {
    pub(crate) chunk: ChunkNo,
    pub(crate) hash: String,
    pub(crate) text: String,
}

impl State {
    /// An empty index for vectors of that model, which are here or on a server.
    pub(crate) fn for_model(id: &str, dimensions: usize, on_server: bool) -> Self {
        let vectors = match on_server {
            false => Kept::Here(Matrix::new(dimensions)),
            true => Kept::OnServer(Ledger::default()),
        };
        Self { model: Some(Model { id: id.into(), dimensions, vectors }), ..Self::default() }
    }

    /// What the state before it knew of the server goes on being known.
    pub(crate) fn take_over(&mut self, before: Self) {
        let same = self.model_id() == before.model_id();
        let (Some(now), Some(before)) = (self.ledger_mut(), before.model.filter(|_| same)) else { return };
        if let Kept::OnServer(before) = before.vectors {
            now.take_over(before);
        }
    }

    /// An empty index without meaning, and why.
    pub(crate) fn without_model(reason: String) -> Self {
        Self { no_model: Some(reason), ..Self::default() }
    }

    /// Which model its vectors are of.
    pub(crate) fn model_id(&self) -> Option<&str> {
        self.model.as_ref().map(|model| model.id.as_str())
    }

    /// How many numbers each of its vectors has.
    pub(crate) fn dimensions(&self) -> Option<usize> {
        self.model.as_ref().map(|model| model.dimensions)
    }

    /// The books of what is on the server; `None` when the vectors are here, or there are none.
    pub(crate) fn ledger(&self) -> Option<&Ledger> {
        match &self.model.as_ref()?.vectors {
            Kept::OnServer(ledger) => Some(ledger),
            Kept::Here(_) => None,
        }
    }

    /// The same, to write in.
    pub(crate) fn ledger_mut(&mut self) -> Option<&mut Ledger> {
        match &mut self.model.as_mut()?.vectors {
            Kept::OnServer(ledger) => Some(ledger),
            Kept::Here(_) => None,
        }
    }

    /// Takes something in; what `known` has no vector for waits to be embedded.
    pub(crate) fn put(&mut self, owner: Owner, entry: Entry, known: &Vectors) {
        self.remove(owner);
        let texts: Vec<(String, String)> = match self.model {
            Some(_) => entry.chunks.iter().map(|chunk| (chunk.hash(), chunk.meaning())).collect(),
            None => Vec::new(),
        };
        let label = self.ledger().map(|_| Label::of(owner, entry.facets.as_ref()));
        let numbers = self.index.put(owner, entry);
        for (chunk, (hash, text)) in numbers.into_iter().zip(texts) {
            let at = chunk as usize;
            if self.hashes.len() <= at {
                self.hashes.resize(at + 1, None);
            }
            self.hashes[at] = Some(hash.as_str().into());
            if let (Some(label), Some(ledger)) = (&label, self.ledger_mut()) {
                let made = known.contains_key(&hash);
                ledger.expect(chunk, PointId::of(owner, &hash), &hash, label.clone(), made);
            }
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
            match self.model.as_mut().map(|model| &mut model.vectors) {
                Some(Kept::Here(matrix)) => {
                    matrix.remove(chunk);
                }
                Some(Kept::OnServer(ledger)) => ledger.forget(chunk),
                None => {}
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
        match self.model.as_mut().filter(|_| still).map(|model| &mut model.vectors) {
            Some(Kept::Here(matrix)) => matrix.insert(chunk, vector),
            Some(Kept::OnServer(ledger)) => {
                ledger.made(chunk);
                Ok(())
            }
            None => Ok(()),
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

    /// How many texts are not on the server as they should be; none where the vectors are here.
    pub(crate) fn absent(&self) -> usize {
        self.ledger().map_or(0, Ledger::absent)
    }

    /// How many chunks have one.
    pub(crate) fn with_vector(&self) -> usize {
        match self.model.as_ref().map(|model| &model.vectors) {
            Some(Kept::Here(matrix)) => matrix.len(),
            Some(Kept::OnServer(ledger)) => ledger.present(),
            None => 0,
        }
    }

    /// Hashes of everything in it.
    pub(crate) fn hashes(&self) -> Vec<&str> {
        self.hashes.iter().flatten().map(|hash| &**hash).collect()
    }

    /// The cosine of every chunk with that question; `None` without a model, or when the vectors are elsewhere.
    ///
    /// # Errors
    /// When the question was embedded by another model.
    pub(crate) fn cosines(&self, question: &[f32]) -> Result<Option<Vec<f32>>, WrongDimensions> {
        let Some(Model { vectors: Kept::Here(matrix), .. }) = &self.model else { return Ok(None) };
        let question = matrix.question(question)?;
        let mut cosines = vec![0.0; self.index.width()];
        matrix.each(&question, |chunk, cosine| cosines[chunk as usize] = cosine);
        Ok(Some(cosines))
    }

    /// The same from what a server answered. What it holds that is no more has no chunk, and what it did not name is far.
    pub(crate) fn cosines_from(&self, neighbours: &Neighbours) -> Vec<f32> {
        let mut cosines = vec![0.0; self.index.width()];
        for (id, cosine) in neighbours {
            for chunk in self.ledger().map_or(&[][..], |ledger| ledger.chunks(*id)) {
                if let Some(place) = cosines.get_mut(*chunk as usize) {
                    *place = *cosine;
                }
            }
        }
        cosines
    }
}
