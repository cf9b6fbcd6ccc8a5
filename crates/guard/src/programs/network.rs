//! Interfaces, routes, firewalls, and the ways into other networks.

use super::call::{Call, Rows, shown, text};
use super::does::{benign, network, read};
use super::grammar::{Grammar, PLAIN, anywhere, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::Effect;

pub(super) const ROWS: Rows = &[
    ("ip", ip),
    ("bridge", |call| object_verb(call, &["show", "list", "monitor", "get"])),
    ("tc", |call| object_verb(call, &["show", "list", "ls", "monitor", "get"])),
    ("devlink|rdma|tipc|dcb", |call| object_verb(call, &["show", "info", "list", "get", "monitor"])),
    ("ifconfig", |call| if parse(call, PLAIN).operands.len() > 1 { network(call) } else { read(call) }),
    (
        "route",
        |call| if parse(call, anywhere("A", "")).operands.is_empty() { read(call) } else { network(call) },
    ),
    ("arp|ipmaddr|iptunnel", |call| {
        if call.any(&["-d", "-s", "-f", "--delete", "--set", "--file", "add", "del", "delete"]) {
            network(call)
        } else {
            read(call)
        }
    }),
    (
        "iptables|ip6tables|iptables-nft|ip6tables-nft|iptables-legacy|ip6tables-legacy|ebtables|arptables",
        iptables,
    ),
    (
        "iptables-restore|ip6tables-restore|ebtables-restore|arptables-restore|iptables-apply|\
         ip6tables-apply",
        |call| if call.any(&["-t", "--test"]) { read(call) } else { network(call) },
    ),
    ("nft", |call| {
        if call.any(&["-c", "--check"]) {
            return read(call);
        }
        let words = parse(call, anywhere("fDI", "file includepath define"))
            .words()
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
            .join(" ");
        if call.any(&["-f", "--file"]) {
            network(call)
        } else if words.starts_with("list")
            || words.starts_with("monitor")
            || words.starts_with("get")
            || words.starts_with("describe")
            || words.is_empty() && !call.open()
        {
            read(call)
        } else {
            network(call)
        }
    }),
    ("ipset|conntrack", |call| {
        if call.any(&[
            "list", "-L", "save", "test", "--list", "-E", "-S", "-C", "-G", "--dump", "--stats", "--count",
        ]) || call.args.is_empty()
        {
            read(call)
        } else {
            network(call)
        }
    }),
    ("ufw", |call| {
        if call.any(&["status", "version", "app", "show", "--dry-run"]) { read(call) } else { network(call) }
    }),
    ("firewall-cmd", |call| {
        if call.texts().all(|arg| {
            arg.starts_with("--list")
                || arg.starts_with("--get")
                || arg.starts_with("--query")
                || arg.starts_with("--info")
                || arg.starts_with("--zone")
                || arg == "--state"
                || arg == "--permanent"
                || arg == "--check-config"
        }) {
            read(call)
        } else {
            network(call)
        }
    }),
    ("ifup|ifdown|ifreload|ifquery|dhclient|dhcpcd|udhcpc|pump", interface),
    ("nmcli", |call| {
        by_verb(call, anywhere("fgcmwe", "fields get-values colors mode wait escape"), NMCLI, network)
    }),
    ("nmtui|nm-online|netplan|connmanctl|wicked|systemd-networkd-wait-online", |call| {
        if call.any(&["get", "status", "info", "generate", "-x", "-q"]) || call.name == "nm-online" {
            read(call)
        } else {
            network(call)
        }
    }),
    ("ethtool", |call| {
        // A self-test that leaves the link up.
        let online = call.any(&["-t", "--test"]) && call.any(&["online"]);
        if !online
            && call.texts().any(|arg| {
                matches!(
                    arg,
                    "-s" | "-K"
                        | "-G"
                        | "-A"
                        | "-C"
                        | "-L"
                        | "-E"
                        | "-f"
                        | "-p"
                        | "-r"
                        | "-t"
                        | "-X"
                        | "-N"
                        | "-U"
                        | "--change"
                        | "--features"
                        | "--offload"
                        | "--set-ring"
                        | "--set-channels"
                        | "--flash"
                        | "--negotiate"
                        | "--reset"
                        | "--coalesce"
                        | "--pause"
                        | "--set-eee"
                        | "--test"
                )
            })
        {
            network(call)
        } else {
            read(call)
        }
    }),
    (
        "mii-tool|iw|iwconfig|wpa_cli|wpa_supplicant|hostapd|hostapd_cli|rfkill|bluetoothctl|lldpcli|\
         lldpctl",
        wireless,
    ),
    ("brctl|vconfig|ifenslave|teamdctl|teamnl", |call| {
        if call.any(&["show", "showmacs", "showstp", "state", "config"]) || call.args.is_empty() {
            read(call)
        } else {
            network(call)
        }
    }),
    ("ovs-vsctl|ovs-ofctl|ovs-appctl|ovsdb-client|ovn-nbctl|ovn-sbctl|ovs-dpctl", |call| {
        let verb = parse(call, anywhere("ttOTF", "db timeout columns format"))
            .words()
            .first()
            .map(|word| (*word).to_owned())
            .unwrap_or_default();
        let reads = [
            "show",
            "list",
            "get",
            "find",
            "dump",
            "br-exists",
            "port-to-br",
            "iface-to-br",
            "br-to-",
            "snoop",
            "monitor",
            "version",
            "fdb/show",
            "bond/show",
            "coverage/show",
            "lacp/show",
        ]
        .iter()
        .any(|read| verb.starts_with(read));
        if reads || call.args.is_empty() { read(call) } else { network(call) }
    }),
    ("wg", |call| by_verb(call, PLAIN, &[("show|showconf|genkey|genpsk|pubkey", read)], network)),
    ("wg-quick|openvpn|ipsec|swanctl|strongswan|vtysh|birdc|gobgp", |call| {
        if call.any(&["status", "show", "--version", "statusall", "--list-sas", "--list-conns", "strip"])
            || call.texts().any(|arg| arg.starts_with("show"))
        {
            read(call)
        } else {
            network(call)
        }
    }),
    ("tailscale", |call| {
        by_verb(
            call,
            anywhere("", "socket"),
            &[
                (
                    "status|ip|ping|netcheck|version|whois|dns|metrics|bugreport|debug|exit-node list|\
                     serve status|funnel status|licenses",
                    read,
                ),
                ("cert|file|update", benign),
                ("up|set|down|logout|login|switch|serve|funnel|lock|ssh|exit-node", network),
            ],
            network,
        )
    }),
    ("zerotier-cli|netbird|headscale|cloudflared|nordvpn|twingate", |call| {
        if call.any(&[
            "info",
            "status",
            "listnetworks",
            "listpeers",
            "peers",
            "list",
            "version",
            "--version",
            "nodes",
            "users",
        ]) {
            read(call)
        } else {
            network(call)
        }
    }),
];

fn ip(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        Grammar {
            letters: "",
            longs: "netns batch family loops rcvbuf n b f l rc N",
            front: true,
            words: true,
        },
    );
    if parsed.has(&["-batch", "-b"]) {
        return network(call);
    }
    let words: Vec<&str> = parsed.operands.iter().map(|word| shown(word)).collect();
    let starts = |word: Option<&&str>, of: &[&str]| {
        word.is_some_and(|word| of.iter().any(|whole| whole.starts_with(*word)))
    };
    let netns = words.first().is_some_and(|word| word.len() >= 3 && "netns".starts_with(*word));
    if netns && words.get(1).is_some_and(|word| word.len() > 1 && "exec".starts_with(*word)) {
        let skip = 3;
        return parsed
            .rest
            .get(skip..)
            .filter(|rest| !rest.is_empty())
            .map_or_else(|| read(call), |rest| vec![call.runs(rest)]);
    }
    if words.first().is_some_and(|word| "vrf".starts_with(*word)) && words.get(1) == Some(&"exec") {
        return parsed.rest.get(3..).map_or_else(|| read(call), |rest| vec![call.runs(rest)]);
    }
    if parsed.operands.iter().any(|word| text(word).is_none()) && words.len() < 3 {
        return network(call);
    }
    match words.get(1) {
        None => read(call),
        _ if starts(words.first(), &["monitor"]) => read(call),
        // `ip xfrm state`, `ip netconf`: what follows the second word would change something.
        Some(&("state" | "policy")) if words.len() == 2 => read(call),
        verb if starts(
            verb,
            &[
                "show", "list", "lst", "get", "save", "monitor", "help", "showdump", "identify", "pids",
                "list-id",
            ],
        ) =>
        {
            read(call)
        }
        // New objects beside those that are there don't cut anything off; a new default route does.
        Some(&"add") if netns => benign(call),
        Some(&"add") if !words.contains(&"default") && starts(words.first(), &["link", "tuntap"]) => {
            benign(call)
        }
        Some(&"add") if starts(words.first(), &["neighbour", "maddress"]) => benign(call),
        _ => network(call),
    }
}

fn object_verb(call: &Call<'_>, reads: &[&str]) -> Vec<Effect> {
    let parsed = parse(call, anywhere("nb", "netns batch"));
    let words = parsed.words();
    if call.open() && words.len() < 2 || parsed.has(&["-b", "-batch", "--batch"]) && !call.any(&["-br"]) {
        return network(call);
    }
    match words.get(1) {
        None => read(call),
        Some(verb) if reads.iter().any(|read| read.starts_with(verb)) => read(call),
        Some(_) => network(call),
    }
}

fn iptables(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "tAIDCRLSFXPEZNjpsdiomMcgWw",
            "table append insert delete check jump protocol source destination in-interface \
             out-interface match wait dport sport to-ports comment",
        ),
    );
    let changes = parsed.has(&[
        "-A",
        "-I",
        "-D",
        "-R",
        "-F",
        "-X",
        "-P",
        "-E",
        "-N",
        "--append",
        "--insert",
        "--delete",
        "--replace",
        "--flush",
        "--delete-chain",
        "--policy",
        "--rename-chain",
        "--new-chain",
        "-Z",
        "--zero",
        "--atomic-commit",
        "--atomic-init",
    ]);
    if changes { network(call) } else { read(call) }
}

fn interface(call: &Call<'_>) -> Vec<Effect> {
    let dry =
        call.any(&["--no-act", "-n", "--dry-run", "-s", "--syntax-check", "--version", "--state", "-T"]);
    if dry || call.name == "ifquery" { read(call) } else { network(call) }
}

fn wireless(call: &Call<'_>) -> Vec<Effect> {
    let reads = [
        "show",
        "list",
        "info",
        "status",
        "scan",
        "scan_results",
        "dev",
        "phy",
        "reg",
        "link",
        "station",
        "neighbors",
        "neighbours",
        "json",
        "keyvalue",
        "statistics",
        "interfaces",
        "chassis",
        "-v",
        "--version",
        "devices",
        "paired-devices",
        "event",
    ];
    let changes = [
        "set",
        "del",
        "add",
        "connect",
        "disconnect",
        "join",
        "leave",
        "block",
        "reconfigure",
        "terminate",
        "up",
        "down",
        "power",
        "remove",
        "interface",
    ];
    let any = |list: &[&str]| call.texts().any(|arg| list.contains(&arg));
    let lone = call.args.len() <= 1;
    if (any(&reads) && !any(&changes)) || lone { read(call) } else { network(call) }
}

const NMCLI: Verbs = &[
    (
        "general|general status|device|device status|device show|device wifi|device wifi list|dev|\
         dev status|dev show|d|con|con show|connection|connection show|c|c show|radio|\
         networking connectivity|monitor|d show|device lldp|general permissions|general logging",
        read,
    ),
    ("device wifi rescan|con reload|connection reload|connection load|con load", benign),
    ("general hostname", |call| if call.args.is_empty() { read(call) } else { super::does::cluster(call) }),
    (
        "radio all|radio wifi|radio wwan|networking|device set|device connect|device disconnect|\
         device delete|device reapply|device modify|con up|con down|con add|con modify|con delete|\
         con edit|con import|connection up|connection down|connection add|connection modify|\
         connection delete|connection edit|c up|c down|c modify|c delete|c add|dev disconnect|\
         dev connect|dev set|dev reapply",
        network,
    ),
];

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm};

    #[test]
    fn the_way_in_is_not_cut_unasked() {
        table(&[
            (Allow, "ip a"),
            (Allow, "ip -br addr"),
            (Allow, "ip -4 route show"),
            (Allow, "ip -s link show vmbr0"),
            (Allow, "ip neigh"),
            (Allow, "bridge link"),
            (Allow, "bridge fdb show br vmbr0"),
            (Allow, "brctl show"),
            (Allow, "ethtool eno1"),
            (Allow, "ethtool -i eno1"),
            (Allow, "iptables -L -n -v"),
            (Allow, "iptables -t nat -S"),
            (Allow, "nft list ruleset"),
            (Allow, "ufw status verbose"),
            (Allow, "arp -n"),
            (Allow, "wg show"),
            (Allow, "tailscale status"),
            (Allow, "nft -c -f /tmp/rules.nft"),
            (Confirm, "ip link set vmbr0 down"),
            (Confirm, "ip addr flush dev eno1"),
            (Confirm, "ip route flush table main"),
            (Confirm, "ifdown vmbr0"),
            (Confirm, "ifreload -a"),
            (Confirm, "iptables -P INPUT DROP"),
            (Confirm, "iptables -F"),
            (Confirm, "nft flush ruleset"),
            (Confirm, "ufw enable"),
            (Confirm, "nmcli con down eth0"),
            (Confirm, "wg-quick down wg0"),
            (Confirm, "tailscale down"),
            (Confirm, "ifconfig eno1 down"),
            (Confirm, "route del default"),
            (Confirm, "brctl delif vmbr0 eno1"),
            (Confirm, "bridge vlan del dev eno1 vid 10"),
            (Confirm, "ethtool -s eno1 speed 10"),
            (Confirm, "iptables -A INPUT -j DROP"),
        ]);
    }
}
