//! find and its kin: they name files, and do things to them.

use super::call::{Call, Rows, among, head, shown, text, word_like};
use super::does::read;
use super::files::all_in;
use super::joined::written;
use crate::effect::{Effect, Nested, Touch};
use crate::invocation::Stdin;
use crate::word::{Value, Word};

pub(super) const ROWS: Rows = &[("find|gfind", find), ("fd|fdfind", fd)];

/// Tests that leave some of the files out.
const NARROWING: &str = "\
    -name -iname -path -ipath -wholename -regex -iregex -mtime -mmin -atime -amin -ctime -cmin -newer \
    -empty -size -user -group -perm -maxdepth -inum -nouser -nogroup -newermt -samefile -links -lname";

fn find(call: &Call<'_>) -> Vec<Effect> {
    let expression = call.args.iter().position(|word| {
        let start = head(word);
        (start.starts_with('-') && !matches!(start, "-H" | "-L" | "-P" | "-D") && !start.starts_with("-O"))
            || matches!(start, "(" | "!" | ")" | ",")
    });
    let (roots, tests) = call.args.split_at(expression.unwrap_or(call.args.len()));
    let roots: Vec<&Word> = roots.iter().filter(|word| !head(word).starts_with('-')).collect();
    let here = call.invocation.argv.first().map(|model| word_like(model, "."));
    let roots: Vec<&Word> = if roots.is_empty() { here.iter().collect() } else { roots };
    let mut effects: Vec<Effect> = roots.iter().map(|root| Effect::Read((*root).clone())).collect();
    let found: Vec<Word> = roots.iter().flat_map(|root| matched(root, tests)).collect();
    let narrow = tests.iter().any(|word| among(NARROWING, head(word)));
    let mut at = 0;
    while let Some(test) = tests.get(at) {
        at += 1;
        match head(test) {
            "-delete" => {
                let touch = if narrow { Touch::Delete } else { Touch::DeleteTree };
                effects.extend(found.iter().map(|word| Effect::Touch(touch, word.clone())));
                if !narrow || everywhere(&roots) {
                    effects
                        .extend(roots.iter().map(|root| Effect::Touch(Touch::DeleteTree, (*root).clone())));
                }
            }
            "-fprint" | "-fprint0" | "-fls" | "-fprintf" => {
                effects.extend(tests.get(at).map(|file| Effect::Touch(Touch::Write, file.clone())));
            }
            "-exec" | "-execdir" | "-ok" | "-okdir" => {
                let length = tests[at..]
                    .iter()
                    .position(|word| matches!(text(word), Some(";" | "+")))
                    .unwrap_or(tests.len() - at);
                let command = &tests[at..at + length];
                at += length;
                let removes =
                    command.first().and_then(text).is_some_and(|name| among("rm shred unlink", name));
                if removes && (!narrow || everywhere(&roots)) {
                    effects
                        .extend(roots.iter().map(|root| Effect::Touch(Touch::DeleteTree, (*root).clone())));
                }
                for item in &found {
                    let argv: Vec<Word> = command.iter().map(|word| replaced(word, item)).collect();
                    effects.push(Effect::Run(Nested::argv(argv, Stdin::Null)));
                }
            }
            start if start.starts_with('-') && text(test).is_none() => {
                effects.push(Effect::RunUnknown(call.line()));
            }
            _ => {}
        }
    }
    effects
}

/// One of the roots holds the whole system's data: what is left out of it is little.
fn everywhere(roots: &[&Word]) -> bool {
    roots
        .iter()
        .any(|root| matches!(text(root), Some("/" | "/var" | "/var/lib" | "/home" | "/usr" | "/boot")))
}

fn replaced(word: &Word, item: &Word) -> Word {
    if shown(word) == "{}" { item.clone() } else { written(word, "{}", item) }
}

/// What a root's files are called, as patterns: one name below it stands for names at any depth. A name that says something
/// is looked for a step deeper too: backups lie in directories of their own.
fn matched(root: &Word, tests: &[Word]) -> Vec<Word> {
    let given = |option: &str| {
        let pairs = tests.windows(2).filter(move |pair| text(&pair[0]) == Some(option));
        pairs.map(|pair| shown(&pair[1])).collect::<Vec<_>>()
    };
    let depth = given("-maxdepth");
    // An open root is all that is known; without depth the root itself is all there is.
    if matches!(root.value, Value::Tainted { .. }) || depth.contains(&"0") {
        return vec![root.clone()];
    }
    let any = all_in(root);
    let names = [given("-name"), given("-iname")].concat();
    let (Value::Pattern(pattern), [name]) = (&any.value, names.as_slice()) else { return vec![any] };
    if name.contains('/') || name.is_empty() {
        return vec![any];
    }
    let base = pattern.strip_suffix('*').unwrap_or(pattern);
    let like = |pattern: String| Word { value: Value::Pattern(pattern), ..any.clone() };
    let says_much = name.find(['*', '?', '[', '\\']).unwrap_or(name.len()) > 1;
    let deeper = (says_much && !depth.contains(&"1")).then(|| like(format!("{base}*/{name}")));
    std::iter::once(like(format!("{base}{name}"))).chain(deeper).collect()
}

/// fd runs a command for what it finds after `-x` or `-X`.
fn fd(call: &Call<'_>) -> Vec<Effect> {
    let Some(at) =
        call.args.iter().position(|word| matches!(text(word), Some("-x" | "-X" | "--exec" | "--exec-batch")))
    else {
        return read(call);
    };
    let root =
        call.args[..at].iter().rfind(|word| head(word).starts_with('/')).or(call.invocation.argv.first());
    let Some(root) = root else { return read(call) };
    let found = if head(root).starts_with('/') { all_in(root) } else { all_in(&word_like(root, ".")) };
    let command = &call.args[at + 1..];
    let marked = command.iter().any(|word| shown(word).contains("{}"));
    let mut argv: Vec<Word> = command.iter().map(|word| replaced(word, &found)).collect();
    if !marked {
        argv.push(found);
    }
    vec![Effect::Run(Nested::argv(argv, Stdin::Null))]
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn what_is_found_is_weighed() {
        table(&[
            (Allow, "find / -xdev -size +1G"),
            (Allow, "find /tmp -type f -mtime +7 -delete"),
            (Confirm, "find /opt -name *.bak -delete"),
            (Deny, "find / -delete"),
            (Deny, "find /etc/pve -name *.conf -delete"),
            (Deny, "find /etc/pve -name *.conf -exec rm {} ;"),
            (Allow, "find /opt -name *.yml -exec grep -H image {} ;"),
            (Confirm, "find /opt -name *.sh -exec {} ;"),
            (Confirm, "find /tmp -maxdepth 0 -exec reboot ;"),
            (Deny, "find /tmp -fprint /etc/pve/x"),
            (Deny, "find /mnt/pve -name vzdump-* -delete"),
            (Allow, "fd foo /opt"),
            (Deny, "fd . /etc/pve -x rm"),
        ]);
    }
}
