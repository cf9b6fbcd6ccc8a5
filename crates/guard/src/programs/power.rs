//! The node's power.

use super::call::{Call, Rows, head, text};
use super::does::{access, ask, benign, down, kernel, network, power, read};
use super::grammar::{PLAIN, anywhere, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::Effect;

pub(super) const ROWS: Rows = &[
    ("reboot|poweroff|halt", |call| if call.any(&["-w", "--wtmp-only"]) { read(call) } else { power(call) }),
    ("shutdown", shutdown),
    (
        "pm-suspend|pm-hibernate|pm-powersave|systemd-shutdown|systemd-sleep|acpitool|hibernate|s2disk|\
         s2ram",
        power,
    ),
    ("init|telinit", init),
    ("kexec", |call| if parse(call, PLAIN).has(&["-e", "--exec"]) { power(call) } else { kernel(call) }),
    ("rtcwake", rtcwake),
    ("ipmitool", |call| by_verb(call, anywhere("IHUPpLEfkyAbtBToCNRS", ""), IPMI, ask)),
    ("ipmi-sensors|ipmi-sel|ipmi-fru|bmc-info|ipmi-chassis", |call| {
        if call.texts().any(|arg| arg.contains("control")) { power(call) } else { read(call) }
    }),
    ("ipmipower|ipmi-power|amttool|racadm|upscmd|upsrw", |call| {
        if call.any(&["-l", "--stat", "-s", "info", "getsysinfo"]) { read(call) } else { power(call) }
    }),
    ("wakeonlan|etherwake|wol|ether-wake", benign),
    ("upsc|apcaccess|upslog|nut-scanner", read),
    ("upsmon|upsdrvctl|apctest|uhubctl", |call| {
        if call.args.is_empty() || call.any(&["-c reload"]) { read(call) } else { power(call) }
    }),
];

const IPMI: Verbs = &[
    (
        "chassis status|chassis power status|chassis selftest|chassis restart_cause|\
         chassis bootparam get|power status|sdr|sensor|fru|sel|lan print|mc info|mc guid|bmc info|\
         user list|user summary|channel info|channel getaccess|sol info|session info|pef info|dcmi|picmg|\
         event",
        read,
    ),
    ("sel clear|chassis identify", benign),
    ("chassis power|power|chassis policy|chassis bootdev|chassis bootparam set", power),
    ("user|channel|sol set", access),
    ("lan set", network),
    ("mc reset|bmc reset|mc watchdog|sensor thresh", down),
];

fn shutdown(call: &Call<'_>) -> Vec<Effect> {
    if call.any(&["-c", "/a", "--show"]) {
        read(call)
    } else if call.any(&["-k"]) {
        benign(call)
    } else {
        power(call)
    }
}

fn init(call: &Call<'_>) -> Vec<Effect> {
    match parse(call, anywhere("te", "")).operands.first().map(|word| text(word)) {
        None | Some(Some("q" | "Q" | "u" | "U")) => benign(call),
        Some(Some("0" | "1" | "2" | "3" | "4" | "5" | "6" | "s" | "S")) => power(call),
        Some(_) => ask(call),
    }
}

fn rtcwake(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("mtsdA", "mode time seconds date device"));
    let mode = parsed.value(&["-m", "--mode"]).map(head);
    if parsed.says(&["-n", "--dry-run", "--list-modes"])
        || matches!(mode, Some("no" | "show" | "on" | "disable"))
    {
        return read(call);
    }
    power(call)
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm};

    #[test]
    fn power_is_asked_about() {
        table(&[
            (Allow, "ipmitool sensor list"),
            (Allow, "ipmitool chassis power status"),
            (Allow, "upsc ups@localhost"),
            (Allow, "apcaccess status"),
            (Allow, "ipmitool sdr"),
            (Allow, "ipmitool sel list"),
            (Allow, "upscmd -l ups"),
            (Allow, "wakeonlan 00:11:22:33:44:55"),
            (Confirm, "reboot"),
            (Confirm, "shutdown -r now"),
            (Confirm, "poweroff -f"),
            (Confirm, "telinit 6"),
            (Confirm, "kexec -e"),
            (Confirm, "rtcwake -m off -s 60"),
            (Confirm, "ipmitool chassis power off"),
            (Confirm, "ipmitool power cycle"),
            (Confirm, "/sbin/shutdown -P +5"),
            (Confirm, "halt -p"),
        ]);
    }
}
