//! `audit_verify`: whether the log is what was written, and who outside would know.

use labkeeper_core::audit::{PublicKey, hex};
use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::AnchorState;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::audit_comparison::Mirror;
use super::audit_examination::{Examined, Tampering, TamperingKind, Witness, examine};
use super::audit_notes;
use crate::cx::Cx;
use crate::house::House;
use crate::operation::{Meta, Operation, Route, Toolset};

/// A clock that was set back by less is not worth a word.
const A_MINUTE: i64 = 60_000_000;

/// Check whether any record of the audit log was altered, removed, inserted or reordered after it was written, and who outside would know.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditVerify {
    /// Only from about this record on; quicker on a long log.
    #[serde(default)]
    pub from: Option<i64>,
}

/// What is asked of the log beyond what the operation asks.
#[derive(Debug, Default)]
pub struct Question {
    /// From which record on; 0 for all.
    pub from: i64,
    /// Keys that are known from elsewhere. When there are any, the one beside the log is not believed.
    pub keys: Vec<PublicKey>,
    /// Checkpoints that were kept elsewhere.
    pub witnesses: Vec<Witness>,
    /// Whether the mirror is compared too.
    pub mirror: bool,
}

/// How well the log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Everything holds, and a place outside has a checkpoint of it.
    Anchored,
    /// Everything holds, but whoever has this machine and its key could have written it all anew: no place outside has a checkpoint.
    Unanchored,
    /// Everything holds but the last line of the mirror, which a crash left half written.
    TornTail,
    /// It was tampered with.
    Tampered,
}

/// The newest signed checkpoint.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckpointView {
    /// How many records it covers.
    pub records: i64,
    /// When it was signed.
    pub at: String,
}

/// A place outside.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AnchorView {
    /// What it is called.
    pub name: String,
    /// Up to how many records it has the log, as it holds it itself, else as it last confirmed.
    pub records: i64,
    /// When it last took a checkpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What is wrong with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// The mirror, when it was compared.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MirrorView {
    /// How many files it has.
    pub files: usize,
    /// Number of its first record.
    pub first: i64,
    /// Number of its last record.
    pub last: i64,
    /// Its last line is half written.
    pub torn: bool,
}

/// The verdict.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Verification {
    /// Whether everything is as written.
    pub ok: bool,
    /// anchored, unanchored, torn_tail or tampered.
    pub standing: Standing,
    /// How many were checked before the first break.
    pub records: i64,
    /// Hash of the last good record.
    pub head: String,
    /// Root of the tree over the good records, hexadecimal.
    pub root: String,
    /// The first place where the log is not what was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
    /// How it was tampered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<TamperingKind>,
    /// The first record that is not as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seq: Option<i64>,
    /// How many signed checkpoints were checked.
    pub checkpoints: u64,
    /// The newest of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<CheckpointView>,
    /// How many records it does not cover yet.
    pub unsigned: i64,
    /// The public key; note it elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Places outside that keep checkpoints.
    pub anchors: Vec<AnchorView>,
    /// By how many seconds the clock was set back at most between two records; left out below a minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock_set_back: Option<i64>,
    /// The mirror, when it was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mirror: Option<MirrorView>,
}

impl Operation for AuditVerify {
    type Output = Verification;
    const META: Meta = Meta::read("audit_verify", "Verify the audit log", Toolset::Safety)
        .routes(&[Route::get("/api/audit/verify")]);

    async fn run(self, cx: &mut Cx) -> Result<Verification, Fault> {
        let question = Question { from: self.from.unwrap_or_default(), ..Question::default() };
        verify(cx.house(), question, |checked| {
            #[expect(clippy::cast_precision_loss, reason = "progress is approximate")]
            cx.progress.report(checked as f64, None, "records checked");
            cx.unless_stopped("the log was not read to its end")?;
            Ok(())
        })
        .await
    }
}

/// Verifies the log, with all that bears witness to it.
///
/// # Errors
/// When something cannot be read, or `watch` stops it.
pub(crate) async fn verify(
    house: &House,
    mut question: Question,
    watch: impl FnMut(i64) -> Result<(), Fault> + Send,
) -> Result<Verification, Fault> {
    let directory = &house.settings().data_dir;
    let given = question.witnesses.len();
    // What others hold is read before the log is: it grows meanwhile.
    let mut troubles = Vec::new();
    for anchor in &house.settings().audit.anchors {
        let (notes, trouble) = match anchor.held().await {
            Ok(notes) => (notes, None),
            Err(trouble) => (None, Some(trouble)),
        };
        troubles.push((notes.is_some(), trouble));
        let notes = notes.unwrap_or_default();
        question.witnesses.push(Witness { place: anchor.name().into(), notes, is_ours: false });
    }
    let beside = audit_notes::beside(directory);
    let notes = audit_notes::read(&beside).map_err(|error| Fault::internal(&error))?;
    question.witnesses.push(Witness { place: beside.display().to_string(), notes, is_ours: true });
    let mirror = if question.mirror { Some(Mirror::read(directory).await?) } else { None };

    let own = house.store().audit_signer().map(|signer| signer.public());
    let key = own.as_ref().ok().map(ToString::to_string);
    let keys = if question.keys.is_empty() { own.into_iter().collect() } else { question.keys };
    let mut view = house.store().snapshot().await?;
    let mut found = examine(&mut view, keys, question.from, &question.witnesses, watch).await?;
    if let (None, Some(mirror)) = (&found.tampering, &mirror) {
        found.tampering = mirror.compare(&mut view).await?;
    }
    let states = view.audit_anchors().await?;
    let anchors = &house.settings().audit.anchors;
    let confirmed = |at: usize| found.confirmed.get(at).map_or(0, |size| *size as i64);
    let mut shown = Vec::new();
    for (at, (anchor, (is_asked, trouble))) in anchors.iter().zip(troubles).enumerate() {
        let state = states.iter().find(|state| state.name == anchor.name());
        let records = is_asked.then(|| confirmed(given + at));
        shown.push(anchor_view(anchor.name(), records, state, trouble));
    }
    let is_anchored =
        shown.iter().any(|anchor| anchor.records > 0) || (0..given).any(|place| confirmed(place) > 0);
    Ok(verdict(found, key, shown, is_anchored, mirror.as_ref()))
}

fn anchor_view(
    name: &str,
    records: Option<i64>,
    state: Option<&AnchorState>,
    trouble: Option<String>,
) -> AnchorView {
    AnchorView {
        name: name.into(),
        records: records.or(state.map(|state| state.size)).unwrap_or_default(),
        at: state.and_then(|state| state.at).map(|at| Stamp(at).text()),
        trouble: trouble.or(state.and_then(|state| state.trouble.clone())),
    }
}

fn verdict(
    found: Examined,
    key: Option<String>,
    anchors: Vec<AnchorView>,
    is_anchored: bool,
    mirror: Option<&Mirror>,
) -> Verification {
    let standing = match (&found.tampering, mirror.is_some_and(|mirror| mirror.is_torn), is_anchored) {
        (Some(_), _, _) => Standing::Tampered,
        (None, true, _) => Standing::TornTail,
        (None, false, true) => Standing::Anchored,
        (None, false, false) => Standing::Unanchored,
    };
    let (kind, seq, broken) = match found.tampering {
        None => (None, None, None),
        Some(Tampering { kind, seq, text }) => (Some(kind), Some(seq), Some(text)),
    };
    Verification {
        ok: standing != Standing::Tampered,
        standing,
        records: found.records,
        head: found.head,
        root: hex(&found.root),
        broken,
        kind,
        seq,
        checkpoints: found.checkpoints,
        checkpoint: found.newest.map(|(records, at)| CheckpointView { records, at: Stamp(at).text() }),
        unsigned: found.records - found.newest.map_or(0, |(size, _)| size),
        key,
        anchors,
        clock_set_back: (found.set_back >= A_MINUTE).then_some(found.set_back / 1_000_000),
        mirror: mirror.map(|mirror| MirrorView {
            files: mirror.files,
            first: mirror.first,
            last: mirror.last(),
            torn: mirror.is_torn,
        }),
    }
}
