//! awk: what its programs run and write.

use super::call::{Call, Rows, head, shown, text, touch_all, word_like};
use super::does::{ask, read};
use super::grammar::{Grammar, anywhere, parse};
use super::sed::delimited;
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[("awk|gawk|mawk|nawk|original-awk", awk)];

fn awk(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(
        call,
        Grammar {
            front: true,
            ..anywhere(
                "FvfieElWD",
                "field-separator assign file include exec source load profile pretty-print dump-variables",
            )
        },
    );
    let from_file = parsed.has(&["-f", "--file", "-E", "--exec", "-i", "--include", "-l", "--load"]);
    let in_place = parsed.values(&["-i", "--include"]).iter().any(|word| shown(word) == "inplace");
    let sources = parsed.values(&["-e", "--source"]);
    let own = sources.is_empty() && !parsed.has(&["-f", "--file", "-E", "--exec"]);
    let program: Vec<&Word> =
        if own { parsed.operands.first().copied().into_iter().collect() } else { sources };
    let mut effects = vec![];
    if from_file && !(in_place && parsed.values(&["-i", "--include", "-f", "--file", "-l", "-E"]).len() == 1)
    {
        effects.extend(ask(call));
    }
    for code in program {
        match text(code) {
            Some(program) => awk_program(call, code, program, &mut effects),
            None => effects.extend(ask(call)),
        }
    }
    let files =
        parsed.operands.iter().skip(usize::from(own)).copied().filter(|word| !head(word).contains('='));
    if in_place {
        effects.extend(touch_all(Touch::Write, files));
    } else {
        effects.extend(files.map(|file| Effect::Read(file.clone())));
    }
    if effects.is_empty() { read(call) } else { effects }
}

/// What an awk program runs (`system`, `"cmd" | getline`, `print | "cmd"`) and writes (`print > "file"`).
fn awk_program(call: &Call<'_>, place: &Word, program: &str, effects: &mut Vec<Effect>) {
    let pieces = awk_pieces(program);
    for (at, piece) in pieces.iter().enumerate() {
        let text_of = |piece: Option<&Piece>| match piece {
            Some(Piece::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let next = pieces.get(at + 1);
        match piece {
            Piece::Name(name) if name == "system" => {
                let quoted = pieces
                    .iter()
                    .skip(at + 1)
                    .find(|piece| !matches!(piece, Piece::Sign('(')))
                    .and_then(|piece| text_of(Some(piece)));
                let whole = matches!(pieces.get(at + 3), Some(Piece::Sign(')')) | None);
                match quoted {
                    Some(command) => effects.push(call.runs_text(&word_like(place, command))),
                    None => effects.extend(ask(call)),
                }
                if !whole {
                    effects.extend(ask(call));
                }
            }
            Piece::Sign('|') => {
                // `print … | "cmd"` or `"cmd" | getline`.
                let after = next.filter(|next| !matches!(next, Piece::Sign('&'))).or(pieces.get(at + 2));
                let reads = matches!(after, Some(Piece::Name(name)) if name == "getline");
                let command =
                    if reads { at.checked_sub(1).and_then(|before| pieces.get(before)) } else { after };
                match text_of(command) {
                    Some(command) => {
                        // A shell gets what is printed.
                        let shell =
                            command.split_whitespace().next().is_some_and(|name| name.ends_with("sh"));
                        if shell && !reads {
                            effects.extend(ask(call));
                            if let Some(printed) =
                                at.checked_sub(1).and_then(|before| text_of(pieces.get(before)))
                            {
                                effects.push(call.runs_text(&word_like(place, printed)));
                            }
                        }
                        effects.push(call.runs_text(&word_like(place, command)));
                    }
                    None => effects.extend(ask(call)),
                }
            }
            Piece::Sign('>') if writes(&pieces[..at]) => {
                match text_of(next.filter(|next| !matches!(next, Piece::Sign('>'))).or(pieces.get(at + 2))) {
                    Some(file) if !file.starts_with("/dev/std") => {
                        effects.push(Effect::Touch(Touch::Write, word_like(place, file)));
                    }
                    Some(_) => {}
                    None if matches!(pieces.get(at + 1), Some(Piece::Sign('>')))
                        && text_of(pieces.get(at + 2)).is_some() => {}
                    None => effects.extend(ask(call)),
                }
            }
            Piece::Text(text) if text.starts_with("/inet") => effects.push(Effect::Exfiltrate(call.line())),
            _ => {}
        }
    }
}

enum Piece {
    Name(String),
    Text(String),
    Sign(char),
}

/// The statement before writes to its `>` when it begins with print and no parenthesis is open.
fn writes(before: &[Piece]) -> bool {
    let mut depth = 0i32;
    for piece in before.iter().rev() {
        match piece {
            Piece::Sign(')') => depth += 1,
            Piece::Sign('(') => depth -= 1,
            Piece::Sign(';' | '{' | '}' | '\n') if depth <= 0 => return false,
            Piece::Name(name) if (name == "print" || name == "printf") && depth >= 0 => return true,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    false
}

/// The program in pieces; patterns between slashes and comments are left out.
fn awk_pieces(program: &str) -> Vec<Piece> {
    let chars: Vec<char> = program.chars().collect();
    let mut pieces = vec![];
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        at += 1;
        match char {
            '"' => {
                let mut quoted = String::new();
                while let Some(&char) = chars.get(at) {
                    at += 1;
                    match char {
                        '"' => break,
                        '\\' => {
                            quoted.push(match chars.get(at) {
                                Some('n') => '\n',
                                Some('t') => '\t',
                                Some(other) => *other,
                                None => break,
                            });
                            at += 1;
                        }
                        other => quoted.push(other),
                    }
                }
                pieces.push(Piece::Text(quoted));
            }
            '#' => at += chars[at..].iter().take_while(|char| **char != '\n').count(),
            '/' if !matches!(
                pieces.last(),
                Some(Piece::Name(_) | Piece::Text(_) | Piece::Sign(')' | ']'))
            ) || ends_with_word(&pieces, &["print", "return", "in"]) =>
            {
                at = delimited(&chars, at, '/') + 1;
            }
            '|' if chars.get(at) == Some(&'|') => at += 1,
            '>' if chars.get(at) == Some(&'=') => at += 1,
            char if char.is_alphanumeric() || char == '_' || char == '$' => {
                let mut name = char.to_string();
                while let Some(char) = chars.get(at).filter(|char| char.is_alphanumeric() || **char == '_') {
                    name.push(*char);
                    at += 1;
                }
                pieces.push(Piece::Name(name));
            }
            '\n' => pieces.push(Piece::Sign('\n')),
            char if char.is_whitespace() => {}
            other => pieces.push(Piece::Sign(other)),
        }
    }
    pieces
}

fn ends_with_word(pieces: &[Piece], words: &[&str]) -> bool {
    matches!(pieces.last(), Some(Piece::Name(name)) if words.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use super::*;
    use crate::judgement::Level::{Allow, Confirm, Deny};

    #[test]
    fn a_comparison_writes_nothing() {
        let writes_at = |program: &str| {
            let pieces = awk_pieces(program);
            pieces
                .iter()
                .enumerate()
                .any(|(at, piece)| matches!(piece, Piece::Sign('>')) && writes(&pieces[..at]))
        };
        assert!(writes_at("{print $1 > \"/tmp/x\"}"));
        assert!(!writes_at("$3 > 80 {print $1}"));
        assert!(!writes_at("{if ($1 > 3) print}"));
        assert!(!writes_at("{print ($1 > 3)}"));
        assert!(!writes_at("/a>b/ {print}"));
    }

    #[test]
    fn programs_that_run_or_write_are_seen() {
        table(&[
            (Allow, "awk -F: '$3 >= 1000 {print $1}' /etc/passwd"),
            (Allow, "awk 'NR==FNR{a[$1];next} $1 in a' /tmp/a /tmp/b"),
            (Confirm, "awk 'BEGIN{system(\"reboot\")}'"),
            (Confirm, "awk 'BEGIN{\"reboot\"|getline}'"),
            (Confirm, "awk 'BEGIN{print \"reboot\" | \"sh\"}'"),
            (Deny, "awk '{print > \"/etc/pve/x\"}' /tmp/a"),
            (Deny, "awk -i inplace '{print}' /etc/pve/storage.cfg"),
            (Confirm, "awk -f /tmp/prog.awk /tmp/x"),
            (Allow, "awk '{print > \"/dev/stderr\"}' /tmp/a"),
            (Confirm, "awk 'BEGIN{c=\"re\" \"boot\"; system(c)}'"),
        ]);
    }
}
