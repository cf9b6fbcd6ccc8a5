//! Words put together into one, as programs do that hand a line to a shell.

use super::call::{shown, text};
use crate::word::{Value, Word};

/// The words with blanks between them, as one.
pub(super) fn joined(words: &[Word]) -> Word {
    let mut line = String::new();
    let mut open = false;
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            line.push(' ');
        }
        match &word.value {
            Value::Tainted { prefix } => {
                line.push_str(prefix);
                open = true;
                break;
            }
            _ => line.push_str(shown(word)),
        }
    }
    let span = match (words.first(), words.last()) {
        (Some(first), Some(last)) => first.span.start..last.span.end.max(first.span.start),
        _ => 0..0,
    };
    let value = if open { Value::Tainted { prefix: line } } else { Value::known(line) };
    Word { value, span, hollow: false }
}

/// The word with another in place of each `mark`.
pub(super) fn written(word: &Word, mark: &str, item: &Word) -> Word {
    let whole = shown(word);
    if !whole.contains(mark) || mark.is_empty() {
        return word.clone();
    }
    let value = match (text(word), text(item)) {
        (Some(_), Some(item)) => Value::known(whole.replace(mark, item)),
        _ => Value::Tainted { prefix: whole.split(mark).next().unwrap_or_default().to_owned() },
    };
    Word { value, span: word.span.clone(), hollow: word.hollow }
}
