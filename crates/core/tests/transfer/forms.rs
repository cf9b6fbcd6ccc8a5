//! The forms that other programs and people read.

use labkeeper_core::transfer::{write_ansible, write_markdown, write_mermaid, write_predecessor};
use serde_json::{Value, json};

use crate::hub::Hub;

fn hub() -> Hub {
    let mut hub = Hub::default();
    hub.import_tables(&json!({
        "hardware": [
            {"id": 1, "name": "pve \"1\" | <b>", "ip_address": "10.0.20.1", "os": "{{ lookup('pipe', 'id') }}", "notes": "two\nlines", "hostname": "pve"},
            {"id": 2, "name": "no address"},
            {"id": 3, "name": "PVE 1 b", "hostname": "second.lan", "tags": ["Prod", "10G"]},
        ],
        "vms": [{"id": 1, "hardware_id": 1, "name": "web", "ip_address": "10.0.20.7, 10.0.30.7"}],
        "storage": [{"id": 1, "hardware_id": 1, "name": "tank"}],
        "shares": [{"id": 1, "storage_id": 1, "name": "media", "share_type": "NFS"}],
        "networks": [{"id": 1, "name": "Servers 20", "subnet": "10.0.20.0/24"}, {"id": 2, "name": "true", "subnet": "10.9.0.0/16"}],
        "network_members": [{"network_id": 2, "member_type": "hardware", "member_id": 3}],
        "map_edges": [{"source_type": "hardware", "source_id": 1, "target_type": "hardware", "target_id": 3, "label": "cable \"7\""}],
        "documents": [{"id": 1, "title": "Run *book*", "content": "# Start\n\n- here\n"}],
    }));
    hub
}

#[test]
fn ansible_gets_hosts_groups_and_nothing_that_it_would_run() {
    let text = write_ansible(&hub().lab);
    assert!(text.contains("    pve-1-b:\n      ansible_host: !unsafe \"10.0.20.1\""), "{text}");
    assert!(text.contains("labkeeper_os: !unsafe \"{{ lookup('pipe', 'id') }}\""));
    assert!(text.contains("# left out, no address or hostname: no address"));
    assert!(text.contains("    network_servers_20:\n      hosts:\n        pve-1-b: {}\n        web: {}\n"));
    assert!(text.contains("    tag_host_10g:") && text.contains("    tag_prod:\n"), "{text}");
    assert!(text.contains("ansible_host: !unsafe \"second.lan\""), "{text}");
    assert!(text.contains("    network_host_true:"), "a word of YAML is no group name: {text}");
    assert!(text.contains("labkeeper_host: !unsafe \"pve \\\"1\\\" | <b>\""));
}

#[test]
fn markdown_has_a_table_a_kind_and_the_documents_in_full() {
    let text = write_markdown(&hub().lab);
    assert!(text.contains("\n## VMs (1)\n\n| Name | Host | IP address |\n|---|---|---|\n| web | pve \"1\" \\| \\<b> | 10.0.20.7 |"), "{text}");
    assert!(text.contains("two<br>lines"));
    assert!(text.contains("\n---\n\n# Run \\*book\\*\n\n# Start\n\n- here\n"));
    assert!(text.contains("- PVE 1 b *member of* true"));
    assert!(!text.contains("## Apps"));
}

#[test]
fn mermaid_draws_what_stands_on_what_and_no_name_ends_its_label() {
    let text = write_mermaid(&hub().lab);
    assert!(text.starts_with("flowchart TD\n"));
    assert!(text.contains("[\"pve #quot;1#quot; | #lt;b#gt;\"]"), "{text}");
    assert!(
        text.contains("-->|\"hosts\"|")
            && text.contains("-->|\"NFS\"|")
            && text.contains("---|\"cable #quot;7#quot;\"|")
    );
    assert!(!text.contains("Run"));
}

#[test]
fn the_predecessors_shape_has_its_columns_only() {
    let value = write_predecessor(&hub().lab);
    let keys: Vec<&String> = value.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["hardware", "vms", "apps", "storage", "networks", "misc", "documents"]);
    let vm: Vec<&String> = value["vms"][0].as_object().unwrap().keys().collect();
    let mut vm: Vec<&str> = vm.into_iter().map(String::as_str).collect();
    vm.sort_unstable();
    let theirs = [
        "cpu_cores",
        "created_at",
        "disk_gb",
        "hardware_id",
        "hostname",
        "icon",
        "id",
        "ip_address",
        "mac_address",
        "name",
        "notes",
        "os",
        "ram_gb",
        "updated_at",
    ];
    assert_eq!(vm, theirs);
    assert_eq!(value["vms"][0]["ip_address"], "10.0.20.7, 10.0.30.7");
    assert_eq!(value["storage"][0]["shares"][0]["name"], "media");
    assert_eq!(value["documents"][0]["title"], Value::from("Run *book*"));
}
