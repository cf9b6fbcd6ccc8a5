//! Text tools that can also write, or run something: sort, pagers, openssl.

use super::call::{Call, Rows, after, head, text, touch_all, word_like};
use super::does::{ask, benign, read};
use super::grammar::{PLAIN, anywhere, parse};
use super::readers::read_files;
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("sort|gsort|uniq", sort),
    ("less|more|most|pager|w3m|lynx|links|elinks", pager),
    ("man", |call| {
        let parsed = parse(call, anywhere("PHCMSsLmReEpr", "pager html config manpath sections locale"));
        let mut effects: Vec<Effect> = parsed
            .values(&["-P", "--pager", "-H", "--html"])
            .into_iter()
            .map(|script| call.runs_text(script))
            .collect();
        if effects.is_empty() {
            effects = read(call);
        }
        effects
    }),
    ("dc", calculator),
    ("xxd", |call| {
        let parsed = parse(call, anywhere("cglosnR", ""));
        let effects = touch_all(Touch::Write, parsed.operands.get(1).copied());
        if effects.is_empty() { read_files(call) } else { effects }
    }),
    ("openssl", openssl),
    ("yq|crudini|augtool|jo|tomlq|xmlsec1", |call| {
        let parsed = parse(call, PLAIN);
        if parsed.has(&["-i", "--inplace", "--in-place"])
            || (call.name == "crudini" && parsed.has(&["--set", "--del", "--merge"]))
        {
            let files = parsed
                .operands
                .iter()
                .copied()
                .filter(|word| head(word).contains(['/', '.']))
                .collect::<Vec<_>>();
            touch_all(Touch::Write, files)
        } else if call.name == "augtool" && !call.any(&["print", "ls", "match", "get"]) {
            ask(call)
        } else {
            read_files(call)
        }
    }),
    (
        "envsubst|gettext|msgfmt|tidy|prettier|black|isort|autopep8|shfmt|gofmt|rustfmt|clang-format|\
         eslint|ruff|flake8|pylint|mypy|yapf|stylua",
        formats,
    ),
];

fn sort(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "okStTfsw",
            "output key buffer-size field-separator temporary-directory compress-program batch-size \
             files0-from parallel skip-fields skip-chars check-chars sort random-source",
        ),
    );
    let mut effects: Vec<Effect> =
        parsed.values(&["--compress-program"]).into_iter().map(|program| call.runs_text(program)).collect();
    effects.extend(touch_all(Touch::Write, parsed.values(&["-o", "--output"])));
    if call.name == "uniq" {
        effects.extend(touch_all(Touch::Write, parsed.operands.get(1).copied()));
    } else {
        effects.extend(parsed.operands.iter().map(|file| Effect::Read((*file).clone())));
    }
    if effects.is_empty() { read(call) } else { effects }
}

fn pager(call: &Call<'_>) -> Vec<Effect> {
    let mut effects: Vec<Effect> = vec![];
    for word in call.args {
        let start = head(word);
        if let Some(at) = start.find('!').filter(|_| start.starts_with('+')) {
            effects.extend(after(word, at + 1).map(|script| call.runs_text(&script)));
        } else if start.starts_with("--lesskey") || matches!(start, "-o" | "-O" | "--log-file") {
            effects.extend(ask(call));
        }
    }
    effects.extend(read_files(call));
    effects
}

/// `!COMMAND` in a script of dc is a shell's.
fn calculator(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("ef", "expression file"));
    let mut effects: Vec<Effect> = vec![];
    let typed = call.invocation.argv.first().zip(call.stdin());
    let given =
        parsed.values(&["-e", "--expression"]).into_iter().filter_map(|word| Some((word, text(word)?)));
    for (place, script) in given.chain(typed) {
        let commands = script.lines().filter_map(|line| line.split_once('!').map(|(_, command)| command));
        let commands = commands.filter(|command| !command.starts_with(['<', '>', '=']));
        effects.extend(commands.map(|command| call.runs_text(&word_like(place, command))));
    }
    if effects.is_empty() { read(call) } else { effects }
}

fn openssl(call: &Call<'_>) -> Vec<Effect> {
    let outs: Vec<&Word> = call
        .args
        .windows(2)
        .filter(|pair| {
            matches!(text(&pair[0]), Some("-out" | "-keyout" | "-writerand" | "-CAserial" | "-sess_out"))
        })
        .map(|pair| &pair[1])
        .collect();
    let mut effects = touch_all(Touch::Write, outs);
    if call.any(&["-engine", "-provider-path", "-provider", "engine"]) {
        effects.extend(ask(call));
    }
    effects.extend(
        call.args
            .windows(2)
            .filter(|pair| text(&pair[0]) == Some("-in"))
            .map(|pair| Effect::Read(pair[1].clone())),
    );
    if call.args.first().and_then(text) == Some("s_client") {
        effects.push(Effect::Send(call.line()));
    }
    if matches!(call.args.first().and_then(text), Some("ca" | "s_server")) {
        effects.extend(benign(call));
    }
    if effects.is_empty() { read(call) } else { effects }
}

/// Formatters that write in place when they are told to.
fn formats(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, PLAIN);
    if parsed.has(&["-w", "--write", "-i", "--fix", "-m", "--in-place"]) {
        touch_all(Touch::Write, parsed.operands)
    } else {
        read(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn text_tools_read() {
        table(&[
            (Allow, "openssl rand -hex 16"),
            (Allow, "man qm"),
            (Allow, "openssl x509 -in /etc/ssl/certs/x.pem -noout -enddate"),
            (
                Allow,
                "openssl req -x509 -newkey rsa:2048 -keyout /tmp/k.pem -out /tmp/c.pem -nodes -subj /CN=x",
            ),
            (Allow, "less /var/log/syslog"),
            (Confirm, "man -P reboot ls"),
            (Confirm, "less +'!reboot' /etc/hosts"),
            (Deny, "sort -o /etc/pve/user.cfg /etc/pve/user.cfg"),
        ]);
    }
}
