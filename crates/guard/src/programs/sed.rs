//! sed: the commands of its scripts that run or write something.

use super::call::{Call, Rows, shown, text, touch_all, word_like};
use super::does::{ask, read};
use super::grammar::{anywhere, parse};
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[("sed|gsed", sed)];

/// The value of `-i`, `-ibak`, `--in-place=bak` says: files are changed.
fn sed(call: &Call<'_>) -> Vec<Effect> {
    // `-i` takes its suffix only when it is attached, so it must not eat the script.
    let parsed = parse(call, anywhere("efl", "expression file line-length"));
    let scripts: Vec<&Word> = parsed.values(&["-e", "--expression"]);
    let from_file = parsed.has(&["-f", "--file"]);
    let (script, files) = if scripts.is_empty() && !from_file {
        (parsed.operands.first().copied(), parsed.operands.get(1..).unwrap_or_default())
    } else {
        (None, parsed.operands.as_slice())
    };
    let mut effects: Vec<Effect> = vec![];
    let sandboxed = parsed.says(&["--sandbox"]);
    for script in scripts.into_iter().chain(script) {
        match text(script) {
            Some(code) if !sandboxed => sed_script(call, script, code, &mut effects),
            Some(_) => {}
            None => sed_open(call, script, &mut effects),
        }
    }
    if from_file && !sandboxed {
        effects.extend(ask(call));
    }
    let in_place = parsed.options.iter().any(|given| {
        given.name == "-i" || "--in-place".starts_with(given.name.as_str()) && given.name.len() > 4
    }) || call.texts().any(|arg| {
        arg.starts_with('-')
            && !arg.starts_with("--")
            && arg.trim_start_matches(['-', 'n', 'E', 'r', 's', 'u', 'z']).starts_with('i')
    });
    if in_place {
        effects.extend(touch_all(Touch::Write, files.iter().copied()));
    } else {
        effects.extend(files.iter().map(|file| Effect::Read((*file).clone())));
    }
    if effects.is_empty() { read(call) } else { effects }
}

/// A script that is only known in part. A plain substitution whose text comes from a variable is everyday: only what could
/// end it matters, and that is asked about when nothing is known of its beginning.
fn sed_open(call: &Call<'_>, script: &Word, effects: &mut Vec<Effect>) {
    let start = shown(script);
    if !start.starts_with(['s', '/', 'y']) && !start.starts_with(|char: char| char.is_ascii_digit()) {
        effects.extend(ask(call));
    }
}

/// The commands of a script that run (`e`, `s///e`) or write (`w`, `s///w`) something.
fn sed_script(call: &Call<'_>, place: &Word, code: &str, effects: &mut Vec<Effect>) {
    let chars: Vec<char> = code.chars().collect();
    let mut at = 0;
    let line = |from: usize| -> String {
        chars[from.min(chars.len())..].iter().take_while(|char| **char != '\n').collect()
    };
    while at < chars.len() {
        at = after_address(&chars, at);
        let Some(&command) = chars.get(at) else { break };
        at += 1;
        match command {
            's' | 'y' => {
                let Some(&mark) = chars.get(at) else { break };
                let pattern_end = delimited(&chars, at + 1, mark);
                let end = delimited(&chars, pattern_end + 1, mark);
                let replacement: String =
                    chars.get(pattern_end + 1..end).unwrap_or_default().iter().collect();
                at = end + 1;
                if command == 'y' {
                    continue;
                }
                while let Some(&flag) = chars.get(at) {
                    at += 1;
                    match flag {
                        'e' => {
                            effects.extend(ask(call));
                            effects.push(call.runs_text(&word_like(place, replacement.clone())));
                        }
                        'w' => {
                            effects.push(Effect::Touch(
                                Touch::Write,
                                word_like(place, line(at).trim().to_owned()),
                            ));
                            at += line(at).chars().count();
                            break;
                        }
                        'g' | 'p' | 'i' | 'I' | 'm' | 'M' => {}
                        digit if digit.is_ascii_digit() => {}
                        _ => {
                            at -= 1;
                            break;
                        }
                    }
                }
            }
            'e' => {
                let command = line(at).trim().to_owned();
                if command.is_empty() {
                    effects.extend(ask(call));
                } else {
                    effects.push(call.runs_text(&word_like(place, command)));
                }
                at += line(at).chars().count();
            }
            'w' | 'W' => {
                effects.push(Effect::Touch(Touch::Write, word_like(place, line(at).trim().to_owned())));
                at += line(at).chars().count();
            }
            'a' | 'i' | 'c' | 'r' | 'R' | '#' | ':' => at += line(at).chars().count(),
            _ => {}
        }
    }
}

/// Past blanks, separators, and an address such as `3,/x/` or `$!`.
fn after_address(chars: &[char], from: usize) -> usize {
    let mut at = from;
    while let Some(&char) = chars.get(at) {
        match char {
            '/' => at = delimited(chars, at + 1, '/') + 1,
            '\\' => {
                let mark = chars.get(at + 1).copied().unwrap_or('/');
                at = delimited(chars, at + 2, mark) + 1;
            }
            // `I` and `M` are flags of an address that is a pattern.
            ' ' | '\t' | '\n' | ';' | '{' | '}' | ',' | '$' | '!' | '~' | '+' | '0'..='9' | 'I' | 'M' => {
                at += 1;
            }
            _ => break,
        }
    }
    at
}

/// The place of the next `mark` that is neither quoted nor in a set.
pub(super) fn delimited(chars: &[char], from: usize, mark: char) -> usize {
    let mut at = from;
    while let Some(&char) = chars.get(at) {
        if char == '\\' {
            at += 2;
            continue;
        }
        if char == mark {
            return at;
        }
        at += 1;
    }
    chars.len()
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use super::*;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn a_script_is_read_command_by_command() {
        let chars: Vec<char> = "3,/a\\/b/!s/x/y/".chars().collect();
        assert_eq!(chars.get(after_address(&chars, 0)), Some(&'s'));
        assert_eq!(delimited(&['a', '\\', '/', 'b', '/'], 0, '/'), 4);
    }

    #[test]
    fn scripts_that_run_or_write_are_seen() {
        table(&[
            (Allow, "sed -n '1,20p' /etc/pve/storage.cfg"),
            (Allow, "sed -E 's/[0-9]+/N/g; s/foo/bar/' /tmp/x"),
            (Allow, "sed -i s/a/b/ /tmp/x"),
            (Confirm, "sed -i s/a/b/ /etc/ssh/sshd_config"),
            (Deny, "sed -i s/a/b/ /etc/pve/user.cfg"),
            (Deny, "sed -ni.bak p /etc/pve/user.cfg"),
            (Deny, "sed --in-place=.bak s/a/b/ /etc/pve/user.cfg"),
            (Confirm, "sed '1e reboot' /etc/hosts"),
            (Confirm, "sed s/x/reboot/e /tmp/x"),
            (Deny, "sed -n 'w /etc/pve/user.cfg' /tmp/x"),
            (Deny, "sed 's/a/b/w /dev/sda' /tmp/x"),
            (Confirm, "sed -f /tmp/script /tmp/x"),
            (Allow, "sed 's/e/w/' /tmp/x"),
            (Allow, "sed '/start/,/end/d' /tmp/x"),
        ]);
    }
}
