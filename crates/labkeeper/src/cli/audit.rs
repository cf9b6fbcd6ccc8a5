//! What can be typed after `audit`.

use clap::{Args, Subcommand};
use labkeeper_core::pve::VmId;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that no record was altered, removed or inserted
    Verify,
    /// Read records, newest first; all that is given must hold
    Query(Box<AuditQuestion>),
    /// Write every record as JSON lines to stdout
    Export,
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
    /// asked, done, failed, refused or interrupted
    #[arg(long)]
    pub(crate) phase: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    pub(crate) limit: usize,
}
