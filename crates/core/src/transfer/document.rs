//! What a file is, by its content.

use serde_json::Value;

use super::incoming::Incoming;
use super::refusal::Refusal;
use super::{bundle, bundle_reading, predecessor, sheet_reading};

/// A file that could be told.
#[derive(Debug)]
pub enum Source {
    /// Read.
    Ready(Box<Incoming>),
    /// A SQLite database: whoever may touch files opens it and gives its rows to
    /// [`read_tables`](super::read_tables).
    Database,
}

const UNDERSTOOD: &str =
    "understood are a labkeeper export, a Homelab Hub export (JSON) or its database file, and CSV";

/// Tells what a file is and reads it.
///
/// # Errors
/// What it is instead, or what it lacks.
pub fn read(bytes: &[u8], file_name: Option<&str>) -> Result<Source, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::new("the file is empty"));
    }
    if bytes.starts_with(b"SQLite format 3\0") {
        return Ok(Source::Database);
    }
    for (magic, what) in MAGICS {
        if bytes.starts_with(magic) {
            return Err(Refusal::new(format!("the file is {what}; {UNDERSTOOD}")));
        }
    }
    let text = decoded(bytes)?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.trim_start().bytes().next();
    let is_json = file_name.is_some_and(|name| name.to_lowercase().ends_with(".json"));
    match first {
        None => Err(Refusal::new("the file holds nothing but blanks")),
        Some(b'{' | b'[') => json(text).map(|incoming| Source::Ready(Box::new(incoming))),
        _ if is_json || text.trim() == "null" => json(text).map(|incoming| Source::Ready(Box::new(incoming))),
        _ => sheet_reading::read(text, file_name).map(|incoming| Source::Ready(Box::new(incoming))),
    }
}

const MAGICS: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook: unpack it, or save the sheet as CSV"),
    (b"\x1f\x8b", "compressed: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed: unpack it first"),
    (b"%PDF", "a PDF"),
    (b"\xff\xfe", "written in UTF-16: save it as UTF-8"),
    (b"\xfe\xff", "written in UTF-16: save it as UTF-8"),
];

/// Spreadsheets still write the western single-byte encoding now and then.
fn decoded(bytes: &[u8]) -> Result<String, Refusal> {
    if bytes.iter().take(4096).any(|byte| *byte == 0) {
        return Err(Refusal::new(format!("the file is not text; {UNDERSTOOD}")));
    }
    Ok(match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|byte| western(*byte)).collect(),
    })
}

/// Windows-1252: Latin-1, with dashes, quotes and the euro sign where that has control characters.
fn western(byte: u8) -> char {
    const UPPER: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => UPPER[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn json(text: &str) -> Result<Incoming, Refusal> {
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Refusal::new(format!("the file begins like JSON and is not: {error}")))?;
    object(&value)
}

/// Reads a JSON export of ours or of the predecessor, parsed already.
///
/// # Errors
/// What it is instead, or what it lacks.
pub fn object(value: &Value) -> Result<Incoming, Refusal> {
    let Some(object) = value.as_object() else {
        let what = match value {
            Value::Array(_) => "a JSON list",
            Value::Null => "the JSON value null",
            _ => "a single JSON value",
        };
        return Err(Refusal::new(format!("the file is {what}, not an inventory; {UNDERSTOOD}")));
    };
    if object.is_empty() {
        return Err(Refusal::new(
            "the file is an empty JSON object: an empty inventory is never taken for a backup",
        ));
    }
    if let Some(format) = object.get("format").and_then(Value::as_str)
        && format == bundle::FORMAT
    {
        return bundle_reading::read(object);
    }
    if predecessor::looks_familiar(object) {
        return predecessor::read_json(object);
    }
    // What `GET /api/inventory` answers wraps the same keys.
    if let Some(data) =
        object.get("data").and_then(Value::as_object).filter(|data| predecessor::looks_familiar(data))
    {
        return predecessor::read_json(data);
    }
    let keys: Vec<&str> = object.keys().take(6).map(String::as_str).collect();
    Err(Refusal::new(format!(
        "the file is JSON with the keys {}, not an inventory; {UNDERSTOOD}",
        keys.join(", ")
    )))
}
