//! Outputs that are too long to be answered whole: whoever got one reads the rest, and nobody else does.

use std::time::Duration;

use labkeeper_core::actor::{Actor, Scope, Via};
use labkeeper_core::fault::Code;
use labkeeper_core::principal::Principal;
use serde_json::{Value, json};

use crate::shell_lab::{DEBIAN, ShellLab, reached};

fn program(token: i64) -> Actor {
    let (grant, principal) = (Scope::Companion.grant(), Principal::Token(token));
    Actor {
        name: "claude".into(),
        principal,
        via: Via::Mcp,
        grant,
        session: Some("s-1".into()),
        person: false,
    }
}

/// Prints that file as that actor; answers what came of it, and the name of the output that has the rest.
async fn printed(home: &ShellLab, actor: &Actor, path: &str) -> (Value, String) {
    let input = json!({"vmid": DEBIAN, "command": format!("cat {path}")});
    let ran = home.lab.call_as(actor.clone(), "pct_exec", input).await.unwrap().output;
    let uri = ran["rest"][0].as_str().unwrap_or_else(|| panic!("{ran}")).to_owned();
    (ran, uri.strip_prefix("lab://output/").unwrap().to_owned())
}

/// Everything of an output from where the answer left off.
async fn rest(home: &ShellLab, actor: &Actor, id: &str) -> String {
    let (mut text, mut from) = (String::new(), Value::Null);
    loop {
        let mut input = json!({"id": id});
        if !from.is_null() {
            input["from"] = from;
        }
        let part = home.lab.call_as(actor.clone(), "output_read", input).await.unwrap().output;
        assert_eq!(
            (&part["stream"], &part["place"]),
            (&json!("stdout"), &json!("CT 103 (paperless) on pve1"))
        );
        text.push_str(part["content"].as_str().unwrap());
        from = part["next"].clone();
        if from.is_null() {
            return text;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_long_output_is_there_for_an_hour_for_whoever_got_it() {
    let Some(home) = reached("the_rest_of_a_long_output_is_there").await else { return };
    let lines: String = (0..20_000).map(|n| format!("line {n} of it, häuser\n")).collect();
    home.put(Some(DEBIAN), "/srv/long.log", lines.as_bytes(), 0o644);
    let claude = program(1);
    let (ran, id) = printed(&home, &claude, "/srv/long.log").await;
    let stdout = ran["stdout"].as_str().unwrap();
    let (head, tail) = stdout.split_once("\n[… ").unwrap();
    let (omitted, tail) = tail.split_once(" bytes left out …]\n").unwrap();
    assert!(lines.starts_with(head) && lines.ends_with(tail) && stdout.len() < 66_000);
    assert_eq!(ran["omittedBytes"], json!(omitted.parse::<usize>().unwrap()));
    assert_eq!(head.len() + omitted.parse::<usize>().unwrap() + tail.len(), lines.len());
    let read = rest(&home, &claude, &id).await;
    assert!(format!("{head}{read}") == lines, "{} of {} bytes", read.len(), lines.len());

    let refused = async |actor: Actor, input: Value| {
        home.lab.call_as(actor, "output_read", input).await.unwrap_err().code
    };
    let ask = json!({"id": id});
    let anna = Actor { principal: Principal::Person("claude".into()), person: true, ..claude.clone() };
    for other in [program(2), Actor::local(Via::Cli), anna] {
        assert_eq!(refused(other, ask.clone()).await, Code::NotFound);
    }
    assert_eq!(refused(claude.clone(), json!({"id": "0123456789abcdef"})).await, Code::NotFound);
    assert_eq!(refused(claude.clone(), json!({"id": "../../etc/passwd"})).await, Code::Invalid);
    assert_eq!(refused(claude.clone(), json!({"id": id, "from": lines.len() + 1})).await, Code::Invalid);
    home.lab.clock.advance(Duration::from_secs(3601));
    assert_eq!(refused(claude, ask).await, Code::NotFound, "its time is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_the_cut_goes_through_is_in_neither_part() {
    let Some(home) = reached("a_secret_that_the_cut_goes_through_is_in_neither_part").await else { return };
    // The beginning that is answered ends within the password.
    let before = format!("{}\n", "x".repeat(32_750));
    let text = format!("{before}DB_PASSWORD=correcthorsebattery\n{}", "y\n".repeat(40_000));
    home.put(Some(DEBIAN), "/srv/app.env", text.as_bytes(), 0o600);
    let claude = program(1);
    let (ran, id) = printed(&home, &claude, "/srv/app.env").await;
    let told = format!("{ran}{}", rest(&home, &claude, &id).await);
    assert!(!told.contains("correct") && !told.contains("battery"), "{}", &told[32_000..34_000]);
    assert!(rest(&home, &claude, &id).await.contains("y\ny\n"));
    // A person reads what is there.
    let owner = Actor::local(Via::Rest);
    let (ran, id) = printed(&home, &owner, "/srv/app.env").await;
    let head = ran["stdout"].as_str().unwrap().split_once("\n[… ").unwrap().0;
    let whole = format!("{head}{}", rest(&home, &owner, &id).await);
    assert!(whole.contains("DB_PASSWORD=correcthorsebattery\n"));
    // On the command line they get no name that nobody could ask for any more.
    let input = json!({"vmid": DEBIAN, "command": "cat /srv/app.env"});
    let ran = home.lab.call_as(Actor::local(Via::Cli), "pct_exec", input).await.unwrap().output;
    assert_eq!(json!([ran["rest"], ran["omittedBytes"].as_u64() > Some(0)]), json!([null, true]));
}
