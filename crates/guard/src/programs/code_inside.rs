//! Code within the texts of code: `f"{…}"`, `${…}`, `#{…}`.

use super::code_language::Language;

/// The code that a text between these marks holds, piece by piece. `formatted`: Python's `f` stands before it.
pub(super) fn code_inside(text: &str, mark: char, formatted: bool, language: Language) -> Vec<String> {
    let starts: &[&str] = match (language, mark) {
        (Language::Python, _) if formatted => &["{"],
        (Language::JavaScript, '`') => &["${"],
        (Language::Ruby, '"' | '`') => &["#{"],
        (Language::Perl, '"' | '`') => &["@{[", "${\\"],
        (Language::Php, '"') => &["{$", "${"],
        _ => return vec![],
    };
    let text =
        if language == Language::Python { text.replace("{{", "").replace("}}", "") } else { text.to_owned() };
    let mut found = vec![];
    for start in starts {
        let mut rest = text.as_str();
        while let Some(at) = rest.find(start) {
            rest = &rest[at + start.len()..];
            let inner = &rest[..closing(rest)];
            rest = &rest[inner.len()..];
            found.push(without_format(inner, language).to_owned());
        }
    }
    found
}

/// Where the brace that was opened is closed.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    for (at, char) in text.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => return at,
            '}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// `x:>10.1f` and `x!r` without how it is to be printed.
fn without_format(inner: &str, language: Language) -> &str {
    let printed = |how: &str| how.len() <= 12 && !how.contains(['(', ')', '[', ']', '{', '}', '\'', '"']);
    match inner.rsplit_once([':', '!']) {
        Some((code, how)) if language == Language::Python && printed(how) => code,
        _ => inner,
    }
}
