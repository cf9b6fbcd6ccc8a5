//! Processes, the kernel and its boot, and settings.

use super::call::{Call, Rows, head, text};
use super::does::{ask, benign, crash, kernel, kill, read};
use super::grammar::{PLAIN, anywhere, parse};
use super::verbs::by_verb;
use crate::effect::Effect;

pub(super) const ROWS: Rows = &[
    ("kill", signal),
    ("pkill|killall|killall5|skill|snice|xkill|slay|fkill|tskill", signal_named),
    (
        "fuser",
        |call| if parse(call, anywhere("nM", "")).has(&["-k", "--kill"]) { kill(call) } else { read(call) },
    ),
    ("modprobe|insmod|rmmod|kmod", |call| {
        if call.any(&[
            "-n",
            "--dry-run",
            "--show",
            "--show-depends",
            "-c",
            "--showconfig",
            "--show-config",
            "-D",
            "-l",
            "list",
            "static-nodes",
            "--resolve-alias",
            "-R",
        ]) {
            read(call)
        } else {
            kernel(call)
        }
    }),
    (
        "depmod|update-initramfs|mkinitramfs|dracut|mkinitcpio|update-grub|update-grub2|grub-mkconfig|\
         grub2-mkconfig|grub-install|grub2-install|grub-set-default|grub-reboot|grub-editenv|efibootmgr|\
         lilo|extlinux|dkms|update-smart-drivedb|fwupdmgr|fwupdtool|zramen|tuned-adm|cpupower|powertop|\
         x86_energy_perf_policy|nvidia-smi|nvidia-settings|intel_gpu_frequency|undervolt|throttled|\
         ryzenadj|setpci|wrmsr|rdmsr|memtester|stress|stress-ng|kdump-config|kcarectl|livepatch|\
         canonical-livepatch|bpftool|bpftrace|nvidia-persistenced|sensors-detect|pwmconfig|fancontrol|\
         hwclock|setserial|setterm|i2cset|i2cget|i2ctransfer|tuna|irqbalance",
        kernel_tool,
    ),
    ("sysctl", sysctl),
    ("dmesg", |call| {
        if parse(call, anywhere("lfn", "level facility console-level")).has(&[
            "-C",
            "-c",
            "--clear",
            "--read-clear",
            "-D",
            "--console-off",
            "-n",
            "--console-level",
        ]) {
            kernel(call)
        } else {
            read(call)
        }
    }),
    ("udevadm", |call| {
        by_verb(
            call,
            PLAIN,
            &[("info|monitor|test|test-builtin|verify|cat|wait", read), ("settle|trigger|control", benign)],
            ask,
        )
    }),
    ("date", |call| {
        if parse(call, anywhere("dfrsI", "date file reference set")).has(&["-s", "--set"])
            || parse(call, anywhere("dfrs", "date file reference set"))
                .words()
                .iter()
                .any(|word| !word.starts_with('+'))
        {
            kernel(call)
        } else {
            read(call)
        }
    }),
    (
        "ldconfig|locale-gen|localedef|updatedb|updatedb.mlocate|mandb|ldattach|fc-cache|\
         gtk-update-icon-cache|update-mime-database|update-pciids|update-usbids|setupcon|\
         dpkg-preconfigure|apt-daily",
        |call| {
            if call.any(&["-p", "-v", "--print-cache", "-a", "--help"]) { read(call) } else { benign(call) }
        },
    ),
    (
        "faillog",
        |call| if call.any(&["-r", "-m", "-l", "-t"]) { super::does::access(call) } else { read(call) },
    ),
    ("aide|rkhunter|tripwire|clamscan|clamdscan|freshclam|maldet|logwatch|nscd|rasdaemon", benign),
    ("expect-lite|autoexpect", ask),
    ("sysdig|falco|atopsar|collectl|osqueryi|osqueryctl", benign),
    ("memcached-tool", benign),
    ("loadkeys|kbd_mode|chvt|openvt|deallocvt|setfont", kernel),
    ("smartd|thinkfan", benign),
    ("usermin|webmin", ask),
    ("crontab-ui|powerstat|hwloc-bind", read),
    (
        "homectl|dconf|gsettings|fwctl|brightnessctl|rpi-eeprom-update|raspi-config|ledctl|snmpset|snmptrap",
        settings,
    ),
    ("git-lfs", benign),
];

/// Whom a signal is for, and which: PID 1 and everybody is the end of the node.
fn signal(call: &Call<'_>) -> Vec<Effect> {
    let mut args = call.args.iter().peekable();
    let mut probes = false;
    let mut targets = vec![];
    let mut options_over = false;
    let mut seen_signal = false;
    while let Some(word) = args.next() {
        let start = head(word);
        match start {
            "-l" | "-L" | "--list" | "--table" => return read(call),
            "--" if !options_over => options_over = true,
            "-s" | "-n" | "--signal" | "-q" if !options_over && text(word).is_some() => {
                probes |= args.next().and_then(text) == Some("0");
                seen_signal = true;
            }
            // The first word with a dash is the signal; after it, a group of processes.
            _ if start.starts_with('-')
                && !options_over
                && !seen_signal
                && text(word).is_some()
                && !(start == "-1" && args.peek().is_none()) =>
            {
                probes |= start == "-0";
                seen_signal = true;
            }
            _ => targets.push(word),
        }
    }
    if probes {
        return read(call);
    }
    if targets.iter().any(|word| matches!(text(word), Some("1" | "-1"))) {
        return crash(call);
    }
    // Jobs of this very line.
    if !targets.is_empty() && targets.iter().all(|word| head(word).starts_with('%')) {
        return benign(call);
    }
    kill(call)
}

fn signal_named(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "susgtGPFOnyUoxN",
            "signal user group session terminal parent pidfile uid euid older newer older-than \
             younger-than ns",
        ),
    );
    if parsed.has(&["-l", "--list", "-V", "--version"]) && parsed.operands.is_empty() {
        return read(call);
    }
    let zero = call.any(&["-0", "-s0"]) || parsed.value(&["--signal"]).and_then(text) == Some("0");
    if zero {
        return read(call);
    }
    let everything = call.name == "killall5"
        || parsed.operands.iter().any(|word| {
            matches!(text(word), Some("." | ".*" | "" | "^" | "systemd" | "init" | "corosync" | "pmxcfs"))
        });
    if everything {
        if parsed.words().contains(&"corosync") || parsed.words().contains(&"pmxcfs") {
            super::does::cluster(call)
        } else {
            crash(call)
        }
    } else {
        kill(call)
    }
}

fn kernel_tool(call: &Call<'_>) -> Vec<Effect> {
    const READS: &str = "\
        status -l list -v --version show -q -r --show frequency-info idle-info monitor get-devices \
        get-updates get-history -V active recommend -a -y --verbose prog map net -L info --list";
    let writes = call.texts().any(|arg| {
        matches!(
            arg,
            "-c" | "-o"
                | "-n"
                | "-b"
                | "-B"
                | "-w"
                | "--systohc"
                | "--hctosys"
                | "-s"
                | "set"
                | "unset"
                | "install"
                | "update"
                | "remove"
                | "add"
                | "build"
                | "-pl"
                | "-pm"
                | "-k"
                | "-u"
                | "-d"
                | "profile"
                | "frequency-set"
                | "off"
                | "-A"
                | "-D"
                | "-N"
                | "-p"
                | "--delete-bootnum"
                | "--create"
                | "--bootnext"
                | "--bootorder"
                | "--timeout"
                | "-t"
                | "--auto-tune"
                | "--set"
                | "-i"
                | "-rac"
                | "-lgc"
                | "--gpu-reset"
        ) || arg.contains('=')
            && !arg.starts_with("--query")
            && !arg.starts_with("--format")
            && !arg.starts_with("--loop")
            && !arg.starts_with("--csv")
            && !arg.starts_with("--time")
    });
    let open = call.open();
    match call.name {
        "nvidia-smi" | "efibootmgr" | "hwclock" | "powertop" | "tuned-adm" if !writes && !open => read(call),
        "i2cget" | "rdmsr" | "memtester" | "stress" | "stress-ng" | "bpftrace" => {
            if call.name == "bpftrace" {
                // `-l` lists where it could look.
                if call.any(&["-l", "-lv", "--info"]) && !call.any(&["-e"]) { read(call) } else { ask(call) }
            } else {
                benign(call)
            }
        }
        "nvidia-smi" if matches!(call.texts().next(), Some("dmon" | "pmon" | "topo" | "nvlink")) => {
            read(call)
        }
        "nvidia-smi"
            if call.texts().all(|arg| {
                !matches!(arg, "-pl" | "-pm" | "-r" | "-lgc" | "-rac" | "--gpu-reset" | "-e" | "-c" | "-mig")
            }) =>
        {
            read(call)
        }
        "grub-mkconfig" | "grub2-mkconfig" if call.args.is_empty() => read(call),
        "update-smart-drivedb" => benign(call),
        "bpftool" if call.any(&["show", "list", "dump"]) => read(call),
        "setpci" if !writes => read(call),
        "depmod" if call.any(&["-n", "--dry-run"]) => read(call),
        "update-initramfs" | "depmod" | "update-grub" | "update-grub2" => kernel(call),
        "dkms" | "cpupower" | "fwupdmgr" | "grub-editenv" if call.any_of(READS) && !writes => read(call),
        _ => kernel(call),
    }
}

fn sysctl(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("rp", "pattern"));
    // Written at once in the way of `=`, from files otherwise.
    let writes = parsed.operands.iter().any(|word| head(word).contains('=') || text(word).is_none())
        || parsed.has(&["-w", "--write", "-p", "--load", "--system"]);
    let crashes =
        parsed.operands.iter().any(|word| matches!(head(word).split('=').next(), Some("kernel.hostname")));
    if crashes && writes {
        super::does::cluster(call)
    } else if writes {
        kernel(call)
    } else {
        read(call)
    }
}

/// Settings that are read with one verb and changed with another.
fn settings(call: &Call<'_>) -> Vec<Effect> {
    let reads = "list dump read get inspect info range describe list-keys list-recursively list-schemas -l --list -m -i --list-controllers \
                 --list-slots -L";
    if call.args.is_empty() || call.any_of(reads) { read(call) } else { kernel(call) }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn processes_and_kernel_are_asked_about() {
        table(&[
            (Allow, "nvidia-smi"),
            (Allow, "date +%s"),
            (Allow, "date -d yesterday +%F"),
            (Allow, "sysctl net.ipv4.ip_forward"),
            (Allow, "fuser -v 8006/tcp"),
            (Allow, "udevadm info /dev/sda"),
            (Allow, "udevadm settle"),
            (Allow, "nvidia-smi --query-gpu=temperature.gpu --format=csv"),
            (Allow, "powertop --version"),
            (Allow, "cpupower frequency-info"),
            (Allow, "fuser -vm /mnt/nas"),
            (Allow, "bpftrace -l tracepoint:sched:*"),
            (Confirm, "bpftrace -e x"),
            (Allow, "modprobe -n -v kvm"),
            (Allow, "efibootmgr -v"),
            (Confirm, "kill 1234"),
            (Confirm, "pkill -f nginx"),
            (Confirm, "modprobe -r kvm_intel"),
            (Confirm, "rmmod zfs"),
            (Confirm, "update-grub"),
            (Confirm, "grub-install /dev/sda"),
            (Confirm, "update-initramfs -u"),
            (Confirm, "sysctl -w vm.swappiness=10"),
            (Confirm, "killall nginx"),
            (Confirm, "pkill -u www-data"),
            (Confirm, "fuser -k 80/tcp"),
            (Confirm, "modprobe zfs"),
            (Confirm, "insmod /tmp/x.ko"),
            (Confirm, "sysctl -p"),
            (Confirm, "efibootmgr -o 0001,0002"),
            (Confirm, "grub-set-default 2"),
            (Deny, "kill -9 -1"),
            (Deny, "killall5 -9"),
            (Deny, "killall pmxcfs"),
            (Deny, "pkill -9 corosync"),
            (Deny, "sysctl kernel.hostname=x"),
            (Deny, "kill -KILL -- -1"),
        ]);
    }
}
