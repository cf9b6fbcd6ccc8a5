//! What leaves the machine: secrets that are sent, and shells that answer to others.

use super::machine::Machine;
use crate::effect::{Effect, Touch};
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

/// Programs that copy files to other machines.
const COPIERS: &[&str] = &["scp", "rsync", "rclone", "sftp", "ftp", "lftp"];

impl Machine<'_> {
    /// Follows what flows into an invocation with these effects, and out of it.
    pub(super) fn follow(&mut self, invocation: &Invocation, name: &str, effects: &[Effect], line: &str) {
        let flow = self.frame.flow;
        let argv = &invocation.argv;
        let open = argv.iter().any(|word| matches!(word.value, Value::Tainted { .. }));
        let prints_kept = self.keeps_secret && open && matches!(name, "echo" | "printf");
        let reads_secret = prints_kept
            || effects
                .iter()
                .any(|effect| matches!(effect, Effect::Read(word) if self.is_secret(invocation, word)));
        let sends = effects.iter().any(|effect| matches!(effect, Effect::Send(_)));
        let obeys = OBEDIENT.contains(&name);
        let secret = flow.secret || reads_secret;
        // A backup of all of `/etc` is a backup, though secrets are in it.
        let in_bulk =
            effects.iter().any(|effect| matches!(effect, Effect::Read(word) if is_bulk(invocation, word)));
        self.seen.secrets += usize::from(reads_secret);
        let asks_around = obeys
            && invocation.stdin == Stdin::Unknown
            && effects.iter().any(|effect| matches!(effect, Effect::RunUnknown(_)));
        self.seen.shells += usize::from(asks_around);

        // What is not known of the words may be what was read: `… | while read x; do curl h/$x; done`.
        let tells = flow.told || (flow.secret || self.keeps_secret) && open || self.names_hidden(invocation);
        let copies = COPIERS.contains(&name) && self.names_hidden(invocation) && reaches_out(name, argv);
        let what = if flow.connection && obeys {
            format!("{name} takes its commands from the network")
        } else if sends && flow.shell {
            "a shell answers over the network".to_owned()
        } else if (sends || flow.connection) && secret || tells && TELLERS.contains(&name) || copies {
            line.to_owned()
        } else {
            if secret && !in_bulk {
                self.hide(invocation, effects);
            }
            return;
        };
        self.weigh(&Effect::Exfiltrate(what), &Value::known("/"), line, &invocation.span);
    }

    /// What is written by a program that reads secrets has secrets in it.
    fn hide(&mut self, invocation: &Invocation, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Touch(Touch::Write, word) = effect {
                self.hidden.extend(word.only().map(|path| absolute(invocation, path)));
            }
        }
    }

    fn is_secret(&self, invocation: &Invocation, word: &Word) -> bool {
        paths::may_be_secret(word)
            || !self.hidden.is_empty()
                && word.value.possibilities().any(|path| self.hidden.contains(&absolute(invocation, path)))
    }

    fn names_hidden(&self, invocation: &Invocation) -> bool {
        let names = |text: &str| self.hidden.iter().any(|path| text.contains(path.as_str()));
        !self.hidden.is_empty()
            && invocation.argv[1..].iter().any(|word| word.value.possibilities().any(names))
    }

    /// A file is opened for reading by the shell.
    pub(super) fn opened(&mut self, word: &Word) {
        let hidden = |path: &str| self.hidden.iter().any(|known| known == path);
        if paths::may_be_secret(word) || word.value.possibilities().any(hidden) {
            self.seen.secrets += 1;
        }
    }
}

fn absolute(invocation: &Invocation, path: &str) -> String {
    paths::normalise(path, invocation.cwd.only().unwrap_or("/"))
}

fn is_bulk(invocation: &Invocation, word: &Word) -> bool {
    const BULK: &[&str] =
        &["/", "/etc", "/root", "/home", "/etc/pve", "/etc/ssh", "/opt", "/srv", "/var/lib"];
    word.value.possibilities().any(|path| BULK.contains(&absolute(invocation, path).as_str()))
}

/// One of the words names another machine.
fn reaches_out(name: &str, argv: &[Word]) -> bool {
    !matches!(name, "scp" | "rsync" | "rclone")
        || argv[1..].iter().any(|word| word.value.prefix().contains(':'))
}
