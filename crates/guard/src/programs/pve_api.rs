//! Proxmox's API by method and path, for pvesh and for requests to port 8006.

use super::call::{Call, Does, head, shown};
use super::does::{
    access, ask, benign, cluster, container_down, guest_down, guest_gone, kernel, network, offline, power,
    read, snapshot_gone, storage, up,
};
use crate::effect::Effect;
use crate::paths::matches;
use crate::word::{Value, Word};

/// What a request does, as HTTP has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Create,
    Set,
    Delete,
}

use Method::{Create, Delete, Get, Set};

/// The method that pvesh or HTTP calls so.
pub(super) fn method_of(name: &str) -> Option<Method> {
    Some(match name {
        "get" | "ls" | "GET" | "HEAD" | "OPTIONS" => Get,
        "create" | "POST" => Create,
        "set" | "PUT" => Set,
        "delete" | "DELETE" => Delete,
        _ => return None,
    })
}

/// Method, path (`*` is one component, `**` the rest) and what it does; the first that fits counts.
const CALLS: &[(Method, &str, Does)] = &[
    (Create, "nodes/*/status", power),
    (Create, "nodes/*/{stopall,suspendall,migrateall}", guest_down),
    (Create, "nodes/*/{startall,wakeonlan,vzdump,aplinfo}", benign),
    (Create, "nodes/*/execute", ask),
    (Create, "nodes/*/{termproxy,vncshell,spiceshell}", ask),
    (Create, "nodes/*/{qemu,lxc}", create),
    (Create, "nodes/*/{qemu,lxc}/*/status/{start,resume}", benign),
    (Create, "nodes/*/{qemu,lxc}/*/status/*", guest_down),
    (Create, "nodes/*/{qemu,lxc}/*/snapshot/*/rollback", guest_down),
    (Create, "nodes/*/{qemu,lxc}/*/{migrate,remote_migrate,monitor}", guest_down),
    (
        Create,
        "nodes/*/qemu/*/agent/{get-osinfo,ping,info,fstrim,get-fsinfo,get-time,network-get-interfaces,exec-status}",
        benign,
    ),
    (Create, "nodes/*/qemu/*/agent/exec", ask),
    (Create, "nodes/*/qemu/*/agent/set-user-password", access),
    (Create, "nodes/*/qemu/*/agent/**", guest_down),
    (Create, "nodes/*/{qemu,lxc}/**", benign),
    (Set, "nodes/*/qemu/*/unlink", guest_gone),
    (Set, "nodes/*/{qemu,lxc}/*/firewall/**", network),
    (Set, "nodes/*/{qemu,lxc}/**", benign),
    (Delete, "nodes/*/{qemu,lxc}/*/snapshot/*", snapshot_gone),
    (Delete, "nodes/*/{qemu,lxc}/*/firewall/**", network),
    (Delete, "nodes/*/{qemu,lxc}/**", guest_gone),
    (Create, "nodes/*/storage/*/content", benign),
    (Create, "nodes/*/storage/*/{upload,download-url,oci-registry-pull}", benign),
    (Delete, "nodes/*/storage/**", guest_gone),
    (Create, "nodes/*/disks/{initgpt,lvm,lvmthin,zfs,directory}", storage),
    (Set, "nodes/*/disks/wipedisk", storage),
    (Delete, "nodes/*/disks/**", storage),
    (Create, "nodes/*/ceph/{start,restart}", up),
    (Create, "nodes/*/ceph/pool", benign),
    (Create, "nodes/*/ceph/osd", storage),
    (Create, "nodes/*/ceph/{stop,cmd-safety}", offline),
    (Delete, "nodes/*/ceph/**", storage),
    (Create, "nodes/*/services/*/{start,restart,reload}", up),
    (Create, "nodes/*/services/{corosync,pve-cluster}/stop", cluster),
    (Create, "nodes/*/services/*/stop", super::does::down),
    (Set, "nodes/*/network", network),
    (Create, "nodes/*/network", network),
    (Set, "nodes/*/network/*", network),
    (Delete, "nodes/*/network/**", network),
    (Set, "nodes/*/{dns,hosts,time,config}", kernel),
    (Create, "nodes/*/hosts", kernel),
    (Create, "nodes/*/apt/update", benign),
    (Create, "nodes/*/apt/**", kernel),
    (Delete, "nodes/*/tasks/*", super::does::kill),
    (Create, "nodes/*/replication/*/schedule_now", benign),
    (Create, "nodes/*/certificates/**", benign),
    (Delete, "nodes/*/certificates/**", kernel),
    (Delete, "nodes/*/subscription", kernel),
    (Create, "nodes/*/{subscription,scan}/**", benign),
    (Create, "nodes/*/firewall/**", network),
    (Set, "nodes/*/firewall/**", network),
    (Delete, "nodes/*/firewall/**", network),
    (Create, "cluster/{config,config/**}", cluster),
    (Delete, "cluster/config/**", cluster),
    (Set, "cluster/config/**", cluster),
    (Create, "cluster/firewall/**", network),
    (Set, "cluster/firewall/**", network),
    (Delete, "cluster/firewall/**", network),
    (Set, "cluster/sdn", network),
    (Delete, "cluster/sdn/**", network),
    (Create, "cluster/sdn/**", benign),
    (Create, "cluster/ha/resources/*/{migrate,relocate}", guest_down),
    (Create, "cluster/{backup,replication,ha,jobs,metrics,notifications,acme,mapping}/**", benign),
    (Set, "cluster/{backup,replication,jobs,metrics,notifications,acme,mapping}/**", benign),
    (Set, "cluster/ha/**", guest_down),
    (Delete, "cluster/{backup,jobs}/**", guest_gone),
    (Delete, "cluster/{replication,ha,metrics,notifications,acme,mapping}/**", guest_down),
    (Set, "cluster/options", kernel),
    (Create, "storage", benign),
    (Set, "storage/*", offline),
    (Delete, "storage/*", guest_gone),
    (Create, "access/ticket", benign),
    (Set, "access/acl", acl),
    (Create, "access/{users,groups,roles}", acl),
    (Create, "access/users/*/token/*", token),
    (Create, "access/**", access),
    (Set, "access/**", access),
    (Delete, "access/**", access),
    (Create, "pools", benign),
    (Set, "pools/**", benign),
    (Set, "pools", benign),
    (Delete, "pools/**", container_down),
    (Delete, "pools", container_down),
];

/// What a request to this path does.
pub(super) fn api(call: &Call<'_>, method: Method, path: &Word) -> Vec<Effect> {
    if method == Get {
        return read(call);
    }
    let (known, open) = match &path.value {
        Value::Tainted { prefix } => (prefix.as_str(), true),
        _ => (shown(path), false),
    };
    let parts: Vec<&str> = known.trim_matches('/').split('/').collect();
    // So little is known that it says nothing.
    if open && parts.len() < 3 {
        return ask(call);
    }
    let mut effects = vec![];
    for (_, pattern, does) in CALLS.iter().filter(|(theirs, ..)| *theirs == method) {
        let ways = alternatives(pattern);
        if !ways.iter().any(|one| fits(one, &parts, open)) {
            continue;
        }
        effects.extend(does(call));
        // A path that is not certain is every call that it may be.
        if !open && ways.iter().any(|one| covers(one, &parts)) {
            break;
        }
    }
    if effects.is_empty() { ask(call) } else { effects }
}

/// Whatever the path's patterns stand for, it is this call.
fn covers(pattern: &[&str], parts: &[&str]) -> bool {
    fits(pattern, parts, false)
        && pattern.iter().zip(parts).all(|(name, part)| matches!(*name, "*" | "**") || name == part)
}

fn alternatives(pattern: &str) -> Vec<Vec<&str>> {
    let mut all: Vec<Vec<&str>> = vec![vec![]];
    for part in split_outside(pattern) {
        let inner = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        let choices: Vec<Vec<&str>> = inner.map_or_else(
            || vec![vec![part]],
            |inner| inner.split(',').map(|one| one.split('/').collect()).collect(),
        );
        all = all
            .iter()
            .flat_map(|start| {
                choices.iter().map(move |choice| [start.as_slice(), choice.as_slice()].concat())
            })
            .collect();
    }
    all
}

/// Cut at the slashes that are not within braces.
fn split_outside(pattern: &str) -> Vec<&str> {
    let mut depth = 0;
    pattern
        .split(move |char| {
            match char {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            char == '/' && depth == 0
        })
        .collect()
}

fn fits(pattern: &[&str], parts: &[&str], open: bool) -> bool {
    match (pattern.split_first(), parts.split_first()) {
        (Some((&"**", _)), _) | (None, None) => true,
        (Some((first, rest)), Some((part, more))) => {
            let last = more.is_empty() && open;
            let same = *first == "*" || matches(part, first) || (last && first.starts_with(part));
            same && (last || fits(rest, more, open))
        }
        (Some(_), None) => open,
        (None, Some(_)) => false,
    }
}

/// The values of the request's parameters say force, an administrator's role and so on.
fn says(call: &Call<'_>, wanted: &[&str]) -> bool {
    call.args.iter().any(|word| wanted.iter().any(|text| head(word).contains(text)))
}

fn create(call: &Call<'_>) -> Vec<Effect> {
    if says(call, &["force"]) { guest_gone(call) } else { benign(call) }
}

fn acl(call: &Call<'_>) -> Vec<Effect> {
    let masters = ["Administrator", "PVEAdmin", "Permissions.Modify", "Sys.Modify", "delete"];
    if says(call, &masters) { access(call) } else { benign(call) }
}

fn token(call: &Call<'_>) -> Vec<Effect> {
    let off =
        call.texts().zip(call.texts().skip(1)).any(|(name, value)| name.ends_with("privsep") && value == "0");
    if off || says(call, &["privsep=0", "privsep\":0", "privsep\": 0"]) { access(call) } else { benign(call) }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn requests_are_what_their_address_says() {
        table(&[
            (Allow, "pvesh get /access/users"),
            (Allow, "pvesh create /nodes/pve/qemu/100/status/start"),
            (Confirm, "pvesh create /nodes/pve/status --command reboot"),
            (Deny, "pvesh delete /nodes/pve/qemu/100"),
            (Confirm, "pvesh delete /nodes/pve/qemu/100/snapshot/a"),
            (Deny, "pvesh delete storage/nas"),
            (Deny, "pvesh create /cluster/config/nodes/x"),
            (Confirm, "pvesh create OPEN/nodes/"),
            (Allow, "pvesh create /nodes/*/qemu/100/status/start"),
            (Confirm, "pvesh create /nodes/*/qemu/100/status/*"),
            (Deny, "pvesh delete OPEN/nodes/pve/qemu/"),
            (Confirm, "curl -k -X POST https://pve:8006/api2/json/nodes/pve/status -d command=reboot"),
            (Deny, "curl -k -X DELETE https://pve:8006/api2/json/nodes/pve/lxc/200?purge=1"),
            (Allow, "curl -k https://pve:8006/api2/json/nodes"),
            (Deny, "pvesh create /nodes/pve/qemu --vmid 100 --archive x --force 1"),
        ]);
    }
}
