//! git: what throws work away, and settings that run programs.

use super::archives::below;
use super::call::{Call, Rows, after, head, text, touch_all, word_like};
use super::does::{ask, benign, discard, read};
use super::files::some_file_in;
use super::grammar::{Grammar, PLAIN, anywhere, front, parse};
use super::joined::joined;
use super::verbs::{Verbs, by_verb};
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[("git|jj|hub", git)];

const GIT_OPTIONS: Grammar =
    front("Cc", "git-dir work-tree namespace super-prefix config-env exec-path attr-source list-cmds");

const GIT: Verbs = &[
    (
        "status|log|diff|show|blame|annotate|ls-files|ls-tree|ls-remote|rev-parse|rev-list|describe|\
         shortlog|grep|reflog|cat-file|count-objects|for-each-ref|fsck|version|whatchanged|merge-base|\
         name-rev|show-ref|symbolic-ref|var|verify-commit|verify-tag|cherry|range-diff|diff-tree|\
         diff-index|diff-files|check-ignore|check-attr|show-branch|help|remote show|remote get-url|\
         stash list|stash show|worktree list|submodule status|bundle verify|lfs ls-files|lfs status|\
         notes list|notes show|root|op log|archive|format-patch|bisect log|interpret-trailers|stripspace|\
         fmt-merge-msg|lfs env|sparse-checkout list|request-pull|patch-id",
        read,
    ),
    (
        "fetch|add|commit|push|pull|merge|switch|init|clone|cherry-pick|revert|mv|gc|prune|repack|\
         maintenance|am|apply|tag|remote|notes|stash|stash push|stash save|stash pop|stash apply|\
         worktree add|worktree prune|submodule update|submodule init|submodule add|submodule sync|bisect|\
         lfs pull|lfs fetch|lfs track|lfs install|rebase|update-index|pack-refs|bundle create|\
         sparse-checkout|subtree|update-ref|write-tree|read-tree|hash-object|commit-tree|rerere",
        git_work,
    ),
    ("branch", |call| {
        if parse(call, PLAIN).has(&["-D", "-f", "--force", "-M"]) { discard(call) } else { benign(call) }
    }),
    ("config", git_config),
    ("reset", |call| {
        if call.any(&["--hard", "--merge", "--keep"]) || call.open() {
            git_discards(call)
        } else {
            benign(call)
        }
    }),
    ("clean", |call| {
        if parse(call, anywhere("e", "exclude")).says(&["-n", "--dry-run"]) {
            read(call)
        } else {
            git_discards(call)
        }
    }),
    ("checkout|restore", git_checkout),
    (
        "stash drop|stash clear|worktree remove|reflog expire|reflog delete|update-ref -d|filter-branch|\
         filter-repo|replace|remote remove|remote rm|lfs prune|branch -D",
        git_discards,
    ),
    ("rm", |call| {
        let parsed = parse(call, PLAIN);
        if parsed.says(&["-n", "--dry-run", "--cached"]) {
            return benign(call);
        }
        touch_all(if parsed.has(&["-r"]) { Touch::DeleteTree } else { Touch::Delete }, parsed.operands)
    }),
    ("submodule foreach", |call| vec![call.runs_text(&joined(parse(call, PLAIN).rest))]),
    ("bisect run", |call| vec![call.runs(call.args)]),
    ("submodule deinit", discard),
    (
        "difftool|mergetool|gui|citool|instaweb|daemon|web--browse|send-email|upload-pack|receive-pack|\
         credential",
        ask,
    ),
];

/// Settings of git that name a program.
fn git_setting(call: &Call<'_>, name: &str, value: Option<Word>) -> Vec<Effect> {
    let lower = name.to_ascii_lowercase();
    let program = [
        "pager",
        "sshcommand",
        "editor",
        "fsmonitor",
        "external",
        "textconv",
        "helper",
        "askpass",
        "gitproxy",
        "hookspath",
        "command",
        "cmd",
        "program",
        "driver",
        "process",
        "clean",
        "smudge",
        "uploadpack",
        "receivepack",
        "path",
    ];
    let Some(value) = value else {
        return if lower.starts_with("alias.") || program.iter().any(|part| lower.ends_with(part)) {
            ask(call)
        } else {
            vec![]
        };
    };
    if lower.starts_with("alias.") {
        return match (head(&value).strip_prefix('!'), after(&value, 1)) {
            (Some(_), Some(script)) => vec![call.runs_text(&script)],
            _ => vec![],
        };
    }
    if lower.ends_with("hookspath") {
        return ask(call);
    }
    let harmless = matches!(
        text(&value),
        Some(
            "cat"
                | ""
                | "less"
                | "true"
                | "false"
                | "delta"
                | "store"
                | "cache"
                | "vim"
                | "nano"
                | "osxkeychain"
                | "libsecret"
        )
    );
    if program.iter().any(|part| lower.ends_with(part)) && !harmless {
        vec![call.runs_text(&value)]
    } else {
        vec![]
    }
}

fn git(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, GIT_OPTIONS);
    let mut effects = vec![];
    for setting in parsed.values(&["-c"]) {
        match head(setting).split_once('=') {
            Some((name, _)) => effects.extend(git_setting(call, name, after(setting, name.len() + 1))),
            None if text(setting).is_none() => effects.extend(ask(call)),
            None => {}
        }
    }
    if parsed
        .options
        .iter()
        .any(|given| given.name == "--exec-path" && given.value.is_some() || given.name == "--config-env")
    {
        effects.extend(ask(call));
    }
    if call.args.iter().any(|word| {
        let start = head(word);
        start.starts_with("ext::")
            || start.starts_with("--upload-pack")
            || start.starts_with("--receive-pack")
            || start.starts_with("--exec=")
            || start.starts_with("--open-files-in-pager=")
            || start.starts_with("--ext-diff")
            || start == "-O"
    }) {
        effects.extend(ask(call));
        for word in call.args.iter().filter(|word| head(word).starts_with("ext::")) {
            effects.extend(after(word, 5).map(|script| call.runs_text(&script)));
        }
    }
    // An alias given on the line is a sub-command that no table knows.
    let aliased = parsed.values(&["-c"]).iter().any(|word| head(word).starts_with("alias."));
    let verb = by_verb(call, GIT_OPTIONS, GIT, if aliased { read } else { ask });
    // Where it works: `-C DIR`, `--work-tree DIR`.
    let place = parsed.value(&["-C", "--work-tree"]);
    effects.extend(verb.into_iter().map(|effect| match (effect, place) {
        (Effect::Touch(touch, word), Some(place)) => Effect::Touch(touch, below(place, &word)),
        (effect, _) => effect,
    }));
    effects
}

/// The work tree is written.
fn here(call: &Call<'_>, touch: Touch) -> Vec<Effect> {
    let model = call.invocation.argv.first();
    model.map(|model| Effect::Touch(touch, some_file_in(&word_like(model, ".")))).into_iter().collect()
}

fn git_work(call: &Call<'_>) -> Vec<Effect> {
    let verb = call.whole.iter().filter_map(text).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    if call.any(&["--force", "-f", "--mirror", "--delete", "--prune"]) && verb == "push"
        || call.texts().any(|arg| verb == "push" && (arg.starts_with('+') || arg.starts_with(':')))
    {
        return discard(call);
    }
    if let Some(at) = call.texts().position(|arg| arg == "-x" || arg == "--exec").filter(|_| verb == "rebase")
    {
        return call.args.get(at + 1).map(|script| call.runs_text(script)).into_iter().collect();
    }
    let mut effects = benign(call);
    if verb == "clone" {
        let parsed = parse(
            call,
            anywhere(
                "bocujd",
                "branch origin config upload-pack depth reference template jobs separate-git-dir filter",
            ),
        );
        for setting in parsed.values(&["-c", "--config"]) {
            if let Some((name, _)) = head(setting).split_once('=') {
                effects.extend(git_setting(call, name, after(setting, name.len() + 1)));
            }
        }
        if parsed.has(&["-u", "--upload-pack", "--template"]) {
            effects.extend(ask(call));
        }
        effects.extend(touch_all(Touch::Write, parsed.operands.get(1).copied()));
    } else if matches!(
        verb,
        "pull" | "merge" | "switch" | "apply" | "am" | "stash" | "rebase" | "cherry-pick" | "revert" | "init"
    ) {
        effects.extend(here(call, Touch::Write));
    }
    effects
}

fn git_config(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("fl", "file blob type default comment"));
    let reads = parsed.has(&[
        "--get",
        "--get-all",
        "--list",
        "-l",
        "--get-regexp",
        "--show-origin",
        "--show-scope",
        "--get-urlmatch",
    ]);
    let mut operands = parsed.operands.iter().copied();
    let name = operands.next();
    let value = operands.next();
    if reads
        || value.is_none() && !parsed.has(&["--unset", "--unset-all", "--remove-section", "-e", "--edit"])
    {
        return read(call);
    }
    let mut effects = touch_all(Touch::Write, parsed.values(&["-f", "--file"]));
    if let Some(name) = name.and_then(text) {
        effects.extend(git_setting(call, name, value.cloned()));
    }
    effects.extend(benign(call));
    effects
}

fn git_discards(call: &Call<'_>) -> Vec<Effect> {
    let mut effects = discard(call);
    effects.extend(here(call, Touch::Write));
    effects
}

/// Switching branches keeps work; naming files or forcing throws it away.
fn git_checkout(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("bBst", "source orphan"));
    let discards = call.any(&["--", "."])
        || parsed.has(&["-f", "--force", "--ours", "--theirs"])
        || parsed.operands.len() > 1
        || call.whole.iter().any(|word| text(word) == Some("restore")) && !call.any(&["--staged", "-S"]);
    let mut effects =
        if discards && !parsed.has(&["-b", "-B", "--orphan"]) { discard(call) } else { benign(call) };
    effects.extend(here(call, Touch::Write));
    effects
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn work_is_not_thrown_away_unasked() {
        table(&[
            (Allow, "git status"),
            (Allow, "git -C /opt/stacks pull"),
            (Allow, "git checkout -b feature"),
            (Allow, "git commit -m 'remove rm -rf / from script'"),
            (Allow, "git clean -n"),
            (Confirm, "git reset --hard HEAD"),
            (Confirm, "git clean -fdx"),
            (Confirm, "git checkout -- ."),
            (Confirm, "git push --force"),
            (Confirm, "git -c alias.x=!reboot x"),
            (Confirm, "git -c core.pager=reboot log"),
            (Allow, "git -c color.ui=never log"),
            (Deny, "git -C /etc/pve clean -fd"),
            (Deny, "git --work-tree=/etc/pve checkout -f"),
            (Confirm, "git unknown-alias"),
            (Confirm, "git submodule foreach reboot"),
            (Confirm, "git bisect run reboot"),
        ]);
    }
}
