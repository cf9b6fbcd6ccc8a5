//! What was recorded on a real node is run again in the lab that was recorded, and has to print the same and end with the same code.

use serde::Deserialize;
use serde_json::Value;

use super::door::open_in;

#[allow(dead_code, reason = "the suite of the wire signs in, root at a terminal does not")]
#[path = "../recorded/lab.rs"]
mod lab;

#[derive(Deserialize)]
struct Recorded {
    name: String,
    command: String,
    out: String,
    err: String,
    code: i32,
}

fn recorded() -> Vec<Recorded> {
    serde_json::from_str(include_str!("../../../../fixtures/pve/cli.json")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_run_in_guests_is_said_as_on_the_real_node() {
    let test = "what_was_run_in_guests_is_said_as_on_the_real_node";
    let Some(node) = open_in(test, lab::lab()).await else { return };
    let (mut guests, all) = (0, recorded());
    let of_guests = ["pct_exec_", "pct_pu", "qm_guest_exec", "qm_agent_ping", "ct_"];
    for one in all.iter().filter(|one| of_guests.iter().any(|start| one.name.starts_with(start))) {
        let output = node.enter(&one.command).await;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (mut out, mut recorded) = (text(&output.stdout), one.out.clone());
        if one.name == "qm_guest_exec_timeout" {
            // The number is another.
            for text in [&mut out, &mut recorded] {
                let said: Value = serde_json::from_str(text).unwrap();
                let pid = said["pid"].as_i64().unwrap();
                *text = text.replace(&pid.to_string(), "PID");
            }
        }
        assert_eq!(
            (out, text(&output.stderr), output.status.code()),
            (recorded, one.err.clone(), Some(one.code)),
            "{}",
            one.command
        );
        guests += 1;
    }
    assert_eq!(guests, 11);
}
