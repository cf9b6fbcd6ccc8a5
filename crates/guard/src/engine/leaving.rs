//! What leaves the machine: secrets that are sent, and shells that answer to others.

use super::machine::Machine;
use crate::effect::Effect;
use crate::invocation::{Invocation, Stdin};
use crate::paths;
use crate::word::{Value, Word};

/// Programs whose words reach other machines.
const TELLERS: &[&str] = &[
    "curl", "wget", "nc", "ncat", "netcat", "socat", "mail", "sendmail", "dig", "nslookup", "host", "ping",
    "ssh", "telnet", "http", "xh",
];

/// Programs that do what they read.
const OBEDIENT: &[&str] = &[
    "sh", "bash", "dash", "zsh", "ksh", "ash", "python3", "python", "perl", "ruby", "php", "node", "script",
    "socat",
];

impl Machine<'_> {
    /// Follows what flows into an invocation with these effects, and out of it.
    pub(super) fn follow(&mut self, invocation: &Invocation, name: &str, effects: &[Effect], line: &str) {
        let flow = self.frame.flow;
        let reads_secret =
            effects.iter().any(|effect| matches!(effect, Effect::Read(word) if paths::may_be_secret(word)));
        let sends = effects.iter().any(|effect| matches!(effect, Effect::Send(_)));
        let obeys = OBEDIENT.contains(&name);
        self.seen.secrets += usize::from(reads_secret);
        let asks_around = obeys
            && invocation.stdin == Stdin::Unknown
            && effects.iter().any(|effect| matches!(effect, Effect::RunUnknown(_)));
        self.seen.shells += usize::from(asks_around);

        let secret = flow.secret || reads_secret;
        let what = if flow.connection && obeys {
            format!("{name} takes its commands from the network")
        } else if sends && flow.shell {
            "a shell answers over the network".to_owned()
        } else if (sends || flow.connection) && secret || flow.told && TELLERS.contains(&name) {
            line.to_owned()
        } else {
            return;
        };
        self.weigh(&Effect::Exfiltrate(what), &Value::known("/"), line, &invocation.span);
    }

    /// A file is opened for reading by the shell.
    pub(super) fn opened(&mut self, word: &Word) {
        if paths::may_be_secret(word) {
            self.seen.secrets += 1;
        }
    }
}
