//! Grammars with names and values, every two of them together and the third in turns: what is secret goes, and nothing else does.
//!
//! The axes are written from what formats, names and values there are; no line of another set is among them.
#![allow(clippy::print_stdout, reason = "misses are what one runs this for")]

#[path = "matrix/names.rs"]
mod names;
#[path = "matrix/templates.rs"]
mod templates;
#[path = "matrix/values.rs"]
mod values;

use labkeeper_redact::{Redactor, Session};
use names::{ABOUT, LIKELY, SURE};
use templates::{FIRM, LOOSE, TABLES, Template};
use values::{CHOSEN, DIGITS, HARMLESS, MARKED, PHRASES, PLAIN, RANDOM, WORDS};

/// A text that a template makes of a name and a value.
struct Case {
    template: &'static str,
    name: &'static str,
    value: &'static str,
    text: String,
}

/// Every two of template, name and value come together; the third is one of a few, taken in turns.
fn cases(templates: &'static [Template], names: &[&'static str], values: &[&'static str]) -> Vec<Case> {
    const TURNS: usize = 3;
    let mut cases = Vec::new();
    for (at, template) in templates.iter().enumerate() {
        for (name_at, name) in names.iter().enumerate() {
            for (value_at, value) in values.iter().enumerate() {
                let is_taken = (at + name_at + value_at).is_multiple_of(values.len().min(TURNS))
                    || (at + name_at * 7 + value_at * 3).is_multiple_of(5);
                if !is_taken || value.contains(|mark| template.never.contains(mark)) {
                    continue;
                }
                let spelling = template.spellings[(at + name_at + value_at * 3) % template.spellings.len()];
                let text = template.text.replace("{K}", &spelling.spell(name)).replace("{V}", value);
                cases.push(Case { template: template.text, name, value, text });
            }
        }
    }
    cases
}

fn shown(redactor: &Redactor, text: &str) -> String {
    redactor.text(&mut Session::new([3; 32]), text, None).into_string()
}

/// Says which cases do not hold.
fn all_hold(what: &str, cases: &[Case], holds: impl Fn(&Case, &str) -> bool) {
    let redactor = Redactor::new(&[]);
    let wrong = cases.iter().filter(|case| {
        let out = shown(&redactor, &case.text);
        let is_right = holds(case, &out);
        if !is_right {
            println!("{what}\t{:?}\t{}\t{}\t{:?}\t{out:?}", case.template, case.name, case.value, case.text);
        }
        !is_right
    });
    let wrong = wrong.count();
    println!("{what}: {wrong} of {} wrong", cases.len());
    assert_eq!(wrong, 0, "{what}");
}

/// The value went, and nothing else did.
fn goes(case: &Case, out: &str) -> bool {
    let (before, after) = case.text.rsplit_once(case.value).expect("the value is in it");
    let is_kept =
        out.starts_with(before) && out.ends_with(after) || case.text.matches(case.value).count() > 1;
    !out.contains(case.value) && is_kept
}

fn stays(case: &Case, out: &str) -> bool {
    out == case.text
}

fn joined(lists: &[&[&'static str]]) -> Vec<&'static str> {
    lists.concat()
}

#[test]
fn under_a_sure_name_every_value_goes() {
    let values = joined(&[RANDOM, MARKED, CHOSEN, WORDS, PHRASES, DIGITS]);
    all_hold("sure", &cases(FIRM, SURE, &values), goes);
}

#[test]
fn under_a_likely_name_everything_but_words_goes() {
    let values = joined(&[RANDOM, MARKED, CHOSEN]);
    all_hold("likely", &cases(FIRM, LIKELY, &values), goes);
}

#[test]
fn below_the_heading_of_a_table_it_goes() {
    all_hold("table", &cases(TABLES, SURE, &joined(&[RANDOM, MARKED, CHOSEN])), goes);
}

#[test]
fn below_a_likely_heading_what_is_made_by_chance_goes() {
    all_hold("likely table", &cases(TABLES, LIKELY, RANDOM), goes);
}

#[test]
fn where_a_sentence_leads_to_it_what_looks_like_a_secret_goes() {
    all_hold("loose", &cases(LOOSE, SURE, &joined(&[RANDOM, MARKED, CHOSEN])), goes);
}

#[test]
fn where_a_sentence_leads_to_what_was_made_by_chance_it_goes() {
    all_hold("likely loose", &cases(LOOSE, LIKELY, RANDOM), goes);
}

#[test]
fn what_is_no_secret_stays_under_any_name() {
    all_hold("harmless", &cases(FIRM, &joined(&[SURE, LIKELY]), HARMLESS), stays);
}

#[test]
fn what_is_no_secret_stays_in_any_sentence() {
    all_hold("harmless loose", &cases(LOOSE, SURE, HARMLESS), stays);
}

#[test]
fn what_is_about_a_secret_stays() {
    all_hold("about", &cases(FIRM, ABOUT, PLAIN), stays);
}

#[test]
fn what_is_said_about_a_secret_stays() {
    all_hold("about loose", &cases(LOOSE, ABOUT, PLAIN), stays);
}
