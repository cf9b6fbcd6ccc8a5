//! The one way in which a file of the lab is written: proposed, cleared, saved, applied. Each step is made from the one before,
//! and nothing else in labkeeper writes a file there; a write that skipped a step does not compile.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::{BackupId, Content, Edit, Settlement};
use labkeeper_core::shell::{
    Expected, FileFacts, FileKind, FilePath, Ownership, Place, Replaced, ShellError,
};
use labkeeper_guard::paths::{PathClass, classify, is_protected, runs_by_itself};
use labkeeper_store::{Claim, NewVersion};

use super::left;
use super::underway;
use super::whole::{live, too_large, whole};
use crate::cx::Cx;
use crate::site::Site;

/// What a file is to become.
pub(super) enum Draft {
    /// These bytes.
    Bytes(Vec<u8>),
    /// These bytes, which it had before; whose it was then, as far as that was noted.
    Back(Vec<u8>, Option<Ownership>),
    /// Its bytes with one piece replaced.
    Edit(Edit),
    /// Nothing: it is removed.
    Remove,
}

/// Whose a file becomes that is not there now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// Root's, as every new one.
    Root,
    /// Whose it was before it was removed.
    AsBefore(Ownership),
    /// Root's, for nobody noted whose it was.
    Forgotten,
}

/// A write that somebody wants.
pub(super) struct Proposed {
    pub(super) site: Site,
    pub(super) path: FilePath,
    pub(super) draft: Draft,
}

/// A write that may go on: no rule is against the path, neither as it was asked for nor as it is with links followed, and what is
/// there was read whole. Nothing was written yet.
pub(super) struct Cleared {
    site: Site,
    asked: FilePath,
    path: FilePath,
    facts: Option<FileFacts>,
    before: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
    owner: Owner,
}

/// A write whose before-bytes are kept for certain.
struct Saved {
    cleared: Cleared,
    backup: BackupId,
    underway: Claim,
}

/// A write that came about: the file was read back. It has to be noted, or it counts as left open.
#[must_use]
pub(super) struct Applied {
    pub(super) cleared: Cleared,
    pub(super) backup: BackupId,
    /// How it came about; `None` when it was removed, or when that is not known.
    pub(super) how: Option<Replaced>,
    /// Until it is noted.
    _underway: Claim,
}

/// Why a write does not go on.
pub(super) enum Stopped {
    /// A rule that nobody may override.
    Denied(String),
    /// Something else.
    Fault(Fault),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Stopped> for Fault {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Denied(reason) => {
                Self::new(Code::Denied, format!("refused: {reason}")).with_field("path")
            }
            Stopped::Fault(fault) => fault,
        }
    }
}

impl Proposed {
    /// Reads what is there and applies the rules. Changes nothing there; what earlier writes of this file left open is settled.
    pub(super) async fn clear(self, cx: &Cx) -> Result<Cleared, Stopped> {
        let Self { site, path: asked, draft } = self;
        refuse(cx, &asked)?;
        let largest = cx.house().settings().files.largest;
        let mut found = there(cx, &site, &asked, largest).await?;
        if left::settle_file(cx.house(), &site, &found.0).await? {
            found = there(cx, &site, &asked, largest).await?;
        }
        let (path, facts, before) = found;
        let owner = match &draft {
            Draft::Back(_, Some(ownership)) => Owner::AsBefore(*ownership),
            Draft::Back(_, None) => Owner::Forgotten,
            _ => Owner::Root,
        };
        let after = drafted(&site, &asked, draft, before.as_deref())?;
        if after.as_ref().is_some_and(|bytes| bytes.len() as u64 > largest) {
            return Err(too_large("that is too much for one file".into(), largest).into());
        }
        Ok(Cleared { site, asked, path, facts, before, after, owner })
    }
}

/// The rules about paths. Nothing is looked at before the path that was asked for has passed them.
fn refuse(cx: &Cx, path: &FilePath) -> Result<(), Stopped> {
    if let Some(why) = is_protected(path.as_str()) {
        return Err(Stopped::Denied(format!("{path} is protected: {why}")));
    }
    if let Some(objection) = cx.house().settings().files.objection(path) {
        return Err(Stopped::Denied(objection));
    }
    match classify(path.as_str()) {
        PathClass::Kernel | PathClass::Fatal | PathClass::Device => {
            Err(Stopped::Denied(format!("{path} is no file, but the kernel's or a device's")))
        }
        _ => Ok(()),
    }
}

/// The file, links followed, and what it is; nothing more when there is none.
type There = (FilePath, Option<FileFacts>, Option<Vec<u8>>);

/// Reads what is at a path, and applies the rules to where that really is.
async fn there(cx: &Cx, site: &Site, asked: &FilePath, largest: u64) -> Result<There, Stopped> {
    let there = match whole(site, asked, largest).await? {
        Some((bytes, facts)) => (facts.resolved.clone(), Some(facts), Some(bytes)),
        None => (resolved_new(site, asked).await?, None, None),
    };
    refuse(cx, &there.0)?;
    Ok(there)
}

/// Where a file that is not there yet would really be: its directory may be reached through links.
async fn resolved_new(site: &Site, asked: &FilePath) -> Result<FilePath, Fault> {
    let parent: FilePath = asked.parent().parse().map_err(|error| Fault::internal(&error))?;
    let lacking = || {
        Fault::invalid("path", format!("there is no directory {parent} in {}", site.name()))
            .with_hint("make the directory first")
    };
    let facts = site.look(&parent).await?.ok_or_else(lacking)?;
    if facts.kind != FileKind::Directory {
        return Err(Fault::invalid("path", format!("{parent} is no directory")));
    }
    let whole = format!("{}/{}", facts.resolved, asked.name());
    whole.parse().map_err(|error| Fault::internal(&error))
}

fn drafted(
    site: &Site,
    asked: &FilePath,
    draft: Draft,
    before: Option<&[u8]>,
) -> Result<Option<Vec<u8>>, Fault> {
    match draft {
        Draft::Bytes(bytes) | Draft::Back(bytes, _) => Ok(Some(bytes)),
        Draft::Remove => Ok(None),
        Draft::Edit(edit) => {
            let before = before.ok_or_else(|| site.lacks(asked))?;
            edit.apply(before)
                .map(Some)
                .map_err(|error| Fault::invalid("oldString", error.to_string()).with_hint(error.remedy()))
        }
    }
}

impl Cleared {
    pub(super) fn site(&self) -> &Site {
        &self.site
    }

    /// The path that was asked for.
    pub(super) fn asked(&self) -> &FilePath {
        &self.asked
    }

    /// The path it is, links followed.
    pub(super) fn path(&self) -> &FilePath {
        &self.path
    }

    pub(super) fn before(&self) -> Option<&[u8]> {
        self.before.as_deref()
    }

    pub(super) fn after(&self) -> Option<&[u8]> {
        self.after.as_deref()
    }

    /// It has other names, which renaming over it would part.
    pub(super) fn has_other_names(&self) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.links > 1)
    }

    /// Whose the file becomes; `None` when it is somebody's already, or when there is to be none.
    pub(super) fn new_owner(&self) -> Option<Owner> {
        (self.before.is_none() && self.after.is_some()).then_some(self.owner)
    }

    /// What is written is run later: it lies where a system looks for what to run, or may be executed.
    pub(super) fn runs_later(&self) -> bool {
        let given = match self.new_owner() {
            Some(Owner::AsBefore(ownership)) => Some(ownership),
            _ => self.facts.as_ref().map(FileFacts::ownership),
        };
        let may_be_executed = given.is_some_and(Ownership::may_be_executed);
        [&self.asked, &self.path].iter().any(|path| runs_by_itself(path.as_str())) || may_be_executed
    }

    /// The file is already as it is to become.
    pub(super) fn changes_nothing(&self) -> bool {
        self.before == self.after
    }

    /// Why somebody has to say yes, when somebody has to.
    pub(super) fn caution(&self) -> Option<&'static str> {
        let class = classify(self.path.as_str());
        match (self.site.place_name(), class) {
            (Place::Host { .. }, PathClass::Scratch) => None,
            (Place::Host { .. }, _) => Some("it is a file of the node itself"),
            (_, PathClass::SystemRoot | PathClass::SystemFile) => {
                Some("it is a program or library of the system")
            }
            (_, PathClass::RestorePoint) => Some("it is a backup"),
            _ => None,
        }
    }

    /// Keeps what is there, writes, and reads back. `op` is the operation that does it.
    pub(super) async fn apply(self, cx: &Cx, op: &str) -> Result<Applied, Fault> {
        self.save(cx, op).await?.apply(cx).await
    }

    async fn save(self, cx: &Cx, op: &str) -> Result<Saved, Fault> {
        cx.check_cancelled()?;
        let new = NewVersion {
            at: cx.now,
            actor: cx.actor.name.clone(),
            via: cx.actor.via.as_str().into(),
            session: cx.actor.session.clone(),
            op: op.into(),
            place: self.site.place_name().clone(),
            asked: self.asked.clone(),
            path: self.path.clone(),
            before: self.before.clone(),
            ownership: self.facts.as_ref().map(FileFacts::ownership),
            after: self.after.clone(),
        };
        let house = cx.house();
        // Before it is known to anybody: who finds it open must find that somebody is at it.
        let underway = underway::begin(cx, op, &new.place, &new.path).await?;
        let backup = house.store().keep_version(new, house.settings().files.quota).await?;
        Ok(Saved { cleared: self, backup, underway })
    }

    async fn write(&self) -> Result<Option<Replaced>, ShellError> {
        let (shell, spot) = self.site.port();
        match (&self.after, Content::of(self.before()).sha256()) {
            (Some(bytes), None) => {
                let ownership = match self.owner {
                    Owner::AsBefore(ownership) => Some(ownership),
                    Owner::Root | Owner::Forgotten => None,
                };
                shell.replace(spot, &self.path, bytes, &Expected::Absent(ownership)).await.map(Some)
            }
            (Some(bytes), Some(sha256)) => {
                let expected = Expected::Sha256(sha256.into());
                shell.replace(spot, &self.path, bytes, &expected).await.map(Some)
            }
            (None, Some(sha256)) => shell.remove(spot, &self.path, sha256).await.map(|()| None),
            (None, None) => Ok(None),
        }
    }
}

impl Saved {
    async fn apply(self, cx: &Cx) -> Result<Applied, Fault> {
        let Self { cleared, backup, underway } = self;
        let done = cleared.write().await;
        let (before, after) = (Content::of(cleared.before()), Content::of(cleared.after()));
        // Whatever the port says, the file itself is asked.
        let seen = match &done {
            Err(error) if is_open_ended(error) => left::at_rest(&cleared.site, &cleared.path, &after).await,
            _ => live(&cleared.site, &cleared.path).await,
        };
        let settlement = match (&done, &seen) {
            // It compared, and wrote nothing.
            (Err(ShellError::Changed { .. }), _) => Settlement::NotApplied,
            (_, Ok(live)) => Settlement::seen(&before, &after, live),
            // The port read it back itself before it said that it was done.
            (Ok(_), Err(_)) => Settlement::Applied,
            (Err(_), Err(_)) => Settlement::Saved,
        };
        match (settlement, done) {
            (Settlement::Applied, done) => {
                Ok(Applied { cleared, backup, how: done.ok().flatten(), _underway: underway })
            }
            (settlement, done) => {
                let mut tx = cx.house().store().write().await?;
                tx.settle_version(backup, settlement).await?;
                tx.commit().await?;
                Err(not_applied(&cleared, backup, settlement, done))
            }
        }
    }
}

/// Whether the write may be at work there yet, or was ended where it could not clean up.
fn is_open_ended(error: &ShellError) -> bool {
    !matches!(
        error,
        ShellError::Changed { .. }
            | ShellError::Unwritable { .. }
            | ShellError::Unverified { .. }
            | ShellError::Path { .. }
            | ShellError::Lacking { .. }
            | ShellError::TooLarge { .. }
            | ShellError::NotRunnable { .. }
    )
}

fn not_applied(
    cleared: &Cleared,
    backup: BackupId,
    settlement: Settlement,
    done: Result<Option<Replaced>, ShellError>,
) -> Fault {
    let path = &cleared.path;
    let why = done.err().unwrap_or_else(|| ShellError::Unverified {
        path: path.to_string(),
        why: "it was read back and is something else".into(),
    });
    let state = match settlement {
        Settlement::NotApplied => "the file is as it was before".to_string(),
        Settlement::Saved => {
            format!("whether {path} was written is not known; {backup} has what it was before")
        }
        _ => format!("{path} is neither what it was nor what it should be; {backup} has what it was before"),
    };
    let mut fault = Fault::from(why);
    fault.message = format!("{}; {state}", fault.message);
    fault.with_details(serde_json::json!({"backupPath": backup, "settlement": settlement}))
}
