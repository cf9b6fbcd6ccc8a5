//! Backups: which guests no job covers, and `vzdump`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::cx::Cx;
use super::parameters::list;
use super::resources::sees;
use super::shape::index;
use crate::answer::{Answer, Method, Refusal};
use crate::world::{Backup, Effect, Guest};

pub(super) fn answer(cx: &mut Cx<'_>, method: Method, template: &str) -> Option<Answer> {
    Some(match (method, template) {
        (Method::Get, "/cluster/backup") => Ok(job(cx)),
        (Method::Get, "/cluster/backup-info/not-backed-up") => Ok(uncovered(cx)),
        (Method::Get, "/cluster/backup-info") => index("subdir", &["not-backed-up"]),
        (Method::Post, "/nodes/{node}/vzdump") => back_up(cx),
        _ => return None,
    })
}

/// Who the nightly job takes: whatever starts by itself.
fn is_covered(guest: &Guest) -> bool {
    guest.onboot
}

fn job(cx: &Cx<'_>) -> Value {
    let ids: Vec<String> = cx
        .world
        .guests
        .values()
        .filter(|guest| is_covered(guest))
        .map(|guest| guest.vmid.to_string())
        .collect();
    if ids.is_empty() || !cx.world.storages.contains_key("nas") {
        return json!([]);
    }
    json!([{
        "compress": "zstd", "enabled": 1, "fleecing": {"enabled": "0"}, "id": "backup-5f3c1b2a-9d04", "mode": "snapshot",
        "next-run": cx.world.now() - cx.world.now().rem_euclid(86_400) + 86_400 + 7_200, "notes-template": "{{guestname}}",
        "prune-backups": {"keep-daily": "3", "keep-weekly": "2"}, "schedule": "02:00", "storage": "nas", "type": "vzdump",
        "vmid": ids.join(","),
    }])
}

fn uncovered(cx: &Cx<'_>) -> Value {
    let guests = cx.world.guests.values().filter(|guest| !is_covered(guest) && sees(cx, guest));
    guests.map(|guest| json!({"name": guest.name, "type": guest.kind.as_str(), "vmid": guest.vmid})).collect()
}

fn back_up(cx: &mut Cx<'_>) -> Answer {
    let given = |name: &str| cx.ask.parameters.get(name);
    let asked = Asked::of(cx)?;
    if given("mode").is_some_and(|mode| mode == "suspend") {
        return Err(Refusal::new(501, "the simulated node does not model backups in mode suspend"));
    }
    let node = cx.node()?.name.clone();
    let (mut local, mut skipped) = (Vec::new(), Vec::new());
    for vmid in asked.guests(cx)? {
        // One that is nowhere fails visibly in the job.
        let elsewhere = cx.world.guests.get(&vmid).is_some_and(|guest| guest.node != node);
        if elsewhere { skipped.push(vmid) } else { local.push(vmid) }
    }
    if local.is_empty() && !asked.all {
        return Ok("OK".into());
    }
    if let Some(storage) = given("storage")
        && !cx.may(&format!("/storage/{storage}"), &["Datastore.AllocateSpace"])
    {
        return Err(Refusal::forbidden(&format!("/storage/{storage}, Datastore.AllocateSpace")));
    }
    // Whether a guest may be backed up is found out by the job; one of all is just left out.
    let may =
        |vmid: &u32| !cx.world.guests.contains_key(vmid) || cx.may(&format!("/vms/{vmid}"), &["VM.Backup"]);
    let forbidden = local.iter().find(|vmid| !asked.all && !may(vmid));
    let forbidden = forbidden.map(|vmid| format!("Permission check failed (/vms/{vmid}, VM.Backup)"));
    let text = |name: &str, otherwise: &str| given(name).cloned().unwrap_or_else(|| otherwise.into());
    let job = Backup {
        line: line(cx, &local, &node),
        vmids: local.iter().copied().filter(may).collect(),
        skipped,
        storage: text("storage", "local"),
        stops: given("mode").is_some_and(|mode| mode == "stop"),
        compress: text("compress", "0"),
        notes: given("notes-template").cloned(),
        protected: cx.ask.flag("protected") == Some(true),
        forbidden,
    };
    let user = cx.user();
    Ok(cx.world.begin(&node, &user, Effect::Backup(job)).into())
}

/// Which guests are asked for.
struct Asked {
    vmids: BTreeSet<u32>,
    all: bool,
    pool: Option<String>,
    exclude: BTreeSet<u32>,
}

impl Asked {
    fn of(cx: &Cx<'_>) -> Result<Self, Refusal> {
        let ids = |name: &str| -> BTreeSet<u32> {
            let text = cx.ask.parameters.get(name).map(String::as_str).unwrap_or_default();
            list(text).filter_map(|id| id.parse().ok()).collect()
        };
        let (vmids, exclude) = (ids("vmid"), ids("exclude"));
        let pool = cx.ask.parameters.get("pool").cloned();
        let all = cx.ask.flag("all") == Some(true);
        for (name, given) in [("all", all), ("exclude", !exclude.is_empty()), ("pool", pool.is_some())] {
            if given && !vmids.is_empty() {
                return Err(Refusal::parameter(name, "option conflicts with option 'vmid'"));
            }
        }
        if vmids.is_empty() && !all && pool.is_none() && exclude.is_empty() {
            return Err(Refusal::parameter("vmid", "property is missing"));
        }
        let all = all || vmids.is_empty() && pool.is_none();
        Ok(Self { vmids, all, pool, exclude })
    }

    fn guests(&self, cx: &Cx<'_>) -> Result<Vec<u32>, Refusal> {
        let wanted: Vec<u32> = if let Some(name) = &self.pool {
            let pool = cx.world.pools.get(name);
            pool.ok_or_else(|| Refusal::died(format!("no such pool '{name}'")))?.guests.clone()
        } else if self.all {
            let here = cx.world.guests.values().filter(|guest| guest.node == cx.at("node"));
            here.map(|guest| guest.vmid).collect()
        } else {
            self.vmids.iter().copied().collect()
        };
        Ok(wanted.into_iter().filter(|vmid| !self.exclude.contains(vmid)).collect())
    }
}

/// The job as a command, with what was given in order of name.
fn line(cx: &Cx<'_>, vmids: &[u32], node: &str) -> String {
    let mut line = String::from("vzdump");
    if cx.ask.parameters.contains_key("vmid") {
        for vmid in vmids {
            line += &format!(" {vmid}");
        }
    }
    let mut options = cx.ask.parameters.clone();
    options.remove("vmid");
    options.insert("node".into(), node.into());
    for (name, value) in options {
        let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.,/:".contains(c));
        let value = if plain { value } else { format!("'{}'", value.replace('\'', "'\\''")) };
        line += &format!(" --{name} {value}");
    }
    line
}
