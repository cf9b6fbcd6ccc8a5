//! Texts that are made to be expensive: each gets a verdict within the stack of an ordinary thread, and none passes.

use labkeeper_guard::context::Context;
use labkeeper_guard::judgement::Level;
use labkeeper_guard::{Dialect, judge, judge_argv};

fn level(command: &str) -> Level {
    judge(command, Dialect::Bash, &Context::default()).level
}

fn nested(open: &str, inside: &str, close: &str, depth: usize) -> String {
    open.repeat(depth) + inside + &close.repeat(depth)
}

/// A script in a script in a script, as deep as is followed.
fn chained(innermost: &str) -> String {
    let mut text = format!("v0='{innermost}'; ");
    for at in 1..14 {
        text += &format!("v{at}='eval \"$v{}\"'; ", at - 1);
    }
    text + "f() { { if true; then ( eval \"$v13\" ); fi; }; }; f; f | cat"
}

#[test]
fn what_is_too_large_or_too_deep_is_asked_about() {
    let texts = [
        "x".repeat(16 * 1024 + 1),
        "ls;".repeat(5200),
        nested("$(", "ls", ")", 190),
        nested("\"$(", "ls", ")\"", 190),
        nested("$(", "ls", ")", 5000),
        nested("${x:-", "ls", "}", 190),
        nested("echo ${x:-", "ls", "}", 3000),
        nested("echo $((", "1", "))", 190),
        nested("echo $((1+", "1", "))", 30),
        nested("(", "ls", ")", 3000),
        nested("( ", "ls", " )", 3000),
        nested("{ ", "ls; ", "}; ", 1000),
        nested("if ", "ls; ", "then :; fi; ", 500),
        nested("while ", "ls; ", "do :; done; ", 500),
        nested("case x in x) ", "ls; ", ";; esac; ", 200),
        nested("case x in x) ", "ls; ", "esac; ", 12),
        nested("f() { ", "ls; ", "}; ", 300),
        nested("coproc ", "ls", "", 1000),
        nested("[[ ( ", "x", " ) ]]", 500),
        format!("[[ {} ]]", nested("( ", "x", " )", 500)),
        chained(&nested("$(", "ls", ")", 75)),
        chained(&nested("\"$(", "ls", ")\"", 75)),
        chained(&nested("( ", "ls", " )", 17)),
        chained("chained"),
        "eval ".repeat(2000),
        "sudo ".repeat(2000),
        "env ".repeat(2000) + "ls",
        "`".repeat(2001),
        format!("echo {}", "{a,b}".repeat(400)) + "; $x",
        format!("echo {}", nested("{a,", "b", "}", 500)) + "; $x",
        "x=1; ".repeat(500) + &"y=$x$x$x; x=$y; ".repeat(200) + "$x",
        "f() { g; g; g; g; }; g() { h; h; h; h; }; h() { i; i; i; i; }; i() { j; j; j; j; }; j() { k; k; k; k; }; k() { l; l; l; l; }; l() { x; x; x; x; }; f".into(),
        "for a in {1..16}; do for b in {1..16}; do for c in {1..16}; do for d in {1..16}; do for e in {1..16}; do ls $a$b$c$d$e; done; done; done; done; done".into(),
        "while :; do while :; do while :; do while :; do while :; do while :; do while :; do ls; done; done; done; done; done; done; done; $x".into(),
        "/*/*o* ".repeat(1000),
        "/*bin/*e* a; ".repeat(500),
        format!("x='{}'; ${{x//b/c}}", "ab".repeat(7000)),
        format!("x='{}'; ${{x##*b}}", "a".repeat(15_000)),
        "unknown ".repeat(1000),
        nested("unknown sudo ", "reboot", "", 40),
    ];
    for text in texts {
        let shown: String = text.chars().take(40).collect();
        assert!(level(&text) > Level::Allow, "{shown}");
    }
}

#[test]
fn what_is_merely_long_is_judged() {
    let long = [
        "ls | ".repeat(200) + "cat",
        "! ".repeat(50) + "ls",
        "true && ".repeat(300) + "ls",
        format!(
            "cat > /tmp/doc.md <<'EOF'\n{}EOF\n",
            "if you do this, then ($that) happens {really}\n".repeat(200)
        ),
        format!("echo '{}'", "x".repeat(10_000)),
        "echo a\n".repeat(1000),
    ];
    for text in long {
        let judgement = judge(&text, Dialect::Bash, &Context::default());
        let shown: String = text.chars().take(40).collect();
        assert_eq!(judgement.level, Level::Allow, "{shown}: {:?}", judgement.reasons);
    }
}

#[test]
fn what_is_shown_differently_than_it_runs_is_asked_about() {
    for text in ["ls \u{202e}txt.exe", "ls\u{200b}", "echo a\rb", "ls \u{a0}-l", "ls\0", "echo \u{1b}[2K"] {
        assert!(level(text) > Level::Allow, "{text:?}");
    }
    assert!(judge_argv(&["ls".into(), "a\0b".into()], &Context::default()).level > Level::Allow);
}

#[test]
fn a_text_that_cannot_be_parsed_is_asked_about_and_refused_when_it_is_near_what_is_protected() {
    for text in ["echo 'open", "if true; then", "echo $(", "cat <<EOF\nx", "ls )", "}"] {
        assert_eq!(level(text), Level::Confirm, "{text}");
    }
    for text in ["rm /etc/pve/user.cfg 'open", "if true; then dd of=/dev/sda", "echo x > /etc/p'v'e/y )"] {
        assert_eq!(level(text), Level::Deny, "{text}");
    }
}

#[test]
fn arguments_of_a_program_are_no_script() {
    let context = Context::default();
    let argv = |words: &[&str]| {
        judge_argv(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>(), &context)
    };
    assert_eq!(argv(&["echo", "; reboot", "$(reboot)"]).level, Level::Allow);
    assert_eq!(argv(&["reboot"]).level, Level::Confirm);
    assert_eq!(argv(&["rm", "-rf", "/etc"]).level, Level::Deny);
    assert_eq!(argv(&["bash", "-c", "rm -rf /etc"]).level, Level::Deny);
    assert!(argv(&[]).level > Level::Allow);
}

#[test]
fn a_shell_that_may_be_posix_only_is_not_given_more() {
    let posix = |text: &str| judge(text, Dialect::Posix, &Context::default()).level;
    for text in [
        "ls <(id)",
        "cat <<< x",
        "[[ -f /x ]]",
        "echo {a,b}",
        "x=(a b); ls",
        "ls &>/dev/null",
        "echo ${x//a/b}",
    ] {
        assert!(posix(text) > Level::Allow, "{text}");
    }
    assert_eq!(
        posix("for i in a b; do ls \"$i\"; done; x=${y:-z}; [ -f /x ] && echo $((1 + 1))"),
        Level::Allow
    );
}

#[test]
fn the_owners_own_rules_are_held_against_what_runs() {
    let context = Context::default().with_denylist(["docker pull", "confirm:ls -l", " "]);
    let level = |text: &str| judge(text, Dialect::Bash, &context).level;
    assert_eq!(level("d'o'cker pull nginx"), Level::Deny);
    assert_eq!(level("sh -c 'docker pull nginx'"), Level::Deny);
    assert_eq!(level("ls -l /tmp"), Level::Confirm);
    assert_eq!(level("echo docker pull; ls -la"), Level::Allow);
}

#[test]
fn only_what_reads_changes_nothing() {
    let changes = |text: &str| judge(text, Dialect::Bash, &Context::default()).changes;
    for text in [
        "ls -l",
        "cat /etc/hosts | grep x",
        "qm list",
        "for i in 1 2; do qm config $i; done",
        "systemctl status x 2>/dev/null",
        "df -h > /dev/null",
    ] {
        assert!(!changes(text), "{text}");
    }
    for text in [
        "touch /tmp/x",
        "echo x > /tmp/x",
        "qm start 100",
        "systemctl restart nginx",
        "apt update",
        "reboot",
        "./x",
        "unknown-program",
    ] {
        assert!(changes(text), "{text}");
    }
}

#[test]
fn reasons_say_where_they_stand() {
    let text = "echo ä; zpool destroy tank";
    let judgement = judge(text, Dialect::Bash, &Context::default());
    let reason = judgement.reasons.first().expect("it is refused");
    assert_eq!(&text[reason.span.clone()], "zpool destroy tank");
    assert_eq!(reason.command, "zpool destroy tank");
    assert_eq!(judgement.commands, ["echo ä", "zpool destroy tank"]);
    let hidden = judge("echo x; eval 'zpool destroy tank'", Dialect::Bash, &Context::default());
    assert_eq!(hidden.reasons[0].span, 8..hidden.reasons[0].span.end, "the eval is what is pointed at");
}
