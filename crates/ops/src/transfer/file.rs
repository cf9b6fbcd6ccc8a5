//! The answer of an operation that is a file: what a download route sends instead of JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::Serialize;

/// How `content` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// As it is.
    Text,
    /// Base64 of the bytes.
    Base64,
}

/// A file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileAnswer {
    /// Its content.
    pub content: String,
    /// How the content is written.
    pub encoding: Encoding,
    /// MIME type.
    pub mime: String,
    /// Name to save it under; absent when it is shown in place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The content of this address never changes.
    pub immutable: bool,
}

impl FileAnswer {
    /// A text to be saved.
    pub fn text(content: String, mime: impl Into<String>, file_name: impl Into<String>) -> Self {
        Self {
            content,
            encoding: Encoding::Text,
            mime: mime.into(),
            file_name: Some(file_name.into()),
            immutable: false,
        }
    }

    /// Bytes, shown in place unless they have a name.
    pub fn bytes(bytes: &[u8], mime: impl Into<String>, file_name: Option<String>) -> Self {
        Self {
            content: STANDARD.encode(bytes),
            encoding: Encoding::Base64,
            mime: mime.into(),
            file_name,
            immutable: false,
        }
    }

    /// Clients may keep it for ever.
    #[must_use]
    pub fn kept_for_ever(mut self) -> Self {
        self.immutable = true;
        self
    }
}
