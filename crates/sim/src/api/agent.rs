//! `/nodes/{node}/qemu/{vmid}/agent/…`: what the QEMU guest agent inside a machine answers.

use serde_json::{Value, json};

use super::agent_files;
use super::agent_reached::reached;
use super::cx::Cx;
use super::guests::{link_local, split};
use super::shape::index;
use crate::answer::{Answer, Method};
use crate::world::{Agent, Guest, Kind};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    let (Kind::Qemu, below) = split(template)? else { return None };
    let command = below.strip_prefix("/{vmid}/agent")?;
    if let Some(answer) = agent_files::answer(cx, method, command) {
        return Some(answer);
    }
    let of: fn(&Guest) -> Value = match (method, command) {
        (Method::Get, "") => {
            return Some(index(
                "name",
                &[
                    "exec",
                    "exec-status",
                    "file-read",
                    "file-write",
                    "get-fsinfo",
                    "get-host-name",
                    "get-osinfo",
                    "get-time",
                    "get-users",
                    "info",
                    "network-get-interfaces",
                    "ping",
                ],
            ));
        }
        (Method::Post, "/ping") => |_| json!({"result": {}}),
        (Method::Get, "/get-osinfo") => os,
        (Method::Get, "/get-host-name") => |guest| json!({"result": {"host-name": guest.name}}),
        (Method::Get, "/get-fsinfo") => file_systems,
        (Method::Get, "/get-users") => |_| json!({"result": []}),
        (Method::Get, "/network-get-interfaces") => interfaces,
        (Method::Get, "/get-time") => {
            let now = cx.world.now_ms() * 1_000_000;
            return Some(reached(cx).map(|_| json!({ "result": now })));
        }
        _ => return None,
    };
    Some(reached(cx).map(of))
}

fn os(guest: &Guest) -> Value {
    let Agent::Answers { id, name, version } = &guest.agent else { return Value::Null };
    json!({"result": {
        "id": id, "kernel-release": "6.12.107+deb13-amd64", "kernel-version": "#1 SMP PREEMPT_DYNAMIC", "machine": "x86_64",
        "name": name, "pretty-name": name, "version": version, "version-id": version,
    }})
}

fn file_systems(guest: &Guest) -> Value {
    let (total, share) = (guest.disk_bytes(), 20 + u64::from(guest.vmid % 60));
    json!({"result": [{
        "disk": [{"bus": 0, "bus-type": "scsi", "dev": "/dev/sda1", "target": 0, "unit": 0}], "mountpoint": "/",
        "name": "sda1", "total-bytes": total, "total-bytes-privileged": total, "type": "ext4",
        "used-bytes": total / 100 * share,
    }]})
}

fn interfaces(guest: &Guest) -> Value {
    let address = |text: &str, kind: &str| {
        let (ip, prefix) = text.split_once('/').unwrap_or((text, "24"));
        json!({"ip-address": ip, "ip-address-type": kind, "prefix": prefix.parse::<u8>().unwrap_or(24)})
    };
    let row = |name: String, mac: String, addresses: Vec<Value>| {
        json!({"hardware-address": mac, "ip-addresses": addresses, "name": name, "statistics": {
            "rx-bytes": 0, "rx-dropped": 0, "rx-errs": 0, "rx-packets": 0, "tx-bytes": 0, "tx-dropped": 0, "tx-errs": 0, "tx-packets": 0,
        }})
    };
    let lo = row(
        "lo".into(),
        "00:00:00:00:00:00".into(),
        vec![address("127.0.0.1/8", "ipv4"), address("::1/128", "ipv6")],
    );
    let cards = guest.nics.iter().enumerate().map(|(at, nic)| {
        let own = nic.ip.iter().map(|ip| address(ip, "ipv4"));
        row(
            format!("eth{at}"),
            nic.mac.to_lowercase(),
            own.chain([address(&link_local(&nic.mac), "ipv6")]).collect(),
        )
    });
    let all: Vec<Value> = std::iter::once(lo).chain(cards).collect();
    json!({ "result": all })
}
