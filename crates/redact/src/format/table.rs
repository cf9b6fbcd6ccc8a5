//! Tables with a heading: the column of a secret's name holds secrets.

use std::ops::Range;

use super::prose::login_in;
use super::traits::Traits;
use crate::core_of::core_of;
use crate::key::judge::{Standing, is_opaque, is_random, is_scrambled, is_secret};
use crate::key::lexicon::{Certainty, classify};
use crate::page::offset;
use crate::placeholder;
use crate::span::Span;

/// A heading that was read, as long as rows follow.
#[derive(Clone)]
pub(crate) struct Table {
    shape: Shape,
    columns: usize,
    secret: Vec<Column>,
    /// What follows has shown that it is one.
    is_sure: bool,
    /// A mark stands before the first cell too.
    is_framed: bool,
}

/// How cells are told apart.
#[derive(Clone)]
enum Shape {
    /// By this between them.
    Marked(char),
    /// By elements of HTML, all of a row on one line.
    Elements,
    /// By blanks: they begin below their names.
    Aligned(Vec<usize>),
}

/// A column with something to take out.
#[derive(Clone)]
struct Column {
    at: usize,
    name: String,
    holds: Holds,
}

#[derive(Clone, Copy)]
enum Holds {
    Secret(Certainty),
    /// `user / password`
    Login,
}

/// What parts the cells of tables that are drawn.
const DRAWN: [char; 3] = ['│', '┃', '|'];

/// `^ Host ^ Password ^` of DokuWiki, whose rows have `|`; `|| Host || Password ||` of others; `Host & Password \\\\ \\hline` of LaTeX.
fn as_drawn(line: &str) -> Option<String> {
    let text = line.trim();
    if text.starts_with('^') && text.ends_with('^') && text.matches('^').count() >= 3 {
        return Some(line.replace('^', "|"));
    }
    let end = ["\\\\ \\hline", "\\\\\\hline", "\\\\"].iter().find_map(|end| text.strip_suffix(end))?;
    (end.contains(" & ") && !end.contains('\\')).then(|| end.to_owned())
}

/// The table that `line` is the heading of. Where nothing begins one with commas is not believed, and others only when a rule follows.
pub(super) fn heading(line: &str, traits: &Traits, is_beginning: impl FnOnce() -> bool) -> Option<Table> {
    if traits.has_code() && line.contains("<th") && line.contains("</th>") {
        return html(line);
    }
    // No name of a column has a colon.
    if traits.colons > 0 {
        return None;
    }
    let drawn = as_drawn(line);
    if drawn.as_ref().is_some_and(|text| text.contains(" & ")) {
        return latex(&drawn?);
    }
    let is_wiki = drawn.is_some();
    let line = drawn.as_deref().unwrap_or(line);
    let has_code = drawn.as_deref().map_or_else(|| traits.has_code(), |drawn| Traits::of(drawn).has_code());
    if has_code {
        return None;
    }
    let marked = DRAWN.into_iter().chain([',', '\t', ';']).find(|mark| line.contains(*mark));
    if marked.is_none() && !line.trim().contains("  ") {
        return None;
    }
    let (shape, names) = match marked {
        Some(mark) => (Shape::Marked(mark), parted(line, mark)),
        None => {
            let names = spaced(line);
            (Shape::Aligned(names.iter().map(|name| name.start).collect()), names)
        }
    };
    let is_drawn = matches!(shape, Shape::Marked(mark) if DRAWN.contains(&mark));
    let cells = names.iter().map(|name| bare(&line[name.clone()]));
    // Most lines are none: the first cell that is no name is the end of it.
    let names = cells.map(|name| (is_name(name) || is_drawn && name.is_empty()).then_some(name));
    let said = names.collect::<Option<Vec<&str>>>()?;
    if said.iter().filter(|name| !name.is_empty()).count() < 2 {
        return None;
    }
    let secret: Vec<Column> = said
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some(Column { at, name: (*name).to_owned(), holds: holds(name)? }))
        .collect();
    if secret.is_empty() {
        return None;
    }
    let is_sure = is_beginning() || is_wiki;
    let is_plain = matches!(shape, Shape::Marked(_)) && !is_drawn;
    (is_sure || !is_plain).then_some(Table {
        shape,
        columns: said.len(),
        secret,
        is_sure,
        is_framed: said.first().is_some_and(|name| name.is_empty()),
    })
}

/// The table whose heading is a row of HTML.
fn html(line: &str) -> Option<Table> {
    let names = elements(line, "th");
    let secret: Vec<Column> = names
        .iter()
        .enumerate()
        .filter_map(|(at, name)| {
            let name = line[name.clone()].trim();
            Some(Column { at, name: name.to_owned(), holds: holds(name)? })
        })
        .collect();
    (!secret.is_empty()).then_some(Table {
        shape: Shape::Elements,
        columns: names.len(),
        secret,
        is_sure: true,
        is_framed: false,
    })
}

/// What stands inside the elements of that name.
fn elements(line: &str, name: &str) -> Vec<Range<usize>> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut cells = Vec::new();
    let mut from = 0;
    while let Some(at) = line[from..].find(&open).map(|at| from + at)
        && let Some(start) = line[at..].find('>').map(|end| at + end + 1)
        && let Some(end) = line[start..].find(&close).map(|end| start + end)
    {
        cells.push(start..end);
        from = end;
    }
    cells
}

/// The table whose heading's cells `&` parts.
fn latex(line: &str) -> Option<Table> {
    let said: Vec<&str> = line.split('&').map(str::trim).collect();
    let secret: Vec<Column> = said
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some(Column { at, name: (*name).to_owned(), holds: holds(name)? }))
        .collect();
    (!secret.is_empty() && said.iter().all(|name| is_name(name))).then_some(Table {
        shape: Shape::Marked('&'),
        columns: said.len(),
        secret,
        is_sure: true,
        is_framed: false,
    })
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 32
        && name.chars().all(|mark| {
            mark.is_alphanumeric() || matches!(mark, '_' | '-' | ' ' | '(' | ')' | '.' | '/' | '#' | '*')
        })
        && name.starts_with(|first: char| !first.is_ascii_digit())
        && name.split(' ').count() <= 3
        && !name.contains(" -")
        && !(name.len() >= 8 && is_scrambled(name))
}

fn holds(name: &str) -> Option<Holds> {
    let low = name.to_ascii_lowercase();
    // `Clave de acceso`, `Credential`
    if ["clave", "mot de passe", "contrase", "palabra de paso", "senha de"]
        .iter()
        .any(|begin| low.starts_with(begin))
        || low == "credential"
        || low == "wachtwoord"
        || low == "ww"
        || low == "kw"
        || low == "mdp"
    {
        return Some(Holds::Secret(Certainty::Strong));
    }
    // What one-time codes are made from.
    if ["totp", "otp", "seed", "otpauth"].iter().any(|end| low.ends_with(end)) {
        return Some(Holds::Secret(Certainty::Medium));
    }
    if ["snmp", "community"].iter().any(|end| low.ends_with(end)) {
        return Some(Holds::Secret(Certainty::Medium));
    }
    let is_login = matches!(
        low.as_str(),
        "login" | "logins" | "credentials" | "creds" | "zugang" | "zugangsdaten" | "anmeldung"
    ) || low.contains('/') && low.contains("pass");
    if is_login {
        return Some(Holds::Login);
    }
    classify(name, None).map(Holds::Secret)
}

/// A cell without what frames it.
fn bare(cell: &str) -> &str {
    let mut cell = cell.trim();
    if cell.contains('\\') {
        cell = cell.trim_end_matches("\\hline").trim_end().trim_end_matches("\\\\").trim_end();
    }
    let cell = ["\\texttt{", "\\verb|"]
        .iter()
        .find_map(|open| cell.strip_prefix(open))
        .map_or(cell, |cell| cell.trim_end_matches(['}', '|']));
    cell.trim().trim_matches(['"', '`', '*', '\'']).trim()
}

/// Where the cells are that `mark` parts; one in quotation marks may have it inside.
fn parted(line: &str, mark: char) -> Vec<Range<usize>> {
    let may_be_quoted = !DRAWN.contains(&mark);
    let mut cells = Vec::new();
    let mut start = 0;
    let mut is_quoted = false;
    for (at, character) in line.char_indices() {
        if character == '"' && may_be_quoted && (is_quoted || line[start..at].trim().is_empty()) {
            is_quoted = !is_quoted;
        } else if character == mark && !is_quoted {
            cells.push(start..at);
            start = at + mark.len_utf8();
        }
    }
    cells.push(start..line.len());
    cells
}

/// Where the cells are that two blanks or more part.
fn spaced(line: &str) -> Vec<Range<usize>> {
    let mut cells: Vec<Range<usize>> = Vec::new();
    let mut blanks = 2;
    for (at, character) in line.char_indices() {
        if character == ' ' || character == '\t' {
            blanks += if character == '\t' { 2 } else { 1 };
            continue;
        }
        let end = at + character.len_utf8();
        match cells.last_mut() {
            Some(last) if blanks < 2 => last.end = end,
            _ => cells.push(at..end),
        }
        blanks = 0;
    }
    cells
}

fn is_rule(line: &str) -> bool {
    line.trim().chars().count() > 2
        && line
            .chars()
            .all(|mark| matches!(mark, '-' | '+' | '|' | '=' | ':' | ' ' | '\u{2500}'..='\u{257f}'))
}

impl Table {
    /// The secrets of a row; `None` when the line is no row, and the table over.
    pub(crate) fn row(&mut self, line: &str, start: usize) -> Option<Vec<Span>> {
        if is_rule(line) {
            self.is_sure = true;
            return Some(Vec::new());
        }
        if !self.is_sure {
            return None;
        }
        if line.trim().is_empty() {
            return None;
        }
        let cells = self.cells(line)?;
        // What was taken out may have had a mark in it, and the line been no row: then the table was over.
        if cells.iter().any(|cell| placeholder::is_part(bare(&line[cell.clone()]))) {
            self.is_sure = false;
            return Some(Vec::new());
        }
        Some(
            self.secret
                .iter()
                .filter_map(|column| self.secret_in(column, line, cells.get(column.at)?, start))
                .collect(),
        )
    }

    fn cells(&self, line: &str) -> Option<Vec<Range<usize>>> {
        match &self.shape {
            Shape::Elements => Some(elements(line, "td")).filter(|cells| cells.len() == self.columns),
            Shape::Marked(mark) => Some(parted(line, *mark)).filter(|cells| cells.len() == self.columns),
            Shape::Aligned(starts) => {
                let cells = spaced(line);
                if cells.len() == self.columns {
                    return Some(cells);
                }
                // Some are empty: what stands below a name is its.
                let below = |start: usize| {
                    let is_short = start >= line.len();
                    let is_clear = || line.get(..start).is_some_and(|before| before.ends_with([' ', '\t']));
                    (is_short || is_clear()).then_some(start.min(line.len()))
                };
                let stops =
                    starts.iter().skip(1).map(|start| below(*start)).collect::<Option<Vec<usize>>>()?;
                let begins = std::iter::once(0).chain(stops.iter().copied());
                let ends = stops.iter().copied().chain([line.len()]);
                Some(begins.zip(ends).map(|(begin, end)| begin..end).collect())
            }
        }
    }

    fn secret_in(&self, column: &Column, line: &str, cell: &Range<usize>, start: usize) -> Option<Span> {
        let said = bare(&line[cell.clone()]);
        let at = start + offset(said, line);
        let certainty = match column.holds {
            Holds::Login => {
                let range = login_in(said)?;
                return Some(Span::new(at + range.start..at + range.end, "password"));
            }
            Holds::Secret(certainty) => certainty,
        };
        let core = core_of(said)?;
        let is_drawn = matches!(self.shape, Shape::Marked(mark) if DRAWN.contains(&mark));
        let is_list = matches!(self.shape, Shape::Marked(mark) if !DRAWN.contains(&mark));
        let is_word = !said.contains(char::is_whitespace);
        let fits = match certainty {
            // `| Password | State |`: whose it is.
            Certainty::Strong if column.at == usize::from(self.is_framed) && is_drawn && !is_opaque(said) => {
                false
            }
            Certainty::Strong => {
                is_secret(certainty, said, Standing::Assigned) && (is_list || is_word && said.len() >= 4)
            }
            Certainty::Medium => {
                is_secret(Certainty::Strong, said, Standing::Assigned) && (is_list || is_opaque(said))
            }
            Certainty::Faint | Certainty::Weak => {
                is_random(said) && is_secret(certainty, said, Standing::Assigned)
            }
        };
        fits.then(|| Span::new(at + core.start..at + core.end, &column.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headed(line: &str, is_beginning: bool) -> Option<Table> {
        heading(line, &Traits::of(line), || is_beginning)
    }

    fn secrets(text: &str) -> Vec<&str> {
        let mut lines = text.lines();
        let mut table = headed(lines.next().unwrap(), true).expect("a heading");
        let rows = lines.map_while(|line| Some((line, table.row(line, 0)?)));
        rows.flat_map(|(line, found)| found.into_iter().map(|span| &line[span.start..span.end])).collect()
    }

    #[test]
    fn a_column_is_found_however_the_table_is_drawn() {
        assert_eq!(secrets("user,password,host\nbob,\"a,b\"\"c1\",nas\n"), ["a,b\"\"c1"]);
        assert_eq!(secrets("| Host | Login |\n|---|---|\n| nas | `admin / Kx93!fa` |"), ["Kx93!fa"]);
        assert_eq!(secrets("│ name │ Passwort │\n├──────┼──────────┤\n│ eva  │ Birke-77 │"), ["Birke-77"]);
        assert_eq!(
            secrets(
                "VMID  Name   IPMI Password  Since\n104   nas    sunflower      2024\n105          z6TgTe2As99y   2025"
            ),
            ["sunflower", "z6TgTe2As99y"]
        );
        assert_eq!(secrets("a\tpw\n1\tx9!kkA\nno row\n2\ty9!kkA"), ["x9!kkA"]);
    }

    #[test]
    fn what_is_no_secret_below_a_name_stays() {
        assert_eq!(
            secrets("user | password\n-----+------\n bob | yes\n eva | \n tom | see vault"),
            Vec::<&str>::new()
        );
        assert!(headed("NAME  TYPE  DATA", true).is_none());
        assert!(headed("user,password", false).is_none(), "in the middle of a text");
        assert!(headed("The password  was changed, see below.", true).is_none());
    }
}
