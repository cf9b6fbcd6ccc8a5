//! What stands around a key, and what that says about its value.

use std::ops::Range;

use super::judge::Standing;

/// Where the value of a key is.
pub(super) enum Place {
    /// Begins there; how it is written is still to be seen.
    At { at: usize, standing: Standing, spaced: bool },
    /// Is exactly this.
    Range(Range<usize>, Standing),
}

/// Whether only what begins lines stands before the key: blanks, list and diff marks, comments, `export`, `set`, a file's name.
pub(super) fn is_first(lead: &str) -> bool {
    let lead = lead.trim();
    let bare = lead.trim_start_matches([
        '-', '#', ';', '+', '>', '<', '*', '|', '$', '"', '\'', '/', ' ', '\t', '@', ':', '!',
    ]);
    let is_word = matches!(
        bare,
        "" | "export"
            | "set"
            | "const"
            | "let"
            | "var"
            | "val"
            | "declare -x"
            | "option"
            | "setenv"
            | "set -gx"
            | "set -x"
            | "ENV"
            | "ARG"
            | "Environment="
            | "Environment=\""
    );
    is_word
        || bare.ends_with(':')
            && bare.bytes().rev().skip(1).take_while(u8::is_ascii_digit).count() > 0
            && !bare.contains(' ')
}

/// Names of what is written as several words in a row.
pub(super) fn is_series(name: &str) -> bool {
    if !name.ends_with(['s', 'S', 'e', 'E', 'c', 'C']) {
        return false;
    }
    let name = name.to_ascii_lowercase();
    name.ends_with("codes")
        || name.ends_with("mnemonic")
        || name == "phrase"
        || ["seed_phrase", "seedphrase", "recovery_phrase", "seed-phrase"]
            .iter()
            .any(|end| name.ends_with(end))
}
