//! Rows of databases as SQL writes them: the list of columns says which values are secret.

use crate::core_of::core_of;
use crate::key::judge::{Standing, is_secret};
use crate::key::lexicon::{Certainty, classify};
use crate::key::quoted;
use crate::page::{Page, run};
use crate::span::Span;

/// More rows of one statement are read by other rules only.
const MOST_VALUES: usize = 4_000;

/// `INSERT INTO t (a, password) VALUES (1, 'x'), (2, 'y')`, the statement being at `at`.
pub(crate) fn inserted_at(page: &Page<'_>, at: usize) -> Vec<Span> {
    let rest = page.rest(at + "insert into ".len());
    let Some((table, after)) = rest.split_once('(') else { return Vec::new() };
    let Some((columns, after)) = after.split_once(')') else { return Vec::new() };
    let values = after.trim_start();
    let is_short = table.len() < 80 && !table.contains([';', '\'']);
    if !is_short || !values.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("values")) {
        return Vec::new();
    }
    let columns: Vec<Option<(&str, Certainty)>> = columns
        .split(',')
        .map(|column| {
            let name = column.trim().trim_matches(['"', '`', '[', ']']);
            Some((name, classify(name, last_word(table))?))
        })
        .collect();
    if columns.iter().all(Option::is_none) {
        return Vec::new();
    }
    let start = at + "insert into ".len() + rest.len() - values.len() + 6;
    rows(page, start, &columns)
}

/// `api` of `"public"."api_keys"`: what a column that is called `key` holds.
fn last_word(table: &str) -> Option<&str> {
    table.trim().trim_matches(['"', '`', ' ']).rsplit(['.', '"', '`']).next()?.split('_').next()
}

fn rows(page: &Page<'_>, start: usize, columns: &[Option<(&str, Certainty)>]) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = start;
    let mut column = 0;
    for _ in 0..MOST_VALUES {
        while matches!(page.byte(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            at += 1;
        }
        let Some(first) = page.byte(at) else { break };
        match first {
            b'(' => {
                column = 0;
                at += 1;
            }
            b',' => {
                column += 1;
                at += 1;
            }
            b')' => {
                column = 0;
                at += 1;
                // The next row counts its own columns.
                let more = page.rest(at).trim_start();
                if !more.starts_with(',') {
                    break;
                }
                at += page.rest(at).len() - more.len() + 1;
            }
            b'\'' => {
                let Some(value) = quoted::read(page, at) else { break };
                let said = &page.text[value.inner.clone()];
                if let Some(Some((name, certainty))) = columns.get(column)
                    && is_secret(*certainty, said, Standing::Quoted)
                    && let Some(core) = core_of(said)
                {
                    found.push(Span::new(value.inner.start + core.start..value.inner.start + core.end, name));
                }
                at = value.end;
            }
            _ => {
                let length = run(page.rest(at), |byte| !matches!(byte, b',' | b')' | b'(' | b'\''));
                // What has blanks inside is no value, but the next statement.
                if length == 0 || page.text[at..at + length].trim_end().contains([' ', '\n']) {
                    break;
                }
                at += length;
            }
        }
    }
    page.note(at - start);
    found
}
