//! Programs that run another once for each thing they are given.

use super::call::{Call, Rows, shown, text, word_like};
use super::does::{ask, read};
use super::grammar::{anywhere, front, parse};
use super::joined::{joined, written};
use super::stdin_items::items;
use crate::effect::{Effect, Nested};
use crate::invocation::Stdin;
use crate::word::{Value, Word};

pub(super) const ROWS: Rows = &[("xargs|gxargs", xargs), ("parallel", parallel), ("hyperfine", hyperfine)];

fn hyperfine(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "wmMrpcsPLSuni",
            "warmup min-runs max-runs runs setup prepare cleanup shell parameter-scan parameter-list \
             style export-json export-csv export-markdown command-name time-unit",
        ),
    );
    parsed
        .operands
        .iter()
        .copied()
        .chain(parsed.values(&["-p", "--prepare", "-c", "--cleanup", "-s", "--setup"]))
        .map(|script| call.runs_text(script))
        .collect()
}

/// More runs than this are not told apart.
const MOST_RUNS: usize = 16;

fn xargs(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        front(
            "aEIdLnPs",
            "arg-file delimiter replace max-lines max-args max-procs max-chars eof process-slot-var",
        ),
    );
    let Some(model) = parsed.rest.first() else { return read(call) };
    let file = parsed.has(&["-a", "--arg-file"]);
    let replace = parsed
        .value(&["-I", "--replace"])
        .and_then(text)
        .or(parsed.has(&["-i", "-I", "--replace"]).then_some("{}"));
    let some_line = call.invocation.stdin.some_line();
    let open = || vec![Word { value: some_line.clone(), span: model.span.clone(), hollow: false }];
    let given: Vec<Word> = match call.stdin().filter(|_| !file) {
        Some(input) => {
            items(input, &parsed, replace.is_some()).into_iter().map(|item| word_like(model, item)).collect()
        }
        None => open(),
    };
    let given = if given.len() > MOST_RUNS * 4 { open() } else { given };
    let each = replace.is_some() || parsed.has(&["-n", "-L", "-l", "--max-args", "--max-lines"]);
    let runs: Vec<Vec<Word>> = match replace {
        Some(mark) => given
            .iter()
            .take(MOST_RUNS)
            .map(|item| parsed.rest.iter().map(|word| written(word, mark, item)).collect())
            .collect(),
        // With no input it still runs once, unless told not to.
        None if given.is_empty() && parsed.says(&["-r", "--no-run-if-empty"]) => vec![],
        None if given.is_empty() => vec![parsed.rest.to_vec()],
        None if each => given
            .iter()
            .take(MOST_RUNS)
            .map(|item| [parsed.rest, std::slice::from_ref(item)].concat())
            .collect(),
        None => vec![[parsed.rest, given.as_slice()].concat()],
    };
    let mut effects: Vec<Effect> =
        runs.into_iter().map(|argv| Effect::Run(Nested::argv(argv, Stdin::Null))).collect();
    if each && given.len() > MOST_RUNS {
        effects.extend(ask(call));
    }
    if effects.is_empty() { read(call) } else { effects }
}

fn parallel(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        front("jIaSnNLlPdCt", "jobs arg-file sshlogin delay timeout retries colsep joblog tmpdir max-args"),
    );
    if parsed.has(&["-S", "--sshlogin"]) && parsed.rest.is_empty() {
        return ask(call);
    }
    let cut = parsed.rest.iter().position(|word| matches!(text(word), Some(":::" | "::::" | ":::+")));
    let (command, given) = match cut {
        Some(at) => (&parsed.rest[..at], Some(&parsed.rest[at + 1..])),
        None => (parsed.rest, None),
    };
    let from_file = cut.is_some_and(|at| text(&parsed.rest[at]) == Some("::::"));
    let Some(model) = parsed.rest.first().or(call.invocation.argv.first()) else { return ask(call) };
    let given: Vec<Word> = match (given, call.stdin()) {
        (Some(given), _) if !from_file => given.to_vec(),
        (None, Some(input)) => {
            input.lines().filter(|line| !line.is_empty()).map(|line| word_like(model, line)).collect()
        }
        _ => vec![Word { value: Value::tainted(), span: model.span.clone(), hollow: false }],
    };
    let effects: Vec<Effect> = given
        .iter()
        .take(MOST_RUNS)
        .map(|item| {
            let marked = command.iter().any(|word| shown(word).contains("{}"));
            let mut line: Vec<Word> = command.iter().map(|word| written(word, "{}", item)).collect();
            if !marked {
                line.push(item.clone());
            }
            call.runs_text(&joined(&line))
        })
        .collect();
    if effects.is_empty() {
        read(call)
    } else if given.len() > MOST_RUNS {
        [effects, ask(call)].concat()
    } else {
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn each_run_counts() {
        table(&[
            (Allow, "xargs grep -l x <<< /tmp/a"),
            (Confirm, "xargs kill <<< 123"),
            (Deny, "xargs rm -rf <<< /etc"),
            (Deny, "xargs -I{} rm -rf {}/pve <<< /etc"),
            (Confirm, "xargs -n1 reboot"),
            (Allow, "xargs -r reboot"),
            (Confirm, "xargs -a /tmp/list rm -f"),
            (Confirm, "parallel ::: reboot"),
            (Confirm, "parallel reboot ::: 1"),
            (Deny, "parallel rm -rf {} ::: /etc /tmp/x"),
            (Allow, "parallel gzip -k {} ::: /tmp/a /tmp/b"),
            (Confirm, "hyperfine reboot"),
        ]);
    }
}
