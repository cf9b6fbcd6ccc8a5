//! What a command does stays the same when it is written in another way, and so does its verdict: that of a dangerous line never
//! falls, that of a harmless one never rises.

use labkeeper_guard::context::Context;
use labkeeper_guard::judgement::Level;
use labkeeper_guard::{Dialect, judge};
use serde_json::Value;

/// One in so many pairs of a line and a transform is tried: all of them take minutes. Each line and each transform has its turn.
const SHARE: usize = 6;

type Transform = (&'static str, fn(&str) -> Option<String>);

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.as_bytes()
        .chunks(3)
        .flat_map(|chunk| {
            let held = chunk.iter().fold(0_u32, |held, byte| held << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            (0..4).map(move |place| {
                if place <= chunk.len() {
                    char::from(DIGITS[(held >> (18 - 6 * place) & 63) as usize])
                } else {
                    '='
                }
            })
        })
        .collect()
}

fn escapes(text: &str, one: impl Fn(u8) -> String) -> String {
    text.bytes().map(one).collect()
}

fn octal(text: &str) -> String {
    escapes(text, |byte| format!("\\{byte:03o}"))
}

fn hexadecimal(text: &str) -> String {
    escapes(text, |byte| format!("\\x{byte:02x}"))
}

/// One line, without anything that a line is read differently for.
fn one_line(text: &str) -> Option<&str> {
    (!text.contains(['\n', '\\'])).then_some(text)
}

/// Words without quotes or expansions.
fn plain_words(text: &str) -> Option<Vec<&str>> {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || " /._=:-".contains(c));
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_word = |word: &&str| !word.contains('=') && !KEYWORDS.contains(word);
    (plain && words.first().is_some_and(is_word)).then_some(words)
}

/// The shell's own words, which are not the same when they are quoted or wrapped.
const KEYWORDS: &[&str] = &[
    "coproc", "time", "source", ".", "eval", "exec", "builtin", "command", "trap", "crontab", "visudo",
    "hash", "alias", "select",
];

fn each_word(text: &str, one: impl Fn(&str) -> String) -> Option<String> {
    Some(plain_words(text)?.into_iter().map(one).collect::<Vec<_>>().join(" "))
}

/// Ways to write or to reach a command that change nothing of what it does.
const TRANSFORMS: &[Transform] = &[
    // Structure.
    ("followed", |c| Some(format!("{c}\ntrue"))),
    ("after true", |c| Some(format!("true; {c}"))),
    ("and", |c| Some(format!("true && {{ {c}\n}}"))),
    ("or", |c| Some(format!("false || {{ {c}\n}}"))),
    ("subshell", |c| Some(format!("( {c}\n)"))),
    ("group", |c| Some(format!("{{ {c}\n}}"))),
    ("if", |c| Some(format!("if true; then {c}\nfi"))),
    ("else", |c| Some(format!("if true; then :; else {c}\nfi"))),
    ("elif", |c| Some(format!("if false; then :; elif {c}\nthen :; fi"))),
    ("while", |c| Some(format!("while :; do {c}\nbreak; done"))),
    ("for", |c| Some(format!("for i in 1; do {c}\ndone"))),
    ("for words", |c| Some(format!("for i in 1 2 3; do {c}\ndone"))),
    ("case", |c| Some(format!("case x in x) {c}\n;; esac"))),
    ("function", |c| Some(format!("f() {{ {c}\n}}; f"))),
    ("background", |c| Some(format!("{{ {c}\n}} & wait"))),
    ("piped", |c| Some(format!("{{ {c}\n}} | cat"))),
    ("silenced", |c| Some(format!("{{ {c}\n}} >/dev/null 2>&1"))),
    ("negated", |c| Some(format!("! {{ {c}\n}}"))),
    ("coproc", |c| (!c.starts_with('(')).then(|| format!("coproc {{ {c}\n}}"))),
    ("commented", |c| Some(format!("# nothing here\n{c}"))),
    ("substituted", |c| Some(format!("echo \"$({c}\n)\""))),
    ("assigned", |c| Some(format!("x=$({c}\n)"))),
    ("process substitution", |c| Some(format!("cat <({c}\n)"))),
    // Shells in shells.
    ("bash -c", |c| Some(format!("bash -c {}", quoted(c)))),
    ("bash -lc", |c| Some(format!("/bin/bash -lc {}", quoted(c)))),
    ("twice", |c| Some(format!("bash -c {}", quoted(&format!("bash -c {}", quoted(c)))))),
    ("eval", |c| Some(format!("eval {}", quoted(c)))),
    ("in a variable", |c| Some(format!("q7={}; eval \"$q7\"", quoted(c)))),
    ("in a variable, to bash", |c| Some(format!("q7={}; bash -c \"$q7\"", quoted(c)))),
    ("exported", |c| Some(format!("export q7={}; bash -c 'eval \"$q7\"'", quoted(c)))),
    ("positional", |c| Some(format!("set -- {}; eval \"$1\"", quoted(c)))),
    ("argument", |c| Some(format!("bash -c 'eval \"$1\"' x {}", quoted(c)))),
    ("trap", |c| Some(format!("trap {} EXIT", quoted(c)))),
    ("here-string", |c| Some(format!("bash <<< {}", quoted(c)))),
    ("here-document", |c| (!c.contains("XEND")).then(|| format!("bash <<'XEND'\n{c}\nXEND\n"))),
    ("printed", |c| Some(format!("printf '%s\\n' {} | bash", quoted(c)))),
    ("sourced", |c| Some(format!("source <(printf '%s\\n' {})", quoted(c)))),
    ("script", |c| {
        (!c.contains("XEND")).then(|| format!("cat > /tmp/t.sh <<'XEND'\n{c}\nXEND\nbash /tmp/t.sh"))
    }),
    ("executed", |c| {
        (!c.contains("XEND")).then(|| format!("cat > /tmp/t <<'XEND'\n{c}\nXEND\nchmod +x /tmp/t\n/tmp/t"))
    }),
    ("read", |c| one_line(c).map(|c| format!("read -r q7 <<< {}; eval \"$q7\"", quoted(c)))),
    ("alias of eval", |c| Some(format!("e=eval; $e {}", quoted(c)))),
    // Encodings.
    ("base64", |c| Some(format!("echo {} | base64 -d | bash", base64(c)))),
    ("base64, substituted", |c| Some(format!("bash -c \"$(base64 --decode <<< {})\"", base64(c)))),
    ("octal", |c| Some(format!("printf '{}' | bash", octal(c)))),
    ("hexadecimal", |c| Some(format!("eval $'{}'", hexadecimal(c)))),
    ("xxd", |c| Some(format!("echo {} | xxd -r -p | bash", escapes(c, |byte| format!("{byte:02x}"))))),
    ("reversed", |c| {
        one_line(c)
            .filter(|c| c.is_ascii())
            .map(|c| format!("echo {} | rev | bash", quoted(&c.chars().rev().collect::<String>())))
    }),
    // Wrappers.
    ("sudo", |c| Some(format!("sudo bash -c {}", quoted(c)))),
    ("env", |c| Some(format!("env A=b bash -c {}", quoted(c)))),
    ("nohup", |c| Some(format!("nohup bash -c {} &", quoted(c)))),
    ("timeout", |c| Some(format!("timeout -s KILL 60 bash -c {}", quoted(c)))),
    ("nice", |c| Some(format!("nice -n 10 ionice -c 3 bash -c {}", quoted(c)))),
    ("setsid", |c| Some(format!("setsid bash -c {}", quoted(c)))),
    ("stdbuf", |c| Some(format!("stdbuf -oL bash -c {}", quoted(c)))),
    ("flock", |c| Some(format!("flock /tmp/l bash -c {}", quoted(c)))),
    ("xargs", |c| (!c.contains('%')).then(|| format!("echo x | xargs -I% bash -c {}", quoted(c)))),
    // `find` puts a name in the place of `{}`, wherever that stands.
    ("find", |c| {
        (!c.contains("{}")).then(|| format!("find /tmp -maxdepth 0 -exec bash -c {} \\;", quoted(c)))
    }),
    ("nsenter", |c| Some(format!("nsenter -t 1 -m -- bash -c {}", quoted(c)))),
    ("systemd-run", |c| Some(format!("systemd-run --scope bash -c {}", quoted(c)))),
    ("ssh", |c| Some(format!("ssh pve2 {}", quoted(c)))),
    ("pct exec", |c| Some(format!("pct exec 101 -- bash -c {}", quoted(c)))),
    ("command", |c| Some(format!("command bash -c {}", quoted(c)))),
    ("exec", |c| Some(format!("exec bash -c {}", quoted(c)))),
    ("busybox", |c| Some(format!("busybox sh -c {}", quoted(c)))),
    // Words.
    ("quoted words", |c| each_word(c, quoted)),
    ("double-quoted words", |c| each_word(c, |word| format!("\"{word}\""))),
    ("torn words", |c| each_word(c, |word| format!("{}''{}", &word[..1], &word[1..]))),
    ("escaped words", |c| each_word(c, |word| word.chars().map(|c| format!("\\{c}")).collect())),
    ("encoded words", |c| each_word(c, |word| format!("$'{}'", hexadecimal(word)))),
    ("printed words", |c| each_word(c, |word| format!("\"$(printf %s {word})\""))),
    ("line continuations", |c| each_word(c, |word| format!("{}\\\n{}", &word[..1], &word[1..]))),
    ("variables", |c| {
        let words = plain_words(c)?;
        let set: String = words.iter().enumerate().map(|(at, word)| format!("v{at}={word}; ")).collect();
        Some(set + &(0..words.len()).map(|at| format!("\"$v{at}\"")).collect::<Vec<_>>().join(" "))
    }),
    ("split variable", |c| plain_words(c).map(|words| format!("x='{}'; $x", words.join(" ")))),
    ("array", |c| plain_words(c).map(|words| format!("x=({}); \"${{x[@]}}\"", words.join(" ")))),
    ("arguments", |c| plain_words(c).map(|words| format!("set -- {}; \"$@\"", words.join(" ")))),
    ("braces", |c| {
        plain_words(c).filter(|words| words.len() > 1).map(|words| format!("{{{}}}", words.join(",")))
    }),
    ("default", |c| plain_words(c).map(|words| format!("${{x:-{}}}", words.join(" ")))),
    ("trimmed", |c| {
        let words = plain_words(c)?;
        Some(format!("x=zz{}; ${{x#zz}} {}", words[0], words[1..].join(" ")))
    }),
];

/// The same for lines that are harmless: nothing that is asked about for its own sake.
const INERT: &[&str] = &[
    "followed",
    "after true",
    "and",
    "or",
    "subshell",
    "group",
    "if",
    "else",
    "for",
    "case",
    "function",
    "silenced",
    "commented",
    "bash -c",
    "twice",
    "eval",
    "in a variable",
    "base64",
    "octal",
    "timeout",
    "nice",
    "sudo",
    "quoted words",
    "torn words",
    "variables",
    "array",
    "pct exec",
    "trap",
];

fn lines(text: &str) -> Vec<(String, Level)> {
    let level = |text: &str| match text {
        "allow" => Level::Allow,
        "confirm" => Level::Confirm,
        _ => Level::Deny,
    };
    text.lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            (line["cmd"].as_str().expect("text").to_owned(), level(line["expect"].as_str().expect("text")))
        })
        .collect()
}

fn level(command: &str) -> Level {
    judge(command, Dialect::Bash, &Context::default()).level
}

/// Lines whose meaning hangs on being the whole line.
fn stands_alone(command: &str) -> bool {
    let hangs = [
        "unterminated",
        "if true; then",
        "alias ",
        // On a way on which the variable is not set it removes what is named by nothing.
        "trap 'rm -rf",
        "expand_aliases",
        "/dev/stdin",
        "/dev/tcp",
        "XEND",
        "\\\\n",
    ];
    !hangs
        .iter()
        .any(|part| command == *part || part.len() > 4 && *part != "if true; then" && command.contains(part))
}

#[test]
fn a_dangerous_line_is_no_better_in_disguise() {
    let mut fallen = Vec::new();
    let mut tried = 0;
    let both = [include_str!("corpus/dangerous.jsonl"), include_str!("corpus/dangerous2.jsonl")];
    for (line, (command, _)) in both.into_iter().flat_map(lines).enumerate() {
        let plain = level(&command);
        if !stands_alone(&command) {
            continue;
        }
        for (at, (name, transform)) in TRANSFORMS.iter().enumerate() {
            if !(line + at).is_multiple_of(SHARE) {
                continue;
            }
            let Some(disguised) = transform(&command) else { continue };
            tried += 1;
            let found = level(&disguised);
            if found < plain {
                fallen.push(format!("{name}: {plain:?} → {found:?}: {disguised}"));
            }
        }
    }
    assert!(tried > 15_000, "only {tried} disguises were tried");
    assert!(
        fallen.is_empty(),
        "{} of {tried} fell:\n{}",
        fallen.len(),
        fallen[..fallen.len().min(60)].join("\n")
    );
}

#[test]
fn a_harmless_line_is_no_worse_in_another_dress() {
    let mut risen = Vec::new();
    let both = [include_str!("corpus/benign.jsonl"), include_str!("corpus/benign2.jsonl")];
    for (line, (command, expected)) in both.into_iter().flat_map(lines).enumerate() {
        // Only what is allowed as it stands; the corpus test says which are not.
        if expected != Level::Allow || level(&command) != Level::Allow || !stands_alone(&command) {
            continue;
        }
        for (at, (name, transform)) in TRANSFORMS.iter().filter(|(name, _)| INERT.contains(name)).enumerate()
        {
            if !(line + at).is_multiple_of(SHARE) {
                continue;
            }
            let Some(dressed) = transform(&command) else { continue };
            let found = level(&dressed);
            if found > Level::Allow {
                risen.push(format!("{name}: {found:?}: {dressed}"));
            }
        }
    }
    assert!(risen.is_empty(), "{} rose:\n{}", risen.len(), risen[..risen.len().min(60)].join("\n"));
}
