//! What can be typed after `guard`.

use std::ffi::OsString;

use clap::{Args, ValueEnum};

/// What is to be judged.
#[derive(Debug, Args)]
pub(crate) struct GuardArguments {
    /// Where it would run
    #[arg(long, value_enum, default_value_t = GuardPlace::Node)]
    pub(crate) place: GuardPlace,
    /// The shell there may know no more than POSIX: what goes beyond it cannot be judged
    #[arg(long)]
    pub(crate) posix: bool,
    /// One word is a command for a shell, several are a program with its arguments; stdin when left out (with --json: a command a line)
    #[arg(value_name = "COMMAND", trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<OsString>,
}

/// Where a command would run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GuardPlace {
    /// A Proxmox VE node
    Node,
    /// An unprivileged container
    Container,
    /// A container that reaches its host: privileged, or with host paths or the Docker socket in it
    PrivilegedContainer,
    /// A virtual machine
    Machine,
}
