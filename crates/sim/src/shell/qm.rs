//! `qm`: virtual machines of the node.

use serde_json::Value;

use super::arguments::{Given, flag, text};
use super::command::{Command, Program, Shows};
use super::guests::{config, plain, read, snapshots, status, task};
use crate::answer::Method;

pub(super) const QM: Program = Program {
    name: "qm",
    commands: COMMANDS,
    beyond: &[
        "cleanup",
        "clone",
        "cloudinit",
        "create",
        "destroy",
        "disk",
        "enroll-efi-keys",
        "help",
        "import",
        "importovf",
        "migrate",
        "monitor",
        "mtunnel",
        "nbdstop",
        "pending",
        "remote-migrate",
        "reset",
        "resume",
        "sendkey",
        "set",
        "showcmd",
        "suspend",
        "template",
        "terminal",
        "unlock",
        "vncproxy",
        "wait",
    ],
};

const VMID: &[&str] = &["vmid"];
const SNAPSHOT: &[&str] = &["vmid", "snapname"];

const COMMANDS: &[Command] = &[
    read(
        "config",
        "/nodes/{node}/qemu/{vmid}/config",
        VMID,
        &[flag("current"), text("snapshot")],
        Shows::Own(&[], config),
    ),
    task(
        "delsnapshot",
        Method::Delete,
        "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
        SNAPSHOT,
        &[flag("force")],
    ),
    read("list", "/nodes/{node}/qemu", &[], &[flag("full")], Shows::Own(&[], list)),
    read("listsnapshot", "/nodes/{node}/qemu/{vmid}/snapshot", VMID, &[], Shows::Own(&[], snapshots)),
    task("reboot", Method::Post, "/nodes/{node}/qemu/{vmid}/status/reboot", VMID, &[text("timeout")]),
    task(
        "rollback",
        Method::Post,
        "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback",
        SNAPSHOT,
        &[flag("start")],
    ),
    task(
        "shutdown",
        Method::Post,
        "/nodes/{node}/qemu/{vmid}/status/shutdown",
        VMID,
        &[flag("forceStop"), flag("keepActive"), flag("skiplock"), text("timeout")],
    ),
    task(
        "snapshot",
        Method::Post,
        "/nodes/{node}/qemu/{vmid}/snapshot",
        SNAPSHOT,
        &[text("description"), flag("vmstate")],
    ),
    task(
        "start",
        Method::Post,
        "/nodes/{node}/qemu/{vmid}/status/start",
        VMID,
        &[
            text("force-cpu"),
            text("machine"),
            text("migratedfrom"),
            flag("skiplock"),
            text("stateuri"),
            text("targetstorage"),
            text("timeout"),
        ],
    ),
    read(
        "status",
        "/nodes/{node}/qemu/{vmid}/status/current",
        VMID,
        &[flag("verbose")],
        Shows::Own(&["verbose"], status),
    ),
    task(
        "stop",
        Method::Post,
        "/nodes/{node}/qemu/{vmid}/status/stop",
        VMID,
        &[
            flag("keepActive"),
            text("migratedfrom"),
            flag("overrule-shutdown"),
            flag("skiplock"),
            text("timeout"),
        ],
    ),
];

/// A line for each; of none not even the head.
fn list(rows: &Value, _: &Given) -> String {
    let line = |id: &str, name: &str, status: &str, memory: &str, disk: &str, pid: &str| {
        format!("{id:>10} {name:<20} {status:<10} {memory:<10} {disk:>12} {pid:<10}\n")
    };
    let rows: Vec<&Value> = rows.as_array().into_iter().flatten().collect();
    let row = |row: &&Value| {
        let memory = row["maxmem"].as_u64().unwrap_or(0) >> 20;
        let disk = row["maxdisk"].as_f64().unwrap_or(0.0) / f64::from(1 << 30);
        let pid = row["pid"].as_u64().unwrap_or(0);
        line(
            &plain(&row["vmid"]),
            &plain(&row["name"]),
            &plain(&row["status"]),
            &memory.to_string(),
            &format!("{disk:.2}"),
            &pid.to_string(),
        )
    };
    let head = (!rows.is_empty()).then(|| line("VMID", "NAME", "STATUS", "MEM(MB)", "BOOTDISK(GB)", "PID"));
    head.into_iter().chain(rows.iter().map(row)).collect()
}
