//! Uploaded icons: what is accepted as an image, recognised by its content, and made harmless.
//!
//! *Invariant:* an [`Image`] holds nothing that runs or that reaches out when a browser draws it.

mod refusal;
mod svg;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::audit::sha256_hex;

pub use refusal::{IconError, MAX_BYTES};

/// Path under which a stored image is served; its hash follows.
pub const PATH: &str = "/api/icons/";

/// An image that may be stored and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// `image/png`, `image/webp` or `image/svg+xml`, from the content.
    pub mime: &'static str,
    /// The image; an SVG is written anew from what was allowed.
    pub bytes: Vec<u8>,
}

impl Image {
    /// SHA-256 of the bytes, the name under which they are stored.
    pub fn sha256(&self) -> String {
        sha256_hex(&self.bytes)
    }

    /// What an item's `icon` says when it shows this image.
    pub fn reference(&self) -> String {
        format!("{PATH}{}", self.sha256())
    }
}

/// Checks uploaded bytes. The type is read from the content; whatever was claimed does not count.
///
/// # Errors
/// Why they are no acceptable image.
pub fn accept(bytes: &[u8]) -> Result<Image, IconError> {
    if bytes.len() > MAX_BYTES {
        return Err(IconError::TooLarge(bytes.len()));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return png(bytes).map(|bytes| Image { mime: "image/png", bytes });
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return webp(bytes).map(|bytes| Image { mime: "image/webp", bytes });
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Err(IconError::Unknown) };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') || !text.contains("<svg") {
        return Err(IconError::Unknown);
    }
    svg::sanitised(text).map(|text| Image { mime: "image/svg+xml", bytes: text.into_bytes() })
}

/// The image of a `data:image/…;base64,…` URL; `None` when the text is no data URL.
pub fn from_data_url(text: &str) -> Option<Result<Image, IconError>> {
    let text = text.trim();
    let rest = text.get(..5).filter(|head| head.eq_ignore_ascii_case("data:")).map(|_| &text[5..])?;
    let Some((head, body)) = rest.split_once(',') else { return Some(Err(IconError::NotBase64)) };
    if !head.to_ascii_lowercase().ends_with(";base64") {
        return Some(Err(IconError::NotBase64));
    }
    if body.len() > MAX_BYTES * 3 / 2 {
        return Some(Err(IconError::TooLarge(body.len() / 4 * 3)));
    }
    let compact: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let decoded = STANDARD.decode(&compact).or_else(|_| STANDARD_NO_PAD.decode(&compact));
    Some(decoded.map_err(|_| IconError::NotBase64).and_then(|bytes| accept(&bytes)))
}

/// Walks the chunks; what follows the last one is cut off.
fn png(bytes: &[u8]) -> Result<Vec<u8>, IconError> {
    let damaged = IconError::Damaged("PNG");
    let mut at = 8;
    let mut first = true;
    loop {
        let head = bytes.get(at..at + 8).ok_or(damaged.clone())?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let end = at.checked_add(length).and_then(|end| end.checked_add(12)).ok_or(damaged.clone())?;
        if end > bytes.len() || (first && (&head[4..] != b"IHDR" || length != 13)) {
            return Err(damaged);
        }
        if &head[4..] == b"IEND" {
            return Ok(bytes[..end].to_vec());
        }
        (first, at) = (false, end);
    }
}

fn webp(bytes: &[u8]) -> Result<Vec<u8>, IconError> {
    let length = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
    let end = length.checked_add(8).filter(|end| *end <= bytes.len() && length >= 12);
    end.map(|end| bytes[..end].to_vec()).ok_or(IconError::Damaged("WebP"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PNG: &str =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";

    #[test]
    fn a_data_url_is_read_by_its_content_whatever_it_claims() {
        let image = from_data_url(&format!("data:image/jpeg;base64,{PNG}")).unwrap().unwrap();
        assert_eq!(image.mime, "image/png");
        assert_eq!(image.reference(), format!("/api/icons/{}", image.sha256()));
    }

    #[test]
    fn what_follows_the_end_of_an_image_is_cut_off() {
        let clean = STANDARD.decode(PNG).unwrap();
        let mut longer = clean.clone();
        longer.extend(b"<script>alert(1)</script>");
        assert_eq!(accept(&longer).unwrap().bytes, clean);
    }

    #[test]
    fn what_is_no_image_is_refused_with_the_reason() {
        assert_eq!(accept(b"GIF89a......"), Err(IconError::Unknown));
        assert_eq!(accept(b"\x89PNG\r\n\x1a\nxxxx"), Err(IconError::Damaged("PNG")));
        assert_eq!(accept(b"RIFF\xff\xff\xff\xffWEBPVP8 "), Err(IconError::Damaged("WebP")));
        assert_eq!(accept(&vec![0; MAX_BYTES + 1]), Err(IconError::TooLarge(MAX_BYTES + 1)));
        assert_eq!(accept(b"<html><body>hello</body></html>"), Err(IconError::Unknown));
        assert_eq!(from_data_url("data:image/png,abc"), Some(Err(IconError::NotBase64)));
        assert_eq!(from_data_url("data:image/png;base64,%%%"), Some(Err(IconError::NotBase64)));
        assert_eq!(from_data_url("🐳"), None);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), head in 0usize..4) {
            let mut all: Vec<u8> = [&b""[..], b"\x89PNG\r\n\x1a\n", b"RIFF", b"<svg "][head].to_vec();
            all.extend(&bytes);
            if let Ok(image) = accept(&all) {
                prop_assert_eq!(accept(&image.bytes), Ok(image));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            let _ = from_data_url(&format!("data:{text}"));
            let _ = accept(format!("<svg>{text}</svg>").as_bytes());
        }
    }
}
