//! Scripts travel without what is for people only.

/// Without lines that are comments, indentation and empty lines.
pub(super) fn without_comments(script: &str) -> String {
    let lines = script.lines().map(str::trim_start);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .fold(String::with_capacity(script.len()), |text, line| text + line + "\n")
}
