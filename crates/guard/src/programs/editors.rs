//! Editors, which without a terminal do what their commands say.

use super::call::{Call, Rows, among, head, shown, text, touch_all, word_like};
use super::does::{ask, read};
use super::grammar::{anywhere, parse};
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[(
    "vi|vim|nvim|view|vimdiff|rvim|vim.basic|vim.tiny|gvim|ex|ed|red|nano|pico|joe|jed|emacs|emacsclient|\
     micro|helix|hx|mcedit|code|ne|kak|rnano|zile|tilde|editor|sensible-editor|vipe|hexedit",
    editor,
)];

/// An editor without a terminal does what its commands say; a person is not there to do the rest.
fn editor(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("cSuTUwWip", "cmd eval load"));
    let mut effects: Vec<Effect> = vec![];
    let mut scripts: Vec<(Word, String)> = vec![];
    for word in parsed.values(&["-c", "--cmd"]) {
        match text(word) {
            Some(script) => scripts.push((word.clone(), script.to_owned())),
            None => effects.extend(ask(call)),
        }
    }
    for word in call.args.iter().filter(|word| head(word).starts_with('+')) {
        scripts.push((word.clone(), shown(word)[1..].to_owned()));
    }
    if parsed.has(&["-S", "--eval", "--load", "-s", "-W", "-w", "-u"])
        && !matches!(call.name, "ed" | "red" | "nano" | "ex")
        && !parsed.says(&["-es"])
    {
        let harmless = parsed.values(&["-u"]).iter().all(|word| matches!(text(word), Some("NONE" | "NORC")))
            && !parsed.has(&["-S", "--eval", "--load", "-W", "-w"]);
        if !harmless {
            effects.extend(ask(call));
        }
    }
    let typed =
        matches!(call.name, "ed" | "red" | "ex") || parsed.has(&["-e", "-E"]) || parsed.says(&["-es"]);
    match (call.stdin(), call.invocation.argv.first()) {
        (Some(script), Some(model)) if !script.is_empty() => scripts.push((model.clone(), script.to_owned())),
        (None, _) if typed => effects.extend(ask(call)),
        _ => {}
    }
    for (place, script) in &scripts {
        for line in script.split(['\n', '|']).map(str::trim) {
            let line = line
                .trim_start_matches(|char: char| ":%$,.;0123456789".contains(char))
                .trim_start_matches("silent ")
                .trim_start_matches("sil ");
            if let Some(command) = line
                .strip_prefix('!')
                .or_else(|| line.strip_prefix("r !"))
                .or_else(|| line.strip_prefix("r!"))
                .or_else(|| line.strip_prefix("w !"))
                .or_else(|| line.strip_prefix("w!!"))
                .or_else(|| line.strip_prefix("terminal "))
            {
                effects.push(call.runs_text(&word_like(place, command.trim())));
            } else if let Some(file) = written(line) {
                effects.push(Effect::Touch(Touch::Write, word_like(place, file)));
            } else if [
                "call ",
                "lua",
                "py",
                "perl",
                "ruby",
                "tcl",
                "source",
                "so ",
                "exe",
                "let ",
                "norm",
                "term",
                "set shell",
                "system(",
            ]
            .iter()
            .any(|verb| line.starts_with(verb))
                || line.contains("system(")
            {
                effects.extend(ask(call));
                if let Some(command) =
                    line.split("system(").nth(1).and_then(|rest| rest.split(['"', '\'']).nth(1))
                {
                    effects.push(call.runs_text(&word_like(place, command)));
                }
            }
        }
    }
    let reads_only = call.any(&["-R", "--readonly", "-v", "--version"]) || call.name == "view";
    if !reads_only || !scripts.is_empty() {
        effects.extend(touch_all(
            Touch::Write,
            parsed.operands.iter().copied().filter(|word| !head(word).starts_with('+')),
        ));
    }
    if effects.is_empty() { read(call) } else { effects }
}

/// The file that a command writes, or opens to be written by a later one: `w! x`, `wq x`, `saveas x`, `e x`.
fn written(line: &str) -> Option<&str> {
    const VERBS: &str = "\
        w wr wri writ write wq x xi xit exi exit sav saveas up update wn W Wq WQ e ed edit sp split vs vsplit tabe tabedit \
        new vnew f file";
    let letters = line.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (verb, rest) = line.split_at(letters);
    let file = rest.trim_start_matches('!').strip_prefix([' ', '\t'])?.trim();
    let file = file.trim_start_matches('>').trim();
    (among(VERBS, verb) && !file.is_empty() && !file.starts_with('!')).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn editors_write_what_they_open() {
        table(&[
            (Deny, "nano /etc/pve/storage.cfg"),
            (Confirm, "vim /etc/hosts"),
            (Allow, "vim -R /etc/hosts"),
            (Allow, "nano /tmp/x"),
            (Confirm, "vim -c :!reboot -c :q"),
            (Confirm, "ex -sc !reboot -cq"),
            (Confirm, "vim -S /tmp/script /tmp/x"),
            (Deny, "vim -c 'w /etc/pve/user.cfg' /tmp/x"),
            (Deny, "vim -c 'wq! /etc/pve/user.cfg' /tmp/x"),
            (Deny, "vim -c 'e /etc/pve/user.cfg' -c 'd | x' /tmp/x"),
        ]);
    }
}
