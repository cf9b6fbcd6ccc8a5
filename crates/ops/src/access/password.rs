//! Passwords: what is acceptable, and argon2id. Hashing takes tens of milliseconds and 19 MiB, so it happens off the
//! async threads and never more than two at a time.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use labkeeper_core::fault::Fault;
use tokio::sync::{OnceCell, Semaphore};

use super::secret;

const SHORTEST: usize = 12;
/// Longer ones only cost time.
const LONGEST: usize = 512;
const AT_ONCE: usize = 2;

pub(super) struct Passwords {
    turns: Semaphore,
    /// What an unknown name is checked against, so that it takes as long as a known one.
    nobody: OnceCell<String>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), nobody: OnceCell::new() }
    }
}

impl Passwords {
    /// The form in which a password is stored: a PHC string.
    pub(super) async fn hash(&self, password: &str) -> Result<String, Fault> {
        let (password, salt) = (password.to_string(), secret::salt()?);
        self.off_thread(move || {
            let hash: PasswordHash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt)?;
            Ok::<_, argon2::password_hash::Error>(hash.to_string())
        })
        .await?
        .map_err(|error| Fault::internal(&error))
    }

    /// Whether `password` is the one of that hash. Without a hash the answer is no, after the same time.
    pub(super) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Fault> {
        let known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash.to_string(),
            None => self.nobody.get_or_try_init(|| self.hash("nobody has this password")).await?.clone(),
        };
        let password = password.to_string();
        let fits = self
            .off_thread(move || {
                let Ok(hash) = PasswordHash::new(&hash) else { return false };
                Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
            })
            .await?;
        Ok(fits && known)
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let _turn = self.turns.acquire().await.map_err(|error| Fault::internal(&error))?;
        tokio::task::spawn_blocking(work).await.map_err(|error| Fault::internal(&error))
    }
}

/// Refuses passwords that are too easy to guess. `field` is where it was given.
pub(super) fn check(field: &str, password: &str, name: &str) -> Result<(), Fault> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(Fault::invalid(
            field,
            format!("a password has at least {SHORTEST} characters, this one {length}"),
        )
        .with_hint("a few words in a row are easy to remember and hard to guess"));
    }
    if password.len() > LONGEST {
        return Err(Fault::invalid(field, format!("a password has at most {LONGEST} bytes")));
    }
    let first = password.chars().next();
    if password.to_lowercase().contains(&name.to_lowercase()) && length < name.chars().count() + SHORTEST {
        return Err(Fault::invalid(field, "the password is little more than the name"));
    }
    if password.chars().all(|letter| Some(letter) == first) {
        return Err(Fault::invalid(field, "the password is one letter, repeated"));
    }
    Ok(())
}

/// Refuses names that could be mistaken for something else in logs and addresses.
pub(super) fn check_name(name: &str) -> Result<(), Fault> {
    let fine = |letter: char| letter.is_alphanumeric() || "._-@".contains(letter);
    if name.is_empty() || name.chars().count() > 64 || !name.chars().all(fine) {
        return Err(Fault::invalid("name", "a login name has 1 to 64 letters, digits, or . _ - @"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_fits_and_nobody_has_none() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(passwords.verify("correct horse battery", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct horse batterY", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("nobody has this password", None).await.unwrap());
    }

    #[test]
    fn easy_passwords_are_refused_with_a_reason() {
        for (password, why) in [
            ("short", "at least 12"),
            ("aaaaaaaaaaaaaaaa", "repeated"),
            ("annabel-smith1", "little more than the name"),
        ] {
            let fault = check("password", password, "annabel-smith").unwrap_err();
            assert!(fault.message.contains(why), "{password}: {}", fault.message);
        }
        assert!(check("password", "nine lives of a cat", "anna").is_ok());
    }
}
