//! Lists of logins below a heading that says so.

use super::persons::{glued_login, is_handmade, is_known_user, is_password};
use super::prose::{is_about_login, is_code, words};
use crate::key::judge::is_dense;
use crate::span::Span;

/// Whether a line says that logins are listed below it.
pub(super) fn lists_logins(text: &str) -> bool {
    let is_heading =
        text.starts_with('#') || text.ends_with(':') || text.starts_with("**") && text.ends_with("**");
    let count = || {
        text.split_whitespace().filter(|word| word.bytes().any(|byte| byte.is_ascii_alphanumeric())).count()
    };
    is_heading
        && text.len() < 80
        && count() <= 8
        && !is_code(text)
        && words(text).iter().any(|word| {
            let low = word.text.trim_end_matches(':').to_lowercase();
            is_about_login(word.text) || matches!(low.as_str(), "pins" | "secrets")
        })
}

/// A line of such a list: `- nas: xyz`, `router — xyz`; its last word is it.
pub(crate) fn listed(line: &str, start: usize) -> Option<Span> {
    let text = line.trim_start().trim_start_matches(['-', '*', '•', ' ']);
    let is_item = text.len() < line.trim_start().len()
        || text.contains(": ")
        || text.contains(" - ")
        || text.contains(" — ")
        || text.contains(" = ")
        || text.contains("  ");
    let words = words(text);
    if !is_item || words.len() < 2 || words.len() > 12 || is_code(line) {
        return None;
    }
    let last = words.last()?;
    let before = words.get(words.len() - 2)?;
    let is_led = before.whole.ends_with([':', '=', '/', '-', '–', '—', '→', '>']);
    let is_column = is_known_user(before.text) || is_handmade(last.text);
    let fits = is_column && is_password(last.text) && line.contains("  ")
        || is_led && is_password(last.text)
        || is_dense(last.text) && is_password(last.text);
    let at = start + line.len() - text.len() + last.at;
    if let Some(range) = glued_login(last.text) {
        return Some(Span::new(at + range.start..at + range.end, "password"));
    }
    fits.then(|| Span::new(at..at + last.text.len(), "password"))
}
