//! Parts of files, logs and directories; and what a model does not see of them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::actor::{Actor, Scope};
use labkeeper_core::fault::Code;
use serde_json::{Value, json};

use super::surface::{PATH, SURFACES};
use crate::lab::assistant;
use crate::shell_lab::{ALPINE, DEBIAN, reached};

#[tokio::test]
async fn reading_cuts_where_the_file_is_and_says_what_it_knows() {
    let Some(home) = reached("reading_cuts_where_the_file_is_and_says_what_it_knows").await else { return };
    for surface in SURFACES {
        let tool = format!("{}read_file", surface.tools);
        let large = "0123456789abcde\n".repeat(200_000);
        home.put(surface.vmid, "/srv/large.log", large.as_bytes(), 0o600);
        let fault = home.lab.refused(&tool, surface.input(json!({"path": "/srv/large.log"}))).await;
        assert_eq!(fault.code, Code::TooLarge, "{surface:?} {fault}");
        let part = home
            .lab
            .ask(&tool, surface.input(json!({"path": "/srv/large.log", "offset": 16, "maxBytes": 16})))
            .await;
        assert_eq!(part["content"], "0123456789abcde\n", "{surface:?}");
        assert_eq!(
            (&part["size"], &part["nextOffset"], &part["mode"]),
            (&json!(3_200_000), &json!(32), &json!("0600"))
        );
        home.put(surface.vmid, "/srv/latin", b"caf\xe9", 0o644);
        let fault = home.lab.refused(&tool, surface.input(json!({"path": "/srv/latin"}))).await;
        assert_eq!(fault.field.as_deref(), Some("encoding"), "{fault}");
        let read =
            home.lab.ask(&tool, surface.input(json!({"path": "/srv/latin", "encoding": "base64"}))).await;
        assert_eq!(read["content"], STANDARD.encode(b"caf\xe9"));
        let fault = home.lab.refused(&tool, surface.input(json!({"path": "/srv/nothing"}))).await;
        assert_eq!(fault.code, Code::NotFound);
        assert_eq!(
            home.lab.refused(&tool, surface.input(json!({"path": "/proc/self/environ"}))).await.code,
            Code::Denied
        );
    }
    let listed = home.lab.ask("list_directory", json!({"path": "/srv"})).await;
    let names: Vec<&str> =
        listed["entries"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"large.log") && names.contains(&"latin"), "{names:?}");
    assert_eq!(listed["entries"][0]["permissions"].as_str().unwrap().len(), 10);
}

#[tokio::test]
async fn logs_are_tailed_and_searched() {
    let Some(home) = reached("logs_are_tailed_and_searched").await else { return };
    let log: String = (1..=1000).map(|n| format!("{n}: request\n")).collect();
    for vmid in [DEBIAN, ALPINE] {
        home.put(Some(vmid), "/var/log/app.log", log.as_bytes(), 0o644);
        let tail = home
            .lab
            .ask(
                "tail_log",
                json!({"target": {"kind": "pct", "vmid": vmid}, "path": "/var/log/app.log", "lines": 2}),
            )
            .await;
        assert_eq!((&tail["content"], &tail["lines"]), (&json!("999: request\n1000: request\n"), &json!(2)));
        let found = home
            .lab
            .ask(
                "search_file_regex",
                json!({"vmid": vmid, "path": "/var/log/app.log", "pattern": "^50[01]:", "context": 1}),
            )
            .await;
        assert_eq!((&found["matchCount"], &found["truncated"]), (&json!(2), &json!(false)), "{found}");
        assert_eq!(
            found["matches"][0],
            json!({"lineNo": 500, "matchLine": "500: request", "before": ["499: request"], "after": ["501: request"]})
        );
        let more = home
            .lab
            .ask(
                "search_file_regex",
                json!({"vmid": vmid, "path": "/var/log/app.log", "pattern": "request", "maxMatches": 3}),
            )
            .await;
        assert_eq!((&more["matchCount"], &more["truncated"]), (&json!(3), &json!(true)));
        let none = home
            .lab
            .ask(
                "search_file_regex",
                json!({"vmid": vmid, "path": "/var/log/app.log", "pattern": "nothing; rm -rf /"}),
            )
            .await;
        assert_eq!(none["matchCount"], 0);
    }
    let both = json!({"target": {"kind": "pct", "vmid": DEBIAN}, "path": "/x", "unit": "y"});
    assert_eq!(home.lab.refused("tail_log", both).await.code, Code::Invalid);
}

#[tokio::test]
async fn lines_of_a_private_key_are_hidden_from_models_where_its_beginning_is_not_shown() {
    let Some(home) = reached("lines_of_a_private_key_are_hidden_from_models").await else { return };
    // Nothing but where it is says that this is a key.
    let line = "abcdefghijklmnopqrstuvwxyz abcdefghijklmnop";
    let key = format!("{}\n", vec![line; 40].join("\n"));
    let file = format!(
        "first\n-----BEGIN OPENSSH PRIVATE KEY-----\n{key}-----END OPENSSH PRIVATE KEY-----\n{line} too\n"
    );
    home.put(Some(DEBIAN), PATH, file.as_bytes(), 0o600);
    let search = json!({"vmid": DEBIAN, "path": PATH, "pattern": "^abc", "context": 1, "maxMatches": 100});
    let tail = json!({"target": {"kind": "pct", "vmid": DEBIAN}, "path": PATH, "lines": 10});
    let as_model = async |name: &str, input: &Value| {
        let model = Actor { grant: Scope::Companion.grant(), ..assistant("s-1") };
        home.lab.call_as(model, name, input.clone()).await.unwrap().output.to_string()
    };
    let (found, tailed) = (as_model("search_file_regex", &search).await, as_model("tail_log", &tail).await);
    for shown in [&found, &tailed] {
        assert_eq!(
            shown.matches("abcdefghijklmnopqrstuvwxyz").count(),
            1,
            "only what is behind the key: {shown}"
        );
        assert!(
            shown.contains("(a line of a private key)") && shown.contains(&format!("{line} too")),
            "{shown}"
        );
    }
    let owner = home.lab.ask("search_file_regex", search).await;
    assert!(
        owner["matches"][0]["matchLine"].as_str().unwrap().starts_with("abc"),
        "a person reads files as they are"
    );
}
