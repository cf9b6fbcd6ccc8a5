//! What should be on the server of vectors, what is known to be there, and so what is still to be sent or removed. It knows no
//! server: it is told what was found there and what came of each batch.

use std::collections::{BTreeSet, HashMap, HashSet};

use labkeeper_core::rank::lexicon::ChunkNo;
use labkeeper_core::vectors::{Label, PointId};

/// A text that should be there.
struct Due {
    /// The same text may stand in several parts of a thing.
    chunks: Vec<ChunkNo>,
    hash: Box<str>,
    label: Label,
    print: String,
    /// Its vector is in the store, from where it is sent.
    made: bool,
}

/// The books.
#[derive(Default)]
pub(crate) struct Ledger {
    due: HashMap<PointId, Due>,
    by_chunk: HashMap<ChunkNo, PointId>,
    /// The prints of what is there; `None` until somebody looked.
    there: Option<HashMap<PointId, String>>,
    /// What may be otherwise there than it should be.
    open: BTreeSet<PointId>,
    /// What cannot be sent, because its vector went from the store; until it is made again or all is looked at anew.
    astray: HashSet<PointId>,
}

/// What is to be done next.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    pub(crate) send: Vec<Sending>,
    pub(crate) remove: Vec<PointId>,
}

/// A point to be sent; its vector lies in the store under that hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sending {
    pub(crate) id: PointId,
    pub(crate) hash: String,
    pub(crate) label: Label,
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.send.is_empty() && self.remove.is_empty()
    }

    fn ids(&self) -> impl Iterator<Item = PointId> {
        self.send.iter().map(|sending| sending.id).chain(self.remove.iter().copied())
    }
}

impl Ledger {
    /// That text should be there. `made` says that its vector is in the store.
    pub(crate) fn expect(&mut self, chunk: ChunkNo, id: PointId, hash: &str, label: Label, made: bool) {
        let print = label.print();
        let chunks = Vec::new();
        let due = self.due.entry(id).or_insert(Due {
            chunks,
            hash: hash.into(),
            label: label.clone(),
            print,
            made,
        });
        if due.label != label {
            due.print = label.print();
            due.label = label;
        }
        due.made |= made;
        due.chunks.push(chunk);
        self.by_chunk.insert(chunk, id);
        self.open.insert(id);
    }

    /// The vector of that chunk is in the store now.
    pub(crate) fn made(&mut self, chunk: ChunkNo) {
        let Some(id) = self.by_chunk.get(&chunk) else { return };
        if let Some(due) = self.due.get_mut(id) {
            due.made = true;
            self.astray.remove(id);
            self.open.insert(*id);
        }
    }

    /// That chunk is no more.
    pub(crate) fn forget(&mut self, chunk: ChunkNo) {
        let Some(id) = self.by_chunk.remove(&chunk) else { return };
        let Some(due) = self.due.get_mut(&id) else { return };
        due.chunks.retain(|known| *known != chunk);
        if due.chunks.is_empty() {
            self.due.remove(&id);
        }
        self.open.insert(id);
    }

    /// Somebody looked, and this is what is there.
    pub(crate) fn found(&mut self, held: impl IntoIterator<Item = (PointId, String)>) {
        let there: HashMap<PointId, String> = held.into_iter().collect();
        let differs = |id: &&PointId| there.get(id) != self.due.get(id).map(|due| &due.print);
        self.open = self.due.keys().chain(there.keys()).filter(differs).copied().collect();
        self.there = Some(there);
        self.astray.clear();
    }

    /// Nobody knows any more what is there.
    pub(crate) fn lost(&mut self) {
        self.there = None;
    }

    /// What is known to be there; `None` when nobody looked.
    pub(crate) fn there(&self) -> Option<&HashMap<PointId, String>> {
        self.there.as_ref()
    }

    /// Takes what the ledger before it knew of the server.
    pub(crate) fn take_over(&mut self, before: Self) {
        if let Some(there) = before.there {
            self.found(there);
        }
    }

    /// The next that have to be sent or removed, at most so many. They stay open until they are done, so that what is on its way is not
    /// taken for there. Nothing before somebody looked.
    pub(crate) fn next(&mut self, most: usize) -> Batch {
        let mut batch = Batch::default();
        let Some(there) = &self.there else { return batch };
        self.open.retain(|id| there.get(id) != self.due.get(id).map(|due| &due.print));
        for id in &self.open {
            if batch.send.len() + batch.remove.len() == most {
                break;
            }
            match self.due.get(id) {
                Some(due) if due.made && !self.astray.contains(id) => {
                    let (hash, label) = (due.hash.to_string(), due.label.clone());
                    batch.send.push(Sending { id: *id, hash, label });
                }
                Some(_) => {}
                None => batch.remove.push(*id),
            }
        }
        batch
    }

    /// That batch was taken by the server. What changed meanwhile stays open.
    pub(crate) fn done(&mut self, batch: &Batch) {
        let Some(there) = &mut self.there else { return };
        for sending in &batch.send {
            there.insert(sending.id, sending.label.print());
        }
        for id in &batch.remove {
            there.remove(id);
        }
        for id in batch.ids() {
            if there.get(&id) == self.due.get(&id).map(|due| &due.print) {
                self.open.remove(&id);
            } else {
                self.open.insert(id);
            }
        }
    }

    /// The store has no vector of these, which it said to have. They wait for one, and keep nobody else waiting.
    pub(crate) fn without(&mut self, batch: &Batch) {
        self.astray.extend(batch.ids());
    }

    /// How many points must be there at least; `None` when nobody looked. What is no more may have been removed by another process.
    pub(crate) fn expected(&self) -> Option<usize> {
        let there = self.there.as_ref()?;
        let leaving = self.open.iter().filter(|id| there.contains_key(id) && !self.due.contains_key(id));
        Some(there.len() - leaving.count())
    }

    /// How many texts are not there yet as they should be.
    pub(crate) fn absent(&self) -> usize {
        match &self.there {
            None => self.due.len(),
            Some(there) => {
                let absent =
                    |id: &&PointId| self.due.get(id).is_some_and(|due| there.get(id) != Some(&due.print));
                self.open.iter().filter(absent).count()
            }
        }
    }

    /// Whether something could be sent or removed now.
    pub(crate) fn has_work(&self) -> bool {
        self.there.is_none() && !self.due.is_empty()
            || self
                .open
                .iter()
                .any(|id| self.due.get(id).is_none_or(|due| due.made) && !self.astray.contains(id))
    }

    /// The chunks whose text that point is.
    pub(crate) fn chunks(&self, id: PointId) -> &[ChunkNo] {
        self.due.get(&id).map_or(&[], |due| &due.chunks)
    }

    /// Under which name a chunk's text is there.
    pub(crate) fn point(&self, chunk: ChunkNo) -> Option<PointId> {
        self.by_chunk.get(&chunk).copied()
    }

    /// How many chunks have their vector there.
    pub(crate) fn present(&self) -> usize {
        let Some(there) = &self.there else { return 0 };
        let present = self.due.iter().filter(|(id, _)| there.contains_key(id));
        present.map(|(_, due)| due.chunks.len()).sum()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use labkeeper_core::rank::index::Owner;

    use super::*;

    fn id(number: i64) -> PointId {
        PointId::of(Owner::Item(number), "00")
    }

    fn label(number: i64, tag: &str) -> Label {
        Label { kind: "vms".into(), id: number, tags: vec![tag.into()] }
    }

    fn ledger(numbers: std::ops::Range<i64>) -> Ledger {
        let mut ledger = Ledger::default();
        for number in numbers {
            ledger.expect(number as ChunkNo, id(number), "00", label(number, "a"), true);
        }
        ledger
    }

    fn sent(batch: &Batch) -> BTreeSet<PointId> {
        batch.send.iter().map(|sending| sending.id).collect()
    }

    #[test]
    fn nothing_is_sent_before_somebody_looked_and_then_only_what_differs() {
        let mut ledger = ledger(0..4);
        assert!(ledger.next(9).is_empty() && ledger.has_work());
        assert_eq!(ledger.absent(), 4);
        ledger.found([
            (id(0), label(0, "a").print()),
            (id(1), label(1, "old").print()),
            (id(9), label(9, "a").print()),
        ]);
        assert_eq!(ledger.absent(), 3);
        let batch = ledger.next(9);
        assert_eq!((sent(&batch), batch.remove.clone()), ([id(1), id(2), id(3)].into(), vec![id(9)]));
        assert_eq!(ledger.absent(), 3, "what is on its way is not there yet");
        ledger.done(&batch);
        assert_eq!((ledger.absent(), ledger.present(), ledger.has_work()), (0, 4, false));
        assert_eq!(ledger.there().unwrap().len(), 4);
    }

    #[test]
    fn what_failed_is_sent_again_and_in_pieces() {
        let mut ledger = ledger(0..5);
        ledger.found([]);
        assert_eq!(ledger.next(2).send.len(), 2);
        let batch = ledger.next(9);
        assert_eq!(sent(&batch).len(), 5);
        let (without, taken) = batch.send.into_iter().partition(|sending| sending.id == id(0));
        ledger.done(&Batch { send: taken, ..Batch::default() });
        ledger.without(&Batch { send: without, ..Batch::default() });
        assert!(ledger.next(9).is_empty() && !ledger.has_work());
        assert_eq!(ledger.absent(), 1);
        ledger.made(0);
        assert_eq!(sent(&ledger.next(9)).len(), 1);
    }

    #[test]
    fn a_vector_that_is_not_made_yet_waits() {
        let mut ledger = Ledger::default();
        ledger.expect(0, id(0), "00", label(0, "a"), false);
        ledger.found([]);
        assert!(ledger.next(9).is_empty() && !ledger.has_work());
        assert_eq!(ledger.absent(), 1);
        ledger.made(0);
        assert!(ledger.has_work());
        assert_eq!(sent(&ledger.next(9)), [id(0)].into());
    }

    #[test]
    fn a_text_in_two_places_is_one_point_until_both_are_gone() {
        let mut ledger = ledger(0..1);
        ledger.expect(7, id(0), "00", label(0, "a"), true);
        ledger.found([]);
        let batch = ledger.next(9);
        assert_eq!(batch.send.len(), 1);
        ledger.done(&batch);
        assert_eq!((ledger.chunks(id(0)).to_vec(), ledger.point(7)), (vec![0, 7], Some(id(0))));
        ledger.forget(0);
        assert!(ledger.next(9).is_empty());
        ledger.forget(7);
        assert_eq!(ledger.next(9).remove, [id(0)]);
        assert!(ledger.chunks(id(0)).is_empty());
    }

    #[test]
    fn a_changed_label_is_sent_even_if_it_changed_while_the_last_was_on_its_way() {
        let mut ledger = ledger(0..1);
        ledger.found([]);
        let batch = ledger.next(9);
        ledger.forget(0);
        ledger.expect(0, id(0), "00", label(0, "b"), true);
        ledger.done(&batch);
        assert_eq!(ledger.absent(), 1);
        assert_eq!(ledger.next(9).send[0].label, label(0, "b"));
    }

    #[test]
    fn a_new_ledger_takes_over_what_was_known_of_the_server() {
        let mut before = ledger(0..3);
        before.found([]);
        let batch = before.next(9);
        before.done(&batch);
        let mut after = ledger(1..5);
        after.take_over(before);
        let batch = after.next(9);
        assert_eq!((sent(&batch), batch.remove.clone()), ([id(3), id(4)].into(), vec![id(0)]));
        after.lost();
        assert!(after.has_work() && after.absent() == 4);
    }
}
