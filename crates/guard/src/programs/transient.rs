//! `systemd-run`: units that live as long as what they run. They are judged by that, and by the commands among their properties.

use super::call::{Call, Rows, after, head, text, word_like};
use super::does::ask;
use super::grammar::{Grammar, front, parse};
use super::wrappers::{assigned, stdin_shell};
use crate::effect::{Effect, Nested};
use crate::word::Word;

pub(super) const ROWS: Rows = &[("systemd-run", systemd_run)];

const OPTIONS: Grammar = front(
    "upEHMC",
    "unit property description slice uid gid nice setenv working-directory machine host capsule service-type job-mode \
     on-active on-boot on-startup on-unit-active on-unit-inactive on-calendar timer-property path-property \
     socket-property expand-environment background root-directory",
);

/// Options that say when something is to run; without a command that is a unit which exists.
const STARTS: &[&str] = &[
    "--unit",
    "-u",
    "--on-active",
    "--on-boot",
    "--on-startup",
    "--on-unit-active",
    "--on-unit-inactive",
    "--on-calendar",
    "--path-property",
    "--socket-property",
    "--timer-property",
];

fn systemd_run(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, OPTIONS);
    let properties = parsed.values(&["-p", "--property"]);
    let mut effects: Vec<Effect> =
        properties.iter().filter_map(|property| runs_beside(call, property)).collect();
    if parsed.rest.is_empty() {
        effects.extend(if parsed.has(STARTS) { ask(call) } else { stdin_shell(call) });
        return effects;
    }
    let given: Vec<Word> = parsed.values(&["-E", "--setenv"]).into_iter().cloned().collect();
    let (assignments, _) = assigned(&given);
    let directory = properties.iter().rev().find_map(|property| {
        head(property).starts_with("WorkingDirectory=").then(|| after(property, "WorkingDirectory=".len()))?
    });
    let cwd = parsed.value(&["--working-directory"]).cloned().or(directory).map(|word| word.value);
    let unit = Nested { assignments, cwd, ..call.nested(parsed.rest) };
    let is_elsewhere = parsed.has(&["-M", "--machine", "-H", "--host"]);
    effects.push(Effect::Run(if is_elsewhere { unit.elsewhere() } else { unit }));
    effects
}

/// `ExecStartPre=-/sbin/reboot`: a command that the unit runs before or after its own. What stands before it says as what it is run.
fn runs_beside(call: &Call<'_>, property: &Word) -> Option<Effect> {
    let Some(said) = text(property) else {
        // `-p "$x"` may be anything.
        let name = head(property);
        let is_open = !name.contains('=') || name.starts_with("Exec");
        return is_open.then(|| Effect::RunUnknown(call.line()));
    };
    let (name, command) = said.split_once('=')?;
    let command = command.trim_start_matches(['-', '@', ':', '+', '!', '|', ' ']);
    let is_run = name.starts_with("Exec") && name != "ExecPaths" && !command.is_empty();
    is_run.then(|| call.runs_text(&word_like(property, command)))
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn a_transient_unit_is_what_it_runs() {
        table(&[
            (Allow, "systemd-run --scope -p MemoryMax=1G tar czf /tmp/x.tgz /opt"),
            (Allow, "systemd-run -q --wait --pipe -- df -h"),
            (Allow, "systemd-run -t journalctl -n 5"),
            (Allow, "systemd-run --uid=1000 -d -P ls"),
            (Allow, "systemd-run --on-calendar=daily --unit=x /usr/bin/date"),
            (Allow, "systemd-run -p ExecStartPre=/bin/true -p ExecPaths=/usr date"),
            (Allow, "systemd-run --help"),
            (Confirm, "systemd-run reboot"),
            (Confirm, "systemd-run -t reboot"),
            (Confirm, "systemd-run -dPq --slice=x.slice reboot"),
            (Confirm, "systemd-run --on-active=30 systemctl reboot"),
            (Confirm, "systemd-run --unit=x /root/x.sh"),
            (Confirm, "systemd-run --on-boot=5 --unit=backup.service"),
            (Confirm, "systemd-run --path-property=PathExists=/tmp/x --unit=x.service"),
            (Confirm, "systemd-run -p ExecStartPre=-/sbin/reboot date"),
            (Confirm, "systemd-run --property=ExecStopPost=+reboot -- /bin/true"),
            (Confirm, "systemd-run -p OPEN date"),
            (Confirm, "systemd-run -S <<< reboot"),
            (Deny, "systemd-run -M web rm -rf /"),
            (Deny, "systemd-run --scope --user zpool destroy tank"),
            (Deny, "systemd-run --on-calendar=weekly qm destroy 112"),
        ]);
    }
}
