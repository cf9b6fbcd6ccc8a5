//! Uploaded images, stored once by content.

use labkeeper_core::audit::sha256_hex;
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::sql::sql;
use crate::view::{View, WriteTx};

/// A stored image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icon {
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// MIME type.
    pub mime: String,
    /// The image.
    pub bytes: Vec<u8>,
}

impl View {
    /// The image of that hash.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn icon(&mut self, sha256: &str) -> Result<Option<Icon>> {
        let row: Option<(String, String, Vec<u8>)> =
            sql("SELECT sha256, mime, bytes FROM icons WHERE sha256 = $1")
                .bind(sha256)
                .fetch_optional(self.conn())
                .await?;
        Ok(row.map(|(sha256, mime, bytes)| Icon { sha256, mime, bytes }))
    }

    /// Every stored image, by hash.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn icons(&mut self) -> Result<Vec<Icon>> {
        let rows: Vec<(String, String, Vec<u8>)> =
            sql("SELECT sha256, mime, bytes FROM icons ORDER BY sha256").fetch_all(self.conn()).await?;
        Ok(rows.into_iter().map(|(sha256, mime, bytes)| Icon { sha256, mime, bytes }).collect())
    }
}

impl WriteTx {
    /// Keeps an image and answers its hash; the same bytes are kept once.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn keep_icon(&mut self, mime: &str, bytes: &[u8], at: Stamp) -> Result<String> {
        let sha256 = sha256_hex(bytes);
        sql("INSERT INTO icons (sha256, mime, bytes, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(&sha256)
            .bind(mime)
            .bind(bytes)
            .bind(at.0)
            .execute(self.aside())
            .await?;
        Ok(sha256)
    }
}
