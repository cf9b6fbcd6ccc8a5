//! Archives and compressed files.

use super::call::{Call, Rows, after, head, inside, shown, text, touch_all, word_like};
use super::does::{ask, benign, read};
use super::files::spilled;
use super::grammar::{Grammar, PLAIN, anywhere, parse};
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("tar|bsdtar|gtar", tar),
    ("unzip", unzip),
    ("zip", zip),
    ("7z|7za|7zr|7zz|rar|unrar", seven),
    (
        "gzip|gunzip|xz|unxz|lzma|bzip2|bunzip2|zstd|unzstd|lz4|unlz4|lzop|pigz|unpigz|pbzip2|pixz|plzip|\
         lzip|brotli|compress|uncompress",
        squeeze,
    ),
    (
        "zcat|xzcat|bzcat|zstdcat|lz4cat|gzcat|lzcat|zless|zmore|xzless|zgrep|zegrep|zfgrep|xzgrep|\
         bzgrep|zstdgrep|zdiff|zcmp|zipinfo|zipgrep|zstdless|bzless|lsar",
        super::readers::read_files,
    ),
    ("cpio|pax", cpio),
    ("ar|ranlib", |call| {
        if call.texts().next().is_some_and(|mode| mode.trim_start_matches('-').starts_with(['t', 'p'])) {
            read(call)
        } else {
            touch_all(Touch::Write, call.args.get(1))
        }
    }),
    ("unar|dtrx|unp|atool|aunpack", |call| {
        call.invocation.argv.first().map_or_else(|| ask(call), |model| spilled(call, &word_like(model, ".")))
    }),
    ("vma", |call| {
        if call.any(&["list", "config", "verify"]) {
            read(call)
        } else {
            touch_all(Touch::Write, call.args.get(2))
        }
    }),
];

const TAR: Grammar = anywhere(
    "fCIFTXbgHKLNV",
    "file directory use-compress-program info-script new-volume-script files-from exclude-from exclude \
     transform strip-components to-command checkpoint-action checkpoint rsh-command rmt-command \
     listed-incremental group owner mode mtime newer format label volno-file starting-file suffix \
     blocking-factor record-size tape-length one-top-level sort occurrence xattrs-include xattrs-exclude",
);

fn tar(call: &Call<'_>) -> Vec<Effect> {
    // `tar xzf FILE`: the first word is a cluster without its dash.
    let dashed = call
        .args
        .first()
        .and_then(text)
        .filter(|first| !first.starts_with('-'))
        .map(|first| format!("-{first}"));
    let mut args = call.args.to_vec();
    if let (Some(cluster), Some(first)) = (dashed, args.first_mut()) {
        let values: usize = cluster.chars().filter(|letter| TAR.letters.contains(*letter)).count();
        // Each letter with a value takes the next argument, in order: written out as options of their own.
        let letters: Vec<char> = cluster.chars().skip(1).collect();
        let model = first.clone();
        let taken: Vec<Word> = args.iter().skip(1).take(values).cloned().collect();
        let mut given = taken.into_iter();
        let mut written = vec![];
        for letter in letters {
            written.push(word_like(&model, format!("-{letter}")));
            if TAR.letters.contains(letter) {
                written.extend(given.next());
            }
        }
        written.extend(args.iter().skip(1 + values).cloned());
        args = written;
    }
    let call = &Call { name: call.name, args: &args, whole: call.whole, invocation: call.invocation };
    let parsed = parse(call, TAR);
    let mut effects: Vec<Effect> = parsed
        .values(&[
            "-I",
            "--use-compress-program",
            "--to-command",
            "-F",
            "--info-script",
            "--new-volume-script",
            "--rsh-command",
            "--rmt-command",
        ])
        .into_iter()
        .map(|script| call.runs_text(script))
        .collect();
    for action in parsed.values(&["--checkpoint-action"]) {
        match head(action).strip_prefix("exec=").and_then(|_| after(action, 5)) {
            Some(script) => effects.push(call.runs_text(&script)),
            None if text(action).is_none() => effects.extend(ask(call)),
            None => {}
        }
    }
    let archive = parsed.value(&["-f", "--file"]).filter(|file| text(file) != Some("-"));
    let directory = parsed.value(&["-C", "--directory"]);
    let model = directory.or(archive).or(call.invocation.argv.first());
    if parsed.has(&["-x", "--extract", "--get"]) {
        if !parsed.has(&["-O", "--to-stdout"]) && !parsed.has(&["--to-command"]) {
            let base = directory.cloned().or_else(|| model.map(|model| word_like(model, ".")));
            if let Some(base) = base {
                if parsed.operands.is_empty() || parsed.has(&["-P", "--absolute-names"]) {
                    effects.extend(spilled(call, &base));
                }
                effects.extend(
                    parsed.operands.iter().map(|member| Effect::Touch(Touch::Write, below(&base, member))),
                );
            }
        }
    } else if parsed.has(&[
        "-c",
        "-r",
        "-u",
        "-A",
        "--create",
        "--append",
        "--update",
        "--delete",
        "--concatenate",
        "--catenate",
    ]) {
        effects.extend(touch_all(Touch::Write, archive));
        let base = |word: &Word| directory.map_or_else(|| word.clone(), |directory| below(directory, word));
        effects.extend(parsed.operands.iter().map(|source| Effect::Read(base(source))));
        if parsed.has(&["--remove-files"]) {
            effects
                .extend(parsed.operands.iter().map(|source| Effect::Touch(Touch::DeleteTree, base(source))));
        }
    }
    if effects.is_empty() { read(call) } else { effects }
}

/// A path that is taken from a directory, or as it is when it is absolute.
pub(super) fn below(directory: &Word, path: &Word) -> Word {
    if head(path).starts_with('/') {
        return path.clone();
    }
    match text(path).zip(text(directory)) {
        Some((path_text, base)) => word_like(path, format!("{}/{path_text}", base.trim_end_matches('/'))),
        None => inside(directory, path),
    }
}

fn unzip(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("dxPOI", ""));
    if parsed.has(&["-l", "-t", "-p", "-Z", "-v", "-z", "-c"]) {
        return read(call);
    }
    let here = call.invocation.argv.first().map(|model| word_like(model, "."));
    parsed.value(&["-d"]).cloned().or(here).map_or_else(|| read(call), |directory| spilled(call, &directory))
}

fn zip(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("bnPsti", "unzip-command temp-path suffixes"));
    let mut effects = touch_all(Touch::Write, parsed.operands.first().copied());
    effects.extend(parsed.operands.iter().skip(1).map(|source| Effect::Read((*source).clone())));
    // `-TT command` tests the archive with a command.
    for (at, word) in call.args.iter().enumerate() {
        if text(word) == Some("-TT") || text(word) == Some("--unzip-command") {
            effects.extend(call.args.get(at + 1).map(|script| call.runs_text(script)));
        }
    }
    if parsed.has(&["-m", "--move"]) {
        effects.extend(touch_all(Touch::DeleteTree, parsed.operands.iter().copied().skip(1)));
    }
    effects
}

fn seven(call: &Call<'_>) -> Vec<Effect> {
    let mode = call.args.first().and_then(text).unwrap_or("?");
    match mode.trim_start_matches('-') {
        "l" | "t" | "v" | "lb" | "vt" | "i" | "b" | "h" => read(call),
        "x" | "e" => {
            let to =
                call.args.iter().find(|word| head(word).starts_with("-o")).and_then(|word| after(word, 2));
            let here = call.invocation.argv.first().map(|model| word_like(model, "."));
            to.or(here).map_or_else(|| ask(call), |directory| spilled(call, &directory))
        }
        "a" | "u" | "rn" | "d" => {
            let parsed = parse(call, PLAIN);
            let mut effects = touch_all(Touch::Write, parsed.operands.get(1).copied());
            if call.any(&["-sdel", "-df"]) {
                effects.extend(touch_all(Touch::DeleteTree, parsed.operands.iter().copied().skip(2)));
            }
            effects
        }
        _ => ask(call),
    }
}

/// The file is replaced by its compressed form, or what it was.
fn squeeze(call: &Call<'_>) -> Vec<Effect> {
    let parsed =
        parse(call, anywhere("SoTDbpBM", "suffix threads output memory memlimit processes block-size"));
    if let Some(output) = parsed.value(&["-o", "--output"]) {
        return vec![Effect::Touch(Touch::Write, output.clone())];
    }
    if parsed.operands.is_empty()
        || parsed.has(&["-c", "--stdout", "--to-stdout", "-t", "--test", "-l", "--list"])
    {
        return super::readers::read_files(call);
    }
    parsed
        .operands
        .iter()
        .filter(|word| shown(word) != "-")
        .flat_map(|file| [Effect::Read((*file).clone()), Effect::Touch(Touch::Write, (*file).clone())])
        .collect()
}

fn cpio(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("CDFHIMOREW", "file directory format owner rsh-command pattern-file"));
    let mut effects: Vec<Effect> =
        parsed.values(&["--rsh-command"]).into_iter().map(|script| call.runs_text(script)).collect();
    if parsed.has(&["-t", "--list"]) {
        return read(call);
    }
    if parsed.has(&["-i", "--extract", "-p", "--pass-through", "-r"]) {
        let to = parsed
            .value(&["-D", "--directory"])
            .cloned()
            .or_else(|| parsed.operands.last().copied().cloned().filter(|_| parsed.has(&["-p"])));
        let here = call.invocation.argv.first().map(|model| word_like(model, "."));
        effects.extend(to.or(here).map(|directory| spilled(call, &directory)).unwrap_or_default());
    }
    effects.extend(touch_all(Touch::Write, parsed.value(&["-O", "-F", "--file"])));
    if effects.is_empty() { benign(call) } else { effects }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn archives_are_what_they_spill() {
        table(&[
            (Allow, "tar czf /tmp/etc.tgz /etc"),
            (Allow, "tar tzf /tmp/etc.tgz"),
            (Allow, "tar xzf /tmp/a.tgz -C /tmp/a"),
            (Allow, "zip -r /tmp/a.zip /opt/app"),
            (Allow, "unzip -l a.zip"),
            (Allow, "gzip -k /tmp/x"),
            (Allow, "zless /var/log/syslog.1.gz"),
            (Confirm, "tar cf /dev/null /dev/null --checkpoint=1 --checkpoint-action=exec=reboot"),
            (Confirm, "zip /tmp/a.zip /tmp/b -T -TT reboot"),
            (Confirm, "tar xf a.tar --to-command=reboot"),
            (Confirm, "tar -I reboot -cf a.tar b"),
            (Deny, "tar xf /tmp/x.tar -C /etc/pve"),
            (Deny, "unzip -o x.zip -d /etc/pve"),
        ]);
    }
}
