//! Checkpoints: how long the log is and what its root is, signed. The text is that of signed notes and checkpoints of
//! transparency logs (C2SP), so that tools and witnesses made for those read ours.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::digest::{Hash, hex, sha256};

/// What precedes the name in a signature line.
const DASH: &str = "\u{2014} ";
/// How signed notes number Ed25519.
const ED25519: u8 = 1;

/// How long the log is, and the root over its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of the key that signs for it.
    pub origin: String,
    /// How many records.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// Why a checkpoint is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is none.
    #[error(
        "this is no checkpoint: it wants origin, size and root on a line each, an empty line, and a signature"
    )]
    Form,
    /// The key did not sign it.
    #[error(
        "the checkpoint is of {origin} and not signed by {key}: if labkeeper got a new key, give the old one with --pubkey"
    )]
    Stranger {
        /// Which log it says it is of.
        origin: String,
        /// Whose signature was looked for.
        key: String,
    },
    /// The signature does not fit the text.
    #[error("the checkpoint of {size} records has a signature that does not fit: it was altered or forged")]
    Forged {
        /// The size it claims.
        size: u64,
    },
    /// A text is no public key.
    #[error(
        "\"{0}\" is no public key of an audit log: it looks like labkeeper/0123456789abcdef+01234567+AQ…, as `labkeeper audit verify` prints it"
    )]
    Key(String),
}

impl Checkpoint {
    fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }

    /// What a note says, whoever signed it.
    ///
    /// # Errors
    /// [`NoteError::Form`] when it is no checkpoint.
    pub fn claimed(note: &str) -> Result<Self, NoteError> {
        let (body, _) = parts(note).ok_or(NoteError::Form)?;
        let mut lines = body.lines();
        let mut next = || lines.next().ok_or(NoteError::Form);
        let (origin, size, root) = (next()?, next()?, next()?);
        let number: u64 = size.parse().map_err(|_| NoteError::Form)?;
        let root = BASE64.decode(root).ok().and_then(|bytes| Hash::try_from(bytes).ok());
        match root {
            Some(root) if !origin.is_empty() && number.to_string() == size => {
                Ok(Self { origin: origin.into(), size: number, root })
            }
            _ => Err(NoteError::Form),
        }
    }
}

/// Text that is signed, with its newline, and the signature lines.
fn parts(note: &str) -> Option<(&str, &str)> {
    let at = note.rfind("\n\n")?;
    let signatures = &note[at + 2..];
    let all_signatures = signatures.ends_with('\n') && signatures.lines().all(|line| line.starts_with(DASH));
    all_signatures.then_some((&note[..=at], signatures))
}

/// The notes in a text that holds one after the other. What is none, such as one that was cut off, is passed over.
pub fn notes_in(text: &str) -> Vec<&str> {
    let mut notes = Vec::new();
    let mut rest = text;
    while let Some(gap) = rest.find("\n\n") {
        let signatures: usize = rest[gap + 2..]
            .split_inclusive('\n')
            .take_while(|line| line.starts_with(DASH) && line.ends_with('\n'))
            .map(str::len)
            .sum();
        let end = gap + 2 + signatures;
        // The last three lines before the gap are the body, whatever was left before them.
        let lines = rest[..gap].rmatch_indices('\n').nth(2);
        let begin = lines.map_or(0, |(at, _)| at + 1);
        notes.extend(Some(&rest[begin..end]).filter(|note| Checkpoint::claimed(note).is_ok()));
        rest = &rest[end..];
    }
    notes
}

/// The private key of a log.
pub struct Signer {
    key: SigningKey,
}

impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signer({})", self.public())
    }
}

impl Signer {
    /// The key that these secret bytes stand for.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self { key: SigningKey::from_bytes(secret) }
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        let key = self.key.verifying_key();
        let name = format!("labkeeper/{}", &hex(&sha256(&[key.as_bytes()]))[..16]);
        PublicKey { name, key }
    }

    /// The signed text of a checkpoint.
    pub fn sign(&self, size: u64, root: Hash) -> String {
        let public = self.public();
        let body = Checkpoint { origin: public.name.clone(), size, root }.body();
        let mut signature = public.id().to_vec();
        signature.extend(self.key.sign(body.as_bytes()).to_bytes());
        format!("{body}\n{DASH}{} {}\n", public.name, BASE64.encode(signature))
    }

    /// HMAC-SHA-256 of an input, hexadecimal, with a key that follows from this one and serves nothing else.
    pub fn hmac(&self, input: &str) -> String {
        let derived = sha256(&[b"labkeeper audit args_hmac\n", self.key.as_bytes()]);
        let mut mac = Hmac::<Sha256>::new_from_slice(&derived).expect("HMAC takes a key of any length");
        mac.update(input.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

/// What a log's signatures are checked with. Its text is the verifier key of signed notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    name: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// The name that signatures bear, and the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> [u8; 4] {
        let hash = sha256(&[self.name.as_bytes(), b"\n", &[ED25519], self.key.as_bytes()]);
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The checkpoint in a note that this key signed. Others may have signed it too.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn open(&self, note: &str) -> Result<Checkpoint, NoteError> {
        let checkpoint = Checkpoint::claimed(note)?;
        let (body, signatures) = parts(note).ok_or(NoteError::Form)?;
        let ours = signatures.lines().find_map(|line| {
            let (name, signature) = line.strip_prefix(DASH)?.split_once(' ')?;
            let signature = BASE64.decode(signature).ok()?;
            let signature = signature.strip_prefix(&self.id())?;
            (name == self.name).then(|| Signature::from_slice(signature).ok())
        });
        let Some(signature) = ours.filter(|_| checkpoint.origin == self.name) else {
            return Err(NoteError::Stranger { origin: checkpoint.origin, key: self.name.clone() });
        };
        let holds =
            signature.is_some_and(|signature| self.key.verify_strict(body.as_bytes(), &signature).is_ok());
        if holds { Ok(checkpoint) } else { Err(NoteError::Forged { size: checkpoint.size }) }
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![ED25519];
        bytes.extend(self.key.as_bytes());
        write!(formatter, "{}+{}+{}", self.name, hex(&self.id()), BASE64.encode(bytes))
    }
}

impl FromStr for PublicKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let read = || {
            let mut parts = text.trim().splitn(3, '+');
            let (name, id, bytes) = (parts.next()?, parts.next()?, BASE64.decode(parts.next()?).ok()?);
            let key = <[u8; 32]>::try_from(bytes.strip_prefix(&[ED25519])?).ok()?;
            let key = Self { name: name.into(), key: VerifyingKey::from_bytes(&key).ok()? };
            (!name.is_empty() && !name.contains(char::is_whitespace) && hex(&key.id()) == id).then_some(key)
        };
        read().ok_or_else(|| NoteError::Key(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::from_secret(&[7; 32])
    }

    #[test]
    fn a_signed_checkpoint_opens_with_its_key_and_with_no_other() {
        let (note, key) = (signer().sign(42, [9; 32]), signer().public());
        assert_eq!(key.open(&note), Ok(Checkpoint { origin: key.name().into(), size: 42, root: [9; 32] }));
        let witnessed = format!("{note}{DASH}witness.example AAAA\n");
        assert_eq!(key.open(&witnessed).map(|checkpoint| checkpoint.size), Ok(42));
        let other = Signer::from_secret(&[8; 32]).public();
        assert!(matches!(other.open(&note), Err(NoteError::Stranger { .. })));
        let longer = note.replace("\n42\n", "\n43\n");
        assert_eq!(key.open(&longer), Err(NoteError::Forged { size: 43 }));
        let renamed = note.replacen(key.name(), "somewhere", 1);
        assert!(matches!(key.open(&renamed), Err(NoteError::Stranger { .. })));
    }

    #[test]
    fn anything_else_is_no_checkpoint() {
        let note = signer().sign(42, [9; 32]);
        let torn = &note[..note.len() - 1];
        for text in
            ["", "\n\n", "a\n1\n", torn, &note.replace("\n42\n", "\n042\n"), &note.replace("\n\n", "\n")]
        {
            assert_eq!(Checkpoint::claimed(text), Err(NoteError::Form), "{text:?}");
        }
    }

    #[test]
    fn notes_are_found_one_after_the_other_whatever_was_cut_off_between() {
        let notes: Vec<String> = (1..4).map(|size| signer().sign(size, [9; 32])).collect();
        assert_eq!(notes_in(&notes.concat()), notes);
        for cut in (1..notes[1].len()).filter(|cut| notes[1].is_char_boundary(*cut)) {
            let torn = format!("{}{}\n{}", notes[0], &notes[1][..cut], notes[2]);
            let found = notes_in(&torn);
            assert_eq!((found.first(), found.last()), (Some(&&*notes[0]), Some(&&*notes[2])), "cut at {cut}");
        }
        assert!(notes_in("").is_empty() && notes_in("\n\n\n\n").is_empty());
    }

    #[test]
    fn a_public_key_is_read_as_it_is_shown_and_a_slip_in_it_is_found() {
        let key = signer().public();
        assert_eq!(key.to_string().parse(), Ok(key.clone()));
        let slipped = key.to_string().replacen('0', "1", 1).replacen('a', "b", 1);
        assert!(slipped.parse::<PublicKey>().is_err(), "{slipped}");
        assert!("labkeeper".parse::<PublicKey>().is_err());
    }

    #[test]
    fn the_same_input_has_the_same_hmac_under_one_key_only() {
        let mac = signer().hmac("{}");
        assert_eq!((mac.len(), &mac), (64, &signer().hmac("{}")));
        assert_ne!(mac, Signer::from_secret(&[8; 32]).hmac("{}"));
        assert_ne!(mac, signer().hmac("{ }"));
    }
}
