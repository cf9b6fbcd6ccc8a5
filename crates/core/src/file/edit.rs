//! Editing by replacing a literal piece of text.

use thiserror::Error;

use super::encoding::is_text;

/// One piece of text for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    old: String,
    new: String,
    all: bool,
}

/// Why an edit cannot be made. Nothing is written then.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    /// There is nothing to look for.
    #[error("oldString is empty")]
    Empty,
    /// It would change nothing.
    #[error("newString is the same as oldString")]
    Same,
    /// No text.
    #[error("that file is no text")]
    Binary,
    /// It is not in the file.
    #[error("oldString is not in the file")]
    NotFound {
        /// It would be, with the file's CR LF line ends.
        crlf: bool,
    },
    /// It is there more than once.
    #[error("oldString is in the file {0} times")]
    Many(usize),
}

impl EditError {
    /// The way out.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Empty => {
                "give the text that is to be replaced; a whole file is written with the write tool"
            }
            Self::Same => "nothing has to be done",
            Self::Binary => "write the whole file, in base64",
            Self::NotFound { crlf: true } => "the file's lines end with CR LF: give \\r\\n",
            Self::NotFound { crlf: false } => {
                "read the file again: blanks, tabs and line breaks count, and redacted parts are not what is there"
            }
            Self::Many(_) => "give more of the text around it, or set replaceAll: true",
        }
    }
}

impl Edit {
    /// An edit of the one place, or of `all`, where `old` stands.
    ///
    /// # Errors
    /// When there is nothing to look for, or it would change nothing.
    pub fn new(old: impl Into<String>, new: impl Into<String>, all: bool) -> Result<Self, EditError> {
        let edit = Self { old: old.into(), new: new.into(), all };
        match () {
            () if edit.old.is_empty() => Err(EditError::Empty),
            () if edit.old == edit.new => Err(EditError::Same),
            () => Ok(edit),
        }
    }

    /// The content after it. All other bytes stay as they are, also those that are no UTF-8.
    ///
    /// # Errors
    /// When the content is no text, or the piece is not in it just once.
    pub fn apply(&self, content: &[u8]) -> Result<Vec<u8>, EditError> {
        if !is_text(content) {
            return Err(EditError::Binary);
        }
        let old = self.old.as_bytes();
        match places(content, old).len() {
            0 => {
                let with_cr = self.old.replace('\n', "\r\n");
                let crlf = with_cr != self.old && !places(content, with_cr.as_bytes()).is_empty();
                Err(EditError::NotFound { crlf })
            }
            count if count > 1 && !self.all => Err(EditError::Many(count)),
            _ => Ok(self.replaced(content)),
        }
    }

    fn replaced(&self, content: &[u8]) -> Vec<u8> {
        let mut edited = Vec::with_capacity(content.len());
        let mut from = 0;
        for at in places(content, self.old.as_bytes()) {
            edited.extend_from_slice(&content[from..at]);
            edited.extend_from_slice(self.new.as_bytes());
            from = at + self.old.len();
        }
        edited.extend_from_slice(&content[from..]);
        edited
    }
}

/// Where `wanted` stands, places that overlap counted once.
fn places(content: &[u8], wanted: &[u8]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(window) = content.get(at..at + wanted.len()) {
        if window == wanted {
            places.push(at);
            at += wanted.len();
        } else {
            // On to the next place where it could begin.
            let next = content[at + 1..].iter().position(|byte| *byte == wanted[0]);
            let Some(next) = next else { break };
            at += 1 + next;
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(content: &[u8], old: &str, new: &str, all: bool) -> Result<Vec<u8>, EditError> {
        Edit::new(old, new, all)?.apply(content)
    }

    #[test]
    fn one_place_is_replaced_and_all_other_bytes_stay() {
        assert_eq!(edited(b"caf\xe9 a\r\nb", "a\r\n", "$1\n", false).unwrap(), b"caf\xe9 $1\nb");
        assert_eq!(edited(b"aXbX", "X", "", true).unwrap(), b"ab");
        assert_eq!(edited(b"aaa", "aa", "b", true).unwrap(), b"ba");
    }

    #[test]
    fn what_is_not_there_just_once_is_refused() {
        assert_eq!(edited(b"a a", "a", "b", false), Err(EditError::Many(2)));
        assert_eq!(edited(b"ab", "c", "b", false), Err(EditError::NotFound { crlf: false }));
        assert_eq!(edited(b"a\r\nb", "a\nb", "c", false), Err(EditError::NotFound { crlf: true }));
        assert_eq!(edited(b"a\0", "a", "b", false), Err(EditError::Binary));
        assert_eq!(edited(b"a", "", "b", false), Err(EditError::Empty));
        assert_eq!(edited(b"a", "a", "a", false), Err(EditError::Same));
    }
}
