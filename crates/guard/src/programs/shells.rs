//! Shells: which text they run.

use super::call::{Call, Rows, head, text};
use super::does::{ask, read};
use super::wrappers::stdin_shell;
use crate::effect::{Effect, Nested};
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    (
        "sh|bash|dash|zsh|ksh|ksh93|mksh|ash|rbash|fish|lksh|yash|static-sh|bash-static|hush|posh|\
         zsh-static",
        shell,
    ),
    ("csh|tcsh|pwsh|powershell|nu|elvish|xonsh|rc|es", foreign),
];

/// What the options of a shell say.
#[derive(Default)]
struct Options<'a> {
    /// `-c`: the first operand is the script.
    script: bool,
    /// `-s`: the script comes on standard input.
    stdin: bool,
    /// `-n`: nothing is run.
    parse_only: bool,
    /// A file is run before: its name.
    before: Vec<&'a Word>,
    /// Something was not certain.
    open: bool,
    operands: &'a [Word],
}

fn options<'a>(args: &'a [Word]) -> Options<'a> {
    let mut options = Options::default();
    let mut rest = args;
    while let Some((word, more)) = rest.split_first() {
        let start = head(word);
        if !(start.starts_with('-') || start.starts_with('+')) || start.len() < 2 {
            if start == "-" {
                rest = more;
            }
            break;
        }
        if text(word).is_none() {
            options.open = true;
            break;
        }
        rest = more;
        match start {
            "--" => break,
            "--rcfile" | "--init-file" => {
                options.before.extend(more.first());
                rest = more.get(1..).unwrap_or_default();
            }
            "--command" => options.script = true,
            "--no-execute" => options.parse_only = true,
            long if long.starts_with("--") => {
                if let Some(script) = long.strip_prefix("--command=") {
                    options.open |= !script.is_empty();
                }
            }
            cluster => {
                let on = cluster.starts_with('-');
                options.script |= on && cluster.contains('c');
                options.stdin |= on && cluster.contains('s');
                options.parse_only |= on && cluster.contains('n');
                let values = cluster.matches(['o', 'O']).count();
                rest = rest.get(values..).unwrap_or_default();
            }
        }
    }
    options.operands = rest;
    options
}

fn shell(call: &Call<'_>) -> Vec<Effect> {
    if call.args.len() == 1 && call.any(&["--version", "--help"]) {
        return read(call);
    }
    let given = options(call.args);
    if given.open {
        return ask(call);
    }
    let mut effects: Vec<Effect> =
        given.before.iter().map(|file| call.runs(std::slice::from_ref(*file))).collect();
    effects.extend(match given.operands.split_first() {
        _ if given.parse_only => read(call),
        Some((script, parameters)) if given.script => {
            vec![Effect::Run(Nested::text(
                script.value.clone(),
                parameters.to_vec(),
                call.invocation.stdin.clone(),
            ))]
        }
        None if given.script => read(call),
        Some((file, _)) if !given.stdin && !reads_stdin(file) => vec![call.runs(given.operands)],
        _ => stdin_with(call, given.operands),
    });
    effects
}

fn reads_stdin(file: &Word) -> bool {
    matches!(text(file), Some("/dev/stdin" | "/dev/fd/0" | "/proc/self/fd/0"))
}

/// The script on standard input, with `$1` and so on.
fn stdin_with(call: &Call<'_>, parameters: &[Word]) -> Vec<Effect> {
    let mut effects = stdin_shell(call);
    for effect in &mut effects {
        if let Effect::Run(Nested { what: crate::effect::What::Text { parameters: given, .. }, .. }) = effect
        {
            given.extend(call.invocation.argv.first().cloned());
            given.extend(parameters.iter().cloned());
        }
    }
    effects
}

/// Shells whose language is another: their text is read as ours, and asked about besides.
fn foreign(call: &Call<'_>) -> Vec<Effect> {
    if call.args.len() == 1 && call.any(&["--version", "--help"]) {
        return read(call);
    }
    let mut effects = shell(call);
    effects.extend(ask(call));
    effects
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn shells_are_what_they_run() {
        table(&[
            (Confirm, "bash -c reboot"),
            (Confirm, "sh -xec reboot"),
            (Confirm, "bash -o errexit -c reboot"),
            (Deny, "bash -c 'rm -rf /'"),
            (Allow, "bash -c uptime"),
            (Allow, "bash -n /tmp/x.sh"),
            (Confirm, "bash /tmp/x.sh"),
            (Confirm, "bash <<< reboot"),
            (Confirm, "bash -s <<< reboot"),
            (Allow, "bash --version"),
            (Confirm, "bash OPEN"),
            (Confirm, "bash -c OPENecho"),
            (Confirm, "bash --rcfile /tmp/rc"),
            (Confirm, "csh -c uptime"),
        ]);
    }
}
