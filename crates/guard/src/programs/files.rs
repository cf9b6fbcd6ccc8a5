//! Files: made, copied, moved, removed; their owners and rights.

use super::call::{Call, Rows, head, inside, shown, text, touch_all, word_like};
use super::does::{access, ask, benign, kernel, read};
use super::grammar::{Grammar, PLAIN, anywhere, parse};
use crate::effect::{Effect, Touch};
use crate::paths::{PathClass, classify, may_be_secret};
use crate::word::{Value, Word};

pub(super) const ROWS: Rows = &[
    ("rm|grm|del|trash|trash-put|srm|wipe|rip", rm),
    ("rmdir|unlink|shred|safe-rm", |call| {
        touch_or_read(call, Touch::Delete, anywhere("nsv", "iterations size random-source"))
    }),
    ("mv|gmv", mv),
    ("cp|gcp", cp),
    ("ln|link", ln),
    ("install|ginstall", install),
    ("mkdir|touch|mkfifo|sponge", |call| {
        touch_or_read(call, Touch::Write, anywhere("mdrtZ", "mode date reference time context"))
    }),
    ("tee", tee),
    ("truncate", truncate),
    ("fallocate", |call| touch_or_read(call, Touch::Write, anywhere("lo", "length offset"))),
    ("mknod", |call| {
        if parse(call, anywhere("mZ", "mode")).words().get(1) == Some(&"p") {
            touch_or_read(call, Touch::Write, anywhere("m", "mode"))
        } else {
            kernel(call)
        }
    }),
    ("chmod", chmod),
    ("chown|chgrp", chown),
    ("chattr", chattr),
    ("setfacl", setfacl),
    ("setfattr|attr", |call| {
        touch_or_read(call, Touch::Meta, anywhere("nvxsVg", "name value remove restore"))
    }),
    ("chcon|restorecon|semanage|setsebool", |call| {
        touch_or_read(call, Touch::Meta, anywhere("urltF", "reference user role type range"))
    }),
    ("setcap", |call| if call.any(&["-v"]) { read(call) } else { access(call) }),
    ("rename|prename|file-rename|rename.ul|mmv|detox", rename),
    ("mktemp|tempfile|sync|pathchk", benign),
    ("split|csplit", |call| filter_output(call, "filter")),
    ("patch", patch),
    ("fdupes|jdupes|rmlint|duperemove", |call| {
        if parse(call, PLAIN).has(&["-d", "--delete"]) {
            touch_all(Touch::Delete, parse(call, PLAIN).operands)
        } else {
            read(call)
        }
    }),
    ("tmpreaper|tmpwatch", |call| touch_or_read(call, Touch::Delete, anywhere("", "protect"))),
    ("dos2unix|unix2dos", |call| touch_or_read(call, Touch::Write, PLAIN)),
    ("ranger|mc|nnn|lf", ask),
];

/// The same change to all operands.
fn touch_or_read(call: &Call<'_>, touch: Touch, grammar: Grammar) -> Vec<Effect> {
    let parsed = parse(call, grammar);
    if parsed.operands.is_empty() { read(call) } else { touch_all(touch, parsed.operands) }
}

fn rm(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, PLAIN);
    let tree = parsed.has(&["-r", "-R", "--recursive"]) || call.name != "rm";
    touch_all(if tree { Touch::DeleteTree } else { Touch::Delete }, parsed.operands)
}

/// Where copies go: the last operand or the value of `-t`, and what they come from.
fn towards<'a>(parsed: &'a super::grammar::Parsed<'_>) -> Option<(&'a Word, Vec<&'a Word>)> {
    if let Some(directory) = parsed.value(&["-t", "--target-directory"]) {
        return Some((directory, parsed.operands.clone()));
    }
    let (target, sources) = parsed.operands.split_last()?;
    (!sources.is_empty()).then(|| (*target, sources.to_vec()))
}

/// The target may be the file, or the directory that gets a file of the source's name.
pub(super) fn written_to(target: &Word, sources: &[&Word]) -> Vec<Effect> {
    let mut effects = vec![Effect::Touch(Touch::Write, target.clone())];
    for source in sources {
        let base = shown(source).trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let into = if matches!(base, "." | "..")
            || matches!(source.value, Value::Tainted { .. }) && head(target).ends_with('/')
        {
            all_in(target)
        } else {
            inside(target, source)
        };
        effects.push(Effect::Touch(Touch::Write, into));
    }
    effects
}

/// Anything in a directory.
pub(super) fn all_in(directory: &Word) -> Word {
    let value = match &directory.value {
        Value::Tainted { prefix } => Value::Tainted { prefix: prefix.clone() },
        Value::Pattern(pattern) => Value::Pattern(format!("{}/*", pattern.trim_end_matches('/'))),
        Value::Known(_) => {
            let path = shown(directory)
                .replace('\\', "\\\\")
                .replace('*', "\\*")
                .replace('?', "\\?")
                .replace('[', "\\[");
            Value::Pattern(format!("{}/*", path.trim_end_matches('/')))
        }
    };
    Word { value, span: directory.span.clone(), hollow: directory.hollow }
}

/// Some file in a directory, of which nothing is known but where it lies.
pub(super) fn some_file_in(directory: &Word) -> Word {
    inside(directory, &word_like(directory, "some-file"))
}

/// Files of any name are written to a directory and below it.
pub(super) fn spilled(call: &Call<'_>, directory: &Word) -> Vec<Effect> {
    // A home, or wherever the command stands, also has files that matter: an archive seldom has those.
    let home = text(directory)
        .is_some_and(|path| !path.starts_with('/') || path.starts_with("/root") || path.starts_with("/home"));
    let entry = if home { some_file_in(directory) } else { all_in(directory) };
    let mut effects =
        vec![Effect::Touch(Touch::Write, directory.clone()), Effect::Touch(Touch::Write, entry)];
    let root = text(directory).filter(|path| path.starts_with('/')).is_some_and(|path| {
        classify(path) == PathClass::SystemRoot
            && !["/tmp", "/var/tmp", "/root", "/home", "/opt", "/dev/shm", "/usr/local"]
                .contains(&path.trim_end_matches('/'))
    });
    if root {
        effects.push(Effect::SystemWreck(call.line()));
    }
    effects
}

fn mv(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("tS", "target-directory suffix"));
    let Some((target, sources)) = towards(&parsed) else { return read(call) };
    let mut effects = touch_all(Touch::DeleteTree, sources.iter().copied());
    effects.extend(written_to(target, &sources));
    effects
}

fn cp(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("tS", "target-directory suffix"));
    let Some((target, sources)) = towards(&parsed) else { return read(call) };
    let mut effects: Vec<Effect> = sources.iter().map(|source| Effect::Read((*source).clone())).collect();
    effects.extend(written_to(target, &sources));
    effects
}

fn ln(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("tS", "target-directory suffix"));
    match towards(&parsed) {
        Some((target, sources)) => written_to(target, &sources),
        None => parsed.operands.first().map_or_else(
            || read(call),
            |target| vec![Effect::Touch(Touch::Write, inside(&word_like(target, "."), target))],
        ),
    }
}

fn install(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("mogtS", "mode owner group target-directory suffix strip-program"));
    let mut effects = vec![];
    if parsed.value(&["-m", "--mode"]).is_some_and(sets_uid) {
        effects.extend(access(call));
    }
    if let Some(program) = parsed.value(&["--strip-program"]) {
        effects.push(call.runs(std::slice::from_ref(program)));
    }
    if parsed.has(&["-d", "--directory"]) {
        effects.extend(touch_all(Touch::Write, parsed.operands.iter().copied()));
        effects.extend(touch_all(Touch::Meta, parsed.operands.iter().copied()));
    } else if let Some((target, sources)) = towards(&parsed) {
        effects.extend(written_to(target, &sources));
    }
    if effects.is_empty() { read(call) } else { effects }
}

fn tee(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, PLAIN);
    let mut effects =
        touch_all(Touch::Write, parsed.operands.iter().copied().filter(|word| text(word) != Some("-")));
    if effects.is_empty() {
        effects.push(Effect::Pure);
    }
    effects
}

fn truncate(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("sr", "size reference"));
    let empties = parsed.value(&["-s", "--size"]).is_some_and(|size| head(size).starts_with('0'));
    touch_all(if empties { Touch::Delete } else { Touch::Write }, parsed.operands)
}

/// The mode gives a program the rights of its owner.
fn sets_uid(mode: &Word) -> bool {
    let Some(mode) = text(mode) else { return false };
    if mode.bytes().all(|byte| byte.is_ascii_digit()) {
        let bits = u32::from_str_radix(mode, 8).unwrap_or(0);
        return bits & 0o4000 != 0;
    }
    mode.split(',').any(|clause| {
        let at = clause.find(['+', '=']).unwrap_or(clause.len());
        let (who, what) = clause.split_at(at);
        what.contains('s') && (who.is_empty() || who.contains(['u', 'a']))
    })
}

fn chmod(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("", "reference"));
    let dashed = parsed.options.iter().any(|given| {
        matches!(given.name.as_str(), "-r" | "-w" | "-x" | "-X" | "-s" | "-t" | "-u" | "-g" | "-o" | "-a")
    });
    let moded = !dashed && !parsed.has(&["--reference"]);
    let mut operands = parsed.operands.iter().copied();
    let mode = if moded { operands.next() } else { None };
    let mut effects: Vec<Effect> = if mode.is_some_and(sets_uid) { access(call) } else { vec![] };
    if mode.is_some_and(|mode| text(mode).is_none()) {
        effects.extend(ask(call));
    }
    let tree = parsed.has(&["-R", "--recursive"]);
    effects.extend(touch_all(if tree { Touch::MetaTree } else { Touch::Meta }, operands));
    if effects.is_empty() { read(call) } else { effects }
}

fn chown(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("", "reference from"));
    let skip = usize::from(!parsed.has(&["--reference"]));
    let tree = parsed.has(&["-R", "--recursive"]);
    let files = parsed.operands.iter().copied().skip(skip);
    let effects = touch_all(if tree { Touch::MetaTree } else { Touch::Meta }, files);
    if effects.is_empty() { read(call) } else { effects }
}

fn chattr(call: &Call<'_>) -> Vec<Effect> {
    let tree = call.texts().any(|arg| arg == "-R" || arg == "-RV" || arg == "-fR" || arg == "-Rf");
    let files = call.args.iter().filter(|word| !head(word).starts_with(['-', '+', '=']));
    touch_all(if tree { Touch::MetaTree } else { Touch::Meta }, files)
}

fn setfacl(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("mxMX", "modify remove modify-file remove-file restore set set-file"));
    if parsed.says(&["--test"]) {
        return read(call);
    }
    let tree = parsed.has(&["-R", "--recursive"]);
    let mut effects =
        touch_all(if tree { Touch::MetaTree } else { Touch::Meta }, parsed.operands.iter().copied());
    if parsed.has(&["--restore"]) {
        effects.extend(ask(call));
    }
    effects
}

fn rename(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("eE", ""));
    if parsed.says(&["-n", "--no-act", "--nono", "--dry-run"]) {
        return read(call);
    }
    let code = parsed.value(&["-e", "-E"]).or(parsed.operands.first().copied());
    let plain = code.and_then(text).is_some_and(|code| {
        (code.starts_with("s/")
            || code.starts_with("y/")
            || code.starts_with("tr/")
            || !code.contains(['(', '`', ';']))
            && !code.ends_with('e')
    });
    let mut effects = touch_all(Touch::Delete, parsed.operands.iter().copied().skip(1));
    if !plain {
        effects.extend(ask(call));
    }
    effects
}

/// Pieces go where the prefix says; a filter is a shell's text.
fn filter_output(call: &Call<'_>, option: &str) -> Vec<Effect> {
    let parsed = parse(
        call,
        anywhere(
            "abClntfbz",
            "filter lines bytes number suffix-length prefix suffix-format additional-suffix",
        ),
    );
    let name = format!("--{option}");
    let mut effects: Vec<Effect> =
        parsed.value(&[name.as_str()]).map(|script| call.runs_text(script)).into_iter().collect();
    effects.extend(touch_all(Touch::Write, parsed.operands.iter().copied().skip(1).take(1)));
    if effects.is_empty() { benign(call) } else { effects }
}

fn patch(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("dipoBDFgrVYzb", "directory input strip output prefix reject-file"));
    if parsed.says(&["--dry-run", "-C", "--check"]) {
        return read(call);
    }
    if let Some(output) = parsed.value(&["-o", "--output"]) {
        return vec![Effect::Touch(Touch::Write, output.clone())];
    }
    if let Some(file) = parsed.operands.first() {
        return vec![Effect::Touch(Touch::Write, (*file).clone())];
    }
    let directory = parsed.value(&["-d", "--directory"]);
    let model = directory.or(call.args.first()).or(call.invocation.argv.first());
    let (Some(diff), Some(model)) = (call.stdin().filter(|text| !text.is_empty()), model) else {
        return directory
            .map_or_else(|| ask(call), |directory| [spilled(call, directory), ask(call)].concat());
    };
    let strip = parsed.value(&["-p", "--strip"]).and_then(text).and_then(|count| count.parse().ok());
    let base = directory.map(shown);
    diff.lines()
        .filter_map(|line| line.strip_prefix("+++ "))
        .map(|path| {
            let path = path.split('\t').next().unwrap_or(path).trim();
            let stripped: Vec<&str> = path.split('/').skip(strip.unwrap_or(0)).collect();
            let path = stripped.join("/");
            let whole =
                base.map_or_else(|| path.clone(), |base| format!("{}/{path}", base.trim_end_matches('/')));
            Effect::Touch(Touch::Write, word_like(model, whole))
        })
        .collect()
}

/// Copies that leave this machine: secrets must not.
pub(super) fn leaves(call: &Call<'_>, sources: &[&Word]) -> Vec<Effect> {
    let mut effects: Vec<Effect> = sources.iter().map(|source| Effect::Read((*source).clone())).collect();
    if sources.iter().any(|source| may_be_secret(source)) {
        effects.push(Effect::Exfiltrate(call.line()));
    }
    effects
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn files_are_weighed_by_their_place() {
        table(&[
            (Allow, "rm -rf /tmp/build"),
            (Allow, "mkdir -p /mnt/usb"),
            (Allow, "touch /tmp/x"),
            (Allow, "cp /etc/network/interfaces /root/backup/"),
            (Allow, "truncate -s 1G /tmp/x"),
            (Allow, "mktemp -d"),
            (Allow, "chmod +x /tmp/x.sh"),
            (Allow, "chmod 600 /root/backup/x"),
            (Allow, "chown -R 1000:1000 /opt/stacks/app/data"),
            (Allow, "ln -s /opt/a /tmp/a"),
            (Allow, "cp -r /opt/stacks /opt/stacks.bak"),
            (Allow, "cp /root/x /root/y"),
            (Confirm, "rm /etc/cron.d/backup"),
            (Confirm, "cp /tmp/x.service /etc/systemd/system/"),
            (Confirm, "rm /root/notes.txt"),
            (Confirm, "rm -rf /opt/stacks/old"),
            (Confirm, "cp /tmp/i /etc/network/interfaces"),
            (Confirm, "ln -s /etc/nginx/sites-available/x /etc/nginx/sites-enabled/"),
            (Confirm, "rm /opt/x.conf"),
            (Confirm, "rm -r /var/log/old"),
            (Confirm, "mv /opt/a /opt/b"),
            (Deny, "cp /tmp/x.img /dev/sdb"),
            (Deny, "shred -n1 /dev/sdb"),
            (Deny, "rm /bin/bash"),
            (Deny, "rm -rf /var/lib/mysql"),
            (Deny, "cp /tmp/x /etc/pve/qemu-server/100.conf"),
            (Deny, "mv /etc/pve/qemu-server/100.conf /etc/pve/qemu-server/101.conf"),
            (Deny, "ln -sf /tmp/x /etc/pve/storage.cfg"),
            (Deny, "chmod 777 /etc/pve/priv"),
            (Deny, "chmod u+s /bin/bash"),
            (Deny, "chmod 4755 /tmp/x"),
            (Deny, "setcap cap_setuid+ep /usr/bin/python3"),
            (Deny, "rm /mnt/pve/nas/dump/vzdump-qemu-100-2024.vma.zst"),
            (Deny, "chmod -R 777 /"),
            (Deny, "chown -R nobody /etc"),
            (Deny, "mv /usr /usr.bak"),
            (Deny, "truncate -s 0 /dev/sda"),
            (Deny, "rm /var/lib/vz/images/100/vm-100-disk-0.qcow2"),
            (Deny, "rm -f /mnt/pve/nas/images/100/vm-100-disk-0.qcow2"),
        ]);
    }
}
