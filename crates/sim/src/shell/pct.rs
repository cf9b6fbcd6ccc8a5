//! `pct`: containers of the node.

use serde_json::Value;

use super::arguments::{Given, flag, text};
use super::command::{Command, Program, Shows};
use super::guests::{config, plain, read, snapshots, status, task};
use crate::answer::Method;

pub(super) const PCT: Program = Program {
    name: "pct",
    commands: COMMANDS,
    beyond: &[
        "clone",
        "console",
        "cpusets",
        "create",
        "destroy",
        "df",
        "enter",
        "fsck",
        "fstrim",
        "help",
        "migrate",
        "mount",
        "move-volume",
        "pending",
        "remote-migrate",
        "rescan",
        "resize",
        "restore",
        "resume",
        "set",
        "suspend",
        "template",
        "unlock",
        "unmount",
    ],
};

const VMID: &[&str] = &["vmid"];
const SNAPSHOT: &[&str] = &["vmid", "snapname"];

const COMMANDS: &[Command] = &[
    read(
        "config",
        "/nodes/{node}/lxc/{vmid}/config",
        VMID,
        &[flag("current"), text("snapshot")],
        Shows::Own(&[], config),
    ),
    task(
        "delsnapshot",
        Method::Delete,
        "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}",
        SNAPSHOT,
        &[flag("force")],
    ),
    read("list", "/nodes/{node}/lxc", &[], &[], Shows::Own(&[], list)),
    read("listsnapshot", "/nodes/{node}/lxc/{vmid}/snapshot", VMID, &[], Shows::Own(&[], snapshots)),
    task("reboot", Method::Post, "/nodes/{node}/lxc/{vmid}/status/reboot", VMID, &[text("timeout")]),
    task(
        "rollback",
        Method::Post,
        "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback",
        SNAPSHOT,
        &[flag("start")],
    ),
    task(
        "shutdown",
        Method::Post,
        "/nodes/{node}/lxc/{vmid}/status/shutdown",
        VMID,
        &[flag("forceStop"), text("timeout")],
    ),
    task("snapshot", Method::Post, "/nodes/{node}/lxc/{vmid}/snapshot", SNAPSHOT, &[text("description")]),
    task(
        "start",
        Method::Post,
        "/nodes/{node}/lxc/{vmid}/status/start",
        VMID,
        &[flag("debug"), flag("skiplock")],
    ),
    read(
        "status",
        "/nodes/{node}/lxc/{vmid}/status/current",
        VMID,
        &[flag("verbose")],
        Shows::Own(&["verbose"], status),
    ),
    task(
        "stop",
        Method::Post,
        "/nodes/{node}/lxc/{vmid}/status/stop",
        VMID,
        &[flag("overrule-shutdown"), flag("skiplock")],
    ),
];

/// A line for each; of none not even the head.
fn list(rows: &Value, _: &Given) -> String {
    let line = |id: &str, status: &str, lock: &str, name: &str| {
        format!("{id:<10} {status:<10} {lock:<12} {name:<20}\n")
    };
    let rows: Vec<&Value> = rows.as_array().into_iter().flatten().collect();
    let row = |row: &&Value| {
        line(&plain(&row["vmid"]), &plain(&row["status"]), &plain(&row["lock"]), &plain(&row["name"]))
    };
    let head = (!rows.is_empty()).then(|| line("VMID", "Status", "Lock", "Name"));
    head.into_iter().chain(rows.iter().map(row)).collect()
}
