//! Tier against endpoint: what a token of each tier may ask of the node at all. The tiers observe and operate promise that the
//! *node* refuses everything else, so every write of the API is asked, on both releases, with the very roles that set-up gives;
//! reads are held against what a real node answered in `recorded.rs`.
//!
//! Asked without parameters: permission is judged before them, so a refusal is 403.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::collections::{BTreeMap, BTreeSet};

use labkeeper_core::tier::Tier;
use labkeeper_sim::access::Release;
use labkeeper_sim::permission::routes;
use labkeeper_sim::world::World;
use labkeeper_sim::{Ask, Cluster, Method, tier_token};

const NOW: i64 = 1_800_000_000;

/// A lab and the credential of a token that set-up would make for that tier.
fn lab(release: Release, tier: Tier) -> (Cluster, String) {
    let mut cluster = Cluster::new(World::homelab(release, NOW));
    let secret = tier_token(&mut cluster, "labkeeper@pve", tier).unwrap();
    (cluster, format!("PVEAPIToken=labkeeper@pve!{}={secret}", tier.as_str()))
}

/// A path of that lab for the template.
fn path(template: &str) -> String {
    let kind = if template.contains("/lxc/") { "101" } else { "200" };
    let real = |name: &str| match name {
        "node" => "pve1".to_string(),
        "vmid" => kind.to_string(),
        "storage" => "local".to_string(),
        "poolid" => "lab".to_string(),
        "userid" => "root@pam".to_string(),
        "roleid" => "PVEAdmin".to_string(),
        "realm" => "pve".to_string(),
        other => other.to_string(),
    };
    let mut words = Vec::new();
    for word in template.split('/') {
        let name = word.strip_prefix('{').and_then(|word| word.strip_suffix('}'));
        words.push(name.map_or_else(|| word.to_string(), real));
    }
    words.join("/")
}

/// How the node answers that method, asked with those parameters by a token of that tier: each on a lab of its own, so that
/// nothing that was let through helps or hinders the next.
fn status(
    cluster: &Cluster,
    authorization: &str,
    method: Method,
    template: &str,
    given: &[(&str, &str)],
) -> u16 {
    let ask = Ask {
        method,
        path: path(template),
        parameters: given.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect(),
        authorization: Some(authorization.to_string()),
    };
    cluster.clone().answer(&ask).map_or_else(|refusal| refusal.status, |_| 200)
}

/// The writes that are not refused with 403 when asked without parameters, as `METHOD template`, with the answer.
fn let_through(release: Release, tier: Tier) -> BTreeMap<String, u16> {
    let (cluster, authorization) = lab(release, tier);
    let writes = routes(release).iter().filter(|route| route.method != Method::Get);
    let asked = writes.map(|route| {
        let answer = status(&cluster, &authorization, route.method, route.template, &[]);
        (format!("{} {}", route.method.as_str(), route.template), answer)
    });
    let asked: BTreeMap<String, u16> = asked.collect();
    assert!(asked.len() > 250, "only {} writes were asked", asked.len());
    asked.into_iter().filter(|(_, status)| *status != 403).collect()
}

/// Writes in name that change nothing, and signing in, which needs no token.
const HARMLESS: &[&str] = &[
    "POST /access/openid/auth-url",
    "POST /access/openid/login",
    "POST /access/vncticket",
    "POST /nodes/{node}/qemu/{vmid}/agent/fsfreeze-status",
    "POST /nodes/{node}/qemu/{vmid}/agent/ping",
];

/// A method, its path, and parameters.
type Asked = (Method, &'static str, &'static [(&'static str, &'static str)]);

/// The node looks at these parameters first; with them it refuses too.
const WITH_PARAMETERS: &[Asked] = &[
    (Method::Post, "/access/users", &[("userid", "new@pve")]),
    (Method::Post, "/nodes/{node}/lxc", &[("vmid", "999"), ("ostemplate", "local:vztmpl/x.tar.zst")]),
    (Method::Post, "/nodes/{node}/qemu", &[("vmid", "999")]),
    (Method::Post, "/nodes/{node}/migrateall", &[("target", "pve2")]),
    (Method::Post, "/nodes/{node}/vzdump", &[("vmid", "101"), ("storage", "local")]),
    (Method::Post, "/cluster/bulk-action/guest/migrate", &[("target", "pve2")]),
];

/// The node looks at parameters first as well, and what it then does is not modelled: a real one answered an auditor's bare
/// request with 400 or 500 (recorded), so that the privilege is not told from it. What is left to the documentation: replication
/// wants VM.Replicate, a subnet or rule of a VNet SDN.Allocate, a volume Datastore.AllocateSpace, another's task Sys.Modify.
const BY_PARAMETERS_ONLY: &[&str] = &[
    "DELETE /cluster/replication/{id}",
    "DELETE /cluster/sdn/vnets/{vnet}",
    "DELETE /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}",
    "DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}",
    "DELETE /nodes/{node}/storage/{storage}/content/{volume}",
    "DELETE /nodes/{node}/tasks/{upid}",
    "POST /cluster/notifications/targets/{name}/test",
    "POST /cluster/replication",
    "POST /cluster/sdn/vnets/{vnet}/firewall/rules",
    "POST /cluster/sdn/vnets/{vnet}/subnets",
    "POST /nodes/{node}/qemu/{vmid}/monitor",
    "POST /nodes/{node}/replication/{id}/schedule_now",
    "PUT /cluster/replication/{id}",
    "PUT /cluster/sdn/vnets/{vnet}",
    "PUT /cluster/sdn/vnets/{vnet}/firewall/options",
    "PUT /cluster/sdn/vnets/{vnet}/firewall/rules/{pos}",
    "PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}",
    "PUT /nodes/{node}/storage/{storage}/content/{volume}",
];

/// What operate is for. `startall` and its like act on each guest that the token may switch.
const OPERATE: &[&str] = &[
    "DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}",
    "DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
    "POST /cluster/bulk-action/guest/shutdown",
    "POST /cluster/bulk-action/guest/start",
    "POST /cluster/bulk-action/guest/suspend",
    "POST /nodes/{node}/lxc/{vmid}/snapshot",
    "POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback",
    "POST /nodes/{node}/lxc/{vmid}/status/reboot",
    "POST /nodes/{node}/lxc/{vmid}/status/resume",
    "POST /nodes/{node}/lxc/{vmid}/status/shutdown",
    "POST /nodes/{node}/lxc/{vmid}/status/start",
    "POST /nodes/{node}/lxc/{vmid}/status/stop",
    "POST /nodes/{node}/lxc/{vmid}/status/suspend",
    "POST /nodes/{node}/qemu/{vmid}/agent/shutdown",
    "POST /nodes/{node}/qemu/{vmid}/agent/suspend-disk",
    "POST /nodes/{node}/qemu/{vmid}/agent/suspend-hybrid",
    "POST /nodes/{node}/qemu/{vmid}/agent/suspend-ram",
    "POST /nodes/{node}/qemu/{vmid}/snapshot",
    "POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback",
    "POST /nodes/{node}/qemu/{vmid}/status/reboot",
    "POST /nodes/{node}/qemu/{vmid}/status/reset",
    "POST /nodes/{node}/qemu/{vmid}/status/resume",
    "POST /nodes/{node}/qemu/{vmid}/status/shutdown",
    "POST /nodes/{node}/qemu/{vmid}/status/start",
    "POST /nodes/{node}/qemu/{vmid}/status/stop",
    "POST /nodes/{node}/qemu/{vmid}/status/suspend",
    "POST /nodes/{node}/startall",
    "POST /nodes/{node}/stopall",
    "POST /nodes/{node}/suspendall",
    "PUT /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config",
    "PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
];

/// Whatever is let through without parameters and is neither of the tier nor harmless is refused with them.
fn nothing_but(tier: Tier, of_the_tier: &[&str]) {
    for release in [Release::V8, Release::V9] {
        let mut through = let_through(release, tier);
        through.retain(|method, _| !HARMLESS.contains(&method.as_str()));
        through.retain(|method, _| !of_the_tier.contains(&method.as_str()));
        let (cluster, authorization) = lab(release, tier);
        for (method, template, given) in WITH_PARAMETERS {
            if through.remove(&format!("{} {template}", method.as_str())).is_some() {
                let answer = status(&cluster, &authorization, *method, template, given);
                assert_eq!(
                    answer,
                    403,
                    "{} {template} with {given:?} of release {release:?}",
                    method.as_str()
                );
            }
        }
        for method in BY_PARAMETERS_ONLY {
            let answer = through.remove(*method);
            assert!(answer.is_none_or(|status| [400, 500, 501].contains(&status)), "{method}: {answer:?}");
        }
        assert_eq!(through, BTreeMap::new(), "let through to {tier:?} on {release:?}");
    }
}

#[test]
fn no_exception_is_out_of_date() {
    let (v8, v9) = (let_through(Release::V8, Tier::Observe), let_through(Release::V9, Tier::Observe));
    let with_parameters =
        WITH_PARAMETERS.iter().map(|(method, path, _)| format!("{} {path}", method.as_str()));
    let by_name = HARMLESS.iter().chain(BY_PARAMETERS_ONLY).map(|name| (*name).to_string());
    for exception in by_name.chain(with_parameters) {
        assert!(v8.contains_key(&exception) || v9.contains_key(&exception), "{exception} is refused at once");
    }
}

#[test]
fn an_observer_may_change_nothing() {
    nothing_but(Tier::Observe, &[]);
}

#[test]
fn an_operator_may_start_stop_and_snapshot_and_nothing_more() {
    nothing_but(Tier::Operate, OPERATE);
    nothing_but(Tier::Companion, OPERATE);
    let (observer, operator) =
        (let_through(Release::V9, Tier::Observe), let_through(Release::V9, Tier::Operate));
    let gained: BTreeSet<&str> =
        operator.keys().filter(|method| !observer.contains_key(*method)).map(String::as_str).collect();
    assert_eq!(gained, OPERATE.iter().copied().collect(), "and all of that");
}
