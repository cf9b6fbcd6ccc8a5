//! Control programs of appliances and their agents: routers, storage boxes, firewalls, collectors.

use super::call::{Call, Rows, among, text};
use super::does::{ask, ask_unless_reading, benign, network, power, read, storage};
use super::grammar::PLAIN;
use super::verbs::by_verb;
use crate::effect::Effect;

pub(super) const ROWS: Rows = &[
    ("uci|ubus", |call| {
        by_verb(call, PLAIN, &[("show|get|export|changes|list|listen|monitor|wait_for", read)], ask)
    }),
    ("wifi|fw3|fw4", |call| by_verb(call, PLAIN, &[("status|print|check|config", read)], network)),
    ("swconfig", |call| if call.any(&["show", "list", "help"]) { read(call) } else { network(call) }),
    ("sysupgrade", |call| {
        if call.any(&["-l", "--list-backup", "-T", "--test"]) {
            read(call)
        } else if call.any(&["-b", "--create-backup"]) {
            benign(call)
        } else {
            power(call)
        }
    }),
    ("mtd|ubiformat|flashcp|nandwrite", |call| {
        if call.any(&["info", "verify"]) { read(call) } else { storage(call) }
    }),
    ("pfctl|ipfw", |call| {
        let reads = call
            .texts()
            .next()
            .is_some_and(|first| first.starts_with("-s") || matches!(first, "-n" | "list" | "show"));
        if reads && !call.any(&["-f", "-F", "-e", "-d"]) { read(call) } else { network(call) }
    }),
    (
        "synopkg|synodisk|synoshare|synouser|synogroup|synoservice|synoservicectl|synonet|synospace|getcfg|\
         qcli_storage|qcli_volume|omv-confdbadm|omv-rpc|midclt|configctl|pluginctl|mca-cli-op|xe|govc",
        asked_for,
    ),
    (
        "virtctl|rke2|k0s|garage|longhornctl|zeekctl|gitlab-runner|act_runner|ejabberdctl|prosodyctl|kanidm|\
         litestream|thanos|mimirtool|lokitool|nodetool|warp-cli|frpc|snapctl|pcs|crm|bconsole|molecule",
        ask_unless_reading,
    ),
    (
        "logread|iwinfo|opnsense-version|pfSense-version|mca-status|ubnt-device-info|freenas-debug|\
         crm_mon|slapcat|slaptest|zeek-cut|nfdump|rtl_433|rtl_power|cloud-id",
        read,
    ),
    (
        "kea-dhcp4|kea-dhcp6|kea-dhcp-ddns|kea-ctrl-agent|radvd|freeradius|radiusd|suricata|snort|fluent-bit|\
         alloy|grafana-agent|otelcol|coredns|dnscrypt-proxy|frps|bird|bird6|keepalived|collectd|rsyslogd|\
         syslog-ng|ptp4l|phc2sys|ts2phc|stunnel|proftpd|vsftpd|pure-ftpd|slapd",
        checked,
    ),
    ("pmc", |call| if call.texts().any(|word| word.starts_with("SET")) { ask(call) } else { read(call) }),
];

/// Names of methods and of sub-commands of several words say at their end, or in a word of their own, what they do:
/// `pool.query`, `vm-list`, `--enum`, `interface list`.
fn asked_for(call: &Call<'_>) -> Vec<Effect> {
    const READS: &str = "\
        query list ls show status info version get enum config state choices exists read ids details find ready ifconfig \
        read_temp usage print";
    const ACTS: &str = "\
        set create update delete destroy remove export import start stop restart reboot shutdown wipe format install \
        uninstall upgrade enable disable add del rollback clone replace offline attach detach unlock lock run exec reload \
        apply reset poweroff kill";
    if call.open() {
        return ask(call);
    }
    let words: Vec<String> = call
        .texts()
        .take_while(|word| !word.starts_with(['{', '[', '"']))
        .flat_map(|word| word.trim_start_matches('-').split(['.', '-', ' ', ':']).map(snake))
        .flat_map(|word| word.split('_').map(str::to_owned).chain([word.clone()]).collect::<Vec<_>>())
        .collect();
    let reads = words.iter().any(|word| among(READS, word));
    let acts = words.iter().any(|word| among(ACTS, word));
    let is_power = words.iter().any(|word| matches!(word.as_str(), "reboot" | "shutdown" | "poweroff"));
    let is_disk = words.iter().any(|word| matches!(word.as_str(), "pool" | "disk" | "dataset"))
        && words
            .iter()
            .any(|word| matches!(word.as_str(), "export" | "wipe" | "delete" | "destroy" | "format"));
    match () {
        () if is_disk => storage(call),
        () if is_power => power(call),
        () if reads && !acts => read(call),
        () => ask(call),
    }
}

/// `getList` is `get_list`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// How a daemon is asked to look at its configuration, or at itself, and to end.
fn checked(call: &Call<'_>) -> Vec<Effect> {
    let flags = match call.name {
        "radvd" => "-c --configtest",
        "suricata" | "snort" => "-T --build-info",
        "freeradius" | "radiusd" => "-C -XC -CX",
        "bird" | "bird6" => "-p",
        "rsyslogd" => "-N1 -N",
        "syslog-ng" => "-s --syntax-only",
        "ptp4l" | "phc2sys" | "ts2phc" => "-v",
        "fluent-bit" => "--dry-run -D",
        "dnscrypt-proxy" => "-check -list -show-certs",
        "frps" => "verify",
        "otelcol" => "validate components",
        "alloy" | "grafana-agent" => "fmt validate",
        _ => "-t -T --test --config-test --configtest -V",
    };
    let asks = call.args.len() == 1 && matches!(text(&call.args[0]), Some("-v" | "-V" | "version"));
    if asks || call.any_of(flags) { read(call) } else { ask(call) }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn appliances_are_looked_at_and_their_changes_asked_about() {
        table(&[
            (Allow, "uci get network.lan.ipaddr"),
            (Confirm, "uci set network.lan.ipaddr=10.0.0.2"),
            (Allow, "ubus list"),
            (Confirm, "wifi down"),
            (Deny, "mtd write fw.bin firmware"),
            (Confirm, "sysupgrade -n /tmp/fw.bin"),
            (Allow, "midclt call disk.query"),
            (Allow, "midclt call system.info"),
            (Confirm, "midclt call service.stop cifs"),
            (Confirm, "midclt call system.shutdown"),
            (Deny, "midclt call disk.wipe sda QUICK"),
            (Confirm, "midclt call pool.query OPEN"),
            (Allow, "omv-rpc -u admin FileSystemMgmt enumerateFilesystems getList"),
            (Confirm, "omv-rpc -u admin System reboot"),
            (Allow, "synoshare --enum ALL"),
            (Confirm, "synoshare --del TRUE media"),
            (Allow, "xe vm-list"),
            (Confirm, "xe vm-start vm=a"),
            (Allow, "pfctl -sr"),
            (Confirm, "pfctl -d"),
        ]);
    }

    #[test]
    fn a_daemon_that_only_checks_its_configuration_may() {
        table(&[
            (Allow, "kea-dhcp6 -t /etc/kea/kea-dhcp6.conf"),
            (Allow, "suricata -T -c /etc/suricata/suricata.yaml"),
            (Allow, "freeradius -CX"),
            (Allow, "phc2sys -v"),
            (Confirm, "phc2sys -a -r -m"),
            (Confirm, "freeradius -X"),
            (Confirm, "suricata -i eth0"),
            (Confirm, "snort -t /tmp/chroot -i OPEN"),
        ]);
    }
}
