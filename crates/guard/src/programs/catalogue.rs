//! Which table answers for which program.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::call::{Call, Does, Rows, among, text};
use super::{
    accounts, appliances, applications, archives, awk, backup, backup_server, ceph, containers, daemons,
    databases, develop, documents_and_keys, each, editors, files, filesystems, git, guests, interpreters,
    kubernetes, language_packages, network, packages, platforms, power, proxmox, readers, remote, requests,
    schedules, search, sed, services, sessions, shells, storage, system, text_tools, transient, volumes,
    wrappers,
};
use crate::effect::Effect;
use crate::invocation::Invocation;
use crate::paths::{matches, normalise};
use crate::word::{Value, Word};

/// Tables whose programs answer `--help` and `--version` and do nothing else.
const ASKING: &[Rows] = &[
    readers::ROWS,
    accounts::ROWS,
    appliances::ROWS,
    archives::ROWS,
    backup::ROWS,
    containers::ROWS,
    databases::ROWS,
    documents_and_keys::ROWS,
    develop::ROWS,
    files::ROWS,
    network::ROWS,
    packages::ROWS,
    language_packages::ROWS,
    platforms::ROWS,
    power::ROWS,
    proxmox::ROWS,
    services::ROWS,
    schedules::ROWS,
    storage::ROWS,
    system::ROWS,
    applications::ROWS,
    text_tools::ROWS,
    requests::ROWS,
    remote::ROWS,
    daemons::ROWS,
    ceph::ROWS,
    volumes::ROWS,
    filesystems::ROWS,
    kubernetes::ROWS,
    sed::ROWS,
    awk::ROWS,
    editors::ROWS,
    guests::ROWS,
    backup_server::ROWS,
    git::ROWS,
];
/// Tables whose programs hand such words on, or do not know them.
const BLUNT: &[Rows] = &[
    each::ROWS,
    interpreters::ROWS,
    search::ROWS,
    sessions::ROWS,
    shells::ROWS,
    transient::ROWS,
    wrappers::ROWS,
];
/// Programs of the asking tables that do not know `--help`, or take what stands before it at its word.
const NO_HELP: &str = "\
    service invoke-rc.d kill telinit busctl dbus-send gdbus qdbus awk gawk mawk nawk original-awk dc less more most pager \
    w3m lynx links elinks ssh slogin autossh mosh dbclient sshpass expect ip tc bridge route ifconfig \
    parted hdparm redis-cli valkey-cli keydb-cli";
/// Programs that answer `--help` wherever it stands, and do nothing else.
const HELP_ANYWHERE: &str = "\
    docker podman docker-compose kubectl helm systemctl git apt apt-get apt-cache qm pct pvesm pveum pvesh pvecm pvenode \
    pveceph vzdump ha-manager rm rmdir mv cp ln chmod chown chgrp mkdir touch shred truncate wipefs zfs zpool lvremove \
    vgremove pvremove lvcreate lvresize mkfs.ext4 shutdown reboot poweroff halt smbpasswd sysctl passwd useradd usermod \
    userdel proxmox-backup-client proxmox-backup-manager restic borg rclone";
/// Programs to which `-h` alone says something else.
const NO_SHORT_HELP: &str = "shutdown halt poweroff reboot";

struct Entry {
    does: Does,
    asks_help: bool,
}

static TABLE: LazyLock<HashMap<&'static str, Entry>> = LazyLock::new(|| {
    let mut table = HashMap::new();
    for (tables, asks_help) in [(ASKING, true), (BLUNT, false)] {
        for (names, does) in tables.iter().copied().flatten() {
            for name in names.split('|') {
                table.insert(name, Entry { does: *does, asks_help: asks_help && !among(NO_HELP, name) });
            }
        }
    }
    for name in wrappers::plain_names() {
        table
            .insert(name, Entry { does: |call| wrappers::plain(call).unwrap_or_default(), asks_help: false });
    }
    table
});

/// Where programs lie whose name says what they are.
const DIRECTORIES: &str = "\
    /bin /sbin /usr/bin /usr/sbin /usr/local/bin /usr/local/sbin /usr/games /usr/libexec /lib64 /lib \
    /lib/x86_64-linux-gnu /usr/lib/x86_64-linux-gnu /usr/lib64 /lib/systemd /usr/lib/systemd \
    /usr/libexec/proxmox /snap/bin /usr/lib/nagios/plugins /usr/lib/monitoring-plugins /usr/local/nagios/libexec";

/// What an invocation would do. The program may be written with its directory; a program name that is a glob or has several
/// possibilities is every program it may be.
pub fn effects(invocation: &Invocation) -> Vec<Effect> {
    let Some((program, args)) = invocation.argv.split_first() else { return vec![] };
    let runs = expansions(args);
    let mut effects = vec![];
    match &program.value {
        Value::Known(names) => {
            for (name, args) in names.iter().flat_map(|name| runs.iter().map(move |args| (name, args))) {
                effects.extend(run(name, args, invocation));
            }
        }
        Value::Pattern(pattern) => {
            effects.push(Effect::RunUnknown(pattern.clone()));
            for name in named(pattern) {
                effects.extend(runs.iter().flat_map(|args| run(name, args, invocation)));
            }
        }
        Value::Tainted { prefix } => effects.push(Effect::RunUnknown(format!("{prefix}…"))),
    }
    effects.dedup();
    effects
}

/// A table knows a program of this name (without directory).
pub fn is_known(name: &str) -> bool {
    TABLE.contains_key(name) || versioned(name).is_some()
}

/// Every name that a table knows.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.keys().copied()
}

/// The names that a glob for a program can mean.
fn named(pattern: &str) -> impl Iterator<Item = &'static str> {
    let (directory, base) =
        pattern.rsplit_once('/').map_or((None, pattern), |(dir, base)| (Some(dir.to_owned()), base));
    let reaches = directory.is_none_or(|directory| {
        DIRECTORIES.split_ascii_whitespace().any(|known| {
            let (theirs, ours) = (directory.split('/'), known.split('/'));
            theirs.clone().count() == ours.clone().count()
                && theirs.zip(ours).all(|(glob, name)| matches(glob, name))
        })
    });
    let base = base.to_owned();
    names().filter(move |name| reaches && matches(&base, name))
}

/// The program without its directory; `None` when it lies where anything may lie.
fn bare(name: &str) -> Option<String> {
    if !name.contains('/') {
        return Some(name.to_owned());
    }
    if !name.starts_with('/') {
        return None;
    }
    let path = normalise(name, "/");
    let (directory, base) = path.rsplit_once('/')?;
    among(DIRECTORIES, directory).then(|| base.to_owned())
}

/// `python3.11`, `php8.2`, `gcc-12`: a known program with its version.
fn versioned(name: &str) -> Option<&str> {
    let stem = name.trim_end_matches(|char: char| char.is_ascii_digit() || char == '.').trim_end_matches('-');
    (stem.len() < name.len() && stem.len() > 1)
        .then(|| {
            [format!("{stem}3"), stem.to_owned()]
                .into_iter()
                .find_map(|stem| TABLE.get_key_value(stem.as_str()))
        })
        .flatten()
        .map(|(name, _)| *name)
}

fn run(name: &str, args: &[Word], invocation: &Invocation) -> Vec<Effect> {
    if name == "/proc/self/exe" {
        return run("bash", args, invocation);
    }
    let script = normalise(name, "/");
    if let Some(unit) = script.strip_prefix("/etc/init.d/").filter(|_| name.starts_with('/')) {
        return services::init_script(&Call { name, args, whole: args, invocation }, unit);
    }
    let Some(bare) = bare(name) else { return vec![Effect::RunUnknown(name.to_owned())] };
    let known = if TABLE.contains_key(bare.as_str()) { Some(bare.as_str()) } else { versioned(&bare) };
    let Some((name, entry)) = known.and_then(|known| TABLE.get_key_value(known)) else {
        // Whatever it is: asked what it is, it says so.
        let asks = matches!(args, [only] if matches!(text(only), Some("--help" | "--version")));
        return vec![if asks { Effect::Pure } else { Effect::Unknown }];
    };
    if entry.asks_help && only_asks(name, args) {
        return vec![Effect::Pure];
    }
    (entry.does)(&Call { name, args, whole: args, invocation })
}

/// The arguments only ask what the program is and can: `--help` first or after a sub-command, or where the program sees it
/// wherever it stands.
fn only_asks(name: &str, args: &[Word]) -> bool {
    let Some((last, before)) = args.split_last() else { return false };
    let plain = |word: &Word| text(word).is_some_and(|word| !word.starts_with('-') && !word.contains('='));
    let early = before.len() <= 1 && before.iter().all(plain);
    let anywhere =
        before.len() <= 3 && among(HELP_ANYWHERE, name) && before.iter().all(|word| text(word).is_some());
    match text(last) {
        Some("--help" | "-help" | "--usage") => early || anywhere,
        Some("--version") => early || anywhere,
        Some("-h" | "-V") => before.is_empty() && !among(NO_SHORT_HELP, name),
        _ => false,
    }
}

/// More combinations than this are not tried: then one argument varies at a time.
const MOST_COMBINATIONS: usize = 64;

/// The arguments, with one possibility for each that has several.
fn expansions(args: &[Word]) -> Vec<Vec<Word>> {
    let sets: Vec<(usize, &BTreeSet<String>)> = args
        .iter()
        .enumerate()
        .filter_map(|(at, word)| match &word.value {
            Value::Known(set) if set.len() > 1 => Some((at, set)),
            _ => None,
        })
        .collect();
    let combinations = sets.iter().fold(1usize, |count, (_, set)| count.saturating_mul(set.len()));
    let set_to = |args: &[Word], at: usize, text: &str| {
        let mut args = args.to_vec();
        args[at].value = Value::known(text);
        args
    };
    let mut runs = vec![args.to_vec()];
    if combinations <= MOST_COMBINATIONS {
        for (at, set) in sets {
            runs = runs.iter().flat_map(|args| set.iter().map(move |text| set_to(args, at, text))).collect();
        }
        return runs;
    }
    let first = sets
        .iter()
        .fold(args.to_vec(), |args, (at, set)| set_to(&args, *at, set.first().map_or("", String::as_str)));
    sets.iter()
        .flat_map(|(at, set)| set.iter().map(|text| set_to(&first, *at, text)).collect::<Vec<_>>())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use super::*;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn no_program_stands_in_two_tables() {
        let mut seen = BTreeSet::new();
        let rows = ASKING.iter().chain(BLUNT).copied().flatten().flat_map(|(names, _)| names.split('|'));
        let twice: Vec<&str> =
            rows.chain(wrappers::plain_names()).filter(|name| !seen.insert(*name)).collect();
        assert_eq!(twice, Vec::<&str>::new());
    }

    #[test]
    fn every_name_is_a_name() {
        for name in names() {
            assert!(!name.is_empty() && !name.contains([' ', '/']), "{name:?}");
        }
    }

    #[test]
    fn a_known_program_may_have_its_version_in_its_name() {
        for name in ["python3.11", "php8.2", "gcc-12", "lua5.4"] {
            assert!(is_known(name), "{name}");
        }
        assert!(!is_known("unknown3"));
    }

    #[test]
    fn asking_for_help_does_nothing_but_where_help_is_not_heard() {
        table(&[
            (Allow, "shutdown --help"),
            (Allow, "docker volume rm --help"),
            (Allow, "rm -rf / --help"),
            (Allow, "mkfs.ext4 -V"),
            (Confirm, "shutdown -h"),
            (Confirm, "awk 'BEGIN{system(\"reboot\")}' --help"),
            (Confirm, "ifconfig eth0 down --help"),
            (Deny, "parted /dev/sda rm 1 --help"),
            (Deny, "kill -9 1 --help"),
            (Confirm, "bash -c reboot --help"),
            (Deny, "rm -rf -- / /tmp/a /tmp/b --help"),
        ]);
    }

    #[test]
    fn several_possibilities_are_all_tried() {
        let both = Word {
            value: Value::Known(BTreeSet::from(["a".to_owned(), "b".to_owned()])),
            span: 0..0,
            hollow: false,
        };
        assert_eq!(expansions(&[both.clone(), both.clone()]).len(), 4);
        assert_eq!(expansions(&vec![both; 7]).len(), 14, "one at a time when there are too many together");
    }
}
