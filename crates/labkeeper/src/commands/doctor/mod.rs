//! `doctor`: whether the installation is sound, what to do where it is not, and which safety switches are in force.

mod audit;
mod check;
mod clusters;
mod configuration;
mod files;
mod hub;
mod model;
mod program;
mod programs;
mod report;
mod servers;
mod shells;
mod switches;
mod traces;

use std::process::ExitCode;

use anyhow::Result;

use super::context::Context;
use super::root_banner;
use crate::config::Config;

/// Looks at everything, side by side.
pub(super) async fn run(context: &Context, show_config: bool) -> Result<ExitCode> {
    if show_config {
        return configuration::show(context);
    }
    let config: &Config = &context.config;
    root_banner::show(config);
    let mut findings = vec![configuration::understood(config)];
    // Before anything opens the database, which mends what is wrong with its files.
    findings.extend(files::check(config));
    let (hub, traces, model, shells, git, claude) = tokio::join!(
        hub::check(context),
        traces::check(config),
        model::check(config),
        shells::check(config),
        programs::git(config),
        programs::claude_code(),
    );
    findings.extend(hub);
    findings.extend(traces);
    findings.push(model);
    findings.extend(shells);
    findings.extend([git, claude]);
    findings.extend(switches::check(config));
    report::show(&findings, context.json)
}

/// When the configuration itself is what is wrong: nothing else can be looked at.
pub(super) fn without_configuration(error: &anyhow::Error, json: bool) -> Result<ExitCode> {
    report::show(&[configuration::broken(error)], json)
}
