//! The names that code gives to values of its own: they say nothing by themselves.

use std::collections::BTreeSet;

use super::call::among;
use super::code_pieces::Piece;

/// Arguments of functions that run commands which change what runs. They look like names with a value.
const TELLING: &str = "executable env preexec_fn cwd input stdin pass_fds user group argv0";

/// Names that reach everything, whatever else they are given to.
const REACHING: &str = "\
    getattr setattr globals locals vars eval exec compile importlib import_module ctypes builtins breakpoint runpy code \
    require module Function open input socket connect pickle marshal binding mainModule constructor";

/// Every name that is assigned, looped over, imported as or defined.
pub(super) fn own_names(pieces: &[Piece]) -> BTreeSet<&str> {
    let mut own = BTreeSet::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Sign('=') if is_assignment(pieces, at) => own.extend(before(pieces, at)),
            Piece::Name(name) if name == "for" => {
                own.extend(until(&pieces[at + 1..], |piece| *piece == Piece::Name("in".to_owned())));
            }
            Piece::Name(name) if name == "as" => own.extend(pieces.get(at + 1).and_then(name_of)),
            Piece::Name(name) if matches!(name.as_str(), "def" | "lambda") => {
                own.extend(until(&pieces[at + 1..], |piece| *piece == Piece::Sign(':')));
            }
            _ => {}
        }
    }
    own.retain(|name| !among(REACHING, name) && !name.starts_with("__"));
    own
}

fn name_of(piece: &Piece) -> Option<&str> {
    if let Piece::Name(name) = piece { Some(name) } else { None }
}

/// `=`, and not part of `==`, `!=`, `<=`, `+=` or an attribute's.
fn is_assignment(pieces: &[Piece], at: usize) -> bool {
    let compares = |sign: Option<&Piece>| matches!(sign, Some(Piece::Sign('=' | '!' | '<' | '>')));
    !(compares(pieces.get(at + 1)) || at > 0 && compares(pieces.get(at - 1)))
}

/// The names before an assignment, back to what is no list of names.
fn before(pieces: &[Piece], at: usize) -> Vec<&str> {
    let mut names = vec![];
    for (place, piece) in pieces[..at].iter().enumerate().rev() {
        match piece {
            // `a.b = …` changes something that is there.
            Piece::Name(_) if place > 0 && pieces[place - 1] == Piece::Sign('.') => return vec![],
            Piece::Name(name) if among(TELLING, name) => return vec![],
            Piece::Name(name) => names.push(name.as_str()),
            Piece::Sign(',') => {}
            _ => break,
        }
    }
    names
}

/// The names before the piece that ends them, on the same line.
fn until(pieces: &[Piece], ends: impl Fn(&Piece) -> bool) -> Vec<&str> {
    let end = pieces.iter().position(|piece| ends(piece) || *piece == Piece::Sign('\n'));
    let plain = |piece: &Piece| !matches!(piece, Piece::Sign('.'));
    let pieces = &pieces[..end.unwrap_or(0)];
    if pieces.iter().all(plain) { pieces.iter().filter_map(name_of).collect() } else { vec![] }
}
