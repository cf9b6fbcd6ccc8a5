//! Programs that run another one.

use super::call::{Call, Rows, after, head, text, word_like};
use super::does::{ask, benign, down, kernel, privileged, read};
use super::grammar::{Grammar, PLAIN, Parsed, anywhere, front, parse};
use super::joined::joined;
use super::verbs::by_verb;
use crate::effect::{Effect, Nested, Touch};
use crate::word::{Value, Word};

/// Wrappers that run the words after their options and this many operands.
const ARGV: &[(&str, Grammar, usize)] = &[
    (
        "nohup|unbuffer|fakeroot|chronic|eatmydata|nocache|rlwrap|catchsegv|linux32|linux64|i386|x86_64|\
         dbus-run-session|dbus-launch|torsocks|torify|tsocks|proxychains|proxychains4|dumb-init|tini|\
         noglob|fakechroot|choom|winpty|xvfb-run",
        front("nlsdpeft", "adj pid listen server-num server-args error-file"),
        0,
    ),
    ("setsid|jc", front("", ""), 0),
    ("time|gtime", front("of", "output format"), 0),
    ("nice", front("n", "adjustment"), 0),
    ("stdbuf", front("ioe", "input output error"), 0),
    ("timeout|gtimeout", front("ks", "kill-after signal"), 1),
    ("setarch", front("", ""), 1),
    ("numactl", front("imNCpP", "interleave membind cpunodebind physcpubind preferred"), 0),
    ("cpulimit", front("lpe", "limit pid exe path"), 0),
    ("cgexec|cgclassify", front("g", ""), 0),
    (
        "setpriv",
        front(
            "",
            "reuid regid groups securebits pdeathsig selinux-label apparmor-profile inh-caps \
             ambient-caps bounding-set ruid euid rgid egid",
        ),
        0,
    ),
    ("pkexec", front("", "user"), 0),
    ("gosu|su-exec|s6-setuidgid|setuidgid|envuidgid|s6-applyuidgid|envdir|softlimit", front("", ""), 1),
    ("chpst", front("uUben/mdopfcrtlL", ""), 0),
    ("faketime", front("f", ""), 1),
    ("strace", front("aeEIoOpPsSuXb", "attach output trace expr user env string-limit"), 0),
    ("ltrace", front("aADeFlnopsuxX", "output"), 0),
    ("valgrind|heaptrack|rr", front("", ""), 0),
    ("systemd-cat", front("tp", "identifier priority stderr-priority level-prefix"), 0),
    ("systemd-inhibit", front("", "what who why mode"), 0),
    (
        "firejail|proot|bwrap|bubblewrap",
        front(
            "rbwqk",
            "rootfs bind cwd ro-bind dev-bind dev proc tmpfs setenv unsetenv chdir uid gid hostname \
             symlink dir file",
        ),
        0,
    ),
    ("sem|retry|try|semaphore", front("jtmd", "id max-attempts times delay tries"), 0),
    ("sg", front("", ""), 1),
    ("memusage|latrace|uftrace", front("o", ""), 0),
    ("prlimit", front("p", "pid output"), 0),
    ("run0", front("", "unit property description slice user group nice chdir setenv background machine"), 0),
    ("dtach|abduco|runcon|ifne|lxc-usernsexec|systemd-socket-activate", front("AcnNltrufmdE", ""), 0),
    ("logsave|lckdo", front("WeEq", ""), 1),
    ("watchexec", front("wefid", "watch exts filter ignore debounce signal restart"), 0),
    ("aoss|padsp|primusrun|optirun", front("", ""), 0),
    (
        "ld.so|ld-linux-x86-64.so.2|ld-linux.so.2|ld-linux-aarch64.so.1|ld-linux-armhf.so.3|\
         ld-musl-x86_64.so.1",
        front("", "library-path preload argv0 audit inhibit-rpath glibc-hwcaps-mask glibc-hwcaps-prepend"),
        0,
    ),
];

pub(super) const ROWS: Rows = &[
    ("sudo", sudo),
    ("sudoedit", |call| write_all(call, anywhere("ugpCDRTrtU", ""))),
    ("doas", |call| elevated(call, front("uCa", ""))),
    ("su", su),
    ("runuser", runuser),
    ("env", env),
    ("ionice", |call| placed(call, front("cnpPu", "class classdata pid"), &["-p", "--pid", "-P", "-u"], 0)),
    ("chrt", |call| {
        placed(call, front("TPD", "sched-runtime sched-period sched-deadline"), &["-p", "--pid"], 1)
    }),
    ("taskset", |call| placed(call, front("", ""), &["-p", "--pid"], 1)),
    ("renice|uclampset", benign),
    ("flock", flock),
    ("watch", watch),
    ("chroot|arch-chroot|schroot", chroot),
    ("nsenter", |call| in_namespace(call, front("tSG", "target setuid setgid wd wdns"))),
    ("unshare", |call| {
        in_namespace(
            call,
            front("SGRw", "setuid setgid root wd map-user map-group map-users map-groups propagation"),
        )
    }),
    ("lxc-attach|lxc-execute|lxc-unshare", |call| {
        elsewhere(
            call,
            front(
                "nPesRuvgofl",
                "name lxcpath elevated-privileges namespaces uid gid set-var keep-var rcfile logfile",
            ),
            0,
        )
    }),
    ("systemd-nspawn", |call| {
        if parse(call, NSPAWN).has(&["-b", "--boot"]) { privileged(call) } else { elsewhere(call, NSPAWN, 0) }
    }),
    ("start-stop-daemon", start_stop),
    ("perf", |call| {
        by_verb(
            call,
            PLAIN,
            &[
                ("list|report|annotate|diff|script|top|version|bench|buildid-list|evlist|test", read),
                ("stat|record|trace|mem|lock|sched|kvm", |call| {
                    run_rest(
                        call,
                        front(
                            "eopFcCtGrDI",
                            "event output pid delay repeat call-graph freq count cpu duration",
                        ),
                    )
                }),
            ],
            ask,
        )
    }),
    ("busybox|toybox", applet),
    ("entr", |call| run_rest(call, front("", ""))),
    ("capsh", capsh),
    ("xdg-open|open|sensible-browser", ask),
    ("run-parts", |call| if call.any(&["--test", "--list"]) { read(call) } else { ask(call) }),
];

const NSPAWN: Grammar =
    front("DMiuUpE", "directory image machine user bind bind-ro setenv network-veth property tmpfs");

/// What a wrapper of the table of plain wrappers does; `None` for another program.
pub(super) fn plain(call: &Call<'_>) -> Option<Vec<Effect>> {
    let (_, grammar, operands) =
        ARGV.iter().find(|(names, ..)| names.split('|').any(|name| name == call.name))?;
    Some(after_operands(call, &parse(call, *grammar), *operands))
}

/// The names of the plain wrappers.
pub(super) fn plain_names() -> impl Iterator<Item = &'static str> {
    ARGV.iter().flat_map(|(names, ..)| names.split('|'))
}

fn after_operands(call: &Call<'_>, parsed: &Parsed<'_>, operands: usize) -> Vec<Effect> {
    match parsed.rest.get(operands..) {
        Some(command) if !command.is_empty() => vec![call.runs(command)],
        _ => read(call),
    }
}

fn run_rest(call: &Call<'_>, grammar: Grammar) -> Vec<Effect> {
    after_operands(call, &parse(call, grammar), 0)
}

fn elsewhere(call: &Call<'_>, grammar: Grammar, operands: usize) -> Vec<Effect> {
    let parsed = parse(call, grammar);
    match parsed.rest.get(operands..) {
        Some(command) if !command.is_empty() => vec![Effect::Run(call.nested(command).elsewhere())],
        _ => stdin_shell(call),
    }
}

fn write_all(call: &Call<'_>, grammar: Grammar) -> Vec<Effect> {
    super::call::touch_all(Touch::Write, parse(call, grammar).operands)
}

/// A shell that reads its commands from standard input.
pub(super) fn stdin_shell(call: &Call<'_>) -> Vec<Effect> {
    use crate::invocation::Stdin;
    match &call.invocation.stdin {
        Stdin::Null => read(call),
        Stdin::Text(value) => vec![Effect::Run(Nested::text(value.clone(), vec![], Stdin::Null))],
        Stdin::Unknown => ask(call),
    }
}

/// `NAME=value` before a command, and the command.
pub(super) fn assigned(words: &[Word]) -> (Vec<(String, Value)>, &[Word]) {
    let mut given = vec![];
    for (at, word) in words.iter().enumerate() {
        let start = head(word);
        let Some(equals) = start.find('=').filter(|&equals| equals > 0 && !start[..equals].contains('/'))
        else {
            return (given, &words[at..]);
        };
        let value = after(word, equals + 1).map_or_else(Value::tainted, |word| word.value);
        given.push((start[..equals].to_owned(), value));
    }
    (given, &[])
}

fn sudo(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        front(
            "ugpCDRTrtUh",
            "user group prompt close-from chdir chroot command-timeout role type other-user host",
        ),
    );
    if parsed.has(&["-e", "--edit"]) {
        return super::call::touch_all(Touch::Write, parsed.operands);
    }
    if parsed.says(&[
        "-l",
        "--list",
        "-v",
        "--validate",
        "-k",
        "-K",
        "-V",
        "--version",
        "--help",
        "--remove-timestamp",
    ]) && parsed.rest.is_empty()
    {
        return read(call);
    }
    if parsed.says(&["-l", "--list"]) {
        return read(call);
    }
    let (assignments, command) = assigned(parsed.rest);
    let cwd = parsed.value(&["-D", "--chdir"]).map(|word| word.value.clone());
    if command.is_empty() {
        return stdin_shell(call);
    }
    vec![Effect::Run(Nested { assignments, cwd, ..call.nested(command) })]
}

fn elevated(call: &Call<'_>, grammar: Grammar) -> Vec<Effect> {
    let parsed = parse(call, grammar);
    if parsed.rest.is_empty() { stdin_shell(call) } else { vec![call.runs(parsed.rest)] }
}

fn su(call: &Call<'_>) -> Vec<Effect> {
    // Options may stand after the user, and `-` is one.
    let parsed = parse(
        call,
        anywhere("csgGwT", "command shell group supp-group whitelist-environment session-command"),
    );
    match parsed.value(&["-c", "--command", "--session-command"]) {
        Some(script) => vec![call.runs_text(script)],
        None if parsed.value(&["-s", "--shell"]).is_some_and(|shell| !is_shell(shell)) => ask(call),
        None => stdin_shell(call),
    }
}

fn is_shell(word: &Word) -> bool {
    text(word).is_some_and(|path| {
        matches!(path.rsplit('/').next(), Some("sh" | "bash" | "dash" | "zsh" | "ksh" | "ash" | "fish"))
    })
}

fn runuser(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, front("ucsgGw", "user command shell group supp-group"));
    if parsed.has(&["-u", "--user"]) && parsed.value(&["-c", "--command"]).is_none() {
        return if parsed.rest.is_empty() { read(call) } else { vec![call.runs(parsed.rest)] };
    }
    su(call)
}

fn env(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, front("uCSa", "unset chdir split-string argv0"));
    let rest = if parsed.rest.first().and_then(text) == Some("-") { &parsed.rest[1..] } else { parsed.rest };
    let cwd = parsed.value(&["-C", "--chdir"]).map(|word| word.value.clone());
    if let Some(line) = parsed.value(&["-S", "--split-string"]) {
        let words: Vec<Word> = match text(line).filter(|_| !line.hollow) {
            Some(line_text) => line_text.split_whitespace().map(|part| word_like(line, part)).collect(),
            None => return ask(call),
        };
        // What `-S` splits may begin with options and assignments of env itself.
        let words: Vec<Word> = words.into_iter().chain(rest.iter().cloned()).collect();
        let again = Call { name: call.name, args: &words, whole: call.whole, invocation: call.invocation };
        return env(&again);
    }
    let (assignments, command) = assigned(rest);
    if command.is_empty() {
        return read(call);
    }
    vec![Effect::Run(Nested { assignments, cwd, ..call.nested(command) })]
}

/// A wrapper that with one of `existing` changes a process that runs already.
fn placed(call: &Call<'_>, grammar: Grammar, existing: &[&str], operands: usize) -> Vec<Effect> {
    let parsed = parse(call, grammar);
    if parsed.has(existing) || parsed.options.iter().any(|given| existing.contains(&given.name.as_str())) {
        return benign(call);
    }
    after_operands(call, &parsed, operands)
}

fn flock(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, front("wE", "timeout wait conflict-exit-code"));
    let Some((_, command)) = parsed.rest.split_first() else { return read(call) };
    match command.first().and_then(text) {
        None if command.is_empty() => read(call),
        Some("-c" | "--command") => {
            command.get(1).map_or_else(|| read(call), |script| vec![call.runs_text(script)])
        }
        _ => vec![call.runs(command)],
    }
}

fn watch(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, front("nqs", "interval equexit shotsdir"));
    if parsed.rest.is_empty() {
        read(call)
    } else if parsed.has(&["-x", "--exec"]) {
        vec![call.runs(parsed.rest)]
    } else {
        vec![call.runs_text(&joined(parsed.rest))]
    }
}

fn chroot(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, front("ucndp", "userspec groups chroot user directory"));
    let operands = usize::from(call.name != "schroot");
    match parsed.rest.get(operands..) {
        Some(command) if !command.is_empty() => {
            vec![Effect::Run(Nested { cwd: Some(Value::known("/")), ..call.nested(command) })]
        }
        _ => stdin_shell(call),
    }
}

fn in_namespace(call: &Call<'_>, grammar: Grammar) -> Vec<Effect> {
    let parsed = parse(call, grammar);
    if parsed.rest.is_empty() { stdin_shell(call) } else { vec![call.runs(parsed.rest)] }
}

fn start_stop(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "xnpugcsRNPIkadr",
            "exec startas name pidfile user group chuid signal retry nicelevel procsched iosched umask \
             chdir chroot pid ppid output",
        ),
    );
    if parsed.says(&["-t", "--test", "-T", "--status"]) {
        return read(call);
    }
    if parsed.has(&["-K", "--stop"]) {
        return down(call);
    }
    let program = parsed.value(&["-a", "--startas"]).or(parsed.value(&["-x", "--exec"]));
    let Some(program) = program else { return ask(call) };
    let argv: Vec<Word> = std::iter::once(program).chain(parsed.operands.iter().copied()).cloned().collect();
    vec![call.runs(&argv)]
}

fn applet(call: &Call<'_>) -> Vec<Effect> {
    match call.args.first().and_then(text) {
        None if call.args.is_empty() => read(call),
        Some("--list" | "--list-full" | "--help" | "--long") => read(call),
        Some("--install") => kernel(call),
        _ => vec![call.runs(call.args)],
    }
}

fn capsh(call: &Call<'_>) -> Vec<Effect> {
    match call.texts().position(|arg| arg == "--" || arg == "==") {
        None => read(call),
        Some(at) => {
            let shell = call.args.get(at).map(|word| word_like(word, "bash"));
            let argv: Vec<Word> = shell.into_iter().chain(call.args[at + 1..].iter().cloned()).collect();
            vec![call.runs(&argv)]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm};

    #[test]
    fn wrappers_are_what_they_run() {
        table(&[
            (Allow, "watch -n 1 'zpool status'"),
            (Allow, "timeout 5 ping 1.1.1.1"),
            (Allow, "nice -n 19 ionice -c3 tar czf /root/backup/opt.tgz /opt"),
            (Allow, "time ls"),
            (Allow, "sudo apt update"),
            (Allow, "sudo -u postgres psql -c 'select 1'"),
            (Allow, "su - postgres -c 'psql -l'"),
            (Allow, "env LANG=C df -h"),
            (Allow, "watch -n5 sensors"),
            (Allow, "sudo -l"),
            (Confirm, "env reboot"),
            (Confirm, "sudo -u root reboot"),
            (Confirm, "busybox sh -c reboot"),
            (Confirm, "watch reboot"),
            (Confirm, "flock /tmp/l -c reboot"),
            (Confirm, "unshare -r reboot"),
            (Confirm, "nsenter -t 1 -a reboot"),
            (Confirm, "env -S 'reboot -f'"),
            (Confirm, "env -S OPEN"),
            (Confirm, "timeout -k 5 10 reboot"),
            (Confirm, "nice -n 5 ionice -c 3 reboot"),
            (Confirm, "stdbuf -oL reboot"),
            (Confirm, "setarch x86_64 reboot"),
            (Confirm, "chroot /mnt reboot"),
            (Confirm, "systemd-inhibit --what=idle reboot"),
            (Confirm, "strace -f -o /tmp/x reboot"),
            (Confirm, "start-stop-daemon --start --exec /sbin/reboot"),
            (Confirm, "su -c reboot"),
        ]);
    }
}
