//! Texts of the program inside of tables.

/// A text as a cell of a table, or as a line that is no markup. Between backticks nothing is markup but the bar.
pub(super) fn cell(text: &str) -> String {
    let text = text.replace('\n', " ").replace('|', "\\|");
    let part =
        |(at, part): (usize, &str)| if at % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() };
    text.split('`').enumerate().map(part).collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_left_as_it_is() {
        assert_eq!(cell("a <b> `proxmox:<cluster>`\nc|d"), "a &lt;b> `proxmox:<cluster>` c\\|d");
    }
}
