//! `guard`: what a shell command would do, and whether it may. A filter: it asks no hub and runs nothing.

use std::fmt::Write as _;
use std::io::{BufRead as _, Read as _, Write as _};
use std::process::ExitCode;

use anyhow::Result;
use labkeeper_core::budget::neutralise;
use labkeeper_guard::context::{Context as Rules, Place};
use labkeeper_guard::judgement::{Judgement, Level, Reason};
use labkeeper_guard::{Dialect, judge, judge_argv};
use serde_json::{Value, json};

use super::context::Context;
use crate::cli::{GuardArguments, GuardPlace};
use crate::render;

/// It may go on when somebody says yes.
const ASKS: u8 = 3;
/// It may not.
const REFUSES: u8 = 4;

struct Guard {
    rules: Rules,
    dialect: Dialect,
}

pub(super) fn run(context: &Context, arguments: &GuardArguments) -> Result<ExitCode> {
    let place = match arguments.place {
        GuardPlace::Node => Place::Node,
        GuardPlace::Container => Place::Container,
        GuardPlace::PrivilegedContainer => Place::PrivilegedContainer,
        GuardPlace::Machine => Place::Machine,
    };
    let denylist = context.config.safety.denylist.iter().map(String::as_str);
    let rules = Rules { place, ..Rules::default() }.with_denylist(denylist);
    let guard = Guard { rules, dialect: if arguments.posix { Dialect::Posix } else { Dialect::Bash } };
    if arguments.command.is_empty() && context.json {
        return guard.lines();
    }
    let judgement = match arguments.command.as_slice() {
        [] => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes)?;
            guard.bytes(&bytes)
        }
        [command] => guard.bytes(command.as_encoded_bytes()),
        words => {
            match words.iter().map(|word| word.to_str().map(str::to_owned)).collect::<Option<Vec<String>>>() {
                Some(words) => judge_argv(&words, &guard.rules),
                None => unreadable("It is not UTF-8."),
            }
        }
    };
    if context.json {
        render::print_json(&answer(None, &judgement))?;
    } else {
        render::print(&told(&judgement))?;
    }
    Ok(match judgement.level {
        Level::Allow => ExitCode::SUCCESS,
        Level::Confirm => ExitCode::from(ASKS),
        Level::Deny => ExitCode::from(REFUSES),
    })
}

impl Guard {
    /// A command a line, a verdict a line. The verdicts are in the lines: the exit code says that there is one for each.
    fn lines(&self) -> Result<ExitCode> {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        for line in std::io::stdin().lock().split(b'\n') {
            let line = line?;
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            writeln!(out, "{}", self.line(&line))?;
        }
        out.flush()?;
        Ok(ExitCode::SUCCESS)
    }

    /// A line is a command, or `{"id": …, "cmd": …}`.
    fn line(&self, line: &[u8]) -> Value {
        match serde_json::from_slice::<Value>(line) {
            Ok(Value::Object(object)) => {
                let judgement = match object.get("cmd") {
                    Some(Value::String(command)) => judge(command, self.dialect, &self.rules),
                    _ => unreadable("The line has no text \"cmd\"."),
                };
                answer(object.get("id"), &judgement)
            }
            _ => answer(None, &self.bytes(line)),
        }
    }

    fn bytes(&self, bytes: &[u8]) -> Judgement {
        match std::str::from_utf8(bytes) {
            Ok(command) => judge(command, self.dialect, &self.rules),
            Err(_) => unreadable("It is not UTF-8."),
        }
    }
}

/// Nothing can be said of it, so it is asked about.
fn unreadable(says: &str) -> Judgement {
    let reason = Reason {
        rule: "undecidable.text",
        level: Level::Confirm,
        span: 0..0,
        command: String::new(),
        says: says.to_owned(),
        advice: None,
    };
    Judgement {
        level: Level::Confirm,
        undecidable: true,
        changes: true,
        reasons: vec![reason],
        commands: Vec::new(),
    }
}

fn answer(id: Option<&Value>, judgement: &Judgement) -> Value {
    let mut answer = json!({
        "tier": judgement.level,
        "undecidable": judgement.undecidable,
        "changes": judgement.changes,
        "commands": judgement.commands,
        "reasons": judgement.reasons,
    });
    if let Some(id) = id {
        answer["id"] = id.clone();
    }
    answer
}

fn told(judgement: &Judgement) -> String {
    let mut text = match (judgement.level, judgement.changes) {
        (Level::Allow, false) => "allow: it only reads\n".to_owned(),
        (Level::Allow, true) => "allow: what it changes is everyday\n".to_owned(),
        (Level::Confirm, _) => "confirm: somebody has to say yes\n".to_owned(),
        (Level::Deny, _) => "deny: nobody may say yes\n".to_owned(),
    };
    for reason in &judgement.reasons {
        let level = match reason.level {
            Level::Allow => "allow",
            Level::Confirm => "confirm",
            Level::Deny => "deny",
        };
        let _ = writeln!(text, "  {level}  {}  {}", reason.rule, neutralise(&reason.says));
        if !reason.command.is_empty() {
            let _ = writeln!(text, "      {}", neutralise(&reason.command));
        }
        if let Some(advice) = reason.advice {
            let _ = writeln!(text, "      better: {advice}");
        }
    }
    if !judgement.commands.is_empty() {
        text.push_str("runs\n");
        for command in &judgement.commands {
            let _ = writeln!(text, "  {}", neutralise(command));
        }
    }
    text
}
