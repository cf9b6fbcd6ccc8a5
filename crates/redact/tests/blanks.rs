//! A blank is a blank, whichever of the many it is: what goes with a plain one goes whole with every other.

use std::sync::LazyLock;

use labkeeper_redact::{Redactor, Session};
use proptest::prelude::*;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(&[]));

fn shown(text: &str) -> String {
    REDACTOR.text(&mut Session::new([9; 32]), text, None).into_string()
}

#[test]
fn a_directive_ends_where_its_value_does() {
    for text in [
        "requirepass \u{a0}Kx93faQ27bbZ",
        "requirepass \u{b}Kx93faQ27bbZ",
        "requirepass\u{3000}Kx93faQ27bbZ",
        "set secret 0  Kx93faQ27bbZ",
        "enable secret 5   Kx93faQ27bbZ",
    ] {
        let shown = shown(text);
        assert!(shown.ends_with("]]") && !shown.contains("Kx93"), "{text:?}: {shown:?}");
    }
}

#[test]
fn a_value_goes_behind_words_that_say_how_it_is_written_whatever_the_columns() {
    for text in [
        " password  7  0822455D0A16",
        "enable secret  5  Kx93faQ27bbZ",
        "enable password  md5 0  Kx93faQ27bbZ",
        "enable secret\u{a0} 5\u{a0} Kx93faQ27bbZ",
        "neighbor 10.0.0.1 password   7   Kx93faQ27bbZ",
        "/vendor/secret  5  Kx93faQ27bbZ",
    ] {
        let shown = shown(text);
        assert!(shown.ends_with("]]"), "{text:?}: {shown:?}");
        assert!(!shown.contains("Kx93") && !shown.contains("0822"), "{text:?}: {shown:?}");
    }
    for text in [
        "sa/service-account-token   3      41ddb-credentials",
        "default-token-x2x   kubernetes.io/service-account-token   3      41d",
        "bootstrap-token-abcdef   bootstrap.kubernetes.io/token   7      5d3h",
    ] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn a_value_with_another_blank_in_it_goes_whole_where_the_text_itself_says_so() {
    for text in ["sshpass -p Kx93fa\u{a0}Q27bbZ ssh root@nas", "mysql -uroot -pKx93fa\u{a0}Q27bbZ"] {
        let shown = shown(text);
        assert!(!shown.contains("Kx93") && !shown.contains("Q27"), "{text:?}: {shown:?}");
    }
}

#[test]
fn what_a_session_knows_is_found_with_marks_of_no_width_in_it() {
    let mut session = Session::new([9; 32]);
    session.know("db", "Kx93faQ27bbZ");
    for mark in ["\u{200b}", "\u{ad}", "\u{feff}", "\u{2060}"] {
        let text = format!("log: Kx93fa{mark}Q27bbZ, and {mark}");
        let shown = REDACTOR.text(&mut session, &text, None).into_string();
        assert!(!shown.contains("Kx93") && !shown.contains("Q27"), "{text:?}: {shown:?}");
        assert_eq!(session.restore(&shown).unwrap(), text);
    }
}

#[test]
fn every_reading_remembers_earlier_stretches() {
    let heading = "user     password\n-------  ---------------\n";
    // Its last line end is where the first stretch may be cut.
    let mut text = "nothing is said here\n".repeat(3_000);
    text.push_str(&"x".repeat(65_537 - heading.len() - 1 - text.len()));
    text.push('\n');
    text.push_str(heading);
    assert_eq!(text.len(), 65_537);
    let narrow = "\u{200b}".repeat(6);
    text.push_str(&format!("eva      Kx93faQ27bbZ\nbob{narrow}Mw48dsT93kkR\n"));
    let shown = shown(&text);
    let rows = &shown[65_537..];
    assert!(!rows.contains("Kx93") && !rows.contains("Mw48"), "{rows:?}");
}

#[test]
fn a_blank_before_letters_of_several_bytes_makes_no_rule_panic() {
    for text in ["psk \u{b}\"srm│ ", "psk \u{a0}\"srm│ ", "psk \u{2003}│", "key \u{c}'│é│' x"] {
        let _ = shown(text);
    }
}

/// Blanks that are not the plain one, and marks of no width that are copied in its place.
const BLANKS: &[&str] = &[
    "\u{a0}", "\u{b}", "\u{c}", "\u{85}", "\u{1680}", "\u{2003}", "\u{2028}", "\u{202f}", "\u{3000}",
    "\u{feff}", "\u{200b}", "\u{2060}", "\u{115f}", "\u{1160}", "\u{2800}", "\u{3164}", "\u{ffa0}",
];

/// What may stand beside names and values, with every blank as well.
const BESIDE: &[&str] = &[
    "é",
    "ß",
    "│",
    "日",
    "😀",
    "\"",
    "'",
    "`",
    "«",
    "“",
    "\u{301}",
    "\u{1c}",
    "\\",
    "\t",
    "\r",
    "\u{ad}",
    "\u{200f}",
    "\u{34f}",
    "\u{61c}",
    "\u{fe0f}",
    "\u{e0041}",
];

/// How texts hold a value, `{V}`.
const HOLDERS: &[&str] = &[
    "requirepass {V}",
    "enable secret 0  {V}",
    "machine nas login eva password {V}",
    "psk {V}",
    "psk= {V}",
    "password: {V}",
    "token {V}",
    "secret_key = {V}",
    "Authorization: Bearer {V}",
    "curl -H 'Authorization: Bearer {V}' http://nas.lan/",
    "see https://eva:{V}@git.lan/x.git and more",
    "export DB_PASSWORD={V} TZ=UTC",
    "app:\n  db_password: {V}\n  port: 1",
    "{ \"user\": \"eva\", \"password\": \"{V}\" }",
    "[main]\nhost = a\npassword = {V}\nport = 1",
    "com2sec name default {V}",
    "MONITOR ups@nas 1 eva {V} slave",
    "nas: admin / {V}",
    "the root password is {V} now",
    "recovery codes\n  {V}\n  {V}",
    "| host | password |\n|---|---|\n| nas | {V} |",
    "HOST    PASSWORD\nnas     {V}",
    "echo {V} | sudo -S ls",
    ": PSK \"{V}\"",
    "passwords\nnas : {V}",
    "<password> {V} </password>",
    "kind: Secret\ndata:\n  a: {V}",
];

/// Whether no four characters of the value in a row are to be seen.
fn is_gone(value: &str, shown: &str) -> bool {
    (4..=value.len()).all(|end| !shown.contains(&value[end - 4..end]))
}

/// Letters and digits by chance, with some of each.
fn values() -> impl Strategy<Value = String> {
    "[a-z][A-Z][0-9][a-km-zA-HJ-NP-Z2-9]{8,16}[0-9]"
}

/// Puts something into a text, `at` being a share of its length.
fn put(text: &mut String, at: usize, what: &str) {
    let mut at = at % (text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.insert_str(at, what);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_goes_with_a_plain_blank_goes_whole_with_every_other(
        value in values(),
        holder in prop::sample::select(HOLDERS),
        beside in prop::collection::vec((any::<usize>(), prop::sample::select(BESIDE)), 0..3),
        blank in prop::sample::select(BLANKS),
        taken in prop::collection::vec(any::<bool>(), 1..8),
    ) {
        // A mark stands for the value until all is in its place.
        let mut plain = holder.replace("{V}", "\u{1}");
        for (at, mark) in beside {
            put(&mut plain, at, mark);
        }
        let mut turns = taken.iter().cycle();
        let other: String = plain
            .split_inclusive(' ')
            .map(|part| match part.strip_suffix(' ') {
                Some(word) if *turns.next().unwrap() => format!("{word}{blank}"),
                _ => part.to_owned(),
            })
            .collect();
        let (plain, other) = (plain.replace('\u{1}', &value), other.replace('\u{1}', &value));
        if is_gone(&value, &shown(&plain)) {
            let shown = shown(&other);
            prop_assert!(is_gone(&value, &shown), "{:?}: {:?}", other, shown);
        }
    }

    #[test]
    fn no_blank_makes_it_panic(
        value in values(),
        holder in prop::sample::select(HOLDERS),
        strewn in prop::collection::vec((any::<usize>(), prop::sample::select([BLANKS, BESIDE].concat())), 1..9),
    ) {
        let mut text = holder.replace("{V}", &value);
        for (at, mark) in strewn {
            put(&mut text, at, mark);
        }
        let mut session = Session::new([9; 32]);
        let shown = REDACTOR.text(&mut session, &text, None).into_string();
        prop_assert_eq!(session.restore(&shown).unwrap(), text);
    }
}

#[test]
fn all_that_is_tried_with_other_blanks_goes_with_a_plain_one() {
    let kept: Vec<_> = HOLDERS
        .iter()
        .filter(|holder| !is_gone("qT7m4Zk2Xw9bR5", &shown(&holder.replace("{V}", "qT7m4Zk2Xw9bR5"))))
        .collect();
    assert!(kept.is_empty(), "{kept:?}");
}

/// With a star for each secret.
fn starred(text: &str) -> String {
    let shown = shown(text);
    let parts = shown.split("[[secret:").enumerate();
    parts
        .map(|(at, part)| {
            if at == 0 {
                part.to_owned()
            } else {
                part.replacen(&part[..part.find("]]").map_or(0, |end| end + 2)], "*", 1)
            }
        })
        .collect()
}

#[test]
fn a_value_is_taken_where_it_stands_and_whole() {
    for (text, starred_text) in [
        // Not where the same stands before it.
        ("createUser abKx93 SHA Kx93 AES Kx93", "createUser abKx93 SHA * AES *"),
        ("com2sec aKx93b default Kx93", "com2sec aKx93b default *"),
        // What stands behind it, or between its parts, does not move its end.
        ("backup code: 4839 2017, 5566 1120", "backup code: *"),
        ("recovery code: ABC1 DEF2, GHI3 JKL4", "recovery code: *"),
        ("Private-MAC: 5f1d0a775f1d0a775f1d0a775f1d0a775f1d0a77   ", "Private-MAC: *   "),
        // More than one blank.
        ("enable secret 0  Kx93faQ27bbZ", "enable secret 0  *"),
        (
            "sa/service-account-token   3      41ddb-credentials",
            "sa/service-account-token   3      41ddb-credentials",
        ),
        ("API key (weather)   Kx93faQ27bbZKx93fa", "API key (weather)   *"),
        ("redis-cli\t-a Kx93faQ27bb", "redis-cli\t-a *"),
    ] {
        assert_eq!(starred(text), starred_text, "{text:?}");
    }
}

#[test]
fn what_one_reading_finds_alone_is_found_elsewhere_too() {
    let shown = shown("psk Kx93faQ27bbZ\u{feff}and more\0see Kx93faQ27bbZ");
    assert!(!shown.contains("Kx93"), "{shown:?}");
}

#[test]
fn names_of_structured_output_are_read_like_text() {
    for name in
        ["pass\u{ad}word", "pass\u{200b}word", "\u{feff}password", "db\u{a0}password", "db\u{200b}password"]
    {
        for object in [
            serde_json::json!({ name: "sunflower" }),
            serde_json::json!({ "name": name, "value": "sunflower" }),
            serde_json::json!({ name: ["sunflower1"] }),
        ] {
            let shown = REDACTOR.json(&mut Session::new([9; 32]), object, None).into_value().to_string();
            assert!(!shown.contains("sunflower"), "{shown:?}");
        }
    }
}

#[test]
fn a_stretch_never_ends_inside_a_key_whatever_its_blanks() {
    let key = format!("{}\n", "MIIEpAIBAAKCAQEA7q".repeat(3)).repeat(4);
    for blank in ["\u{a0}", "\u{200b} ", "\u{3000}"] {
        let begin = format!("-----BEGIN{blank}RSA PRIVATE KEY-----\n");
        let mut text = "nothing is said here\n".repeat(3_000);
        text.push_str(&"x".repeat(65_536 - begin.len() - text.len()));
        text.push('\n');
        text.push_str(&begin);
        text.push_str(&key);
        let shown = shown(&text);
        assert!(!shown.contains("MIIE"), "{blank:?}: {:?}", &shown[65_500..]);
    }
}

#[test]
fn a_stretch_without_a_line_end_is_cut_at_any_blank() {
    let word = "wörter\u{3000}";
    let mut text = word.repeat(1024 * 1024 / word.len());
    text.push_str("password=Kx93faQ27bbZKx93fa\u{3000}");
    text.push_str(&word.repeat(20));
    assert!(!shown(&text).contains("bbZK"));
}

#[test]
fn a_stretch_begins_between_characters() {
    for front in ["", "x"] {
        let long = format!("{front}{}", "é".repeat(600_000));
        assert_eq!(shown(&long), long);
    }
}

#[test]
fn a_question_may_have_tabs_for_blanks() {
    let shown = shown("what\tis\tthe\tpassword?\nKx93faQ27bbZ\n");
    assert!(!shown.contains("Kx93"), "{shown:?}");
}
