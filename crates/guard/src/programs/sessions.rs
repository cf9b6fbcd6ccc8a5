//! Terminals that a program runs in: screen, tmux, script, expect.

use super::call::{Call, Rows, text, word_like};
use super::does::{ask, benign, read};
use super::grammar::{Grammar, anywhere, front, parse};
use super::joined::joined;
use super::verbs::by_verb;
use super::wrappers::stdin_shell;
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[("screen", screen), ("tmux", tmux), ("script", script), ("expect", expect)];

fn screen(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, front("SrdxcehptsTX", ""));
    if call.texts().any(|arg| arg == "-ls" || arg == "-list" || arg == "-wipe" || arg == "-v") {
        return read(call);
    }
    if let Some(at) = call.texts().position(|arg| arg == "-X") {
        let sent: Vec<Word> = call.args.get(at + 1..).unwrap_or_default().to_vec();
        return match sent.split_first() {
            Some((verb, text)) if matches!(super::call::text(verb), Some("stuff" | "exec" | "screen")) => {
                vec![call.runs_text(&joined(text))]
            }
            _ => super::does::kill(call),
        };
    }
    // `-d`, `-m`, `-D` of `-dmS name` take no value here: look for the command after the name.
    let mut rest = call.args;
    while let Some(arg) = rest.first().and_then(text).filter(|arg| arg.starts_with('-') && arg.len() > 1) {
        let takes = arg.ends_with(['S', 'c', 'e', 'h', 'p', 's', 't', 'T', 'r', 'x'])
            && !(arg.contains('d') && arg.ends_with('r'));
        rest = rest.get(1 + usize::from(takes)..).unwrap_or_default();
    }
    if rest.is_empty() {
        if parsed.has(&["-m"]) { benign(call) } else { read(call) }
    } else {
        vec![call.runs(rest)]
    }
}

fn tmux(call: &Call<'_>) -> Vec<Effect> {
    const VALUES: Grammar = front("ncstFxyefSLpTlbN", "");
    fn command(call: &Call<'_>) -> Vec<Effect> {
        let parsed = parse(call, VALUES);
        match parsed.rest {
            [] => benign(call),
            [script] => vec![call.runs_text(script)],
            command => vec![call.runs(command)],
        }
    }
    fn keys(call: &Call<'_>) -> Vec<Effect> {
        let parsed = parse(call, front("tNF", ""));
        let typed: Vec<Word> = parsed
            .rest
            .iter()
            .filter(|word| !matches!(text(word), Some("Enter" | "C-m" | "KPEnter")))
            .cloned()
            .collect();
        vec![call.runs_text(&joined(&typed))]
    }
    by_verb(
        call,
        front("fLSc", ""),
        &[
            (
                "ls|list-sessions|lsw|list-windows|list-panes|lsp|list-clients|capture-pane|capturep|\
                 has-session|has|display-message|show-options|info|show-buffer|list-keys|attach|\
                 attach-session|a",
                read,
            ),
            (
                "new-session|new|new-window|neww|split-window|splitw|respawn-pane|respawn-window|\
                 run-shell|run|if-shell|pipe-pane|display-popup",
                command,
            ),
            ("send-keys|send", keys),
            ("kill-session|kill-server|kill-window|kill-pane", super::does::kill),
        ],
        benign,
    )
}

fn script(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere("cEITOBmo", "command echo log-io log-timing log-out logging-format output-limit"),
    );
    let mut effects = super::call::touch_all(Touch::Write, parsed.operands.iter().copied().take(1));
    match parsed.value(&["-c", "--command"]) {
        Some(script) => effects.push(call.runs_text(script)),
        None => effects.extend(stdin_shell(call)),
    }
    effects
}

/// What it spawns and sends stands in its script, as words of Tcl.
fn expect(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, front("cfdb", ""));
    let mut effects = ask(call);
    let scripts = parsed.values(&["-c"]).into_iter().filter_map(text).map(str::to_owned);
    for script in scripts.chain(call.stdin().map(str::to_owned)) {
        for line in script.split([';', '\n']).map(str::trim) {
            let command =
                ["spawn ", "exec ", "system ", "send "].iter().find_map(|verb| line.strip_prefix(verb));
            if let (Some(command), Some(model)) = (command, call.args.first()) {
                let sent =
                    command.trim_start_matches("-- ").trim_matches('"').replace("\\r", "").replace("\\n", "");
                effects.push(call.runs_text(&word_like(model, sent)));
            }
        }
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm};

    #[test]
    fn terminals_are_what_they_run() {
        table(&[
            (Allow, "tmux ls"),
            (Allow, "tmux new -d -s x 'tail -f /var/log/syslog'"),
            (Confirm, "tmux new-session -d reboot"),
            (Confirm, "tmux send-keys -t 0 reboot Enter"),
            (Allow, "screen -ls"),
            (Confirm, "screen -dmS x reboot"),
            (Confirm, "screen -S x -X stuff reboot"),
            (Allow, "screen -dmS copy rsync -a /opt/ /mnt/nas/opt/"),
            (Confirm, "script -qc reboot /dev/null"),
            (Confirm, "expect -c 'spawn reboot'"),
            (Confirm, "tmux kill-server"),
        ]);
    }
}
