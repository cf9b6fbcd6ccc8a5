//! What can be typed after `redact`.

use clap::Args;

/// What comes from stdin, and which secrets it may hold beyond those that are known by their form.
#[derive(Debug, Args)]
pub(crate) struct RedactArguments {
    /// A JSON object a line, {"id", "text", "path"?}, answered by {"id", "out", "redactions"}; each line on its own
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// The file that the text was read from: some are secret as a whole
    #[arg(long, value_name = "FILE")]
    pub(crate) path: Option<String>,
    /// A name, or a part of names, whose values are secrets too; may be given again
    #[arg(long, value_name = "NAME")]
    pub(crate) key: Vec<String>,
}
