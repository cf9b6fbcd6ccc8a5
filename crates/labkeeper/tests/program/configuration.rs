//! Configuration: where values come from, and what a mistake is answered with.

use std::os::unix::fs::PermissionsExt;

use crate::hub::{Hub, complaint, json, labkeeper};

#[test]
fn a_mistyped_key_or_variable_is_refused_with_the_nearest() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("labkeeper.toml"), "[server]\nbnid = \"127.0.0.1:9\"\n").unwrap();
    let (code, said) = complaint(dir.path(), &["status"]);
    assert_eq!(code, 1);
    assert!(said.contains("server.bind"), "{said}");
    std::fs::remove_file(dir.path().join("labkeeper.toml")).unwrap();
    let output = labkeeper(dir.path()).env("LABKEEPER_BIMD", "x").arg("status").output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("LABKEEPER_BIND"));
}

#[test]
fn the_environment_beats_the_file_and_doctor_names_the_source_without_the_secret() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("labkeeper.toml");
    std::fs::write(
        &file,
        "[server]\nbind = \"127.0.0.1:9001\"\nhosts = [\"lab.example\", \"hub.example\"]\n",
    )
    .unwrap();
    let output = labkeeper(dir.path())
        .env("LABKEEPER_BIND", "127.0.0.1:9002")
        .env("API_TOKEN", "top-secret")
        .args(["--json", "doctor", "--config"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains("top-secret"));
    let values: serde_json::Value = serde_json::from_str(&text).unwrap();
    let value =
        |key: &str| values.as_array().unwrap().iter().find(|value| value["key"] == key).unwrap().clone();
    assert_eq!(value("server.bind")["value"], "127.0.0.1:9002");
    assert_eq!(value("server.bind")["source"], "environment LABKEEPER_BIND");
    assert_eq!(value("server.hosts")["value"], "lab.example,hub.example");
    assert_eq!(value("auth.api_token")["value"], "(set)");
}

#[test]
fn a_secret_that_others_can_read_stops_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("labkeeper.toml");
    std::fs::write(&file, "[auth]\napi_token = \"s\"\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (code, said) = complaint(dir.path(), &["status"]);
    assert_eq!(code, 1);
    assert!(said.contains("chmod 600"), "{said}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    json(dir.path(), &["status"]);
}

#[test]
fn a_file_that_is_no_toml_is_named_with_its_line_and_nothing_of_what_stands_there() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("hub");
    std::fs::create_dir_all(data.join("proxmox")).unwrap();
    let keys = "# A quote is missing.\ntoken_id = \"labkeeper@pve!observe\"\ntoken_secret = \"top-secret\nurl = \"pve1\"\n";
    let [main, connection] = [data.join("labkeeper.toml"), data.join("proxmox/attic.toml")];
    for (file, text, line) in
        [(&main, format!("[proxmox]\n{keys}"), "in line 4"), (&connection, keys.to_owned(), "in line 3")]
    {
        std::fs::write(file, text).unwrap();
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
        let (code, said) = complaint(&data, &["status"]);
        let doctor = labkeeper(&data).args(["--json", "doctor"]).output().unwrap();
        assert_eq!((code, doctor.status.code()), (1, Some(1)));
        let [printed, noted] = [doctor.stdout, doctor.stderr].map(|said| String::from_utf8(said).unwrap());
        for text in [&said, &printed] {
            assert!(text.contains(line) && text.contains(file.to_str().unwrap()), "{text}");
        }
        assert!(!format!("{said}{printed}{noted}").contains("secret"), "{said}{printed}{noted}");
        if *file == connection {
            assert!(said.contains("`labkeeper setup --name attic`"), "{said}");
        }
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn a_file_that_is_open_to_others_is_refused_for_that_before_anything_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("labkeeper.toml");
    for text in
        ["[auth]\napi_token = \"s\"\nbnid = 1\n", "[proxmox.attic]\nulr = \"pve1\"\ntoken_secret = \"s\"\n"]
    {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let (_, said) = complaint(dir.path(), &["status"]);
        assert!(said.contains("chmod 600"), "{said}");
    }
}

#[test]
fn a_file_named_by_a_variable_is_the_owners_alone_and_holds_something() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("token");
    let status = || labkeeper(dir.path()).env("API_TOKEN_FILE", &file).arg("status").output().unwrap();
    let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
    std::fs::write(&file, "secret\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let wide = status();
    assert!(!wide.status.success() && said(&wide).contains("chmod 600"), "{}", said(&wide));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(status().status.success());
    std::fs::write(&file, "\n").unwrap();
    let empty = status();
    assert!(!empty.status.success() && said(&empty).contains("API_TOKEN_FILE"), "{}", said(&empty));
}

#[test]
fn where_lines_are_json_all_of_them_are_and_what_must_not_be_missed_is_said_at_any_level() {
    let dir = tempfile::tempdir().unwrap();
    let variables = [
        ("LABKEEPER_LOG_FORMAT", "json"),
        ("LABKEEPER_LOG", "error"),
        ("LABKEEPER_REQUIRE_LOGIN", "true"),
        ("MCP_TIER", "companion"),
        ("MCP_HOST_ROOT_ENABLED", "I-understand-Claude-gets-root-and-can-break-this-node"),
    ];
    let hub = Hub::start_with(dir.path(), &variables);
    let said = hub.said.clone() + &hub.says_until("set up the first person in the browser with the code ");
    let message = |line: &str| -> String {
        let line: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        line["fields"]["message"].as_str().unwrap().to_owned()
    };
    let messages: Vec<String> = said.lines().map(message).collect();
    for wanted in ["ROOT: an assistant may", &format!("on {}", hub.url), "with the code"] {
        assert_eq!(messages.iter().filter(|said| said.contains(wanted)).count(), 1, "{wanted}: {messages:?}");
    }
}

#[test]
fn a_hub_that_requires_a_login_prints_the_code_for_the_first_person_and_an_open_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let closed = Hub::start_with(dir.path(), &[("LABKEEPER_REQUIRE_LOGIN", "true")]);
    closed.says_until("set up the first person in the browser with the code ");
    drop(closed);
    let open = Hub::start_with(dir.path(), &[]);
    let before = open.says_until("needs no login until");
    assert!(!before.contains("with the code"), "{before}");
    // A first token closes it: now the page asks for the code, and the hub says it.
    json(dir.path(), &["token", "create", "assistant"]);
    let between = open.says_until("set up the first person in the browser with the code ");
    assert!(!between.contains("needs no login"), "{between}");
}

#[test]
fn our_files_are_for_their_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("hub");
    json(&data, &["status"]);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("labkeeper.db")), 0o600);
}

#[test]
fn a_hub_for_the_world_without_any_credential_does_not_start() {
    let dir = tempfile::tempdir().unwrap();
    let (code, said) = complaint(dir.path(), &["serve", "--bind", "0.0.0.0:0"]);
    assert_eq!(code, 1);
    assert!(said.contains("token") || said.contains("API_TOKEN"), "{said}");
}
