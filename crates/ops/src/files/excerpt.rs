//! A part of a file as a program may read it. A part may begin inside a secret, or just behind the name that gives it away, and base64
//! hides one from the redactor: so it is read with what stands before it, and the secrets are taken out of both together.

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::file::{Decoded, Encoding};
use labkeeper_core::shell::FilePath;

use crate::cx::Cx;

/// So much of what stands before a part is looked at, as far as the redactor looks for the end of a key.
const LEAD: u64 = 64 << 10;

/// How many bytes before `offset` are to be read too.
pub(super) fn lead(cx: &Cx, offset: u64) -> u64 {
    if cx.actor.is_person() { 0 } else { offset.min(LEAD) }
}

/// What the caller may read of a part that was decoded from `bytes`, before which `lead` stands.
pub(super) fn told(
    cx: &Cx,
    path: &FilePath,
    encoding: Encoding,
    (lead, bytes): (&[u8], &[u8]),
    decoded: Decoded,
) -> Result<Decoded, Fault> {
    if cx.actor.is_person() {
        return Ok(decoded);
    }
    let part = match encoding {
        Encoding::Utf8 => decoded.content.as_str().into(),
        Encoding::Base64 => String::from_utf8_lossy(bytes),
    };
    let before = String::from_utf8_lossy(lead);
    let both = format!("{before}{part}");
    let redactor = cx.house().redactor();
    let (before, both) = cx.house().sessions().with_secrets(&cx.actor, |session| {
        // The whole first: what is found in it is found in the rest too.
        let both = redactor.text(session, &both, Some(path.as_str()));
        (redactor.text(session, &before, Some(path.as_str())), both)
    })?;
    match encoding {
        Encoding::Base64 if both.redactions() > 0 => {
            Err(Fault::new(Code::Denied, format!("{path} has secrets in it, which base64 would let through"))
                .with_field("encoding")
                .with_hint("read it as utf8: then placeholders stand in their place"))
        }
        Encoding::Base64 => Ok(decoded),
        Encoding::Utf8 => match both.as_str().strip_prefix(before.as_str()) {
            Some(content) => Ok(Decoded { content: content.into(), ..decoded }),
            None => Err(Fault::invalid("offset", "that would begin inside a secret")
                .with_hint("begin some lines earlier")),
        },
    }
}
