//! Which chunk holds which token: an inverted index in memory, asked for the share of a question that each chunk
//! covers, rare words counting more.

use std::collections::{BTreeMap, HashMap};

use super::query::Wanted;
use super::typo;

/// Number of a chunk; the caller gives small ones and uses them again.
pub type ChunkNo = u32;

/// Weights are kept in seven bits; the eighth says that the token stands in the name.
const FULL: f32 = 127.0;
const IN_NAME: u32 = 0x80;

/// Worth of a longer token that begins like what was asked, before its length counts.
const BEGINS: f32 = 0.85;
/// Worth of a token one slip away; each further slip costs as much again.
const SLIP: f32 = 0.2;
/// Worth of the parts of an identifier when all of them occur.
const PARTS: f32 = 0.8;
/// How rare a word counts that occurs nowhere, 0 to 1.
const UNKNOWN: f32 = 0.5;
/// Most tokens that one beginning or one typo stands for.
const MOST_EXPANSIONS: usize = 400;
/// A token that already matches so many chunks exactly is not looked for as a beginning.
const COMMON: usize = 64;

/// Why a token of a text counts as matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Typed like that.
    Exact,
    /// Begins like what was typed.
    Begins,
    /// A slip or two away.
    Typo,
}

/// What each chunk covers of a question, 0 to 1, by chunk number.
#[derive(Debug, Default)]
pub struct Coverage {
    /// By all of its text.
    pub all: Vec<f32>,
    /// By its name alone.
    pub name: Vec<f32>,
    /// The chunks that cover any of it, in no order.
    pub touched: Vec<ChunkNo>,
    /// The tokens that counted.
    pub used: HashMap<String, How>,
}

/// The inverted index.
#[derive(Debug, Default)]
pub struct Lexicon {
    numbers: BTreeMap<Box<str>, u32>,
    entries: Vec<Entry>,
    /// The tokens of each length in bytes.
    by_length: BTreeMap<usize, SameLength>,
    chunks: Vec<Box<[u32]>>,
    filled: usize,
}

#[derive(Debug)]
struct Entry {
    term: Box<str>,
    /// Chunk number in the upper 24 bits, weight in the lower 8.
    postings: Vec<u32>,
}

/// Tokens of one length: their letters close together, for all of them are looked at for a word that is unknown.
#[derive(Debug, Default)]
struct SameLength {
    letters: Vec<u64>,
    numbers: Vec<u32>,
}

/// A token of a chunk with what it is worth there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weight {
    /// 0 to 1.
    pub worth: f32,
    /// Stands in the name.
    pub in_name: bool,
}

impl Lexicon {
    /// Takes in the tokens of a chunk, in the place of what it held before.
    pub fn put(&mut self, chunk: ChunkNo, tokens: &HashMap<String, Weight>) {
        self.remove(chunk);
        let at = chunk as usize;
        if self.chunks.len() <= at {
            self.chunks.resize_with(at + 1, Box::default);
        }
        let mut held = Vec::with_capacity(tokens.len());
        for (term, weight) in tokens {
            let number = self.number(term);
            let worth = (weight.worth.clamp(0.0, 1.0) * FULL).round() as u32;
            let name = if weight.in_name { IN_NAME } else { 0 };
            self.entries[number as usize].postings.push(chunk << 8 | name | worth);
            held.push(number);
        }
        self.filled += usize::from(!held.is_empty());
        self.chunks[at] = held.into_boxed_slice();
    }

    /// Forgets a chunk.
    pub fn remove(&mut self, chunk: ChunkNo) {
        let Some(held) = self.chunks.get_mut(chunk as usize).map(std::mem::take) else { return };
        self.filled -= usize::from(!held.is_empty());
        for number in held {
            let postings = &mut self.entries[number as usize].postings;
            if let Some(at) = postings.iter().position(|posting| posting >> 8 == chunk) {
                postings.swap_remove(at);
            }
        }
    }

    /// Whether the chunk holds that token.
    pub fn holds(&self, chunk: ChunkNo, term: &str) -> bool {
        let number = self.numbers.get(term);
        number.is_some_and(|number| self.chunks.get(chunk as usize).is_some_and(|held| held.contains(number)))
    }

    /// What every chunk covers of the question.
    pub fn coverage(&self, wanted: &[Wanted]) -> Coverage {
        let mut coverage = Coverage {
            all: vec![0.0; self.chunks.len()],
            name: vec![0.0; self.chunks.len()],
            touched: Vec::new(),
            used: HashMap::new(),
        };
        let mut total = 0.0;
        let mut found = Found::new(self.chunks.len());
        for wanted in wanted {
            self.find(wanted, &mut found, &mut coverage.used);
            let rarity = self.rarity(found.touched.len());
            total += rarity;
            for chunk in found.touched.drain(..) {
                let (best, name) = std::mem::take(&mut found.best[chunk as usize]);
                let all = &mut coverage.all[chunk as usize];
                if *all == 0.0 {
                    coverage.touched.push(chunk);
                }
                *all += best * rarity;
                coverage.name[chunk as usize] += name * rarity;
            }
        }
        if total > 0.0 {
            for chunk in &coverage.touched {
                coverage.all[*chunk as usize] /= total;
                coverage.name[*chunk as usize] /= total;
            }
        }
        coverage
    }

    /// 1 for a token of a single chunk, towards 0 for one that is everywhere.
    fn rarity(&self, chunks: usize) -> f32 {
        if chunks == 0 {
            return UNKNOWN;
        }
        let all = self.filled.max(1) as f32;
        ((1.0 + all / chunks as f32).ln() / (1.0 + all).ln()).min(1.0)
    }

    fn find(&self, wanted: &Wanted, found: &mut Found, used: &mut HashMap<String, How>) {
        for (spelling, worth) in &wanted.spellings {
            if let Some(entry) = self.entry(spelling) {
                found.take(entry, *worth);
                note(used, entry, How::Exact);
            }
        }
        if wanted.open && found.touched.len() <= COMMON {
            let (spelling, worth) = &wanted.spellings[0];
            for entry in self.beginning(spelling) {
                let share = spelling.len() as f32 / entry.term.len() as f32;
                found.take(entry, worth * BEGINS * (0.6 + 0.4 * share));
                note(used, entry, How::Begins);
            }
        }
        if wanted.parts.len() > 1 {
            self.find_parts(&wanted.parts, found, used);
        }
        if wanted.word && found.touched.is_empty() {
            for parts in self.apart(&wanted.spellings[0].0) {
                self.find_parts(&parts, found, used);
            }
        }
        if wanted.word && found.touched.is_empty() {
            for (entry, slips) in self.near(&wanted.spellings[0].0) {
                found.take(entry, 1.0 - SLIP * slips as f32);
                note(used, entry, How::Typo);
            }
        }
    }

    /// All parts of an identifier occur, together worth a little less than the whole. When the whole is nowhere,
    /// some of them are worth their share.
    fn find_parts(&self, parts: &[String], found: &mut Found, used: &mut HashMap<String, How>) {
        let whole_known = !found.touched.is_empty();
        let mut known: Vec<Vec<(&Entry, f32)>> = Vec::with_capacity(parts.len());
        for part in parts {
            known.push(self.like(part));
            for (entry, worth) in known.last().into_iter().flatten() {
                note(used, entry, if *worth < 1.0 { How::Typo } else { How::Exact });
            }
        }
        // The rarest first: where every part must occur, only its chunks are looked at again.
        known.sort_by_key(|entries| entries.iter().map(|(entry, _)| entry.postings.len()).sum::<usize>());
        let share = PARTS / parts.len() as f32;
        let mut sum = Found::new(found.best.len());
        let mut met = vec![0_u32; found.best.len()];
        let mut one = Found::new(found.best.len());
        for (before, entries) in (0..).zip(known) {
            for (entry, worth) in entries {
                one.take_if(entry, worth, |chunk| !whole_known || met[chunk as usize] == before);
            }
            for chunk in one.touched.drain(..) {
                let (best, name) = std::mem::take(&mut one.best[chunk as usize]);
                met[chunk as usize] += 1;
                sum.add(chunk, best * share, name * share);
            }
        }
        for chunk in sum.touched {
            if met[chunk as usize] as usize == parts.len() || !whole_known {
                let (best, name) = sum.best[chunk as usize];
                found.raise(chunk, best, name);
            }
        }
    }

    /// That token, or where it is nowhere, those with the fewest slips, each with its worth.
    fn like(&self, part: &str) -> Vec<(&Entry, f32)> {
        match self.entry(part) {
            Some(entry) => vec![(entry, 1.0)],
            None if part.chars().all(char::is_alphabetic) => {
                self.near(part).into_iter().map(|(entry, slips)| (entry, 1.0 - SLIP * slips as f32)).collect()
            }
            None => Vec::new(),
        }
    }

    /// An unknown word as two known ones: `homeassistant` is `home assistant`.
    fn apart(&self, word: &str) -> Vec<[String; 2]> {
        let known = |part: &str| part.chars().nth(2).is_some() && self.entry(part).is_some();
        word.char_indices()
            .map(|(at, _)| word.split_at(at))
            .filter(|(left, right)| known(left) && known(right))
            .map(|(left, right)| [left.to_string(), right.to_string()])
            .collect()
    }

    fn number(&mut self, term: &str) -> u32 {
        if let Some(number) = self.numbers.get(term) {
            return *number;
        }
        let number = u32::try_from(self.entries.len()).expect("fewer tokens than bytes of memory");
        self.entries.push(Entry { term: term.into(), postings: Vec::new() });
        let alike = self.by_length.entry(term.len()).or_default();
        alike.letters.push(typo::letters(term));
        alike.numbers.push(number);
        self.numbers.insert(term.into(), number);
        number
    }

    fn entry(&self, term: &str) -> Option<&Entry> {
        let entry = &self.entries[*self.numbers.get(term)? as usize];
        (!entry.postings.is_empty()).then_some(entry)
    }

    fn beginning<'a>(&'a self, with: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.numbers
            .range::<str, _>((std::ops::Bound::Excluded(with), std::ops::Bound::Unbounded))
            .take_while(move |(term, _)| term.starts_with(with))
            .map(|(_, number)| &self.entries[*number as usize])
            .filter(|entry| !entry.postings.is_empty())
            .take(MOST_EXPANSIONS)
    }

    /// The tokens with the fewest slips, if any are near enough.
    fn near(&self, word: &str) -> Vec<(&Entry, usize)> {
        let length = word.chars().count();
        let mut most = typo::forgiven(length);
        if most == 0 {
            return Vec::new();
        }
        let letters = typo::letters(word);
        let mut near: Vec<(&Entry, usize)> = Vec::new();
        let lengths = word.len().saturating_sub(most)..=word.len() + most;
        for (_, alike) in self.by_length.range(lengths) {
            for (known, number) in alike.letters.iter().zip(&alike.numbers) {
                if (known ^ letters).count_ones() as usize > 2 * most {
                    continue;
                }
                let entry = &self.entries[*number as usize];
                if entry.postings.is_empty() {
                    continue;
                }
                if let Some(slips) = typo::slips(word, &entry.term, most) {
                    if slips < most {
                        near.retain(|(_, known)| *known <= slips);
                        most = slips.max(1);
                    }
                    near.push((entry, slips));
                }
            }
        }
        let least = near.iter().map(|(_, slips)| *slips).min().unwrap_or(0);
        near.retain(|(_, slips)| *slips == least);
        near.truncate(MOST_EXPANSIONS);
        near
    }
}

fn note(used: &mut HashMap<String, How>, entry: &Entry, how: How) {
    let known = used.entry(entry.term.to_string()).or_insert(how);
    *known = (*known).min(how);
}

/// Best worth of each chunk for one thing looked up: `(anywhere, in the name)`.
struct Found {
    best: Vec<(f32, f32)>,
    touched: Vec<ChunkNo>,
}

impl Found {
    fn new(chunks: usize) -> Self {
        Self { best: vec![(0.0, 0.0); chunks], touched: Vec::new() }
    }

    fn take(&mut self, entry: &Entry, worth: f32) {
        self.take_if(entry, worth, |_| true);
    }

    fn take_if(&mut self, entry: &Entry, worth: f32, wanted: impl Fn(ChunkNo) -> bool) {
        for posting in entry.postings.iter().filter(|posting| wanted(**posting >> 8)) {
            let weight = (posting & 0x7f) as f32 / FULL * worth;
            let name = if posting & IN_NAME == 0 { 0.0 } else { weight };
            self.raise(posting >> 8, weight, name);
        }
    }

    fn raise(&mut self, chunk: ChunkNo, all: f32, name: f32) {
        let best = &mut self.best[chunk as usize];
        if best.0 == 0.0 && all > 0.0 {
            self.touched.push(chunk);
        }
        *best = (best.0.max(all), best.1.max(name));
    }

    fn add(&mut self, chunk: ChunkNo, all: f32, name: f32) {
        let best = &mut self.best[chunk as usize];
        if best.0 == 0.0 && all > 0.0 {
            self.touched.push(chunk);
        }
        *best = (best.0 + all, best.1 + name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::query;
    use crate::rank::tokens::tokens;
    use proptest::prelude::*;

    fn lexicon(texts: &[&str]) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for (chunk, text) in (0..).zip(texts) {
            lexicon.put(chunk, &weigh(text));
        }
        lexicon
    }

    fn weigh(text: &str) -> HashMap<String, Weight> {
        tokens(text).into_iter().map(|token| (token.term, Weight { worth: 1.0, in_name: false })).collect()
    }

    fn best(lexicon: &Lexicon, question: &str) -> Option<usize> {
        let coverage = lexicon.coverage(&query::parse(question).wanted);
        let (at, share) = coverage.all.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        (*share > 0.0).then_some(at)
    }

    #[test]
    fn fragments_typos_and_beginnings_find_their_chunk() {
        let lexicon = lexicon(&[
            "docker-01 10.10.20.21 bc:24:11:00:00:21 compose stacks",
            "truenas 10.10.50.20 3c:ec:ef:aa:bb:20 NAS in the basement rack",
            "Proxmox UI https://10.10.10.11:8006",
            "Home Assistant CT 105",
            "Pi-hole standby resolver",
        ]);
        let table = [
            ("10.10.50.", Some(1)),
            ("aa:bb", Some(1)),
            (":8006", Some(2)),
            ("basment", Some(1)),
            ("compos", Some(0)),
            ("homeassistant", Some(3)),
            ("home-assistant", Some(3)),
            ("CT 105", Some(3)),
            ("pihole", Some(4)),
            ("pi hole", Some(4)),
            ("docekr-01", Some(0)),
            ("bc2411", Some(0)),
            (".21", Some(0)),
            ("zzzzqqqq", None),
        ];
        for (question, wanted) in table {
            assert_eq!(best(&lexicon, question), wanted, "{question}");
        }
    }

    #[test]
    fn parts_count_where_all_of_them_stand_and_alone_only_when_the_whole_is_nowhere() {
        let covered = |texts: &[&str], question: &str| -> Vec<bool> {
            lexicon(texts)
                .coverage(&query::parse(question).wanted)
                .all
                .iter()
                .map(|share| *share > 0.0)
                .collect()
        };
        let texts = ["node-07", "node rack 07", "node rack", "shelf 07"];
        assert_eq!(covered(&texts, "node-07"), [true, true, false, false]);
        assert_eq!(covered(&texts[1..], "node-07"), [true, true, true]);
        assert_eq!(covered(&["docker rack"], "dokcer-09"), [true]);
    }

    #[test]
    fn a_rare_word_counts_more_than_a_common_one() {
        let lexicon = lexicon(&["debian web", "debian mail", "debian files", "alpine backup"]);
        let coverage = lexicon.coverage(&query::parse("debian mail").wanted);
        assert!(
            coverage.all[1] > 0.99 && coverage.all[0] < 0.5 && coverage.all[3] == 0.0,
            "{:?}",
            coverage.all
        );
    }

    proptest! {
        #[test]
        fn what_is_near_is_what_has_the_fewest_slips_of_all(words in proptest::collection::btree_set("[a-c]{3,10}", 1..40), asked in "[a-c]{4,10}") {
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let lexicon = lexicon(&words);
            let most = typo::forgiven(asked.chars().count());
            let slips = |word: &str| typo::slips(&asked, word, most);
            let least = words.iter().filter_map(|word| slips(word)).min();
            let wanted: Vec<&str> = words.iter().copied().filter(|word| least.is_some() && slips(word) == least).collect();
            let mut near: Vec<&str> = lexicon.near(&asked).iter().map(|(entry, _)| &*entry.term).collect();
            near.sort_unstable();
            prop_assert_eq!(near, wanted);
        }

        #[test]
        fn a_chunk_that_was_removed_is_found_by_nothing(texts in proptest::collection::vec("[a-c]{1,3}( [a-c]{1,3}){0,4}", 1..8), gone in 0usize..8) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let gone = gone % texts.len();
            let mut index = lexicon(&texts);
            index.remove(gone as u32);
            let found = index.coverage(&query::parse(texts[gone]).wanted);
            prop_assert!(found.all[gone] == 0.0);
            index.put(gone as u32, &weigh(texts[gone]));
            let again = index.coverage(&query::parse(texts[gone]).wanted);
            let fresh = lexicon(&texts).coverage(&query::parse(texts[gone]).wanted);
            prop_assert_eq!(again.all, fresh.all);
        }

        #[test]
        fn coverage_is_a_share(texts in proptest::collection::vec("\\PC{0,30}", 1..6), question in "\\PC{0,30}") {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let coverage = lexicon(&texts).coverage(&query::parse(&question).wanted);
            prop_assert!(coverage.all.iter().all(|share| (0.0..=1.001).contains(share)));
            let covering = (0..).zip(&coverage.all).filter(|(_, share)| **share > 0.0).map(|(chunk, _)| chunk);
            let mut touched = coverage.touched;
            touched.sort_unstable();
            prop_assert_eq!(touched, covering.collect::<Vec<ChunkNo>>());
        }
    }
}
