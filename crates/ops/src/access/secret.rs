//! Chance, drawn in this one place: tokens, sessions, salts, the set-up code, the name of a process.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use labkeeper_core::audit::{hex, sha256_hex};
use labkeeper_core::fault::Fault;
use subtle::ConstantTimeEq;

/// What every token begins with, so that it is recognised in a log or a repository.
const PREFIX: &str = "lk_";

/// Letters that cannot be mistaken for each other when a code is typed from a terminal.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

fn draw<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Fault::internal(&error))?;
    Ok(bytes)
}

/// A new token: `lk_` and 256 bits.
pub(super) fn token() -> Result<String, Fault> {
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(draw::<32>()?)))
}

/// A new session's secret, 256 bits.
pub(super) fn session() -> Result<String, Fault> {
    Ok(URL_SAFE_NO_PAD.encode(draw::<32>()?))
}

/// A key for what only this process has to check.
pub(crate) fn key() -> Result<[u8; 32], Fault> {
    draw()
}

/// Salt of a password.
pub(super) fn salt() -> Result<[u8; 16], Fault> {
    draw()
}

/// A code that a person types once: `ABCD-EFGH-JKLM`, 60 bits.
pub(super) fn code() -> Result<String, Fault> {
    let letters: Vec<char> =
        draw::<12>()?.iter().map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)])).collect();
    Ok(letters.chunks(4).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

/// A number that nobody guesses and that is not drawn twice.
pub(crate) fn handle() -> Result<[u8; 8], Fault> {
    draw()
}

/// Eight hexadecimal digits that tell this run of the program from others: the first half of request ids.
///
/// # Errors
/// When the system has no randomness to give.
pub fn run_id() -> Result<String, Fault> {
    Ok(hex(&draw::<4>()?))
}

/// The form in which a secret is stored and compared.
pub(super) fn hash(secret: &str) -> String {
    sha256_hex(secret.as_bytes())
}

/// Whether two hashes are the same, in a time that tells nothing about where they differ.
pub(super) fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_shows_what_it_is_and_no_two_are_alike() {
        let (one, other) = (token().unwrap(), token().unwrap());
        assert!(one.starts_with("lk_") && one.len() == 46, "{one}");
        assert_ne!(one, other);
    }

    #[test]
    fn a_code_can_be_typed() {
        let code = code().unwrap();
        assert_eq!(code.len(), 14);
        assert!(code.bytes().all(|byte| byte == b'-' || CODE_LETTERS.contains(&byte)), "{code}");
    }
}
