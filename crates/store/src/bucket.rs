//! Contents of files in a bucket of S3, each once, compressed, sealed when asked.
//!
//! Invariant: a content that [`Bucket::keep`] named is there, whole: the server said that it has it, and gave back the same bytes.
//!
//! | object below the prefix | what it is |
//! |---|---|
//! | `labkeeper.json` | the fingerprint of the key of the hub that it belongs to: no other hub keeps or sweeps there |
//! | `contents/ab/SHA256.zst` | a content in the clear |
//! | `sealed/cd/HMAC` | a sealed one |
//! | `trash/` and the name of a content | an empty object that says since when nothing names it; the content stays where it is, for a month |
//!
//! Each step is one object that is there or not, so a process may die after any of them.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::stamp::Stamp;
use object_store::ObjectMeta;
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::Result;
use crate::blobs::{LEVEL, Lying, Old, Stored, Trashed};
use crate::blocking::blocking;
use crate::error::StoreError;
use crate::key_file::{KeyFile, chance};
use crate::objects::{BucketSettings, Objects};
use crate::seal::Seal;
use crate::trouble::Trouble;

const HOME: &str = "labkeeper.json";
const KEY: &str = "blobs.key";
const NO_KEY: &str = "this is no key of old contents: put the right file back";
const FORMAT: u32 = 1;
/// What is said of a key that nothing but its work is known of.
const SEALER: &str = "that encrypted what is there";
/// The bucket. Cheap to clone; nobody is asked before something is wanted of it.
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    objects: Objects,
    encrypt: bool,
    key: Option<[u8; 32]>,
    key_file: KeyFile,
    /// Once it was seen that the bucket is ours.
    seal: OnceCell<Seal>,
}

#[derive(Serialize, Deserialize)]
struct Home {
    format: u32,
    key: String,
}

impl Bucket {
    /// For the hub whose database that is.
    ///
    /// # Errors
    /// When the settings make no address.
    pub fn new(settings: BucketSettings, database: &Path) -> Result<Self> {
        let (encrypt, key) = (settings.encrypt, settings.key);
        Ok(Self(Arc::new(Inner {
            objects: Objects::of(settings)?,
            encrypt,
            key,
            key_file: KeyFile::new(database.with_file_name(KEY), NO_KEY),
            seal: OnceCell::new(),
        })))
    }

    /// Where it is in the world, without secrets: the same for all that keep contents there.
    pub(crate) fn address(&self) -> String {
        self.0.objects.address().to_owned()
    }

    /// Whether new contents are sealed.
    pub fn encrypts(&self) -> bool {
        self.0.encrypt
    }

    /// Whether the key comes from the settings, and not from the file beside the database.
    pub fn has_given_key(&self) -> bool {
        self.0.key.is_some()
    }

    /// Does everything that will be done there, with an object of its own.
    ///
    /// # Errors
    /// What does not work.
    pub async fn try_out(&self) -> Result<()> {
        let number = chance::<8>().map_err(|source| self.local(source))?;
        let name = format!("probe/{}", labkeeper_core::audit::hex(&number));
        self.0
            .objects
            .within(async {
                self.seal().await?;
                self.0.objects.put(&name, number.to_vec()).await?;
                let (back, listed) = (self.0.objects.get(&name).await, self.0.objects.list("probe").await);
                // Whatever came of those: nobody else would take it away.
                self.0.objects.delete(&name).await?;
                let is_there = back?.as_deref() == Some(&number[..]) && listed?.contains_key(&name);
                if is_there { Ok(()) } else { Err(self.0.objects.trouble(Trouble::Forgetful)) }
            })
            .await
    }

    /// Looks whether contents could be kept there, without beginning to use it: that it answers, and that it is ours if it is somebody's. One
    /// that refused a write has to take one again.
    ///
    /// # Errors
    /// Why it is of no use.
    pub async fn look(&self) -> Result<()> {
        if self.0.objects.takes_nothing() {
            return self.try_out().await;
        }
        let looking = async {
            if self.home().await?.is_some() {
                self.seal().await?;
            }
            Ok(())
        };
        self.0.objects.within(looking).await
    }

    /// Whether it was of use when it was last asked for something.
    pub fn is_of_use(&self) -> bool {
        self.0.objects.is_of_use()
    }

    /// Puts a content there, unless a good one is there already.
    pub(crate) async fn keep(&self, bytes: &[u8]) -> Result<Stored> {
        let sha256 = sha256_hex(bytes);
        self.0
            .objects
            .within(async {
                let seal = self.seal().await?;
                let name = if self.0.encrypt { sealed_name(seal, &sha256) } else { clear_name(&sha256) };
                let there = self.0.objects.get(&name).await?;
                if let Some(packed) = there
                    && self.unpack(seal, &name, &sha256, &packed).is_ok()
                {
                    return Ok(stored(sha256.clone(), bytes, &packed));
                }
                let packed = self.pack(seal, &name, bytes).await?;
                self.0.objects.put(&name, packed.clone()).await?;
                // What the server gives back counts, not what was sent there.
                match self.0.objects.get(&name).await? {
                    // Somebody who keeps the same content at this moment sealed it otherwise.
                    Some(back) if self.unpack(seal, &name, &sha256, &back).is_ok() => {
                        Ok(stored(sha256.clone(), bytes, &back))
                    }
                    _ => Err(self.0.objects.trouble(Trouble::Forgetful)),
                }
            })
            .await
    }

    /// The content of that digest.
    pub(crate) async fn read(&self, sha256: &str) -> Result<Vec<u8>> {
        self.0
            .objects
            .within(async {
                let seal = self.seal().await?;
                let mut lost =
                    StoreError::Gone { sha256: sha256.to_owned(), place: self.0.objects.place().to_owned() };
                for name in self.names(seal, sha256) {
                    let Some(packed) = self.0.objects.get(&name).await? else { continue };
                    match self.unpack(seal, &name, sha256, &packed) {
                        Err(damaged) => lost = damaged,
                        content => return content,
                    }
                }
                Err(lost)
            })
            .await
    }

    /// Whether there is an object for it, which may be damaged.
    pub(crate) async fn is_there(&self, sha256: &str) -> Result<bool> {
        self.0
            .objects
            .within(async {
                let seal = self.seal().await?;
                for name in self.names(seal, sha256) {
                    if self.0.objects.has(&name).await? {
                        return Ok(true);
                    }
                }
                Ok(false)
            })
            .await
    }

    /// Puts a content away that nothing stands on; one that is not there is away already. It is not removed at once: a server may do
    /// late what was waited for in vain, and by then somebody may have named it again.
    pub(crate) async fn remove(&self, sha256: &str) -> Result<()> {
        self.0
            .objects
            .within(async {
                let seal = self.seal().await?;
                for name in self.names(seal, sha256) {
                    if self.0.objects.has(&name).await? {
                        self.0.objects.put(&marker(&name), Vec::new()).await?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// What the objects of a content are called.
    pub(crate) async fn names_of(&self, digests: &[String]) -> Result<Vec<String>> {
        let seal = self.0.objects.within(self.seal()).await?;
        Ok(digests.iter().flat_map(|sha256| self.names(seal, sha256)).collect())
    }

    /// Every content that was put there before that, and was not put away.
    pub(crate) async fn untouched_since(&self, then: Stamp) -> Result<Vec<Old>> {
        self.0.objects.within(self.seal()).await?;
        let away = self.0.objects.list("trash").await?;
        let mut old = Vec::new();
        for (name, facts) in self.contents().await? {
            if touched(&facts) < then && !away.contains_key(&marker(&name)) {
                old.push(Old { what: Lying::Content(name), bytes: facts.size });
            }
        }
        Ok(old)
    }

    /// Every content that was put away, whenever that was.
    pub(crate) async fn put_away(&self) -> Result<Vec<Trashed>> {
        self.0.objects.within(self.seal()).await?;
        let away = self.0.objects.list("trash").await?;
        if away.is_empty() {
            return Ok(Vec::new());
        }
        let contents = self.contents().await?;
        let trashed = away.iter().filter_map(|(marker, facts)| {
            let name = marker.strip_prefix("trash/")?.to_owned();
            let bytes = contents.get(&name).map_or(0, |content| content.size);
            Some(Trashed { name, since: touched(facts), bytes })
        });
        Ok(trashed.collect())
    }

    /// Notes that nothing names it. Since when is by the clock of the server, which does not differ much from ours: it would refuse us.
    pub(crate) async fn throw_away(&self, name: &str) -> Result<()> {
        self.0.objects.within(self.0.objects.put(&marker(name), Vec::new())).await
    }

    /// Takes that back.
    pub(crate) async fn bring_back(&self, name: &str) -> Result<()> {
        self.0.objects.within(self.0.objects.delete(&marker(name))).await
    }

    /// Removes what was put away, for good. The note goes last: without it the content would be found as one that was never put away.
    pub(crate) async fn forget(&self, name: &str) -> Result<()> {
        self.0
            .objects
            .within(async {
                self.0.objects.delete(name).await?;
                self.0.objects.delete(&marker(name)).await
            })
            .await
    }

    /// What a content may be called, first as new ones are.
    fn names(&self, seal: &Seal, sha256: &str) -> [String; 2] {
        let (clear, sealed) = (clear_name(sha256), sealed_name(seal, sha256));
        if self.0.encrypt { [sealed, clear] } else { [clear, sealed] }
    }

    async fn pack(&self, seal: &Seal, name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
        let bytes = bytes.to_vec();
        let packed = blocking(move || {
            zstd::stream::encode_all(bytes.as_slice(), LEVEL)
                .map_err(|source| StoreError::File { path: "a content, compressed".into(), source })
        })
        .await?;
        if self.0.encrypt { seal.seal(name, packed).map_err(|source| self.local(source)) } else { Ok(packed) }
    }

    fn unpack(&self, seal: &Seal, name: &str, sha256: &str, packed: &[u8]) -> Result<Vec<u8>> {
        let damaged =
            || StoreError::Damaged(format!("the kept file content {sha256} in {}", self.0.objects.place()));
        let opened = match name.starts_with("sealed/") {
            true => zstd::stream::decode_all(seal.open(name, packed).ok_or_else(damaged)?.as_slice()),
            false => zstd::stream::decode_all(packed),
        };
        let bytes = opened.map_err(|_| damaged())?;
        if sha256_hex(&bytes) == sha256 { Ok(bytes) } else { Err(damaged()) }
    }

    /// The key, once it is certain that everything there was begun with it.
    async fn seal(&self) -> Result<&Seal> {
        self.0.seal.get_or_try_init(|| self.move_in()).await
    }

    async fn move_in(&self) -> Result<Seal> {
        let theirs = self.home().await?;
        // Somebody took the note away: what is sealed there still tells whose it is.
        let sealed = if theirs.is_none() { self.any_sealed().await? } else { None };
        let known = theirs.clone().or(sealed.as_ref().map(|_| SEALER.to_owned()));
        let seal = Seal::of(&self.secret(known.as_deref()).await?);
        if let Some(name) = sealed
            && self.0.objects.get(&name).await?.is_none_or(|content| seal.open(&name, &content).is_none())
        {
            let ours = seal.fingerprint().to_owned();
            return Err(self.0.objects.trouble(Trouble::AnotherKey { theirs: SEALER.into(), ours }));
        }
        let theirs = match theirs {
            Some(theirs) => theirs,
            None => {
                self.settle(&seal).await?;
                self.home().await?.ok_or_else(|| self.0.objects.trouble(Trouble::Forgetful))?
            }
        };
        if seal.fingerprint() == theirs {
            return Ok(seal);
        }
        Err(self.0.objects.trouble(Trouble::AnotherKey { theirs, ours: seal.fingerprint().to_owned() }))
    }

    async fn any_sealed(&self) -> Result<Option<String>> {
        Ok(self.0.objects.list("sealed").await?.into_keys().next())
    }

    /// A new key is made for a new place only: what was put there with a lost one would be taken for nothing.
    async fn secret(&self, theirs: Option<&str>) -> Result<[u8; 32]> {
        if let Some(key) = self.0.key {
            return Ok(key);
        }
        let (file, theirs) = (self.0.key_file.clone(), theirs.map(ToOwned::to_owned));
        let place = self.0.objects.place().to_owned();
        blocking(move || {
            let read = if theirs.is_some() { file.read() } else { file.read_or_make() };
            read.map_err(|source| match theirs {
                Some(theirs) if source.kind() == std::io::ErrorKind::NotFound => {
                    StoreError::Bucket { place, trouble: Trouble::AnotherKey { theirs, ours: "none".into() } }
                }
                _ => StoreError::Key { path: file.path().into(), source },
            })
        })
        .await
    }

    async fn home(&self) -> Result<Option<String>> {
        let Some(bytes) = self.0.objects.get(HOME).await? else { return Ok(None) };
        match serde_json::from_slice::<Home>(&bytes) {
            Ok(home) if home.format == FORMAT => Ok(Some(home.key)),
            _ => Err(self.0.objects.trouble(Trouble::NotOurs(HOME))),
        }
    }

    async fn settle(&self, seal: &Seal) -> Result<()> {
        let home = Home { format: FORMAT, key: seal.fingerprint().to_owned() };
        let text = serde_json::to_vec(&home).expect("a number and a text serialise");
        // Whoever reads something else afterwards came second.
        self.0.objects.put_first(HOME, text).await
    }

    async fn contents(&self) -> Result<HashMap<String, ObjectMeta>> {
        let mut all = self.0.objects.list("contents").await?;
        all.extend(self.0.objects.list("sealed").await?);
        Ok(all)
    }

    fn local(&self, source: std::io::Error) -> StoreError {
        StoreError::Key { path: self.0.key_file.path().into(), source }
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.objects.place())
    }
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.objects.place())
    }
}

fn stored(sha256: String, bytes: &[u8], packed: &[u8]) -> Stored {
    Stored { sha256, size: bytes.len() as u64, stored: packed.len() as u64 }
}

fn clear_name(sha256: &str) -> String {
    format!("contents/{}/{sha256}.zst", shelf_of(sha256))
}

fn sealed_name(seal: &Seal, sha256: &str) -> String {
    let name = seal.name(sha256);
    format!("sealed/{}/{name}", shelf_of(&name))
}

fn shelf_of(name: &str) -> &str {
    name.split_at_checked(2).map_or(name, |(shelf, _)| shelf)
}

fn marker(name: &str) -> String {
    format!("trash/{name}")
}

fn touched(facts: &ObjectMeta) -> Stamp {
    Stamp(facts.last_modified.timestamp_micros())
}
