//! Takes a name apart: `DB_rootPassword2` is db, root, password.

/// Longer names are read from their end.
const LONGEST: usize = 80;
const MOST_WORDS: usize = 14;

/// The words of a name in lower case, without the digits at their ends.
pub(crate) struct Words {
    letters: [u8; LONGEST],
    bounds: [(u8, u8); MOST_WORDS],
    count: usize,
}

impl Words {
    pub(crate) fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let bytes = &bytes[bytes.len().saturating_sub(LONGEST)..];
        let mut words = Self { letters: [0; LONGEST], bounds: [(0, 0); MOST_WORDS], count: 0 };
        for (at, byte) in bytes.iter().enumerate() {
            // Large letters of western Europe are thirty-two before the small ones.
            let is_large = at > 0 && bytes[at - 1] == 0xc3 && (0x80..=0x9e).contains(byte);
            words.letters[at] = if is_large { byte + 0x20 } else { byte.to_ascii_lowercase() };
        }
        let has_lower = bytes.iter().any(u8::is_ascii_lowercase);
        let mut start = 0;
        for at in 0..=bytes.len() {
            let ends = match bytes.get(at) {
                None => true,
                Some(byte) if !is_letter(*byte) => true,
                Some(byte) => has_lower && at > start && byte.is_ascii_uppercase() && begins_hump(bytes, at),
            };
            if ends {
                words.push(start, at);
                start = match bytes.get(at) {
                    Some(byte) if is_letter(*byte) => at,
                    _ => at + 1,
                };
            }
        }
        words
    }

    fn push(&mut self, start: usize, end: usize) {
        let digits = self.letters[start..end].iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let end = end - digits;
        if start == end {
            return;
        }
        if self.count == MOST_WORDS {
            self.bounds.copy_within(1.., 0);
            self.count -= 1;
        }
        // Both are at most LONGEST.
        self.bounds[self.count] = (start as u8, end as u8);
        self.count += 1;
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn get(&self, at: usize) -> &str {
        let (start, end) = self.bounds[at];
        std::str::from_utf8(&self.letters[usize::from(start)..usize::from(end)]).unwrap_or_default()
    }
}

/// A letter or digit; those of other alphabets are several bytes.
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

/// Whether the capital at `at` begins a word: after a small letter or digit, or before one at the end of an acronym.
fn begins_hump(bytes: &[u8], at: usize) -> bool {
    // Letters of other alphabets go on as they are.
    if !bytes[at - 1].is_ascii() {
        return false;
    }
    let after_small = !bytes[at - 1].is_ascii_uppercase();
    let before_small = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    after_small || before_small
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn humps_marks_and_acronyms_part_words() {
        let split = |name| {
            let words = Words::of(name);
            (0..words.len()).map(|at| words.get(at).to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(split("DB_rootPassword2"), "db root password");
        assert_eq!(split("APIKey"), "api key");
        assert_eq!(split("AWS_SECRET_ACCESS_KEY"), "aws secret access key");
        assert_eq!(split("wep-key0"), "wep key");
        assert_eq!(split("http.x.basicauth.users"), "http x basicauth users");
        assert_eq!(split("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.token"), "c d e f g h i j k l m n o token");
        assert_eq!(split("db-CONTRASEÑA"), "db contraseña");
        assert_eq!(split(""), "");
    }
}
