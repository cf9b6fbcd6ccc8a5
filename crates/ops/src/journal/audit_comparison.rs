//! Whether the mirror of the audit log says what the log says.

use std::io;
use std::path::Path;
use std::time::Duration;

use labkeeper_core::audit::{Hash, hash_of_hex, leaf_hash};
use labkeeper_core::fault::Fault;
use labkeeper_store::View;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::audit_examination::{Tampering, TamperingKind};
use super::audit_files::{self, Flaw, Scan};

/// How long a line takes to be written, at most.
const A_WRITE: Duration = Duration::from_millis(200);

/// The mirror as it was read.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    /// How many files it is made of.
    pub(crate) files: usize,
    /// Number of its first record; what was before it is no longer kept there.
    pub(crate) first: i64,
    leaves: Vec<Hash>,
    /// A crash left its last line half written.
    pub(crate) is_torn: bool,
    /// It does not hold in itself.
    tampering: Option<Tampering>,
}

impl Mirror {
    /// Number of its last record; 0 when it has none.
    pub(crate) fn last(&self) -> i64 {
        if self.leaves.is_empty() { 0 } else { self.first + self.leaves.len() as i64 - 1 }
    }

    /// Reads all files of that directory.
    ///
    /// # Errors
    /// When one cannot be read.
    pub(crate) async fn read(directory: &Path) -> Result<Self, Fault> {
        let first = Self::read_once(directory).await?;
        if !first.is_torn {
            return Ok(first);
        }
        // It may be a line that is being written just now.
        sleep(A_WRITE).await;
        Self::read_once(directory).await
    }

    async fn read_once(directory: &Path) -> Result<Self, Fault> {
        let directory = directory.to_path_buf();
        let read = spawn_blocking(move || Self::read_all(&directory)).await;
        read.map_err(|panic| Fault::internal(&panic))?.map_err(|error| Fault::internal(&error))
    }

    fn read_all(directory: &Path) -> io::Result<Self> {
        let mut mirror = Self::default();
        let sealed = audit_files::sealed(directory)?.into_iter().map(|(_, path)| path);
        for path in sealed.chain([audit_files::active(directory)]) {
            if mirror.tampering.is_some() || !path.exists() {
                continue;
            }
            mirror.files += 1;
            mirror.read_one(&path)?;
        }
        Ok(mirror)
    }

    fn read_one(&mut self, path: &Path) -> io::Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut next = self.last() + 1;
        let mut hole = None;
        let scan = Scan::each(path, |line| {
            if self.leaves.is_empty() {
                (self.first, next) = (line.record.seq, line.record.seq);
            }
            if line.record.seq != next {
                hole.get_or_insert((next, line.record.seq));
            } else if let Some(hash) = hash_of_hex(&line.hash) {
                self.leaves.push(leaf_hash(&hash));
                next += 1;
            }
            Ok(())
        })?;
        let broken = match (hole, scan.flaw) {
            (Some((seq, found)), _) => {
                Some((TamperingKind::Gap, seq, format!("it goes on with record {found}")))
            }
            (None, None) => None,
            (None, Some(Flaw::Torn)) => {
                self.is_torn = true;
                None
            }
            (None, Some(Flaw::Tampered { line, broken: None })) => {
                Some((TamperingKind::Edit, next, format!("line {line} is no record as labkeeper writes it")))
            }
            (None, Some(Flaw::Tampered { line, broken: Some(broken) })) => {
                let text = format!("line {line}: {broken}");
                let named = Tampering::from(broken);
                Some((named.kind, named.seq, text))
            }
        };
        self.tampering = broken.map(|(kind, seq, text)| Tampering {
            kind,
            seq,
            text: format!("the mirror {name} was tampered with: {text}"),
        });
        Ok(())
    }

    /// The first place where it is not what the log says.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) async fn compare(&self, view: &mut View) -> Result<Option<Tampering>, Fault> {
        if self.tampering.is_some() || self.leaves.is_empty() {
            return Ok(self.tampering.clone());
        }
        let differs = |seq: i64, text: String| Some(Tampering { kind: TamperingKind::Mirror, seq, text });
        let length = view.audit_length().await?;
        if self.last() > length {
            return Ok(differs(
                length + 1,
                format!("the mirror has records up to {}, the log only up to {length}", self.last()),
            ));
        }
        let leaves = view.audit_leaves(self.last()).await?;
        let ours = leaves.iter().skip((self.first - 1).max(0) as usize);
        let other = ours.zip(&self.leaves).position(|(ours, theirs)| ours != theirs);
        Ok(other.and_then(|at| {
            let seq = self.first + at as i64;
            differs(seq, format!("the mirror has another record {seq} than the log"))
        }))
    }
}
