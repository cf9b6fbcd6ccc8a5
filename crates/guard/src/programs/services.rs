//! Services, timers, sessions, the journal.

use super::call::{Call, Rows, among, head, text, word_like};
use super::does::{
    ask, benign, cluster, crash, down, guest_down, guest_gone, kernel, kill, network, power, read, up,
};
use super::grammar::{Grammar, PLAIN, anywhere, front, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::Effect;
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("systemctl", systemctl),
    ("service|invoke-rc.d|rc-service", service),
    ("update-rc.d|chkconfig|rc-update", |call| {
        if call.any(&["remove", "disable", "off", "del", "--del"]) { down(call) } else { up(call) }
    }),
    ("supervisorctl", |call| by_verb(call, anywhere("csup", "configuration"), SUPERVISOR, ask)),
    ("pm2", |call| by_verb(call, PLAIN, PM2, ask)),
    ("monit", |call| by_verb(call, anywhere("cg", ""), MONIT, ask)),
    ("journalctl", journalctl),
    ("loginctl", |call| by_verb(call, SYSTEMD, LOGINCTL, ask)),
    ("busctl", |call| by_verb(call, SYSTEMD, BUSCTL, bus)),
    ("dbus-send|gdbus|qdbus", bus),
    ("timedatectl|localectl", |call| {
        by_verb(
            call,
            SYSTEMD,
            &[(
                "status|show|list-timezones|timesync-status|show-timesync|list-locales|list-keymaps|\
                 list-x11-keymap-models|list-x11-keymap-layouts",
                read,
            )],
            kernel,
        )
    }),
    ("hostnamectl", |call| {
        by_verb(
            call,
            SYSTEMD,
            &[
                ("status|show", read),
                (
                    "hostname|set-hostname",
                    |call| if call.args.is_empty() { read(call) } else { cluster(call) },
                ),
                (
                    "icon-name|chassis|deployment|location|set-chassis|set-icon-name|set-deployment|\
                     set-location",
                    kernel,
                ),
            ],
            kernel,
        )
    }),
    ("hostname", hostname),
    ("domainname|nisdomainname|ypdomainname|dnsdomainname", |call| {
        if call.texts().any(|arg| !arg.starts_with('-')) { cluster(call) } else { read(call) }
    }),
    ("resolvectl|systemd-resolve", |call| {
        by_verb(
            call,
            anywhere("i", "interface type class"),
            &[
                (
                    "query|status|statistics|service|openpgp|tlsa|monitor|show-cache|show-server-state|\
                     log-level",
                    read,
                ),
                ("flush-caches|reset-statistics|reset-server-features", benign),
                ("dns|domain|default-route|llmnr|mdns|dnssec|dnsovertls|nta", |call| {
                    if call.args.len() < 2 { read(call) } else { network(call) }
                }),
            ],
            network,
        )
    }),
    ("networkctl", |call| {
        by_verb(call, SYSTEMD, &[("list|status|lldp|label|cat", read), ("reload|up", benign)], network)
    }),
    ("machinectl", |call| by_verb(call, SYSTEMD, MACHINECTL, ask)),
    (
        "systemd-analyze|systemd-cgls|systemd-cgtop|systemd-detect-virt|systemd-escape|systemd-path|\
         systemd-delta|systemd-id128|systemd-notify|userdbctl|oomctl|coredumpctl|varlinkctl|\
         systemd-ac-power|systemd-stdio-bridge|hostid",
        read,
    ),
    ("systemd-tmpfiles", |call| if call.any(&["--remove"]) { down(call) } else { benign(call) }),
    ("systemd-sysusers|systemd-hwdb|systemd-machine-id-setup|systemd-firstboot", kernel),
    ("bootctl", |call| by_verb(call, PLAIN, &[("status|list|is-installed", read)], kernel)),
    ("kernel-install", kernel),
    (
        "systemd-repart",
        |call| if call.any(&["--dry-run=no"]) { super::does::storage(call) } else { read(call) },
    ),
    ("logrotate", |call| {
        // Configurations hold scripts; those of the system are known to be there.
        let own = |word: &&Word| !head(word).starts_with("/etc/logrotate");
        if call.any(&["-d", "--debug"]) {
            read(call)
        } else if parse(call, anywhere("slm", "state log mail")).operands.iter().any(own) {
            ask(call)
        } else {
            benign(call)
        }
    }),
    ("logger|wall|write|mesg", benign),
];

const SYSTEMD: Grammar = anywhere(
    "HMtpnosP",
    "host machine type property lines output signal state root job-mode kill-who kill-whom what when \
     message plain-value uid setenv",
);

/// Units without which the cluster's file system or quorum is gone.
const CLUSTER: &str = "corosync pve-cluster pmxcfs corosync-qdevice";
/// Units that carry the way in.
const NETWORK: &str = "\
    networking systemd-networkd NetworkManager network ifupdown2 nftables netfilter-persistent ufw \
    firewalld iptables openvswitch-switch frr dnsmasq wg-quick@wg0  network-online";
/// Units that let people in.
const LOGIN: &str = "ssh sshd ssh.socket systemd-logind getty@tty1 tailscaled zerotier-one wireguard";
/// Targets and services that take the node down, without their suffix.
const POWER: &str = "\
    reboot poweroff halt kexec suspend hibernate hybrid-sleep suspend-then-hibernate soft-reboot rescue \
    emergency shutdown umount final sleep exit ctrl-alt-del runlevel0 runlevel1 runlevel6 \
    systemd-reboot systemd-poweroff systemd-halt systemd-kexec systemd-suspend systemd-hibernate \
    systemd-hybrid-sleep systemd-suspend-then-hibernate systemd-soft-reboot reboot-target systemd-exit";

const READS: &str = "\
    status show list-units list-unit-files list-timers list-sockets list-dependencies list-jobs \
    list-machines list-paths list-automounts is-active is-enabled is-failed is-system-running cat \
    get-default help show-environment log-level log-target service-log-level service-watchdogs whoami";

fn systemctl(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, SYSTEMD);
    if parsed.says(&["--dry-run", "--version", "--help", "-h"]) {
        return read(call);
    }
    let Some((verb, units)) = parsed.operands.split_first() else { return read(call) };
    let Some(verb) = text(verb) else { return ask(call) };
    match verb {
        verb if among(READS, verb) => read(call),
        verb if among(POWER, verb) || matches!(verb, "default" | "switch-root" | "sleep" | "isolate") => {
            power(call)
        }
        "daemon-reload" | "daemon-reexec" | "reset-failed" => benign(call),
        "edit" | "revert" | "set-default" | "set-property" | "add-wants" | "add-requires" | "bind"
        | "mount-image" => kernel(call),
        "link" | "set-environment" | "import-environment" | "unset-environment" => ask(call),
        "cancel" => down(call),
        _ => on_units(call, verb, units),
    }
}

/// A verb on units: the worst unit counts.
fn on_units(call: &Call<'_>, verb: &str, units: &[&Word]) -> Vec<Effect> {
    let bare = |unit: &'_ str| unit.trim_end_matches(".service").trim_end_matches(".target").to_owned();
    let names: Vec<String> = units.iter().filter_map(|word| text(word)).map(bare).collect();
    let open = names.len() < units.len();
    let named = |list: &str| names.iter().any(|name| among(list, name));
    match verb {
        "start"
        | "restart"
        | "reload"
        | "reload-or-restart"
        | "try-restart"
        | "condrestart"
        | "try-reload-or-restart"
        | "force-reload"
        | "enable"
        | "reenable"
        | "unmask"
        | "preset"
        | "preset-all"
        | "thaw" => {
            let starts = matches!(
                verb,
                "start" | "restart" | "try-restart" | "condrestart" | "reload-or-restart" | "force-reload"
            );
            let restarts = verb.contains("restart") || verb == "force-reload";
            if named(POWER) && starts {
                power(call)
            } else if restarts && named(NETWORK) {
                network(call)
            } else if restarts && named(CLUSTER) {
                down(call)
            } else if open || names.iter().any(|name| name.starts_with('/') || name.starts_with("./")) {
                ask(call)
            } else {
                up(call)
            }
        }
        "stop" | "disable" | "mask" | "kill" | "freeze" | "clean" | "condstop" => {
            if named(CLUSTER) {
                cluster(call)
            } else if names
                .iter()
                .any(|name| matches!(name.as_str(), "init.scope" | "-.slice" | "system.slice" | "-.mount"))
            {
                crash(call)
            } else if named(NETWORK) || named(LOGIN) {
                network(call)
            } else {
                down(call)
            }
        }
        _ => ask(call),
    }
}

/// The old way: the name before the verb.
fn service(call: &Call<'_>) -> Vec<Effect> {
    let operands: Vec<&Word> = call.args.iter().filter(|word| !head(word).starts_with('-')).collect();
    if operands.is_empty() {
        return read(call);
    }
    match operands.get(1).map(|word| text(word)) {
        None => read(call),
        Some(None) => ask(call),
        Some(Some(verb)) if among(READS, verb) || matches!(verb, "--status-all" | "configtest" | "check") => {
            read(call)
        }
        Some(Some(verb)) => on_units(call, verb, &operands[..1]),
    }
}

/// `/etc/init.d/NAME VERB`.
pub(super) fn init_script(call: &Call<'_>, name: &str) -> Vec<Effect> {
    let model = call.invocation.argv.first();
    let Some(unit) = model.map(|model| word_like(model, name)) else { return ask(call) };
    let words: Vec<Word> = std::iter::once(unit).chain(call.args.iter().cloned()).collect();
    service(&Call { name: call.name, args: &words, whole: call.whole, invocation: call.invocation })
}

const SUPERVISOR: Verbs = &[
    ("status|tail|maintail|pid|avail|version", read),
    ("start|restart|reread|update|add|reload", up),
    ("stop|shutdown|remove|signal|clear", down),
];
const PM2: Verbs = &[
    ("list|ls|l|status|logs|show|describe|info|monit|jlist|prettylist|env|report|id|ping", read),
    ("restart|reload|save|resurrect|flush|reset|update", up),
    ("stop|delete|del|kill|unstartup", down),
];
const MONIT: Verbs = &[
    ("status|summary|report|validate", read),
    ("start|restart|monitor|reload", up),
    ("stop|unmonitor|quit", down),
];

const LOGINCTL: Verbs = &[
    (
        "list-sessions|session-status|show-session|list-users|user-status|show-user|list-seats|\
         seat-status|show-seat",
        read,
    ),
    (
        "enable-linger|disable-linger|lock-session|unlock-session|lock-sessions|unlock-sessions|activate|\
         attach|flush-devices",
        benign,
    ),
    ("terminate-session|kill-session|terminate-user|kill-user|terminate-seat", kill),
    ("reboot|poweroff|halt|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|sleep", power),
];

const BUSCTL: Verbs = &[
    ("list|tree|introspect|status|monitor|capture|get-property|wait", read),
    ("call|set-property|emit", bus),
];

const MACHINECTL: Verbs = &[
    ("list|status|show|list-images|image-status|show-image|list-transfers", read),
    ("start|enable|clone", benign),
    ("poweroff|reboot|terminate|kill|stop|disable|set-limit|rename|read-only", guest_down),
    ("remove|clean", guest_gone),
    ("shell", |call| {
        let parsed = parse(call, front("EH", "setenv uid"));
        let Some((_, command)) = parsed.operands.split_first() else { return ask(call) };
        let command: Vec<Word> = command.iter().map(|word| (*word).clone()).collect();
        if command.is_empty() { ask(call) } else { vec![Effect::Run(call.nested(&command).elsewhere())] }
    }),
];

/// A message on the bus: what it asks for stands in its words.
fn bus(call: &Call<'_>) -> Vec<Effect> {
    const POWERS: &[&str] = &[
        "Reboot",
        "PowerOff",
        "Halt",
        "Suspend",
        "Hibernate",
        "KExec",
        "HybridSleep",
        "ScheduleShutdown",
        "SoftReboot",
    ];
    let says = |wanted: &[&str]| {
        call.texts()
            .any(|arg| wanted.iter().any(|word| arg.contains(word) && !arg.contains(&format!("Can{word}"))))
    };
    let units: Vec<&Word> = call.args.iter().filter(|word| head(word).contains('.')).collect();
    if says(POWERS)
        || call
            .texts()
            .any(|arg| POWER.split_ascii_whitespace().any(|name| arg.contains(&format!("{name}.target"))))
    {
        power(call)
    } else if says(&["StopUnit", "KillUnit", "MaskUnitFiles", "DisableUnitFiles"]) {
        on_units(call, "stop", &units)
    } else if says(&["RestartUnit", "StartUnit", "ReloadUnit", "TryRestartUnit"]) {
        on_units(call, "restart", &units)
    } else if says(&[
        "introspect",
        "Introspect",
        "monitor",
        "org.freedesktop.DBus.Properties.Get",
        "ListNames",
        "ListUnits",
        "GetAll",
        "ListSessions",
        "--help",
    ]) {
        read(call)
    } else if says(&["SetHostname", "SetStaticHostname"]) {
        cluster(call)
    } else {
        ask(call)
    }
}

fn journalctl(call: &Call<'_>) -> Vec<Effect> {
    let vacuums = call.texts().any(|arg| arg.starts_with("--vacuum"));
    if vacuums {
        down(call)
    } else if call.any(&[
        "--rotate",
        "--flush",
        "--sync",
        "--relinquish-var",
        "--setup-keys",
        "--update-catalog",
    ]) {
        benign(call)
    } else {
        read(call)
    }
}

fn hostname(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("F", "file"));
    if parsed.operands.is_empty() && !parsed.has(&["-F", "--file", "-b", "--boot"]) {
        read(call)
    } else {
        cluster(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn services_run_and_are_stopped_when_asked() {
        table(&[
            (Allow, "systemctl status pvedaemon pveproxy"),
            (Allow, "systemctl --failed"),
            (Allow, "systemctl cat ssh"),
            (Allow, "systemctl restart docker"),
            (Allow, "systemctl enable --now node_exporter"),
            (Allow, "systemctl daemon-reload"),
            (Allow, "journalctl -u pveproxy --since '1 hour ago' --no-pager"),
            (Allow, "journalctl -b -p err"),
            (Allow, "journalctl -f -u docker"),
            (Allow, "hostname"),
            (Allow, "hostname -f"),
            (Allow, "hostnamectl"),
            (Allow, "timedatectl"),
            (Allow, "logger -t test hello"),
            (Allow, "systemd-analyze blame"),
            (Allow, "loginctl list-sessions"),
            (Allow, "busctl list"),
            (Confirm, "systemctl poweroff -i"),
            (Confirm, "systemctl start reboot.target"),
            (Confirm, "systemctl isolate rescue.target"),
            (
                Confirm,
                "busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager Reboot b false",
            ),
            (
                Confirm,
                "dbus-send --system --print-reply --dest=org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager.PowerOff boolean:true",
            ),
            (
                Confirm,
                "gdbus call --system --dest org.freedesktop.systemd1 --object-path /org/freedesktop/systemd1 --method org.freedesktop.systemd1.Manager.StartUnit reboot.target replace",
            ),
            (Confirm, "loginctl poweroff"),
            (Confirm, "systemctl stop pveproxy"),
            (Confirm, "systemctl disable ssh"),
            (Confirm, "systemctl mask networking"),
            (Confirm, "systemctl restart networking"),
            (Confirm, "journalctl --vacuum-time=1d"),
            (Confirm, "systemctl kexec"),
            (Confirm, "systemctl suspend"),
            (Confirm, "systemctl --force --force reboot"),
            (Confirm, "service networking restart"),
            (Deny, "systemctl stop pve-cluster"),
            (Deny, "systemctl disable --now pve-cluster"),
            (Deny, "hostnamectl set-hostname foo"),
            (Deny, "hostname foo"),
            (Deny, "systemctl kill pve-cluster"),
        ]);
    }
}
