//! `/nodes/{node}/lxc/…` and `…/qemu/…`: lists, configuration, status, power.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::cx::{Cx, flag};
use super::resources::{sees, used_disk};
use super::shape::index;
use crate::access::Release;
use crate::answer::{Answer, Method, Refusal};
use crate::world::{Agent, Effect, Guest, Kind, Power, Status, load};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    let (kind, below) = split(template)?;
    Some(match (method, below) {
        (Method::Get, "") => list(cx, kind),
        (Method::Get, "/{vmid}") => cx.guest(kind).and_then(|_| index("subdir", below_guest(kind))),
        (Method::Get, "/{vmid}/config") => config(cx, kind),
        (Method::Get, "/{vmid}/pending") => pending(cx, kind),
        (Method::Get, "/{vmid}/status") => {
            index("subdir", &["current", "start", "stop", "shutdown", "reboot"])
        }
        (Method::Get, "/{vmid}/status/current") => cx.guest(kind).map(|guest| current(cx, guest)),
        (Method::Get, "/{vmid}/interfaces") if kind == Kind::Lxc => interfaces(cx),
        (Method::Post, "/{vmid}/status/start") => power(cx, kind, Power::Start),
        (Method::Post, "/{vmid}/status/stop") => power(cx, kind, Power::Stop),
        (Method::Post, "/{vmid}/status/shutdown") => power(cx, kind, Power::Shutdown),
        (Method::Post, "/{vmid}/status/reboot") => power(cx, kind, Power::Reboot),
        _ => return None,
    })
}

/// Which sort of guest a template is about, and what follows its list.
pub(super) fn split(template: &str) -> Option<(Kind, &str)> {
    let below = template.strip_prefix("/nodes/{node}/")?;
    let of = |word: &str| below.strip_prefix(word).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    match (of("lxc"), of("qemu")) {
        (Some(rest), _) => Some((Kind::Lxc, rest)),
        (_, Some(rest)) => Some((Kind::Qemu, rest)),
        _ => None,
    }
}

fn below_guest(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Lxc => &["config", "pending", "status", "snapshot", "interfaces"],
        Kind::Qemu => &["config", "pending", "status", "snapshot", "agent"],
    }
}

fn list(cx: &Cx<'_>, kind: Kind) -> Answer {
    let node = cx.node()?.name.clone();
    Ok(cx
        .world
        .guests_on(&node, kind)
        .filter(|guest| sees(cx, guest))
        .map(|guest| measured(cx, guest))
        .collect())
}

/// What lists of a node and `status/current` share.
fn measured(cx: &Cx<'_>, guest: &Guest) -> Value {
    let (now, now_ms) = (cx.world.now(), cx.world.now_ms());
    let (received, sent) = load::traffic(guest, now);
    let mut row = json!({
        "cpu": load::cpu(guest, now_ms), "cpus": guest.cores, "disk": used_disk(guest), "diskread": received / 3,
        "diskwrite": sent / 2, "maxdisk": guest.disk_bytes(), "maxmem": guest.memory << 20,
        "mem": load::memory(guest, now_ms), "name": guest.name, "netin": received, "netout": sent,
        "status": if guest.is_running() { "running" } else { "stopped" }, "uptime": guest.uptime(now), "vmid": guest.vmid,
    });
    for kind in ["cpufull", "cpusome", "iofull", "iosome", "memoryfull", "memorysome"] {
        // A container's is text, a machine's a number.
        if has_pressure(cx.world.release) {
            row[format!("pressure{kind}")] = if guest.kind == Kind::Lxc { "0.00".into() } else { 0.into() };
        }
    }
    match guest.kind {
        Kind::Lxc => {
            row["maxswap"] = (guest.swap << 20).into();
            row["swap"] = 0.into();
            row["type"] = "lxc".into();
        }
        Kind::Qemu => {
            if has_pressure(cx.world.release) {
                row["memhost"] = load::memory(guest, now_ms).into();
            }
            if guest.more.contains_key("serial0") {
                row["serial"] = 1.into();
            }
            if guest.template {
                row["template"] = flag(true);
            }
        }
    }
    if let Status::Running { pid, .. } = guest.status {
        row["pid"] = pid.into();
    }
    if !guest.tags.is_empty() {
        row["tags"] = guest.tags.join(";").into();
    }
    if let Some(lock) = &guest.lock {
        row["lock"] = lock.as_str().into();
    }
    row
}

fn current(cx: &Cx<'_>, guest: &Guest) -> Value {
    let mut row = measured(cx, guest);
    row["ha"] = json!({"managed": 0});
    if guest.kind == Kind::Qemu {
        row["qmpstatus"] = row["status"].clone();
        row["clipboard"] = Value::Null;
        if guest.agent != Agent::Off {
            row["agent"] = 1.into();
        }
        if guest.is_running() {
            let tap = format!("tap{}i0", guest.vmid);
            row["nics"] = json!({ tap: {"netin": row["netin"], "netout": row["netout"]} });
        }
    }
    row
}

fn config(cx: &Cx<'_>, kind: Kind) -> Answer {
    let guest = cx.guest(kind)?;
    match cx.ask.parameters.get("snapshot") {
        None => Ok(typed(guest)),
        Some(name) => snapshot_config(guest, name),
    }
}

/// The configuration that a snapshot keeps.
pub(super) fn snapshot_config(guest: &Guest, name: &str) -> Answer {
    let snapshot = guest.snapshots.iter().find(|snapshot| snapshot.name == name);
    let snapshot = snapshot.ok_or_else(|| Refusal::died(format!("snapshot '{name}' does not exist")))?;
    Ok(numbered(guest.kind, snapshot.config()).into())
}

/// The configuration with its digest.
pub(super) fn typed(guest: &Guest) -> Value {
    let config = guest.config();
    let text: String = config.iter().map(|(key, value)| format!("{key}: {value}\n")).collect();
    let mut typed = numbered(guest.kind, config);
    let digest = Sha256::digest(text.as_bytes());
    let digest: String = digest.iter().take(20).map(|byte| format!("{byte:02x}")).collect();
    typed.insert("digest".into(), digest.into());
    typed.into()
}

/// Numbers are numbers where the real one makes them so.
fn numbered(kind: Kind, config: BTreeMap<String, String>) -> Map<String, Value> {
    let typed = config.into_iter().map(|(key, value)| {
        let number = match (kind, key.as_str()) {
            // A machine's memory is text since it may have more parts.
            (Kind::Lxc, "memory" | "swap" | "unprivileged")
            | (Kind::Qemu, "sockets")
            | (_, "cores" | "onboot" | "template" | "snaptime") => value.parse::<i64>().ok(),
            _ => None,
        };
        (key, number.map_or(Value::String(value), Value::from))
    });
    typed.collect()
}

fn pending(cx: &Cx<'_>, kind: Kind) -> Answer {
    let typed = typed(cx.guest(kind)?);
    let rows = typed.as_object().into_iter().flatten();
    Ok(rows.map(|(key, value)| json!({"key": key, "value": value})).collect())
}

fn interfaces(cx: &Cx<'_>) -> Answer {
    let guest = cx.guest(Kind::Lxc)?;
    if !guest.is_running() {
        return Err(Refusal::died(format!("CT {} is not running", guest.vmid)));
    }
    let interface = |name: &str, mac: &str, inet: Option<&str>, inet6: &str| {
        let address = |text: &str, kind: &str| {
            let (ip, prefix) = text.split_once('/').unwrap_or((text, "24"));
            json!({"ip-address": ip, "ip-address-type": kind, "prefix": prefix})
        };
        let addresses: Vec<Value> =
            inet.iter().map(|text| address(text, "inet")).chain([address(inet6, "inet6")]).collect();
        let mut row = json!({"hardware-address": mac, "hwaddr": mac, "inet6": inet6, "ip-addresses": addresses, "name": name});
        if let Some(inet) = inet {
            row["inet"] = inet.into();
        }
        row
    };
    let lo = interface("lo", "00:00:00:00:00:00", Some("127.0.0.1/8"), "::1/128");
    let cards = guest.nics.iter().enumerate().map(|(at, nic)| {
        interface(&format!("eth{at}"), &nic.mac.to_lowercase(), nic.ip.as_deref(), &link_local(&nic.mac))
    });
    Ok([lo].into_iter().chain(cards).collect())
}

/// The address that IPv6 makes from a MAC.
pub(super) fn link_local(mac: &str) -> String {
    let bytes: Vec<u8> = mac.split(':').filter_map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    let [a, b, c, d, e, f] = bytes[..] else { return "fe80::1/64".into() };
    let a = a ^ 2;
    format!("fe80::{a:x}{b:02x}:{c:x}ff:fe{d:02x}:{e:x}{f:02x}/64")
}

fn power(cx: &mut Cx<'_>, kind: Kind, power: Power) -> Answer {
    for name in ["skiplock", "keepActive"] {
        if cx.ask.flag(name) == Some(true) && !cx.caller.is_root() {
            return Err(Refusal::parameter(name, "Only root may use this option."));
        }
    }
    let (node, vmid) = (cx.node()?.name.clone(), cx.vmid()?);
    let guest = cx.world.guests.get(&vmid).filter(|guest| guest.kind == kind && guest.node == node);
    // A container's state is looked at before the task, a machine's in it; only a reboot asks for both. A guest that is
    // not there is found out by the task. For machines this is from memory: only containers were recorded.
    let asked_before = kind == Kind::Lxc || power == Power::Reboot;
    match (guest.map(Guest::is_running), power) {
        (Some(true), Power::Start) if asked_before => {
            return Err(Refusal::died(format!("{} {vmid} already running", kind.noun())));
        }
        (Some(false), Power::Stop | Power::Shutdown | Power::Reboot) if asked_before => {
            return Err(Refusal::died(format!("{} {vmid} not running", kind.noun())));
        }
        _ => {}
    }
    let user = cx.user();
    Ok(cx.world.begin(&node, &user, Effect::Power(kind, vmid, power)).into())
}

/// PVE 9 measures pressure.
fn has_pressure(release: Release) -> bool {
    release == Release::V9
}
