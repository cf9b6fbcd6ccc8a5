//! Shell completions and the manual page, made from the command definitions.

use std::process::ExitCode;

use anyhow::Result;
use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Arguments;

pub(super) fn completions(shell: Shell) -> Result<ExitCode> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "labkeeper", &mut out);
    crate::render::print(&String::from_utf8_lossy(&out))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn manual() -> Result<ExitCode> {
    let mut out = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut out)?;
    crate::render::print(&String::from_utf8_lossy(&out))?;
    Ok(ExitCode::SUCCESS)
}
