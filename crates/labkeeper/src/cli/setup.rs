//! What can be typed behind `setup`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use labkeeper_core::provision::PveUser;
use labkeeper_core::pve::{Address, ClusterName};
use labkeeper_core::tier::Tier;

/// What `setup` asks for when it is not given.
#[derive(Debug, Clone, Args)]
pub(crate) struct SetupArguments {
    /// How far labkeeper may reach: observe, operate or companion [default: what it was set up for, else observe]
    #[arg(long)]
    pub(crate) tier: Option<SetupTier>,
    /// A node of it, with the port of its API when that is not 8006
    #[arg(long, value_name = "HOST[:PORT]")]
    pub(crate) node_host: Option<Address>,
    /// Port of the API, instead of one in --node-host
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) api_port: Option<u16>,
    /// Run the script on the node over ssh, or print it for the node's web shell and read the answer from stdin [default: auto]
    #[arg(long, value_enum)]
    pub(crate) bootstrap_mode: Option<BootstrapMode>,
    /// The Proxmox user for labkeeper alone [default: labkeeper@pve]
    #[arg(long, value_name = "USER@REALM")]
    pub(crate) pve_user: Option<PveUser>,
    /// What the connection is called here [default: home]
    #[arg(long)]
    pub(crate) name: Option<ClusterName>,
    /// Who logs in on the node over ssh; root
    #[arg(long, value_name = "USER", value_parser = login_name, default_value = "root")]
    pub(crate) ssh_user: String,
    /// Port of the node's SSH server [default: what it was set up with, else 22]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) ssh_port: Option<u16>,
    /// An option of ssh, as behind its -o; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = ssh_option)]
    pub(crate) ssh_option: Vec<String>,
    /// A private key to log in with
    #[arg(long, value_name = "FILE")]
    pub(crate) ssh_identity: Option<PathBuf>,
    /// Register with Claude Code, only print what clients need, or neither [default: claude-code when its command is there, else print]
    #[arg(long, value_enum)]
    pub(crate) register: Option<Register>,
    /// Make the token's secret anew, and the SSH key at companion, although those that are stored work; the former ones end
    #[arg(long)]
    pub(crate) new_secret: bool,
    /// Let it make, restore and delete backups of guests too; companion only
    #[arg(long)]
    pub(crate) with_backups: bool,
    /// Take that back
    #[arg(long, conflicts_with = "with_backups")]
    pub(crate) without_backups: bool,
    /// Take the connection away, on the node and here
    #[arg(long, conflicts_with_all = ["tier", "register", "new_secret", "with_backups", "without_backups"])]
    pub(crate) remove: bool,
    /// Print the plan and the script; connect to nothing and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
}

/// A tier that setup sets up. Root is none of them: its owner switches it on where labkeeper runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SetupTier {
    Observe,
    Operate,
    Companion,
}

impl SetupTier {
    pub(crate) fn tier(self) -> Tier {
        match self {
            Self::Observe => Tier::Observe,
            Self::Operate => Tier::Operate,
            Self::Companion => Tier::Companion,
        }
    }
}

impl FromStr for SetupTier {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Observe, Self::Operate, Self::Companion];
        match all.into_iter().find(|tier| tier.tier().as_str() == text) {
            Some(tier) => Ok(tier),
            None if text == Tier::Root.as_str() => {
                Err(format!("setup never sets root: set up companion, then {HOW_TO_ROOT}"))
            }
            None => Err("choose observe, operate or companion".into()),
        }
    }
}

/// The whole of it is up to the owner; setup only says how.
pub(crate) const HOW_TO_ROOT: &str = "set MCP_HOST_ROOT_ENABLED=I-understand-Claude-gets-root-and-can-break-this-node where labkeeper mcp is started";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum BootstrapMode {
    Auto,
    Paste,
}

impl FromStr for BootstrapMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        <Self as ValueEnum>::from_str(text, false).map_err(|_| "choose auto or paste".into())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Register {
    ClaudeCode,
    Print,
    None,
}

/// A name that cannot be an option.
fn login_name(text: &str) -> Result<String, String> {
    let fits = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if fits { Ok(text.into()) } else { Err("give a login name such as root".into()) }
}

fn ssh_option(text: &str) -> Result<String, String> {
    let name = text.split_once('=').map(|(name, _)| name);
    let fits =
        name.is_some_and(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if fits && !text.contains(char::is_control) {
        Ok(text.into())
    } else {
        Err("give KEY=VALUE such as ProxyJump=gate".into())
    }
}
