//! Tools for backups.

use super::call::{Call, Rows, among, head, shown, text};
use super::does::{ask, benign, data_gone, guest_gone, read, snapshot_gone};
use super::files::{all_in, leaves, spilled, written_to};
use super::grammar::{Grammar, PLAIN, anywhere, parse};
use super::verbs::{Verbs, by_verb};
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("restic", |call| with_password_command(call, by_verb(call, RESTIC_OPTIONS, RESTIC, ask))),
    ("borg|borg1|borg2", |call| with_password_command(call, by_verb(call, BORG_OPTIONS, BORG, ask))),
    ("rclone", rclone),
    (
        "borgmatic|kopia|duplicity|duplicati-cli|rsnapshot|rdiff-backup|bup|attic|timeshift|snapper|\
         etckeeper|urbackupclientctl|backupninja|tarsnap|autorestic|resticprofile|zbackup|rustic|burp|\
         dar|fsarchiver|partclone.ext4|partimage|httm",
        other,
    ),
];

const RESTIC_OPTIONS: Grammar = anywhere(
    "rpo",
    "repo repository-file password-file password-command key-hint option cache-dir limit-upload \
     limit-download pack-size cacert tls-client-cert retry-lock compression",
);
const RESTIC: Verbs = &[
    (
        "snapshots|ls|stats|check|diff|find|cat|list|version|cache|key list|dump|features|options|generate",
        read,
    ),
    ("backup|init|unlock|copy|rebuild-index|repair index|migrate|mount|tag|recover|self-update", benign),
    ("restore", |call| restored(call, &["-t", "--target"])),
    // Without a retention it forgets the backups that are named.
    ("forget", |call| {
        if call.texts().any(|arg| arg.starts_with("--keep")) {
            kept(call, snapshot_gone)
        } else {
            kept(call, guest_gone)
        }
    }),
    (
        "prune|repair|rewrite",
        |call| if call.any(&["--dry-run", "-n"]) { read(call) } else { snapshot_gone(call) },
    ),
    ("key", super::does::access),
];

const BORG_OPTIONS: Grammar = anywhere("", "rsh remote-path lock-wait umask repo remote-ratelimit");
const BORG: Verbs = &[
    ("list|info|diff|version|rlist|rinfo|key export|benchmark|repo-list|repo-info|umount", read),
    (
        "create|init|rcreate|mount|break-lock|compact|export-tar|rename|upgrade|import-tar|transfer|\
         serve|recreate|repo-create",
        benign,
    ),
    ("check", |call| if call.any(&["--repair"]) { snapshot_gone(call) } else { read(call) }),
    ("extract", |call| {
        if call.any(&["-n", "--dry-run", "--list --dry-run"]) {
            read(call)
        } else {
            call.invocation
                .argv
                .first()
                .map_or_else(|| ask(call), |model| spilled(call, &super::call::word_like(model, ".")))
        }
    }),
    ("delete|rdelete|repo-delete", |call| {
        if call.any(&["-n", "--dry-run", "--cache-only"]) { read(call) } else { guest_gone(call) }
    }),
    ("prune", |call| kept(call, snapshot_gone)),
    ("key|config", super::does::access),
    ("with-lock", |call| {
        call.args
            .get(1..)
            .filter(|rest| !rest.is_empty())
            .map_or_else(|| read(call), |rest| vec![call.runs(rest)])
    }),
];

/// A command that gives the password, or a shell for the way there, runs too.
fn with_password_command(call: &Call<'_>, mut effects: Vec<Effect>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("", "password-command rsh option"));
    for script in parsed.values(&["--password-command", "--rsh"]) {
        if !text(script)
            .is_some_and(|line| line.starts_with("ssh") && !line.to_ascii_lowercase().contains("command"))
        {
            effects.push(call.runs_text(script));
        }
    }
    if call.texts().any(|arg| {
        arg.contains("sftp.command") || arg.contains("rclone.program") || arg.contains("sftp.args")
    }) {
        effects.extend(ask(call));
    }
    effects
}

/// What a retention leaves: one restore point or none is losing them.
fn kept(call: &Call<'_>, otherwise: super::call::Does) -> Vec<Effect> {
    if call.any(&["-n", "--dry-run"]) {
        return read(call);
    }
    let mut most: Option<u64> = None;
    let mut args = call.args.iter().peekable();
    while let Some(word) = args.next() {
        let arg = head(word);
        let short = matches!(arg, "-l" | "-H" | "-d" | "-w" | "-m" | "-y");
        if !arg.starts_with("--keep-") && !short {
            continue;
        }
        let value = arg
            .split_once('=')
            .map(|(_, value)| value.to_owned())
            .or_else(|| args.peek().map(|next| shown(next).to_owned()));
        let count = match value.as_deref().map(str::parse) {
            Some(Ok(count)) => count,
            // `--keep-within 30d`, `--keep-tag x`: some stay.
            _ => 2,
        };
        most = Some(most.unwrap_or(0).max(count));
    }
    let all = call.any(&["--unsafe-allow-remove-all"]);
    match most {
        Some(count) if count <= 1 => guest_gone(call),
        _ if all => guest_gone(call),
        _ => otherwise(call),
    }
}

fn restored(call: &Call<'_>, names: &[&str]) -> Vec<Effect> {
    let parsed = parse(call, anywhere("tiepH", "target include exclude path host tag iinclude iexclude"));
    if call.any(&["--dry-run"]) {
        return read(call);
    }
    let mut effects = parsed.value(names).map(|directory| spilled(call, directory)).unwrap_or_default();
    if call.texts().any(|arg| arg.starts_with("--delete")) {
        effects.extend(parsed.value(names).map(|directory| Effect::Touch(Touch::Delete, all_in(directory))));
    }
    if effects.is_empty() { benign(call) } else { effects }
}

const RCLONE_OPTIONS: Grammar = anywhere(
    "",
    "config transfers checkers bwlimit log-file log-level include exclude filter filter-from files-from \
     max-age min-age max-size min-size backup-dir suffix password-command rc-addr addr user pass \
     vfs-cache-mode drive-chunk-size stats retries tpslimit compare-dest copy-dest max-delete max-depth \
     format separator timeout contimeout",
);

fn rclone(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, RCLONE_OPTIONS);
    let mut effects: Vec<Effect> =
        parsed.values(&["--password-command"]).into_iter().map(|script| call.runs_text(script)).collect();
    let Some((verb, places)) = parsed.operands.split_first() else { return read(call) };
    let dry = parsed.says(&["-n", "--dry-run"]);
    let local = |word: &Word| head(word).starts_with(['/', '.']) || !head(word).contains(':');
    match text(verb) {
        Some(
            "ls" | "lsl" | "lsd" | "lsf" | "lsjson" | "size" | "check" | "cryptcheck" | "checksum" | "cat"
            | "about" | "version" | "listremotes" | "tree" | "md5sum" | "sha1sum" | "hashsum" | "ncdu"
            | "help" | "link" | "test" | "genautocomplete" | "completion" | "obscure" | "reveal",
        ) => effects.extend(read(call)),
        Some("config") => effects.extend(
            if matches!(
                places.first().and_then(|word| text(word)),
                Some("show" | "file" | "paths" | "dump" | "providers" | "userinfo" | "redacted")
            ) {
                read(call)
            } else {
                super::does::kernel(call)
            },
        ),
        _ if dry => effects.extend(read(call)),
        Some(
            "copy" | "copyto" | "sync" | "move" | "moveto" | "bisync" | "copyurl" | "rcat" | "settier"
            | "touch" | "mkdir" | "dedupe",
        ) => {
            effects.extend(benign(call));
            if let [sources @ .., target] = places {
                if local(target) {
                    effects.extend(written_to(target, sources));
                } else {
                    let sources: Vec<&Word> = sources.iter().copied().filter(|word| local(word)).collect();
                    effects.extend(leaves(call, &sources));
                }
                if matches!(text(verb), Some("sync" | "bisync" | "dedupe")) {
                    effects.extend(if local(target) {
                        vec![Effect::Touch(Touch::Delete, all_in(target))]
                    } else {
                        snapshot_gone(call)
                    });
                }
                if matches!(text(verb), Some("move" | "moveto")) {
                    effects.extend(
                        sources
                            .iter()
                            .filter(|word| local(word))
                            .map(|source| Effect::Touch(Touch::DeleteTree, (*source).clone())),
                    );
                }
            }
        }
        Some("deletefile" | "cleanup" | "rmdir" | "rmdirs") => effects.extend(snapshot_gone(call)),
        Some("purge" | "delete") => match places.first().filter(|word| local(word)) {
            Some(place) => effects.push(Effect::Touch(Touch::DeleteTree, (*place).clone())),
            None => effects.extend(guest_gone(call)),
        },
        Some("mount" | "cmount" | "nfsmount") => {
            effects.extend(places.get(1).map(|place| Effect::Touch(Touch::MountOver, (*place).clone())));
        }
        Some("serve" | "rcd" | "rc") => effects.extend(ask(call)),
        _ => effects.extend(ask(call)),
    }
    if effects.is_empty() { benign(call) } else { effects }
}

/// The others, by verbs that are much alike.
fn other(call: &Call<'_>) -> Vec<Effect> {
    const READS: &str = "\
        list ls info status show check verify diff list-configs collection-status list-current-files \
        configtest rlist rinfo --list --check snapshots version --version stats find log vcs --dry-run \
        -n cat config validate --list-increments --list-snapshots --snapshots";
    const MAKES: &str = "\
        create backup snapshot commit init full incr incremental daily weekly hourly monthly alpha beta \
        gamma --create connect sync mount save create-config pre-commit compact savefs setup-quota";
    const GONE: &str = "\
        delete remove-all-but-n-full remove-older-than remove-all-inc-of-but-n-full cleanup prune \
        expire --remove-older-than --delete --delete-all rdelete forget gc -d delete-config nuke";
    if call.any(&["--force"]) && call.any(&["remove-all-but-n-full"])
        || call.any(&["--delete-all", "nuke", "delete-config", "--all-snapshots-for-source"])
    {
        return guest_gone(call);
    }
    // Snapper's `-c` names a configuration, `-d` describes.
    let own = parse(call, anywhere("cdtuspi", "config description type userdata root"));
    let own = own.words().first().copied();
    if call.name == "snapper" && own.is_some_and(|verb| among(MAKES, verb) || among(READS, verb)) {
        return benign(call);
    }
    if call.any_of(GONE) {
        let parsed = parse(call, PLAIN);
        let repository = parsed.words().first() == Some(&"repository") || parsed.words().contains(&"purge");
        return if repository { data_gone(call) } else { kept(call, snapshot_gone) };
    }
    if call.any(&["restore", "--restore", "rollback", "undochange", "extract", "-x", "restfs"]) {
        return super::does::guest_down(call);
    }
    if call.any_of(READS) || call.args.is_empty() {
        read(call)
    } else if call.any_of(MAKES)
        || call.name == "borgmatic"
        || call.name == "duplicity"
        || call.name == "rsnapshot"
    {
        benign(call)
    } else {
        ask(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Deny};

    #[test]
    fn restore_points_stay() {
        table(&[
            (Allow, "restic snapshots"),
            (Allow, "restic -r /mnt/nas/restic backup /opt"),
            (Allow, "borg list /mnt/nas/borg"),
            (Allow, "borg create /mnt/nas/borg::x /opt"),
            (Allow, "rclone copy /mnt/nas/backup b2:bucket"),
            (Allow, "rclone sync --dry-run /a b2:x"),
            (Allow, "rclone lsd b2:"),
            (Allow, "rclone about gdrive:"),
            (Allow, "restic check --read-data-subset=5%"),
            (Allow, "restic mount /mnt/restic"),
            (Allow, "borg info /mnt/borg::x"),
            (Allow, "borg check /mnt/borg"),
            (Allow, "borgmatic list"),
            (Deny, "restic forget abc123"),
            (Deny, "borg delete /mnt/borg::x"),
            (Deny, "restic forget --keep-last 1 --prune"),
            (Deny, "borg delete /mnt/borg"),
            (Deny, "rclone purge b2:backups"),
            (Deny, "rclone delete gdrive:backup"),
            (Deny, "borg prune --keep-last 1 /mnt/borg"),
        ]);
    }
}
