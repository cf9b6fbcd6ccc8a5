//! What can be wrong with a bucket, and what to do about it.

use std::error::Error;
use std::iter;

use object_store::client::{HttpError, HttpErrorKind};

/// Why something could not be done in a bucket.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The time for it was over.
    #[error(
        "it did not answer within {0} s: look whether the server is overloaded or the way to it is slow; blobs.timeout_seconds (S3_TIMEOUT_SECONDS) is how long it is waited for"
    )]
    TooSlow(u64),
    /// Nobody answers there.
    #[error(
        "the server cannot be reached ({0}): look whether it runs, and whether blobs.endpoint (S3_ENDPOINT) names it"
    )]
    Unreachable(String),
    /// It is not there.
    #[error("there is no such bucket: make it, or name another one in blobs.url (S3_URL)")]
    NoBucket,
    /// Nobody of that name is known there.
    #[error("the server does not know the access key: look at blobs.access_key_id (S3_ACCESS_KEY_ID)")]
    UnknownAccessKey,
    /// The secret is another one.
    #[error(
        "the server refuses the signature: look at blobs.secret_access_key (S3_SECRET_ACCESS_KEY) and blobs.region (S3_REGION)"
    )]
    Signature,
    /// The clocks differ too much.
    #[error("the clock of this machine and that of the server differ too much: set the one that is wrong")]
    Clock,
    /// Known, and not allowed.
    #[error(
        "the server does not allow it: the access key has to be allowed to list, read, write and delete there"
    )]
    Denied,
    /// It was begun with another key.
    #[error(
        "it was begun with the key {theirs}, and this hub has {ours}: put the right one back, as the file blobs.key beside the database or as blobs.key (S3_ENCRYPTION_KEY) in the settings, which goes first; or name another prefix in blobs.url (S3_URL). Nothing was changed there"
    )]
    AnotherKey {
        /// Fingerprint of the key that it was begun with.
        theirs: String,
        /// Fingerprint of ours, or what is the matter with it.
        ours: String,
    },
    /// Its first object says nothing that is understood.
    #[error(
        "its {0} is not what labkeeper wrote, or a newer labkeeper did: name another prefix in blobs.url (S3_URL)"
    )]
    NotOurs(&'static str),
    /// The content does not come back as it was put there.
    #[error(
        "what was just written there reads back differently: the server does not keep what it says it keeps; use another one"
    )]
    Forgetful,
    /// Something else that the server said.
    #[error("the server refused: {0}")]
    Refused(String),
}

impl Trouble {
    pub(crate) fn of(error: &object_store::Error, patience: u64) -> Self {
        let first: &(dyn Error + 'static) = error;
        let chain: Vec<_> = iter::successors(Some(first), |&error| error.source()).collect();
        let http = chain.iter().find_map(|error| error.downcast_ref::<HttpError>());
        match http.map(HttpError::kind) {
            Some(HttpErrorKind::Timeout) => return Self::TooSlow(patience),
            Some(_) => {
                return Self::Unreachable(chain.last().map(ToString::to_string).unwrap_or_default());
            }
            None => {}
        }
        let text = error.to_string();
        match code(&text) {
            Some("NoSuchBucket") => Self::NoBucket,
            Some("InvalidAccessKeyId") => Self::UnknownAccessKey,
            Some("SignatureDoesNotMatch" | "AuthorizationHeaderMalformed") => Self::Signature,
            Some("RequestTimeTooSkewed" | "RequestExpired") => Self::Clock,
            Some("AccessDenied") => Self::Denied,
            Some(code) => Self::Refused(code.to_owned()),
            None => match error {
                object_store::Error::PermissionDenied { .. }
                | object_store::Error::Unauthenticated { .. } => Self::Denied,
                _ => Self::Refused(text),
            },
        }
    }
}

/// The word that S3 has for it, in the body of its answer.
fn code(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code)
}
