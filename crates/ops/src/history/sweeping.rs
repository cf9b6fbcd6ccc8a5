//! The watched files of a node or container: listed and digested there in one go, and only what differs is fetched.

use std::time::Duration;

use futures::StreamExt as _;
use labkeeper_core::audit::sha256_hex;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::history::{Kept, Listed, Listing, Manifest, Source, Watched, words};
use labkeeper_core::ports::{History, Later};
use labkeeper_core::shell::{Captured, Command, End, FileKind, FilePath, Finished, Place, Window};

use super::keeping::Keeping;
use super::swept::{Swept, SweptSource};
use crate::cx::Cx;
use crate::site::Site;

/// How long looking through a place may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// How much may be said about a place: some 100 000 files.
const LARGEST_LISTING: usize = 32 << 20;
/// Files that are fetched side by side.
const SIDE_BY_SIDE: usize = 8;

/// Sweeps a place. Whatever goes wrong is this place's alone.
pub(super) async fn sweep(cx: &Cx, place: &Place, history: &dyn History, keeping: &Keeping<'_>) -> Swept {
    let source = Source::Files(place.clone());
    match Site::place(cx, place).await {
        Ok(site) => match (Sweep { cx, site: &site, source: &source, keeping }).run(history).await {
            Ok(swept) => swept,
            Err(fault) => Swept::failed(&source, fault.message),
        },
        Err(fault) if fault.code == Code::Forbidden => Swept::skipped(&source, fault.message),
        Err(fault) => Swept::failed(&source, fault.message),
    }
}

struct Sweep<'a> {
    cx: &'a Cx,
    site: &'a Site,
    source: &'a Source,
    keeping: &'a Keeping<'a>,
}

/// What was listed, and whether that was all.
struct Seen {
    listing: Listing,
    trouble: Option<String>,
}

impl Sweep<'_> {
    async fn run(&self, history: &dyn History) -> Result<Swept, Fault> {
        let seen = self.seen().await?;
        let manifest = self.source.manifest();
        let before = Manifest::read(history.read(&manifest).await?.as_deref());
        let mut swept = Swept { source: SweptSource::of(self.source), files: Vec::new() };
        swept.source.error.clone_from(&seen.trouble);
        swept.source.skipped_other = seen.listing.odd;
        let mut after = Manifest { files: before.files.clone(), ..Manifest::default() };
        let differing = self.sorted(&seen.listing, &before, &mut after, &mut swept);
        self.fetched(differing, &before, &mut after, &mut swept).await;
        if seen.trouble.is_none() {
            self.without_gone(&seen.listing, &mut after, &mut swept);
        }
        if after != before {
            swept.files.push((manifest, Some(after.text())));
        }
        Ok(swept)
    }

    fn watched(&self) -> &Watched {
        let watch = &self.cx.house().settings().history.watch;
        match self.site.place_name() {
            Place::Host { .. } => &watch.hosts,
            Place::Lxc(_) | Place::Vm(_) => &watch.guests,
        }
    }

    /// Whether a file is to be kept.
    fn is_wanted(&self, path: &str) -> bool {
        self.watched().covers(path) && !self.cx.house().settings().history.watch.leaves_out(path)
    }

    async fn seen(&self) -> Result<Seen, Fault> {
        let mut roots = Vec::new();
        for root in self.watched().roots() {
            let is_there = self
                .site
                .look(&root)
                .await?
                .is_some_and(|facts| matches!(facts.kind, FileKind::Directory | FileKind::File));
            if is_there && self.cx.house().settings().files.objection(&root).is_none() {
                roots.push(root);
            }
        }
        if roots.is_empty() {
            return Ok(Seen { listing: Listing::default(), trouble: None });
        }
        let mut command =
            Command::argv(words(&roots, self.cx.house().settings().history.watch.largest), PATIENCE);
        command.keep = LARGEST_LISTING;
        let Finished { end, stdout, stderr } = self.site.ask(&command).await?;
        let Some(printed) = stdout.whole() else {
            let fault = Fault::new(Code::TooLarge, "there are too many files to be swept");
            return Err(fault
                .with_hint("watch less, with HISTORY_HOST_WATCH_PATHS and HISTORY_CONTAINER_WATCH_PATHS"));
        };
        let trouble =
            (end != End::Code(0)).then(|| format!("not all could be listed: {}", first_line(&stderr, &end)));
        Ok(Seen { listing: Listing::read(printed), trouble })
    }

    /// What is to be fetched, of all that was listed.
    fn sorted<'l>(
        &self,
        listing: &'l Listing,
        before: &Manifest,
        after: &mut Manifest,
        swept: &mut Swept,
    ) -> Vec<(&'l FilePath, &'l Listed)> {
        let settings = self.cx.house().settings();
        let mut differing = Vec::new();
        for (path, listed) in &listing.files {
            let name = path.as_str();
            if !self.watched().covers(name) {
                continue;
            }
            if settings.history.watch.leaves_out(name) || settings.files.objection(path).is_some() {
                swept.source.excluded += 1;
            } else if listed.size > settings.history.watch.largest {
                swept.source.skipped_oversize += 1;
                after.skipped.insert(name.into(), format!("{} bytes are more than is kept", listed.size));
            } else if let Some(sha256) = &listed.sha256 {
                let digest = self.keeping.digest(sha256);
                if before.files.get(name).is_some_and(|kept| kept.digest == digest) {
                    swept.source.unchanged += 1;
                    after.files.insert(name.into(), kept(listed, digest));
                } else {
                    differing.push((path, listed));
                }
            } else {
                swept.source.skipped_other += 1;
                after.skipped.insert(name.into(), "it could not be read".into());
            }
        }
        differing
    }

    async fn fetched(
        &self,
        differing: Vec<(&FilePath, &Listed)>,
        before: &Manifest,
        after: &mut Manifest,
        swept: &mut Swept,
    ) {
        let mut fetches: Vec<Later<'_, _>> = Vec::new();
        for (path, listed) in differing {
            fetches.push(Box::pin(async move { (path, listed, self.bytes(path).await) }));
        }
        let mut fetches = futures::stream::iter(fetches).buffer_unordered(SIDE_BY_SIDE);
        while let Some((path, listed, bytes)) = fetches.next().await {
            let name = path.as_str();
            match (bytes, self.source.file(path)) {
                (Ok(Some(bytes)), Some(at)) => {
                    let was = before.files.contains_key(name);
                    if was {
                        swept.source.changed += 1;
                    } else {
                        swept.source.added += 1;
                    }
                    let digest = self.keeping.digest(&sha256_hex(&bytes));
                    after.files.insert(name.into(), kept(listed, digest));
                    swept.files.push((at, Some(self.keeping.content(name, &bytes))));
                }
                // Gone since it was listed: the next sweep says so.
                (Ok(None), _) => {}
                (Ok(_), None) => {
                    swept.source.skipped_other += 1;
                    after.skipped.insert(name.into(), "its name cannot be kept".into());
                }
                (Err(fault), _) => {
                    swept.source.skipped_other += 1;
                    after.skipped.insert(name.into(), fault.message);
                }
            }
        }
        // In the order of their paths, not of their arrival.
        swept.files.sort_by(|one, other| one.0.cmp(&other.0));
    }

    async fn bytes(&self, path: &FilePath) -> Result<Option<Vec<u8>>, Fault> {
        let largest = self.cx.house().settings().history.watch.largest;
        let window = Window { offset: 0, length: largest.saturating_add(1) };
        let Some(piece) = self.site.read(path, window).await? else { return Ok(None) };
        if piece.bytes.len() as u64 > largest {
            return Err(Fault::new(Code::TooLarge, "it has grown since it was listed"));
        }
        Ok(Some(piece.bytes))
    }

    /// Takes away what is not there any more or is left out now. What was never this sweep's to watch stays: somebody else keeps it.
    fn without_gone(&self, listing: &Listing, after: &mut Manifest, swept: &mut Swept) {
        let is_there = |path: &str| {
            let path: Option<FilePath> = path.parse().ok();
            path.is_some_and(|path| listing.files.contains_key(&path))
        };
        let skipped = after.skipped.clone();
        let gone: Vec<String> = after
            .files
            .keys()
            .filter(|path| self.watched().covers(path))
            .filter(|path| !is_there(path) || !self.is_wanted(path) || skipped.contains_key(*path))
            .cloned()
            .collect();
        for path in gone {
            after.files.remove(&path);
            swept.source.deleted += 1;
            let at = path.parse().ok().and_then(|path| self.source.file(&path));
            swept.files.extend(at.map(|at| (at, None)));
        }
    }
}

fn kept(listed: &Listed, digest: String) -> Kept {
    Kept { mode: Some(listed.mode.clone()), uid: Some(listed.uid), gid: Some(listed.gid), digest }
}

fn first_line(stderr: &Captured, end: &End) -> String {
    let text = String::from_utf8_lossy(&stderr.head);
    match text.lines().next().filter(|line| !line.trim().is_empty()) {
        Some(line) => line.chars().filter(|c| !c.is_control()).take(200).collect(),
        None => format!("{end:?}"),
    }
}
