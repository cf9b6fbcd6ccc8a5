//! What can be typed after `audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use labkeeper_core::audit::PublicKey;
use labkeeper_core::pve::VmId;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no record was altered, removed or inserted; exits with 0 when it holds, 1 when it was tampered with, 2 when only the
    /// mirror's last line is half written, 3 when it holds but nobody outside could tell
    Verify(Box<AuditEvidence>),
    /// Read records, newest first; all that is given must hold
    Query(Box<AuditQuestion>),
    /// Write records as JSON lines, as they were written
    Export {
        /// Only from this record on
        #[arg(long, value_name = "SEQ", default_value_t = 1)]
        from: i64,
        /// Only up to this record
        #[arg(long, value_name = "SEQ")]
        to: Option<i64>,
        /// Into this file instead of stdout
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Prove that a record is in the log: JSON that `audit verify --proof` checks anywhere
    Prove {
        /// Which record
        seq: i64,
    },
}

/// With what the log is compared.
#[derive(Debug, Default, Args)]
pub(crate) struct AuditEvidence {
    /// Only from about this record on; those before are taken as the checkpoint before it signed them
    #[arg(long, value_name = "SEQ")]
    pub(crate) from: Option<i64>,
    /// A file with checkpoints of this log that was kept elsewhere
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// A directory that anchors logs, or one file of it
    #[arg(long, value_name = "DIR|FILE")]
    pub(crate) anchor: Vec<PathBuf>,
    /// The log's public key, noted earlier; the key file beside the log is then not believed
    #[arg(long, value_name = "KEY")]
    pub(crate) pubkey: Vec<PublicKey>,
    /// Compare audit.jsonl and the complete files before it too
    #[arg(long)]
    pub(crate) mirror: bool,
    /// Check a proof that `audit prove` made; needs no log
    #[arg(long, value_name = "FILE", conflicts_with_all = ["from", "checkpoint", "anchor", "mirror"])]
    pub(crate) proof: Option<PathBuf>,
}

/// Which records.
#[derive(Debug, Args)]
pub(crate) struct AuditQuestion {
    /// Only of this tool or operation
    #[arg(long, alias = "op")]
    pub(crate) tool: Option<String>,
    /// Only about this guest
    #[arg(long)]
    pub(crate) vmid: Option<VmId>,
    /// Only about a file whose path has this in it
    #[arg(long, value_name = "TEXT")]
    pub(crate) path_contains: Option<String>,
    /// Only from this time on, such as 2026-11-21T23:02:24Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only up to this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only calls that have to be confirmed
    #[arg(long)]
    pub(crate) large_only: bool,
    /// Only with all of these words in what was planned, done or went wrong
    #[arg(long, value_name = "WORDS")]
    pub(crate) text: Option<String>,
    /// Only by this actor
    #[arg(long)]
    pub(crate) actor: Option<String>,
    /// asked, done, failed, refused, interrupted or approved; of the log itself sealed, recovered or alarmed
    #[arg(long)]
    pub(crate) phase: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: usize,
}
