//! What will be done, before anything is.

use anyhow::Result;
use labkeeper_core::provision::{Goal, Provisioning, Reach};
use serde_json::{Value, json};

use super::answers::Answers;
use crate::cli::BootstrapMode;
use crate::render;

/// What will be done there and here.
#[derive(Debug)]
pub(super) struct Plan {
    title: String,
    node: Vec<String>,
    here: Vec<String>,
}

impl Plan {
    pub(super) fn of(answers: &Answers, provisioning: &Provisioning) -> Self {
        let way = match answers.mode {
            BootstrapMode::Auto => format!("over ssh {}@{}", answers.login.user, answers.login.host),
            BootstrapMode::Paste => "by a script that you paste into its shell".into(),
        };
        let (what, here) = match provisioning.goal {
            Goal::Tier { reach, .. } => (format!("at {}", reach.tier().as_str()), here(answers, reach)),
            Goal::Nothing => (
                "taken away".into(),
                vec![
                    format!("remove {}", answers.files.settings().display()),
                    format!("remove {}, if it is there", answers.files.key().display()),
                ],
            ),
        };
        Self {
            title: format!("The connection {} to {}, {what}", answers.name, answers.api),
            node: std::iter::once(format!("On the node, {way}:")).chain(provisioning.steps()).collect(),
            here: std::iter::once("Here:".to_string()).chain(here).collect(),
        }
    }

    /// On stdout, or where stdout is for a result, on stderr.
    pub(super) fn show(&self, json: bool) -> Result<()> {
        let mut text = format!("{}\n", self.title);
        for part in [&self.node, &self.here] {
            let (head, steps) =
                part.split_first().map_or(("", &[][..]), |(head, steps)| (head.as_str(), steps));
            text.push_str(&format!("\n{head}\n"));
            steps.iter().for_each(|step| text.push_str(&format!("  - {step}\n")));
        }
        if json {
            render::note(&text);
            return Ok(());
        }
        render::print(&text)
    }

    /// The answer of a dry run.
    pub(super) fn answer(&self, script: &str, json: bool) -> Result<()> {
        if json {
            let steps = |part: &[String]| Value::from(part.get(1..).unwrap_or_default().to_vec());
            return render::print_json(&json!({
                "title": self.title, "node": steps(&self.node), "here": steps(&self.here), "script": script,
            }));
        }
        self.show(false)?;
        render::print(&format!("\nThe script:\n\n{script}"))
    }
}

fn here(answers: &Answers, reach: Reach) -> Vec<String> {
    let files = &answers.files;
    let mut steps = vec![
        "compare what the token may with what the tier wants, and see it refused something harmless"
            .to_string(),
        format!("write {}, for you alone (0600)", files.settings().display()),
    ];
    steps.push(match reach {
        Reach::Companion(None) if answers.new_secret => {
            format!(
                "make the SSH key {} (0600) anew and log in with it once on each node",
                files.key().display()
            )
        }
        Reach::Companion(None) => {
            format!("make the SSH key {} (0600) and log in with it once on each node", files.key().display())
        }
        Reach::Companion(Some(_)) => {
            format!("log in once on each node with the SSH key {}", files.key().display())
        }
        Reach::Observe | Reach::Operate => format!("remove {}, if it is there", files.key().display()),
    });
    if answers.register != Some(crate::cli::Register::None) {
        steps.push("print what MCP clients need; register with Claude Code in place of an earlier labkeeper, if it is here and you did not say otherwise".into());
    }
    steps
}
