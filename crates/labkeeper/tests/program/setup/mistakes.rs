//! Mistakes of whoever types, and files that are not as they should be.

use std::os::unix::fs::PermissionsExt;

use crate::hub::{complaint, json};

#[test]
fn nothing_is_done_without_consent_and_mistakes_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let table: [(&[&str], i32, &str); 9] = [
        (&["--node-host", "192.0.2.1"], 3, "--yes"),
        (&["--yes"], 1, "--node-host"),
        (&["--tier", "admin"], 2, "observe, operate or companion"),
        (
            &["--tier", "root"],
            2,
            "MCP_HOST_ROOT_ENABLED=I-understand-Claude-gets-root-and-can-break-this-node",
        ),
        (&["--node-host=-oProxyCommand=id"], 2, "no address of a node"),
        (&["--node-host", "pve1", "--pve-user", "a'b@pve"], 2, "name@realm"),
        (&["--node-host", "pve1", "--pve-user", "root@pam"], 2, "labkeeper@pve"),
        (&["--node-host", "pve1", "--name", "../x"], 2, "cluster name"),
        (&["--remove", "--node-host", "pve1"], 1, "there is no connection home"),
    ];
    for (arguments, code, words) in table {
        let all: Vec<&str> = std::iter::once("setup").chain(arguments.iter().copied()).collect();
        let (exit, said) = complaint(dir.path(), &all);
        assert_eq!(exit, code, "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_stored_connection_is_its_owners_alone_and_named_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("proxmox/home.toml");
    let print = "AA2D99DFFB5E2AD5EDD0A4ACFFD4FAD1AE7FD091F2D69C75BCBB79A60F7220DA";
    let keys = format!(
        "url = \"https://127.0.0.1:1\"\nfingerprint = \"{print}\"\ntoken_id = \"labkeeper@pve!observe\"\ntoken_secret = \"s\"\n"
    );
    std::fs::create_dir(dir.path().join("proxmox")).unwrap();
    std::fs::write(&file, &keys).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (code, said) = complaint(dir.path(), &["status"]);
    assert!(code == 1 && said.contains("chmod 600"), "{said}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    json(dir.path(), &["status"]);

    let config = dir.path().join("labkeeper.toml");
    std::fs::write(&config, format!("[proxmox.home]\n{keys}")).unwrap();
    std::fs::set_permissions(&config, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (code, said) = complaint(dir.path(), &["status"]);
    assert!(
        code == 1 && said.contains("proxmox/home.toml") && said.contains("take the section out"),
        "{said}"
    );

    // What a person wrote is not setup's to change.
    std::fs::remove_file(&file).unwrap();
    let (code, said) = complaint(dir.path(), &["setup", "--dry-run", "--node-host", "pve1"]);
    assert!(code == 1 && said.contains("configured by hand"), "{said}");

    std::fs::remove_file(&config).unwrap();
    std::fs::write(&file, format!("{keys}tear = \"observe\"\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let (_, said) = complaint(dir.path(), &["status"]);
    assert!(said.contains("proxmox.tier"), "{said}");
}

#[test]
fn one_connection_does_not_take_the_place_of_another() {
    let dir = tempfile::tempdir().unwrap();
    let print = "AA2D99DFFB5E2AD5EDD0A4ACFFD4FAD1AE7FD091F2D69C75BCBB79A60F7220DA";
    let file = dir.path().join("proxmox/home.toml");
    std::fs::create_dir(dir.path().join("proxmox")).unwrap();
    let keys = format!(
        "url = \"https://127.0.0.1:1\"\nfingerprint = \"{print}\"\ntoken_id = \"labkeeper@pve!observe\"\ntoken_secret = \"s\"\n"
    );
    std::fs::write(&file, keys).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let refused = |arguments: &[&str]| {
        let (code, said) = complaint(dir.path(), &[&["setup", "--dry-run"], arguments].concat());
        assert_eq!(code, 1, "{arguments:?}: {said}");
        said
    };
    // Another cluster under the same name.
    let said = refused(&["--node-host", "192.0.2.1"]);
    assert!(said.contains("127.0.0.1:1") && said.contains("another --name"), "{said}");
    // The same cluster with the same user under another name.
    let attic = ["--name", "attic", "--node-host", "127.0.0.1:1"];
    let said = refused(&attic);
    assert!(said.contains("another --pve-user"), "{said}");
    let own = ["--pve-user", "labkeeper-attic@pve"];
    json(dir.path(), &[&["setup", "--dry-run"], &attic[..], &own].concat());
}
