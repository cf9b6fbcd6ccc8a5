//! Commands that are run later: crontabs and `at`.

use super::call::{Call, Rows, word_like};
use super::does::{ask, kill, read};
use super::grammar::{anywhere, parse};
use crate::effect::{Effect, Touch};

pub(super) const ROWS: Rows =
    &[("crontab", crontab), ("at|batch", at), ("atrm", kill), ("atq|cronnext", read)];

fn crontab(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("u", "user"));
    if parsed.has(&["-l", "-T"]) {
        return read(call);
    }
    let Some(model) = call.invocation.argv.first() else { return ask(call) };
    let mut effects = vec![Effect::Touch(Touch::Write, word_like(model, "/var/spool/cron/crontabs"))];
    let table = call.stdin().unwrap_or_default();
    effects
        .extend(table.lines().filter_map(cron_command).map(|line| call.runs_text(&word_like(model, line))));
    effects
}

/// The command of a line of a crontab, after the five fields of its time or its `@daily`.
fn cron_command(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let fields = match line.chars().next()? {
        '#' => return None,
        '@' => 1,
        char if char.is_ascii_digit() || char == '*' => 5,
        _ => return None,
    };
    let mut rest = line;
    for _ in 0..fields {
        rest = rest.split_once(char::is_whitespace)?.1.trim_start();
    }
    Some(rest)
}

fn at(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("fqt", ""));
    if parsed.has(&["-l", "-c"]) {
        return read(call);
    }
    if parsed.has(&["-r", "-d"]) {
        return kill(call);
    }
    if let Some(file) = parsed.value(&["-f"]) {
        return vec![call.runs(std::slice::from_ref(file))];
    }
    match (&call.invocation.stdin, call.invocation.argv.first()) {
        (crate::invocation::Stdin::Text(value), _) => {
            let script = crate::effect::Nested::text(value.clone(), vec![], crate::invocation::Stdin::Null);
            vec![Effect::Run(script)]
        }
        _ => ask(call),
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm};

    #[test]
    fn what_runs_later_is_judged_now() {
        table(&[(Allow, "crontab -l"), (Confirm, "crontab /tmp/x"), (Confirm, "crontab -r")]);
    }
}
