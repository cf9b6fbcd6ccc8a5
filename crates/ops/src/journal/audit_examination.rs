//! Walking the whole log beside everything that bears witness to it: the chain itself, the signed checkpoints in the database, and
//! those that were kept elsewhere.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use labkeeper_core::audit::{
    Break, Checkpoint, Frontier, GENESIS, Hash, NoteError, PublicKey, Record, Verifier, hash_of_hex,
    leaf_hash,
};
use labkeeper_core::fault::Fault;
use labkeeper_store::{KeptCheckpoint, NEW_KEY, View};
use schemars::JsonSchema;
use serde::Serialize;

const PAGE: i64 = 2_000;
const CHECKPOINTS: i64 = 500;

/// How a log was tampered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TamperingKind {
    /// A record was altered.
    Edit,
    /// Records are missing in between.
    Gap,
    /// Records were put in another order.
    Reorder,
    /// A record is there twice.
    Duplicate,
    /// Records were put in the place of others, and the chain made anew.
    Splice,
    /// A checkpoint is not signed by the log's key.
    BadSignature,
    /// Records at the end are missing that a checkpoint covers.
    Rollback,
    /// A record is older than the one before it and does not say why.
    TimeRegression,
    /// The mirror differs from the log.
    Mirror,
}

/// The first place where something does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tampering {
    /// How.
    pub kind: TamperingKind,
    /// Number of the first record that is not as it was.
    pub seq: i64,
    /// In a sentence.
    pub text: String,
}

impl From<Break> for Tampering {
    fn from(broken: Break) -> Self {
        let kind = match &broken {
            Break::Gap { .. } => TamperingKind::Gap,
            Break::Reorder { .. } => TamperingKind::Reorder,
            Break::Duplicate { .. } => TamperingKind::Duplicate,
            Break::Splice { .. } => TamperingKind::Splice,
            Break::Edit { .. } => TamperingKind::Edit,
            Break::TimeRegression { .. } => TamperingKind::TimeRegression,
        };
        Self { kind, seq: broken.seq(), text: broken.to_string() }
    }
}

/// Checkpoints from somewhere else.
#[derive(Debug, Clone)]
pub struct Witness {
    /// Where they were.
    pub place: String,
    /// The signed texts.
    pub notes: Vec<String>,
    /// Whether they are of this log for certain. A place that several hubs share may hold those of others.
    pub is_ours: bool,
}

/// What came out.
#[derive(Debug, Clone)]
pub struct Examined {
    /// Number of the last good record.
    pub records: i64,
    /// Its hash.
    pub head: String,
    /// The root over all good records.
    pub root: Hash,
    /// The first thing that does not hold.
    pub tampering: Option<Tampering>,
    /// How many checkpoints of the database were checked.
    pub checkpoints: u64,
    /// The newest of them.
    pub newest: Option<(i64, i64)>,
    /// Up to how many records each place confirmed the log, in their order; 0 when it has nothing of it.
    pub confirmed: Vec<u64>,
    /// By how much the clock was set back at most, in microseconds, as the records say.
    pub set_back: i64,
}

/// What a place says, once its signature was believed.
struct Claim {
    place: usize,
    root: Hash,
}

/// Looks at everything from that record on: those before it are taken as the checkpoint before it signed them. `watch` is told how far it
/// is, and may stop it.
///
/// # Errors
/// When the store fails, or `watch` stops it.
pub async fn examine(
    view: &mut View,
    keys: Vec<PublicKey>,
    from: i64,
    witnesses: &[Witness],
    mut watch: impl FnMut(i64) -> Result<(), Fault> + Send,
) -> Result<Examined, Fault> {
    let mut walk = Walk::begin(view, keys, from).await?;
    while walk.found.tampering.is_none() {
        let page = view.audit_found_after(walk.verifier.checked(), PAGE).await?;
        if page.is_empty() {
            break;
        }
        for (seq, record) in page {
            if let Err(tampering) = walk.step(view, seq, record).await? {
                walk.found.tampering = Some(tampering);
                break;
            }
        }
        watch(walk.verifier.checked())?;
    }
    walk.end(view, witnesses).await
}

struct Walk {
    keys: Vec<PublicKey>,
    verifier: Verifier,
    frontier: Frontier,
    begun: u64,
    /// Checkpoints of the database that come next.
    ahead: VecDeque<KeptCheckpoint>,
    asked_above: i64,
    /// Keys that signed, and are not ours, with the first size that each signed.
    strangers: BTreeMap<String, i64>,
    /// Keys that the log itself says it had before.
    former: BTreeSet<String>,
    /// The root at each size that a checkpoint may be of: the sizes that the witnesses claim are only known at the end, so these are
    /// those of the database, which all others are copies of.
    roots: BTreeMap<u64, Hash>,
    found: Examined,
}

impl Walk {
    async fn begin(view: &mut View, keys: Vec<PublicKey>, from: i64) -> Result<Self, Fault> {
        let mut walk = Self {
            keys,
            verifier: Verifier::default(),
            frontier: Frontier::default(),
            begun: 0,
            ahead: VecDeque::new(),
            asked_above: 0,
            strangers: BTreeMap::new(),
            former: BTreeSet::new(),
            roots: BTreeMap::new(),
            found: Examined {
                records: 0,
                head: GENESIS.into(),
                root: Frontier::default().root(),
                tampering: None,
                checkpoints: 0,
                newest: None,
                confirmed: Vec::new(),
                set_back: 0,
            },
        };
        let Some(kept) = view.audit_checkpoint_below(from).await? else { return Ok(walk) };
        if let Err(tampering) = walk.take_up(view, &kept).await? {
            walk.found.tampering = Some(tampering);
        }
        Ok(walk)
    }

    /// Begins behind a checkpoint.
    async fn take_up(
        &mut self,
        view: &mut View,
        kept: &KeptCheckpoint,
    ) -> Result<Result<(), Tampering>, Fault> {
        let splice = |text: String| Tampering { kind: TamperingKind::Splice, seq: kept.size, text };
        let Ok(frontier) = kept.frontier() else {
            return Ok(Err(splice(format!(
                "what the tree over {} records grows from was altered",
                kept.size
            ))));
        };
        let last = view.audit_found_after(kept.size - 1, 1).await?.pop();
        match last {
            Some((seq, Some((record, hash)))) if seq == kept.size && record.hash() == hash => {
                self.verifier = Verifier::after(&record, &hash);
            }
            Some((seq, _)) if seq == kept.size => return Ok(Err(Break::Edit { seq }.into())),
            Some((found, _)) => return Ok(Err(Break::Gap { seq: kept.size, found }.into())),
            None => return Ok(Ok(())),
        }
        (self.frontier, self.begun, self.asked_above) = (frontier, kept.size as u64, kept.size - 1);
        self.ahead.clear();
        self.compare(view).await
    }

    async fn step(
        &mut self,
        view: &mut View,
        seq: i64,
        record: Option<(Record, String)>,
    ) -> Result<Result<(), Tampering>, Fault> {
        let expected = self.verifier.checked() + 1;
        let Some((record, hash)) = record else {
            let broken =
                if seq > expected { Break::Gap { seq: expected, found: seq } } else { Break::Edit { seq } };
            return Ok(Err(broken.into()));
        };
        if let Err(broken) = self.verifier.step(&record, &hash) {
            let moved = broken.written_as(&record, &hash);
            return Ok(Err(match moved {
                Some(found) => broken.of_moved(found, view.audit_has(found, &hash).await?).into(),
                None => broken.into(),
            }));
        }
        if record.op == NEW_KEY {
            self.former.extend(record.summary["before"].as_str().map(str::to_string));
        }
        let leaf = hash_of_hex(&hash).expect("a hash that was computed is one");
        self.frontier.push(leaf_hash(&leaf));
        self.compare(view).await
    }

    /// Compares the tree with the checkpoint of its size, if there is one.
    async fn compare(&mut self, view: &mut View) -> Result<Result<(), Tampering>, Fault> {
        if self.ahead.is_empty() && self.asked_above < i64::MAX {
            let page = view.audit_checkpoints(self.asked_above, CHECKPOINTS).await?;
            self.asked_above = page.last().map_or(i64::MAX, |last| last.size);
            self.ahead.extend(page);
        }
        let size = self.frontier.size();
        // One of a size that was passed has none that it could be compared with: sizes go up by one here.
        let is_here = self.ahead.front().is_some_and(|kept| kept.size as u64 <= size);
        let Some(kept) = is_here.then(|| self.ahead.pop_front()).flatten() else { return Ok(Ok(())) };
        let root = self.frontier.root();
        let bad = |text: String| Err(Tampering { kind: TamperingKind::BadSignature, seq: kept.size, text });
        let checkpoint = match self.believed(&kept.note, Some(&kept.key)) {
            Ok((checkpoint, key)) => {
                if !self.keys.contains(&key) {
                    self.strangers.entry(key.to_string()).or_insert(kept.size);
                }
                checkpoint
            }
            Err(error) => return Ok(bad(error.to_string())),
        };
        if checkpoint.size != kept.size as u64 {
            return Ok(bad(format!(
                "the checkpoint kept for {} records is of {}",
                kept.size, checkpoint.size
            )));
        }
        if checkpoint.root != root || kept.edge != self.frontier.to_text() {
            let after = self.found.newest.map_or(self.begun as i64, |(size, _)| size);
            let text = format!(
                "records {} to {} are not those that were signed: they were replaced and the chain made anew",
                after + 1,
                kept.size
            );
            return Ok(Err(Tampering { kind: TamperingKind::Splice, seq: after + 1, text }));
        }
        self.roots.insert(size, root);
        self.found.checkpoints += 1;
        self.found.newest = Some((kept.size, kept.at));
        Ok(Ok(()))
    }

    /// What a note says, by one of our keys; else by the key that it is said to be signed with.
    fn believed(&self, note: &str, other: Option<&str>) -> Result<(Checkpoint, PublicKey), NoteError> {
        let mut refused = NoteError::Form;
        for key in &self.keys {
            match key.open(note) {
                Ok(checkpoint) => return Ok((checkpoint, key.clone())),
                Err(error) => refused = error,
            }
        }
        match (refused, other.map(str::parse::<PublicKey>)) {
            (NoteError::Stranger { .. } | NoteError::Form, Some(Ok(key))) => {
                key.open(note).map(|checkpoint| (checkpoint, key))
            }
            (refused, _) => Err(refused),
        }
    }

    async fn end(mut self, view: &mut View, witnesses: &[Witness]) -> Result<Examined, Fault> {
        if self.found.tampering.is_none() {
            self.found.tampering = self.strange_key().or(self.cut_off(view).await?);
        }
        if self.found.tampering.is_none() {
            self.found.tampering = self.hear(view, witnesses).await?;
        }
        self.found.records = self.verifier.checked();
        self.found.head = self.verifier.head().into();
        self.found.root = self.frontier.root();
        self.found.set_back = self.verifier.set_back();
        Ok(self.found)
    }

    /// A key that signed, and that neither is ours nor is said to have been.
    fn strange_key(&self) -> Option<Tampering> {
        let (key, size) = self.strangers.iter().find(|(key, _)| !self.former.contains(*key))?;
        let text =
            format!("the checkpoint of {size} records is signed by {key}, which is not a key of this log");
        Some(Tampering { kind: TamperingKind::BadSignature, seq: *size, text })
    }

    /// A checkpoint of more records than there are.
    async fn cut_off(&self, view: &mut View) -> Result<Option<Tampering>, Fault> {
        let size = self.frontier.size() as i64;
        let above = view.audit_checkpoints(size, 1).await?.pop();
        Ok(above.map(|kept| rollback(size, kept.size as u64, "the database itself")))
    }

    /// What was kept elsewhere.
    async fn hear(&mut self, view: &mut View, witnesses: &[Witness]) -> Result<Option<Tampering>, Fault> {
        for key in self.strangers.keys() {
            self.keys.extend(key.parse::<PublicKey>().ok());
        }
        let mut claims: BTreeMap<u64, Vec<Claim>> = BTreeMap::new();
        self.found.confirmed = vec![0; witnesses.len()];
        for (place, witness) in witnesses.iter().enumerate() {
            for note in &witness.notes {
                match self.believed(note, None) {
                    Ok((checkpoint, _)) => {
                        let claim = Claim { place, root: checkpoint.root };
                        claims.entry(checkpoint.size).or_default().push(claim);
                    }
                    Err(NoteError::Stranger { .. }) if !witness.is_ours => {}
                    Err(error) => {
                        let seq = Checkpoint::claimed(note).map_or(0, |claimed| claimed.size as i64);
                        let text = format!("{}: {error}", witness.place);
                        return Ok(Some(Tampering { kind: TamperingKind::BadSignature, seq, text }));
                    }
                }
            }
        }
        let total = self.frontier.size();
        self.fill_roots(view, claims.keys().copied().filter(|size| *size <= total)).await?;
        for (size, claims) in claims {
            for claim in claims {
                let place = &witnesses[claim.place].place;
                if size > total {
                    return Ok(Some(rollback(total as i64, size, place)));
                }
                match self.roots.get(&size) {
                    // Of what is before the record that it was to begin with.
                    None => {}
                    Some(root) if *root == claim.root => self.found.confirmed[claim.place] = size,
                    Some(_) => {
                        let after = self.found.confirmed[claim.place] as i64;
                        let text = format!(
                            "records {} to {size} are not those that {place} kept a checkpoint of: they were replaced and signed anew",
                            after + 1
                        );
                        return Ok(Some(Tampering { kind: TamperingKind::Splice, seq: after + 1, text }));
                    }
                }
            }
        }
        Ok(None)
    }

    /// Roots of sizes that the database has no checkpoint of: it had once.
    async fn fill_roots(&mut self, view: &mut View, sizes: impl Iterator<Item = u64>) -> Result<(), Fault> {
        let missing: Vec<u64> =
            sizes.filter(|size| *size >= self.begun && !self.roots.contains_key(size)).collect();
        let Some(most) = missing.last() else { return Ok(()) };
        let mut frontier = Frontier::default();
        let mut wanted = missing.iter().peekable();
        for leaf in view.audit_leaves(*most as i64).await? {
            frontier.push(leaf);
            if wanted.next_if(|size| **size == frontier.size()).is_some() {
                self.roots.insert(frontier.size(), frontier.root());
            }
        }
        Ok(())
    }
}

fn rollback(have: i64, size: u64, place: &str) -> Tampering {
    let text = format!(
        "records from {} on are missing: {place} has a signed checkpoint of {size} records",
        have + 1
    );
    Tampering { kind: TamperingKind::Rollback, seq: have + 1, text }
}
