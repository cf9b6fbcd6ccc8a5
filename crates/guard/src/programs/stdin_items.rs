//! How xargs cuts what it reads into arguments.

use super::call::text;
use super::grammar::Parsed;

/// The items of the input.
pub(super) fn items(input: &str, parsed: &Parsed<'_>, by_line: bool) -> Vec<String> {
    let keep =
        |parts: Vec<&str>| parts.into_iter().filter(|part| !part.is_empty()).map(str::to_owned).collect();
    if parsed.has(&["-0", "--null"]) {
        return keep(input.split('\0').collect());
    }
    if let Some(mark) = parsed.value(&["-d", "--delimiter"]) {
        let mark = text(mark).unwrap_or("\n").replace("\\n", "\n").replace("\\0", "\0").replace("\\t", "\t");
        return keep(input.trim_end_matches('\n').split(mark.as_str()).collect());
    }
    if by_line {
        return input
            .lines()
            .map(|line| unquoted(line.trim_start()).join(" "))
            .filter(|line| !line.is_empty())
            .collect();
    }
    unquoted(input)
}

/// Cut at blanks, with quotes and backslashes as xargs reads them.
pub(super) fn unquoted(input: &str) -> Vec<String> {
    let mut items = vec![];
    let mut item: Option<String> = None;
    let mut quote = None;
    let mut chars = input.chars();
    while let Some(char) = chars.next() {
        match (quote, char) {
            (Some(mark), _) if char == mark => quote = None,
            (Some(_), _) => item.get_or_insert_default().push(char),
            (None, '\'' | '"') => {
                quote = Some(char);
                item.get_or_insert_default();
            }
            (None, '\\') => item.get_or_insert_default().extend(chars.next()),
            (None, char) if char.is_whitespace() => items.extend(item.take()),
            (None, char) => item.get_or_insert_default().push(char),
        }
    }
    items.extend(item);
    items
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn quotes_hold_items_together() {
        assert_eq!(unquoted("-rf  '/ x'\n\"a\"b \\ c"), ["-rf", "/ x", "ab", " c"]);
    }
}
