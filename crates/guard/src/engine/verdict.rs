//! The two questions that are asked of the guard.

use super::hygiene;
use super::machine::{Dialect, Machine};
use super::state::State;
use crate::context::Context;
use crate::judgement::{Judgement, Level, Reason};
use crate::word::Word;

/// Judges a command that a shell will run.
///
/// It is judged under a contract: the shell is started with a fixed environment (`HOME=/root`, the system's `PATH`), no startup
/// files and nothing on standard input, in `/root`, and is given these very bytes.
pub fn judge(command: &str, dialect: Dialect, context: &Context) -> Judgement {
    let mut machine = Machine::new(context, dialect);
    looks_different(&mut machine, command);
    let mut state = State::initial();
    machine.script(&mut state, command, None);
    machine.ends(&mut state, 0);
    machine.findings.judgement()
}

/// Judges a program with its arguments that runs without a shell.
pub fn judge_argv(words: &[String], context: &Context) -> Judgement {
    let mut machine = Machine::new(context, Dialect::Bash);
    let line = words.join(" ");
    if let Some(why) = words.iter().find_map(|word| hygiene::unfit(word)) {
        machine.undecidable("undecidable.text", "", 0..line.len(), why);
        return machine.findings.judgement();
    }
    looks_different(&mut machine, &line);
    let mut at = 0;
    let words: Vec<Word> = words
        .iter()
        .map(|word| {
            let span = at..at + word.len();
            at += word.len() + 1;
            Word::known(word, span)
        })
        .collect();
    if words.is_empty() {
        machine.undecidable("undecidable.text", "", 0..0, "there is no program");
    }
    machine.program(&mut State::initial(), &words, &[], &(0..line.len()));
    machine.findings.judgement()
}

/// A person who reads it would not see what runs.
fn looks_different(machine: &mut Machine<'_>, text: &str) {
    if let Some((at, c)) = hygiene::deceptive(text) {
        let reason = Reason {
            rule: "text.deceptive",
            level: Level::Confirm,
            span: at..at + c.len_utf8(),
            command: String::new(),
            says: format!(
                "It contains U+{:04X}, an invisible or misleading character: what is shown differs from what runs.",
                c as u32
            ),
            advice: Some("Write it without that character."),
        };
        machine.findings.reason(reason, true);
    }
}
