//! From text to a syntax tree, within limits.

use std::ops::Range;

use brush_parser::ast::Program;
use brush_parser::{ParserOptions, SourceSpan, Token, parse_tokens, uncached_tokenize_str};

use super::hygiene;

/// More tokens than this are not looked at.
const MOST_TOKENS: usize = 10_000;
/// Deeper nesting is not followed.
const DEEPEST: usize = 16;
/// Nested `case` doubles the parser's work with each level.
const DEEPEST_CASE: usize = 5;
/// The tokenizer calls itself for each expansion; so many stay within a small stack whatever their nesting.
const MOST_EXPANSIONS: usize = 80;

/// A text that was parsed.
pub(super) struct Script {
    /// Its commands.
    pub(super) program: Program,
    text: String,
    /// For texts that are not ASCII: where each character begins.
    starts: Option<Vec<usize>>,
}

/// Why there is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It cannot be judged, whatever it says.
    Unfit(&'static str),
    /// It is nested too deeply or has too many parts.
    TooLarge,
    /// The shell would not take it either, or it is written in a way that this parser does not know.
    Syntax,
}

impl Refusal {
    /// In words, to follow "it cannot be judged:".
    pub(super) fn says(self) -> &'static str {
        match self {
            Self::Unfit(why) => why,
            Self::TooLarge => "it is nested too deeply or has too many parts",
            Self::Syntax => "its syntax is not understood",
        }
    }
}

/// Parses a script.
pub(super) fn parse(text: &str) -> Result<Script, Refusal> {
    if let Some(why) = hygiene::unfit(text) {
        return Err(Refusal::Unfit(why));
    }
    if expansions(text) > MOST_EXPANSIONS {
        return Err(Refusal::TooLarge);
    }
    // `bash -c` starts with extended globs off: `!(reboot)` runs it. Once switched on they hold from the next line.
    let extended = text.contains("extglob") && text.contains('\n');
    let options = ParserOptions { enable_extended_globbing: extended, ..ParserOptions::default() };
    let tokens = uncached_tokenize_str(text, &options.tokenizer_options()).map_err(|_| Refusal::Syntax)?;
    if tokens.len() > MOST_TOKENS || too_deep(&tokens) {
        return Err(Refusal::TooLarge);
    }
    let program = parse_tokens(&tokens, &options).map_err(|_| Refusal::Syntax)?;
    let starts =
        (!text.is_ascii()).then(|| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect());
    Ok(Script { program, text: text.to_owned(), starts })
}

impl Script {
    /// The text that stands somewhere.
    pub(super) fn text(&self, span: &SourceSpan) -> &str {
        self.text.get(self.bytes(span)).unwrap_or_default()
    }

    /// A place in the tree as bytes of the text.
    pub(super) fn bytes(&self, span: &SourceSpan) -> Range<usize> {
        let byte = |index: usize| match &self.starts {
            Some(starts) => starts.get(index).or(starts.last()).copied().unwrap_or(index),
            None => index,
        };
        byte(span.start.index)..byte(span.end.index)
    }
}

fn expansions(text: &str) -> usize {
    text.as_bytes().windows(2).filter(|pair| pair[0] == b'$' && matches!(pair[1], b'(' | b'{' | b'[')).count()
}

fn too_deep(tokens: &[Token]) -> bool {
    let (mut depth, mut cases) = (0_usize, 0_usize);
    let mut deepest = 0;
    for token in tokens {
        match token.to_str() {
            "case" => {
                cases += 1;
                depth += 1;
            }
            "esac" => {
                cases = cases.saturating_sub(1);
                depth = depth.saturating_sub(1);
            }
            "if" | "for" | "while" | "until" | "select" | "{" | "(" | "coproc" | "((" | "[[" => depth += 1,
            "fi" | "done" | "}" | ")" | "]]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        if cases > DEEPEST_CASE {
            return true;
        }
    }
    deepest > DEEPEST
}
