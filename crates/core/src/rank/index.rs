//! Everything searchable, in memory: what belongs to whom, by which names it goes, which words it holds. Asked with a
//! question and, when there is a model, with the cosine of every chunk.

mod elsewhere;
mod nets;

use std::collections::{HashMap, HashSet};

use self::nets::Nets;
use super::chunk::{Chunk, Key};
use super::facets::{Facets, Sieve};
use super::fold::fold;
use super::fusion::{Evidence, Mode, Weights};
use super::lexicon::{ChunkNo, Coverage, How, Lexicon};
use super::query::{Query, Record};
use crate::inventory::{ItemId, Kind};

/// What a chunk belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// An item.
    Item(ItemId),
    /// A note.
    Memory(i64),
    /// An entry of the change journal.
    Change(i64),
}

/// Something to be found.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Name or title.
    pub name: String,
    /// For filtering; items have them.
    pub facets: Option<Facets>,
    /// Names and addresses that may be typed in full.
    pub keys: Vec<(String, Key)>,
    /// Its chunks, at least one.
    pub chunks: Vec<Chunk>,
}

/// Something found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What.
    pub owner: Owner,
    /// Kind of an item.
    pub kind: Option<Kind>,
    /// Name or title.
    pub name: String,
    /// Icon of an item.
    pub icon: Option<String>,
    /// 0 to 1; what was typed in full has 1.
    pub score: f32,
    /// Its name or an address was typed in full.
    pub exact: Option<Key>,
    /// What its best chunk has to say for itself.
    pub evidence: Evidence,
    /// Which of its chunks that is.
    pub part: usize,
}

/// What a question found.
#[derive(Debug, Default)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// The tokens that counted, for marking them.
    pub used: HashMap<String, How>,
}

/// How to search.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The question.
    pub query: &'a Query,
    /// Cosine of each chunk by number; `None` when meaning is not searched.
    pub cosines: Option<&'a [f32]>,
    /// Items that pass what only the store knows; `None` when that was not asked.
    pub allowed: Option<&'a HashSet<ItemId>>,
    /// Which parts count.
    pub mode: Mode,
    /// What they weigh.
    pub weights: Weights,
    /// Most hits.
    pub limit: usize,
}

/// The chunk that speaks for what is in a slot.
#[derive(Debug, Clone, Copy)]
struct Best {
    slot: usize,
    score: f32,
    evidence: Evidence,
    part: usize,
}

/// History is worth less than what is there now, and the sentence that sums it up is no name.
const HISTORY: f32 = 0.6;

/// The index.
#[derive(Debug, Default)]
pub struct Index {
    lexicon: Lexicon,
    slots: Vec<Option<Held>>,
    by_owner: HashMap<Owner, usize>,
    /// Owner's slot and part of each chunk.
    places: Vec<Option<(usize, usize)>>,
    free_slots: Vec<usize>,
    free_chunks: Vec<ChunkNo>,
    by_key: HashMap<Box<str>, Vec<(usize, Key)>>,
    nets: Nets,
}

#[derive(Debug)]
struct Held {
    owner: Owner,
    name: Box<str>,
    facets: Option<Facets>,
    keys: Vec<Box<str>>,
    chunks: Vec<ChunkNo>,
}

impl Index {
    /// Takes something in, in the place of what it was before. Answers the number of each of its chunks.
    pub fn put(&mut self, owner: Owner, entry: Entry) -> Vec<ChunkNo> {
        self.remove(owner);
        let slot = self.free_slots.pop().unwrap_or_else(|| {
            self.slots.push(None);
            self.slots.len() - 1
        });
        let mut numbers = Vec::with_capacity(entry.chunks.len());
        for (part, chunk) in entry.chunks.iter().enumerate() {
            let number = self.free_chunks.pop().unwrap_or_else(|| {
                self.places.push(None);
                ChunkNo::try_from(self.places.len() - 1).expect("fewer chunks than four thousand million")
            });
            self.places[number as usize] = Some((slot, part));
            self.lexicon.put(number, &chunk.tokens());
            numbers.push(number);
        }
        let mut keys = Vec::with_capacity(entry.keys.len());
        for (key, sort) in entry.keys {
            let key: Box<str> = key.into();
            self.by_key.entry(key.clone()).or_default().push((slot, sort));
            keys.push(key);
        }
        if let (Owner::Item(id), Some(net)) = (owner, entry.facets.as_ref().and_then(|facets| facets.subnet))
        {
            self.nets.put(net, id);
        }
        let held =
            Held { owner, name: entry.name.into(), facets: entry.facets, keys, chunks: numbers.clone() };
        self.slots[slot] = Some(held);
        self.by_owner.insert(owner, slot);
        numbers
    }

    /// Forgets something. Answers the numbers its chunks had.
    pub fn remove(&mut self, owner: Owner) -> Vec<ChunkNo> {
        let Some(slot) = self.by_owner.remove(&owner) else { return Vec::new() };
        let held = self.slots[slot].take().expect("an owner is listed while its slot is filled");
        self.free_slots.push(slot);
        for number in &held.chunks {
            self.places[*number as usize] = None;
            self.lexicon.remove(*number);
        }
        self.free_chunks.extend(&held.chunks);
        for key in &held.keys {
            if let Some(slots) = self.by_key.get_mut(key) {
                slots.retain(|(known, _)| *known != slot);
                if slots.is_empty() {
                    self.by_key.remove(key);
                }
            }
        }
        if let (Owner::Item(id), Some(net)) = (owner, held.facets.as_ref().and_then(|facets| facets.subnet)) {
            self.nets.remove(net, id);
        }
        held.chunks
    }

    /// How many chunks there are.
    pub fn chunks(&self) -> usize {
        self.places.len() - self.free_chunks.len()
    }

    /// One more than the highest chunk number in use.
    pub fn width(&self) -> usize {
        self.places.len()
    }

    /// How many things of each kind can be found.
    pub fn by_type(&self) -> HashMap<&'static str, usize> {
        let mut counts = HashMap::new();
        for held in self.slots.iter().flatten() {
            *counts.entry(held.owner.type_name(held.facets.as_ref())).or_default() += 1;
        }
        counts
    }

    /// Everything in it.
    pub fn owners(&self) -> impl Iterator<Item = Owner> {
        self.by_owner.keys().copied()
    }

    /// Answers a question.
    pub fn search(&self, asked: Asked<'_>) -> Found {
        let Asked { query, mode, limit, .. } = asked;
        let sieve = self.sieve(asked);
        let coverage = match mode {
            Mode::Semantic => Coverage::default(),
            _ => self.lexicon.coverage(&query.wanted),
        };
        let exact = self.exact(&query.whole);
        // Smaller ranks first: name typed in full, address typed in full, everything else.
        let rank = |slot: usize| exact.get(&slot).map_or(2, |key| *key as u8);
        let mut order: Vec<(u8, f32, Best, &Held)> = Vec::new();
        for best in self.best_chunks(asked, &coverage, &exact) {
            let Some(held) = &self.slots[best.slot] else { continue };
            if self.passes(held, &sieve) && !self.holds_any(held, &query.without) {
                let factor = if held.is_history() { HISTORY } else { 1.0 };
                order.push((rank(best.slot), best.score * factor, best, held));
            }
        }
        let better = |a: &(u8, f32, Best, &Held), b: &(u8, f32, Best, &Held)| {
            a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then_with(|| a.3.tie().cmp(&b.3.tie()))
        };
        // Nearly everything is a little near in meaning: what cannot be shown is not put in order.
        if limit < order.len() {
            order.select_nth_unstable_by(limit, better);
            order.truncate(limit);
        }
        order.sort_unstable_by(better);
        let hits = order.into_iter().map(|(_, score, best, held)| {
            let exact = exact.get(&best.slot).copied();
            held.hit(if exact.is_some() { 1.0 } else { score.min(1.0) }, exact, best.evidence, best.part)
        });
        Found { hits: hits.collect(), used: coverage.used }
    }

    /// The best chunk of everything that belongs in the answer; what was typed in full always does.
    fn best_chunks(&self, asked: Asked<'_>, coverage: &Coverage, exact: &HashMap<usize, Key>) -> Vec<Best> {
        let Asked { query, mode, weights, .. } = asked;
        let mut found: Vec<Best> = Vec::new();
        // Where in `found` a slot's best stands, counted from 1.
        let mut known = vec![0_u32; self.slots.len()];
        let mut take = |best: Best| match known[best.slot] {
            0 => {
                known[best.slot] = found.len() as u32 + 1;
                found.push(best);
            }
            at => {
                let held = &mut found[at as usize - 1];
                // Of equals the earlier part speaks, in whatever order they come.
                if (held.score, best.part) < (best.score, held.part) {
                    *held = best;
                }
            }
        };
        let mut consider = |number: usize| {
            let Some((slot, part)) = self.places[number] else { return };
            let evidence = self.evidence(slot, number, coverage, asked.cosines);
            let score = if query.wanted.is_empty() { Some(1.0) } else { weights.score(mode, evidence) };
            if let Some(score) = score {
                take(Best { slot, score, evidence, part });
            }
        };
        if asked.cosines.is_none() && !query.wanted.is_empty() {
            // With no meaning to be near to, what shares no word with the question is out from the start.
            coverage.touched.iter().for_each(|number| consider(*number as usize));
        } else {
            (0..self.places.len()).for_each(consider);
        }
        for slot in exact.keys() {
            take(Best { slot: *slot, score: 0.0, evidence: Evidence::default(), part: 0 });
        }
        found
    }

    fn evidence(&self, slot: usize, chunk: usize, coverage: &Coverage, cosines: Option<&[f32]>) -> Evidence {
        let share = |of: &[f32]| of.get(chunk).copied().unwrap_or(0.0);
        let name = share(&coverage.name);
        let is_history = || self.slots[slot].as_ref().is_some_and(Held::is_history);
        Evidence {
            words: share(&coverage.all),
            name: if name > 0.0 && is_history() { 0.0 } else { name },
            cosine: cosines.map(share),
        }
    }

    fn exact(&self, whole: &str) -> HashMap<usize, Key> {
        let mut exact = HashMap::new();
        for (slot, key) in self.by_key.get(whole).into_iter().flatten() {
            exact.entry(*slot).and_modify(|known: &mut Key| *known = (*known).min(*key)).or_insert(*key);
        }
        exact
    }

    fn sieve<'a>(&self, asked: Asked<'a>) -> Sieve<'a> {
        let filters = &asked.query.filters;
        let named = |names: &[String], of: fn(Kind) -> bool| {
            let sets = names.iter().map(|name| self.named(name, of));
            sets.reduce(|all, more| all.intersection(&more).copied().collect())
        };
        Sieve {
            filters: (!filters.is_empty()).then_some(filters),
            hosts: named(&filters.hosts, |kind| kind != Kind::Networks && kind != Kind::Documents),
            nets: named(&filters.nets, |kind| kind == Kind::Networks),
            allowed: asked.allowed.cloned(),
        }
    }

    /// The items that go by that name or address; failing that, those whose name begins like it or holds it.
    fn named(&self, name: &str, of: impl Fn(Kind) -> bool) -> HashSet<ItemId> {
        let items = |test: &dyn Fn(&Held) -> bool| -> HashSet<ItemId> {
            self.slots
                .iter()
                .flatten()
                .filter(|held| held.facets.as_ref().is_some_and(|facets| of(facets.kind)) && test(held))
                .filter_map(|held| match held.owner {
                    Owner::Item(id) => Some(id),
                    _ => None,
                })
                .collect()
        };
        let exact = items(&|held| held.keys.iter().any(|key| **key == *name));
        if exact.is_empty() { items(&|held| fold(&held.name).contains(name)) } else { exact }
    }

    fn passes(&self, held: &Held, sieve: &Sieve<'_>) -> bool {
        let Some(filters) = sieve.filters else { return true };
        match (held.owner, &held.facets) {
            (Owner::Item(id), Some(facets)) => {
                let above = |id| self.facets(id).and_then(|facets| facets.stands_on);
                sieve.passes(id, facets, above, |ip| self.nets.around(ip))
            }
            (Owner::Memory(_), _) => !filters.only_items() && filters.records.contains(&Record::Memories),
            (Owner::Change(_), _) => !filters.only_items() && filters.records.contains(&Record::Changes),
            (Owner::Item(_), None) => false,
        }
    }

    fn holds_any(&self, held: &Held, without: &[String]) -> bool {
        without.iter().any(|term| held.chunks.iter().any(|chunk| self.lexicon.holds(*chunk, term)))
    }

    fn facets(&self, id: ItemId) -> Option<&Facets> {
        self.slots[*self.by_owner.get(&Owner::Item(id))?].as_ref()?.facets.as_ref()
    }
}

impl Owner {
    /// Name on the wire of what kind of thing it is.
    pub fn type_name(self, facets: Option<&Facets>) -> &'static str {
        match self {
            Self::Item(_) => facets.map_or("items", |facets| facets.kind.key()),
            Self::Memory(_) => "memories",
            Self::Change(_) => "changes",
        }
    }

    /// Its id among its like.
    pub fn id(self) -> i64 {
        match self {
            Self::Item(id) | Self::Memory(id) | Self::Change(id) => id,
        }
    }
}

impl Held {
    fn is_history(&self) -> bool {
        matches!(self.owner, Owner::Change(_))
    }

    /// Equal scores: machines before what runs on them, items before notes, notes before history; then by name.
    fn tie(&self) -> (u8, Option<Kind>, &str, Owner) {
        let record = match self.owner {
            Owner::Item(_) => 0,
            Owner::Memory(_) => 1,
            Owner::Change(_) => 2,
        };
        (record, self.facets.as_ref().map(|facets| facets.kind), &self.name, self.owner)
    }

    fn hit(&self, score: f32, exact: Option<Key>, evidence: Evidence, part: usize) -> Hit {
        Hit {
            owner: self.owner,
            kind: self.facets.as_ref().map(|facets| facets.kind),
            name: self.name.to_string(),
            icon: self.facets.as_ref().and_then(|facets| facets.icon.as_deref()).map(str::to_string),
            score,
            exact,
            evidence,
            part,
        }
    }
}

#[cfg(test)]
mod tests;
