//! How the API reads yes and no: 1 and 0, and no other word.

/// What a parameter says; nothing when it is neither.
pub(crate) fn read(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ => None,
    }
}
