//! A second parser finds the same programs in a command: what one of the two overlooks would be judged by nobody.

use labkeeper_guard::context::Context;
use labkeeper_guard::{Dialect, judge};
use proptest::prelude::*;
use serde_json::Value;
use tree_sitter::{Node, Parser};

/// The names of programs that stand literally in command position, as tree-sitter sees them; `None` when it sees an error.
fn names(parser: &mut Parser, text: &str) -> Option<Vec<String>> {
    let tree = parser.parse(text, None)?;
    let root = tree.root_node();
    if root.has_error() {
        return None;
    }
    let mut names = Vec::new();
    collect(root, text, &mut names);
    Some(names)
}

fn collect(node: Node<'_>, text: &str, names: &mut Vec<String>) {
    // What a function does counts where it is called.
    if node.kind() == "function_definition" {
        return;
    }
    if node.kind() == "command_name" {
        let name = &text[node.byte_range()];
        if name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c)) && !name.is_empty() {
            names.push(name.to_owned());
        }
    }
    for at in 0..node.child_count() {
        if let Some(child) = node.child(at) {
            collect(child, text, names);
        }
    }
}

/// The shell runs these itself; the guard lists programs.
fn is_of_the_shell(name: &str) -> bool {
    const WORDS: &[&str] = &[
        ".", ":", "alias", "bind", "break", "builtin", "caller", "cd", "command", "continue", "declare",
        "dirs", "disown", "enable", "eval", "exec", "exit", "export", "getopts", "hash", "history", "jobs",
        "let", "local", "mapfile", "popd", "pushd", "read", "readonly", "return", "set", "shift", "shopt",
        "source", "trap", "type", "typeset", "ulimit", "umask", "unset", "wait", "time", "coproc", "printf",
        "bg", "fg", "times",
    ];
    WORDS.contains(&name)
}

/// Every program that the other parser sees is among those that the guard says would run.
fn overlooked(parser: &mut Parser, command: &str) -> Vec<String> {
    let judgement = judge(command, Dialect::Bash, &Context::default());
    // What could not be parsed, or is written so that the two read it differently, is asked about: nothing is overlooked.
    if judgement.undecidable
        && judgement
            .reasons
            .iter()
            .any(|reason| matches!(reason.rule, "undecidable.syntax" | "undecidable.dialect"))
    {
        return Vec::new();
    }
    let found: Vec<&str> = judgement
        .commands
        .iter()
        .filter_map(|line| line.split(' ').next())
        .map(|name| name.rsplit('/').next().unwrap_or(name))
        .collect();
    let Some(names) = names(parser, command) else { return Vec::new() };
    let ran = |name: &String| {
        let bare = name.rsplit('/').next().unwrap_or(name);
        found.contains(&bare) || is_of_the_shell(bare)
    };
    names.into_iter().filter(|name| !ran(name)).collect()
}

fn bash() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).expect("the grammar fits the library");
    parser
}

#[test]
fn no_program_of_the_corpus_is_overlooked() {
    let mut parser = bash();
    let mut compared = 0;
    let mut missed = Vec::new();
    let corpus = [
        include_str!("corpus/shared.jsonl"),
        include_str!("corpus/dangerous.jsonl"),
        include_str!("corpus/benign.jsonl"),
    ];
    for line in corpus.into_iter().flat_map(str::lines) {
        let line: Value = serde_json::from_str(line).expect("a line is JSON");
        let command = line["cmd"].as_str().expect("text");
        // Functions, aliases, copies and links give a name another meaning on purpose; a name over two lines is put together.
        let renames = ["alias ", "hash ", "() {", "(){", "function ", "/tmp/s", "/proc/self/exe", "\\\n"];
        if renames.iter().any(|part| command.contains(part)) {
            continue;
        }
        compared += 1;
        for name in overlooked(&mut parser, command) {
            missed.push(format!("{name}: {command}"));
        }
    }
    assert!(compared > 1000, "only {compared} were compared");
    assert!(missed.is_empty(), "{} overlooked:\n{}", missed.len(), missed.join("\n"));
}

/// Commands put together from the shell's grammar.
fn command() -> impl Strategy<Value = String> {
    let simple = prop_oneof![
        Just("ls -l /tmp".to_owned()),
        Just("reboot".to_owned()),
        Just("rm -rf /etc".to_owned()),
        Just("echo 'a; b' \"c | d\" e\\ f".to_owned()),
        Just("x=1 env".to_owned()),
        Just("cat <<< \"$x\"".to_owned()),
        Just("df >/dev/null 2>&1".to_owned()),
        Just("grep -q 'x)' /etc/hosts".to_owned()),
        Just("id \"$(uname -r)\"".to_owned()),
        Just("head -n1 <(who)".to_owned()),
        Just("uptime # done; reboot".to_owned()),
    ];
    simple.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{one}\n{two}")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{{ {one}\n}} && {{ {two}\n}}")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{{ {one}\n}} || ( {two}\n)")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("( {one}\n) | {{ {two}\n}}")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("if {one}\nthen {two}\nfi")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("while {one}\ndo {two}\ndone")),
            inner.clone().prop_map(|one| format!("for i in a b; do {one}\ndone")),
            inner.clone().prop_map(|one| format!("case $x in a|b) {one}\n;; *) true;; esac")),
            inner.clone().prop_map(|one| format!("y=$({one}\n)")),
            inner.prop_map(|one| format!("{{ {one}\n}} &")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_program_of_a_made_up_script_is_overlooked(script in command()) {
        let missed = overlooked(&mut bash(), &script);
        prop_assert!(missed.is_empty(), "{:?} in\n{}", missed, script);
    }

    #[test]
    fn any_text_gets_a_verdict(text in "\\PC{0,200}") {
        let judgement = judge(&text, Dialect::Bash, &Context::default());
        prop_assert!(!judgement.undecidable || judgement.level > labkeeper_guard::judgement::Level::Allow);
    }

    #[test]
    fn any_tangle_of_the_shells_signs_gets_a_verdict(parts in prop::collection::vec(prop::sample::select(SIGNS), 0..40)) {
        let text = parts.concat();
        let judgement = judge(&text, Dialect::Bash, &Context::default());
        prop_assert!(!judgement.undecidable || judgement.level > labkeeper_guard::judgement::Level::Allow);
        judge(&text, Dialect::Posix, &Context::default());
    }

    #[test]
    fn what_is_appended_makes_no_command_better(script in command(), more in command()) {
        let level = |text: &str| judge(text, Dialect::Bash, &Context::default()).level;
        let (longer, shorter) = (level(&format!("{script}\n{more}")), level(&script));
        prop_assert!(longer >= shorter, "{:?} < {:?}", longer, shorter);
    }
}

/// What the shell's syntax is made of.
const SIGNS: &[&str] = &[
    "$(",
    ")",
    "${",
    "}",
    "`",
    "'",
    "\"",
    "$'",
    "\\",
    "\n",
    ";",
    ";;",
    "&",
    "&&",
    "|",
    "||",
    "<",
    ">",
    "<<",
    "<<<",
    "<(",
    ">(",
    "EOF",
    "$((",
    "))",
    "((",
    "[[",
    "]]",
    " ",
    " ",
    " ",
    "{",
    "if ",
    "then ",
    "fi",
    "for i in ",
    "do ",
    "done",
    "case x in ",
    "esac",
    "a)",
    "f()",
    "x=",
    "x[",
    "]",
    "$x",
    "${x:-",
    "${x#",
    "${x/",
    "/",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "{1..9}",
    "!",
    "rm",
    "echo",
    "reboot",
    "-c",
    "bash",
    "eval",
    "~",
    "#",
    "@",
    "$@",
    "$1",
    "ä",
    "\u{202e}",
    "coproc ",
    "time ",
    "function ",
    "select ",
    "until ",
    "2>&1",
];
