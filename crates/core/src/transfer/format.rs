//! Formats of files that hold an inventory.

use serde::Serialize;

/// Format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub enum Format {
    /// Our own export.
    #[default]
    #[serde(rename = "labkeeper export")]
    Labkeeper,
    /// The predecessor's JSON export.
    #[serde(rename = "Homelab Hub export")]
    HubJson,
    /// The predecessor's SQLite file.
    #[serde(rename = "Homelab Hub database")]
    HubDatabase,
    /// One table as CSV.
    #[serde(rename = "CSV table")]
    Csv,
}
