//! What a conversation can rely on: placeholders that can be compared and put back, secrets that are known in every form.

use std::sync::LazyLock;

use labkeeper_redact::{Redactor, Session};
use serde_json::json;

/// Compiled once: without optimisation that takes a while.
static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(&[]));

fn shown(session: &mut Session, text: &str) -> String {
    REDACTOR.text(session, text, None).into_string()
}

#[test]
fn equal_values_look_equal_and_others_do_not() {
    let mut session = Session::new([1; 32]);
    let text = shown(&mut session, "a_password=otter256x\nb_password=otter256x\nc_password=otter256y\n");
    let values: Vec<&str> =
        text.lines().filter_map(|line| line.split_once('=')).map(|(_, value)| value).collect();
    assert_eq!(values[0], values[1]);
    assert_ne!(values[0], values[2]);
    assert!(values[0].starts_with("[[secret:a_password#"));
    let mut other = Session::new([2; 32]);
    assert!(
        !text.contains(&shown(&mut other, "a_password=otter256x")),
        "the tag depends on the session's key"
    );
}

#[test]
fn a_model_moves_a_value_without_seeing_it() {
    let mut session = Session::new([1; 32]);
    let read = shown(&mut session, "password=kettle_31\nhost=db\n");
    let edited = read.replace("host=db", "host=db2");
    assert_eq!(session.restore(&edited).unwrap(), "password=kettle_31\nhost=db2\n");
    let unknown = session.restore("x=[[secret:y#abcdef]]").unwrap_err();
    assert_eq!(unknown.0, "[[secret:y#abcdef]]");
    assert!(unknown.to_string().contains("read the file again"), "{unknown}");
    assert!(matches!(session.restore("nothing here"), Ok(std::borrow::Cow::Borrowed("nothing here"))));
}

#[test]
fn what_was_registered_is_found_in_every_form_and_only_whole() {
    let mut session = Session::new([1; 32]);
    session.know("node token", "p&ss'w\"rd/42");
    for text in [
        "argv: p&ss'w\"rd/42 end",
        "b64 cCZzcyd3InJkLzQy",
        "behind a user in b64 dXNlcjpwJnNzJ3cicmQvNDI=",
        "url p%26ss%27w%22rd%2F42",
        "json p&ss'w\\\"rd/42",
        "shell 'p&ss'\\''w\"rd/42'",
        "hex 70267373277722 702673732777 22: 7026737327772272642f3432",
    ] {
        let out = shown(&mut session, text);
        assert!(out.contains("[[secret:node_token#"), "{text} -> {out}");
        assert_eq!(session.restore(&out).unwrap(), text);
    }
    session.know("short", "abc12");
    session.know("word", "falcon");
    assert_eq!(shown(&mut session, "abc12 falconry afalcon"), "abc12 falconry afalcon");
    assert_ne!(shown(&mut session, "the falcon."), "the falcon.");
}

#[test]
fn what_was_found_once_is_found_without_its_name_too() {
    let mut session = Session::new([1; 32]);
    let _ = shown(&mut session, "PGPASSWORD=cobalt_walnut_77\n");
    let later = shown(&mut session, "root 812 psql -c x cobalt_walnut_77");
    assert!(!later.contains("cobalt_walnut_77"), "{later}");
    let _ = shown(&mut session, "password: backup\n");
    assert_eq!(
        shown(&mut session, "nightly backup done"),
        "nightly backup done",
        "an ordinary word is no use to search for"
    );
}

#[test]
fn memory_is_bounded_and_what_was_told_stays() {
    let mut session = Session::new([1; 32]);
    session.know("node", "told-secret-99");
    for round in 0..40 {
        let text: String = (0..500).map(|n| format!("password{n}=value_{round}_{n}_x\n")).collect();
        let _ = shown(&mut session, &text);
    }
    assert!(session.len() <= 8_192, "{}", session.len());
    assert!(shown(&mut session, "x told-secret-99 y").contains("[[secret:node#"));
}

#[test]
fn structured_output_keeps_its_shape() {
    let mut session = Session::new([1; 32]);
    let value = json!({
        "name": "db", "vmid": 101, "password": "kettle_31", "pin": 482_913, "note": "token: ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "env": [{"name": "API_KEY", "value": "kX93hfA82bQ1zz"}, {"name": "TZ", "value": "UTC"}],
        "kind": "Secret", "data": {"username": "Ym9i", "pw": "a2V0dGxl"}, "password_file": "/run/secrets/pw", "tokens": 512,
    });
    let shown = REDACTOR.json(&mut session, value, None);
    assert_eq!(shown.redactions(), 5);
    let shown = shown.into_value();
    assert_eq!(shown["vmid"], 101);
    assert_eq!(shown["tokens"], 512);
    assert_eq!(shown["password_file"], "/run/secrets/pw");
    assert_eq!(shown["env"][1]["value"], "UTC");
    assert_eq!(shown["data"]["username"], "Ym9i");
    for secret in ["kettle_31", "482913", "abcdefghijklmnop", "kX93hfA82bQ1zz", "a2V0dGxl"] {
        assert!(!shown.to_string().contains(secret), "{secret} in {shown}");
    }
    assert!(shown["note"].as_str().unwrap().starts_with("token: ghp_[[secret:"));
}

#[test]
fn own_names_count_as_secret_too() {
    let redactor = Redactor::new(&["Geheim".to_owned()]);
    let mut session = Session::new([1; 32]);
    let out = redactor.text(&mut session, "mein_geheimnis = sesam\nfarbe = blau\n", None);
    assert_eq!(out.redactions(), 1);
    assert!(out.as_str().ends_with("farbe = blau\n"));
}

#[test]
fn colours_go_and_nothing_else() {
    let mut session = Session::new([1; 32]);
    assert_eq!(
        shown(&mut session, "\u{1b}[1;31merror\u{1b}[0m ünchanged\r\n\t\u{7}"),
        "error ünchanged\r\n\t\u{7}"
    );
}

#[test]
fn whichever_object_names_a_file_is_read_as_that_file() {
    let mut session = Session::new([7; 32]);
    let file = |path: &str, more: &str| json!({"path": path, "content": "correcthorse\n", "resolved": more});
    let told = REDACTOR.json(
        &mut session,
        json!({"plan": {"files": [file("/etc/notes", "/etc/notes"), file("/srv/link", "/run/secrets/db")]}, "content": "plainwords"}),
        None,
    );
    let told = told.into_value();
    assert_eq!(told["plan"]["files"][0]["content"], "correcthorse\n", "{told}");
    let hidden = told["plan"]["files"][1]["content"].as_str().unwrap();
    assert!(hidden.starts_with("[[secret:"), "{told}");
    assert_eq!(told["plan"]["files"][1]["path"], "/srv/link", "{told}");
    assert_eq!(told["plan"]["files"][1]["resolved"], "/run/secrets/db", "{told}");
    assert_eq!(told["content"], "plainwords", "what is beside it is not of that file");
}

#[test]
fn the_end_of_a_key_is_one_too() {
    let mut session = Session::new([7; 32]);
    let line = "29GjblNax/Zj7u6G/8V65ejwl3LHk6+d/tS0AGpwy5ewfTZ6mz5P6FTkwQKBgQC7";
    let tail = format!("{line}\r\n{line}\nuBUgLxBdXMyVmBjLOin03lLroA==\n-----END RSA PRIVATE KEY-----\n");
    let out = shown(&mut session, &tail);
    assert!(
        out.starts_with("[[secret:rsa_private_key#") && out.ends_with("]]\n-----END RSA PRIVATE KEY-----\n"),
        "{out}"
    );
    assert_eq!(session.restore(&out).unwrap(), tail);
    for public in [
        format!("{line}\n-----END CERTIFICATE-----\n"),
        "it stands between\n-----END PRIVATE KEY-----\nand the line before\n".to_owned(),
    ] {
        assert_eq!(shown(&mut session, &public), public);
    }
}
