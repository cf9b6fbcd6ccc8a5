//! Texts of the program inside of tables.

/// A text as a cell of a table, or as a line that is no markup.
pub(super) fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|").replace('<', "&lt;")
}
