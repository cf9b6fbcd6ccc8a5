//! `cargo xtask test`: every check, in the order in which a mistake is found soonest. A failed stage does not hide the
//! ones after it; the table at the end says what each took.

mod compose;
mod engines;
mod machine;
mod package;
mod ports;
mod postgres;
mod redis;
mod s3;
mod stages;
mod suites;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use stages::{STAGES, Stage, Way};

#[derive(Args)]
pub(crate) struct Choice {
    /// Run only these stages
    #[arg(long, value_name = "STAGE", value_parser = known_stage)]
    only: Vec<String>,
    /// Leave these stages out
    #[arg(long, value_name = "STAGE", value_parser = known_stage, conflicts_with = "only")]
    skip: Vec<String>,
}

impl Choice {
    fn includes(&self, stage: &Stage) -> bool {
        let named = |names: &[String]| names.iter().any(|name| name == stage.name);
        if self.only.is_empty() { !named(&self.skip) } else { named(&self.only) }
    }

    /// What is asked for by its name is run whole.
    fn way(&self, stage: &Stage) -> Way {
        if self.only.is_empty() { stage.run } else { stages::whole(stage) }
    }
}

struct Outcome {
    stage: &'static str,
    took: Duration,
    passed: bool,
}

pub(crate) fn run(choice: &Choice) -> Result<()> {
    let mut outcomes = Vec::new();
    let mut summaries = Vec::new();
    for stage in STAGES.iter().filter(|stage| choice.includes(stage)) {
        println!("\n== {}: {}", stage.name, stage.what);
        let start = Instant::now();
        let result = (choice.way(stage))(&mut summaries);
        if let Err(error) = &result {
            println!("== {} failed: {error:#}", stage.name);
        }
        outcomes.push(Outcome { stage: stage.name, took: start.elapsed(), passed: result.is_ok() });
    }
    report(&outcomes, &summaries)
}

fn report(outcomes: &[Outcome], summaries: &[String]) -> Result<()> {
    println!("\nstage        seconds");
    for Outcome { stage, took, passed } in outcomes {
        println!("{stage:<12} {:>7.1}  {}", took.as_secs_f64(), if *passed { "ok" } else { "FAILED" });
    }
    let total: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    println!("{:<12} {:>7.1}\n", "all", total.as_secs_f64());
    for line in summaries {
        println!("{line}");
    }
    let failed: Vec<&str> =
        outcomes.iter().filter(|outcome| !outcome.passed).map(|outcome| outcome.stage).collect();
    if failed.is_empty() {
        return Ok(());
    }
    bail!("failed: {}", failed.join(", "));
}

fn known_stage(name: &str) -> Result<String, String> {
    if STAGES.iter().any(|stage| stage.name == name) {
        return Ok(name.to_owned());
    }
    let names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
    Err(format!("the stages are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(choice: &Choice) -> Vec<&'static str> {
        STAGES.iter().filter(|stage| choice.includes(stage)).map(|stage| stage.name).collect()
    }

    #[test]
    fn only_and_skip_choose_among_the_stages_in_their_order() {
        let all: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        let only = Choice { only: vec![all[1].to_owned()], skip: vec![] };
        assert_eq!(chosen(&only), [all[1]]);
        let skip = Choice { only: vec![], skip: vec![all[0].to_owned()] };
        assert_eq!(chosen(&skip), all[1..]);
    }

    #[test]
    fn an_unknown_stage_is_answered_with_the_known_ones() {
        assert!(known_stage("tidy").is_ok());
        assert!(known_stage("tidyy").expect_err("there is no such stage").contains("tidy"));
    }

    #[test]
    fn one_failed_stage_fails_the_run_and_is_named() {
        let outcome = |stage, passed| Outcome { stage, took: Duration::from_secs(1), passed };
        assert!(report(&[outcome("format", true)], &[]).is_ok());
        let error = report(&[outcome("format", true), outcome("rust", false)], &[]).expect_err("rust failed");
        assert_eq!(error.to_string(), "failed: rust");
    }
}
