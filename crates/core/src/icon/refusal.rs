//! Why an image is not accepted.

/// Largest image, in bytes, before and after decoding.
pub const MAX_BYTES: usize = 256 * 1024;

/// Why an image was refused; follows the field's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IconError {
    /// Too many bytes.
    #[error(
        "is {0} bytes large, an icon may have {MAX_BYTES}: make it smaller, 256 by 256 pixels are plenty"
    )]
    TooLarge(usize),
    /// Neither PNG, WebP nor SVG.
    #[error("is neither a PNG, a WebP nor an SVG image")]
    Unknown,
    /// Begins like an image and is not one.
    #[error("is a damaged {0} image")]
    Damaged(&'static str),
    /// Not a data URL with base64.
    #[error("is a data URL without readable base64")]
    NotBase64,
    /// An SVG that is refused as a whole.
    #[error("is an SVG image that {0}")]
    Svg(String),
}
