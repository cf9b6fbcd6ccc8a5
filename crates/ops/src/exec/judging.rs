//! What the guard says of a command at a place, as a plan.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{GuestConfig, GuestKind};
use labkeeper_core::shell::{Dialect, Program, Spot};
use labkeeper_guard::context::{Context, Place};
use labkeeper_guard::judge;
use labkeeper_guard::judgement::{Judgement, Level};
use serde_json::json;

use crate::cx::Cx;
use crate::operation::{Plan, Verdict};
use crate::shells::Reach;

/// Longest command; longer ones belong into a file.
const LONGEST: usize = 16 * 1024;
/// So much of a command stands in a summary.
const SHOWN: usize = 300;

/// A command that the guard has judged, in the language of the place it is for. Only this becomes text for a shell.
pub(super) struct Judged<'a> {
    text: &'a str,
    dialect: Dialect,
    judgement: Judgement,
}

impl<'a> Judged<'a> {
    pub(super) async fn at(cx: &Cx, reach: &Reach, text: &'a str) -> Result<Self, Fault> {
        check(text)?;
        let dialect = reach.shell.dialect(&reach.spot).await?;
        let judgement = judge(text, spoken(dialect), &context(cx, reach).await?);
        Ok(Self { text, dialect, judgement })
    }

    /// What would happen if it were run there.
    pub(super) fn plan(&self, reach: &Reach) -> Plan {
        let is_node = matches!(reach.spot, Spot::Host(_));
        let mut plan = Plan::allow(format!("run on {}: {}", reach.name, shortened(self.text)));
        plan.verdict = verdict(&self.judgement, is_node);
        plan.only_reads = !self.judgement.changes;
        plan.stands_on = Some(self.stands_on(reach));
        plan.details = json!({
            "cluster": reach.place.cluster(),
            "place": reach.place.to_string(),
            "command": self.text,
            "decoded": self.judgement.commands,
            "undecidable": self.judgement.undecidable,
            "reasons": self.judgement.reasons,
            "undo": "a command cannot be taken back; take a snapshot first if it may go wrong",
        });
        plan
    }

    /// What the judgement is about: another place, another shell or another level, and it is no judgement of this any more.
    fn stands_on(&self, reach: &Reach) -> String {
        let (level, changes) = (self.judgement.level, self.judgement.changes);
        format!("{} {:?} {level:?} {changes} {}", reach.place, self.dialect, self.judgement.undecidable)
    }

    /// What is run.
    ///
    /// # Errors
    /// When it is judged otherwise than when it was decided on, or not to be run at all. The door refused that before; this is
    /// for whoever comes around the door.
    pub(super) fn program(self, cx: &Cx, reach: &Reach) -> Result<Program, Fault> {
        cx.still_stands_on(&self.stands_on(reach))?;
        if self.judgement.level == Level::Deny {
            return Err(Fault::new(Code::Denied, "refused: the guard denies this command"));
        }
        Ok(Program::Text { text: self.text.to_owned(), dialect: self.dialect })
    }
}

/// The text itself, before anything is asked.
fn check(command: &str) -> Result<(), Fault> {
    if command.trim().is_empty() {
        return Err(Fault::invalid("command", "command is blank: say what to run"));
    }
    if command.len() > LONGEST {
        return Err(Fault::invalid("command", format!("command has more than {LONGEST} bytes"))
            .with_hint("write a script with a file tool, and run that"));
    }
    if command.contains('\0') {
        return Err(Fault::invalid("command", "a command cannot have a NUL in it"));
    }
    Ok(())
}

async fn context(cx: &Cx, reach: &Reach) -> Result<Context, Fault> {
    let place = match (&reach.spot, reach.config().await?) {
        (Spot::Host(_), _) | (_, None) => Place::Node,
        (Spot::Guest(at), Some(_)) if at.kind == GuestKind::Qemu => Place::Machine,
        (Spot::Guest(_), Some(config)) if is_confined(&config) => Place::Container,
        (Spot::Guest(_), Some(_)) => Place::PrivilegedContainer,
    };
    let rules = cx.house().settings().safety.denylist.iter().map(String::as_str);
    Ok(Context { place, ..Context::default() }.with_denylist(rules))
}

/// Root in it is nobody on the host, and nothing of the host is in it.
fn is_confined(config: &GuestConfig) -> bool {
    let is_bind = |value: &str| value.starts_with('/');
    let reaches_host = config.iter().any(|(key, value)| {
        key == "lxc" || key.starts_with("dev") || (key.starts_with("mp") && is_bind(value))
    });
    config.is_unprivileged() && !reaches_host
}

fn verdict(judgement: &Judgement, is_node: bool) -> Verdict {
    let reasons = || {
        let said = judgement.reasons.iter().filter(|reason| reason.level == judgement.level);
        let mut said: Vec<String> = said.map(|reason| reason.says.clone()).collect();
        said.dedup();
        said
    };
    match judgement.level {
        Level::Allow => Verdict::Allow,
        Level::Confirm if is_node || judgement.undecidable => Verdict::Approve(reasons()),
        Level::Confirm => Verdict::Confirm(reasons()),
        Level::Deny => Verdict::Deny(reasons()),
    }
}

fn spoken(dialect: Dialect) -> labkeeper_guard::Dialect {
    match dialect {
        Dialect::Bash => labkeeper_guard::Dialect::Bash,
        Dialect::Posix => labkeeper_guard::Dialect::Posix,
    }
}

fn shortened(command: &str) -> String {
    match command.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} …", &command[..end]),
        None => command.to_owned(),
    }
}
