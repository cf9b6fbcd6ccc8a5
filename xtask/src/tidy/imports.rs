//! The paths that one Rust file mentions, and the names that it hands on from elsewhere (`pub use`).

use super::tokens::{Token, outside_tests};

pub(super) type Path = Vec<String>;

/// `pub use path as name`, one per leaf of a use tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reexport {
    pub(super) name: String,
    pub(super) path: Path,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mentions {
    /// Every `a::b::c` outside tests, in imports and in code, but for what is only handed on; a use tree gives one path
    /// per leaf.
    pub(super) paths: Vec<Path>,
    pub(super) reexports: Vec<Reexport>,
}

pub(super) fn of(source: &str) -> Mentions {
    let tokens = outside_tests(source);
    let mut mentions = Mentions::default();
    let mut at = 0;
    while at < tokens.len() {
        let begins_path = matches!(tokens[at], Token::Word(_)) && tokens.get(at + 1) == Some(&Token::Colons);
        if !begins_path {
            at += 1;
            continue;
        }
        let is_reexport = hands_on(&tokens[..at]);
        let mut leaves = Vec::new();
        at = tree(&tokens, at, &mut Vec::new(), &mut leaves);
        if is_reexport {
            mentions.reexports.extend(leaves.into_iter().map(|(name, path)| Reexport { name, path }));
        } else {
            mentions.paths.extend(leaves.into_iter().map(|(_, path)| path));
        }
    }
    mentions
}

/// Whether the tokens before a path end in `pub use` or `pub(…) use`.
fn hands_on(before: &[Token<'_>]) -> bool {
    matches!(
        before,
        [.., Token::Word("pub"), Token::Word("use")] | [.., Token::Mark(b')'), Token::Word("use")]
    )
}

/// Reads the use tree (a plain path is one) at `at`; returns where it ends. Each leaf comes with the name that it is
/// known by afterwards.
fn tree(tokens: &[Token<'_>], mut at: usize, prefix: &mut Path, leaves: &mut Vec<(String, Path)>) -> usize {
    let depth = prefix.len();
    loop {
        match tokens.get(at) {
            Some(Token::Word(word)) => {
                prefix.push((*word).to_owned());
                at += 1;
            }
            Some(Token::Mark(b'{')) => {
                at += 1;
                while !matches!(tokens.get(at), Some(Token::Mark(b'}')) | None) {
                    // Something else than a leaf or a comma: no use tree after all.
                    let next = tree(tokens, at, prefix, leaves);
                    at = next.max(at + 1);
                }
                prefix.truncate(depth);
                return at + 1;
            }
            Some(Token::Mark(b'*')) if prefix.len() > depth => {
                leaves.push(("*".to_owned(), prefix.clone()));
                prefix.truncate(depth);
                return at + 1;
            }
            _ => break,
        }
        if tokens.get(at) == Some(&Token::Colons) {
            at += 1;
        } else {
            break;
        }
    }
    if prefix.len() > depth {
        let mut name = prefix.last().cloned().unwrap_or_default();
        if let (Some(Token::Word("as")), Some(Token::Word(alias))) = (tokens.get(at), tokens.get(at + 1)) {
            name = (*alias).to_owned();
            at += 2;
        }
        leaves.push((name, prefix.clone()));
    }
    prefix.truncate(depth);
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(source: &str) -> Vec<String> {
        of(source).paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn imports_and_paths_in_code_are_found() {
        let source =
            "use crate::a::{b, c::{self, D as E}, f::*};\nfn g() -> super::H { crate::i::j(k::<l::M>()) }";
        assert_eq!(
            paths(source),
            [
                "crate::a::b",
                "crate::a::c::self",
                "crate::a::c::D",
                "crate::a::f",
                "super::H",
                "crate::i::j",
                "k",
                "l::M"
            ]
        );
    }

    #[test]
    fn what_is_handed_on_is_known_by_its_new_name() {
        let mentions = of("pub use a::B as C;\npub(crate) use super::d::{E, F};\nuse g::H;");
        let names: Vec<(&str, String)> =
            mentions.reexports.iter().map(|it| (it.name.as_str(), it.path.join("::"))).collect();
        assert_eq!(
            names,
            [("C", "a::B".to_owned()), ("E", "super::d::E".to_owned()), ("F", "super::d::F".to_owned())]
        );
    }
}
