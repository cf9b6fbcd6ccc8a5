//! What a text of SQL does: the worst of its statements.

/// What statements do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    Reads,
    /// Rows are added or changed, tables made.
    Changes,
    /// Accounts and rights.
    Grants,
    /// Tables, databases or rows go.
    Destroys,
}

/// What the text does.
pub(super) fn of_sql(text: &str) -> Verdict {
    bare(text).split(';').map(of_statement).max().unwrap_or(Verdict::Reads)
}

/// The text without comments (a comment that MySQL runs stays) and without what stands in quotes.
fn bare(text: &str) -> String {
    let mut bare = String::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let skip = if rest.starts_with("--") || (char == '#' && bare.trim_end().is_empty()) {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*!") || rest.starts_with("*/") {
            bare.push(' ');
            rest[2..].find(|char: char| !char.is_ascii_digit() && char != '!').map_or(rest.len(), |at| at + 2)
        } else if rest.starts_with("/*") {
            bare.push(' ');
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if matches!(char, '\'' | '"' | '`') {
            bare.push('x');
            rest[1..].find(char).map_or(rest.len(), |at| at + 2)
        } else {
            bare.push(char);
            char.len_utf8()
        };
        rest = &rest[skip..];
    }
    bare
}

fn of_statement(statement: &str) -> Verdict {
    let lower = statement.to_ascii_lowercase();
    let words: Vec<&str> = lower
        .split(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '\\')
        .filter(|word| !word.is_empty())
        .collect();
    let Some(first) = words.first() else { return Verdict::Reads };
    let has = |word: &str| words.contains(&word);
    let alter_drops =
        *first == "alter" && has("drop") && !has("constraint") && !has("index") && !has("default");
    let user = ["user", "role", "login"].iter().any(|word| words.get(1) == Some(word));
    match *first {
        "create" | "alter" | "drop" | "rename" if user => Verdict::Grants,
        "grant" | "revoke" | "reassign" => Verdict::Grants,
        "set" if words.get(1) == Some(&"password") => Verdict::Grants,
        "drop"
            if matches!(
                words.get(1),
                Some(&("index" | "view" | "trigger" | "function" | "procedure" | "event" | "continuous"))
            ) =>
        {
            Verdict::Changes
        }
        "drop" | "truncate" | "delete" => Verdict::Destroys,
        "reset" if has("master") => Verdict::Destroys,
        _ if alter_drops => Verdict::Destroys,
        "with" | "explain" | "do" | "begin"
            if has("delete") || has("truncate") || (has("drop") && has("table")) =>
        {
            Verdict::Destroys
        }
        "update" | "replace" if !has("where") && *first == "update" => Verdict::Destroys,
        "insert" | "update" | "replace" | "create" | "alter" | "load" | "merge" | "copy" | "import"
        | "kill" | "optimize" | "vacuum" | "set" | "do" | "call" | "flush" | "rename" | "purge" => {
            Verdict::Changes
        }
        _ => Verdict::Reads,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_statement_counts() {
        for (text, verdict) in [
            ("SELECT 'drop table x' FROM t", Verdict::Reads),
            ("show databases; -- drop table x", Verdict::Reads),
            ("select 1; DROP DATABASE nextcloud", Verdict::Destroys),
            ("/*!50000 drop */ table x", Verdict::Destroys),
            ("delete from t where a = 1", Verdict::Destroys),
            ("ALTER TABLE t DROP COLUMN c", Verdict::Destroys),
            ("alter table t add index i (c)", Verdict::Changes),
            ("grant all on *.* to a", Verdict::Grants),
            ("with x as (delete from t returning *) select * from x", Verdict::Destroys),
            ("", Verdict::Reads),
        ] {
            assert_eq!(of_sql(text), verdict, "{text}");
        }
    }
}
