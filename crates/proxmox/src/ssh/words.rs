//! A command as the words that are run in its place.

use labkeeper_core::pve::GuestKind;
use labkeeper_core::shell::{Command, Dialect, Program, Spot};

/// Sets everything that a shell's meaning hangs on; what is judged is then what runs.
const ENVIRONMENT: [&str; 7] = [
    "env",
    "-i",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
    "USER=root",
    "SHELL=/bin/bash",
];

/// In a virtual machine nobody ends what the agent began, unless it is begun by something that does.
const IN_TIME: &str = r#"cd /root 2>/dev/null || cd /
if command -v timeout >/dev/null 2>&1; then exec timeout -k 5 "$@"; fi
shift
exec "$@""#;

/// The words for that place. On a node and in containers the supervisor sets environment and folder.
pub(super) fn words(spot: &Spot, command: &Command) -> Vec<String> {
    let (text, dialect) = match &command.program {
        Program::Argv(words) => return words.clone(),
        Program::Text { text, dialect } => (text.as_str(), *dialect),
    };
    let machine = matches!(spot, Spot::Guest(at) if at.kind == GuestKind::Qemu);
    let seconds = command.timeout.as_secs().max(1).to_string();
    let mut words: Vec<&str> = Vec::new();
    if machine {
        words.extend(["/bin/sh", "-c", IN_TIME, "sh", &seconds]);
        words.extend(ENVIRONMENT);
    }
    match dialect {
        Dialect::Bash => words.extend(["bash", "--noprofile", "--norc", "-c", "--", text]),
        Dialect::Posix => words.extend(["sh", "-c", "--", text]),
    }
    words.into_iter().map(str::to_owned).collect()
}
