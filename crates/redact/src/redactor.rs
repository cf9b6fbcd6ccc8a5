//! The one way from text to what a model may read.

use crate::ansi;
use crate::blanks::readings;
use crate::key::lexicon::{Certainty, classify};
use crate::model::ModelText;
use crate::page::Page;
use crate::paths::{Place, place};
use crate::placeholder;
use crate::scan::{Memory, Scanner};
use crate::session::Session;
use crate::span::{Span, settle};
use crate::stretch;

/// The rules, compiled once. It has no state of its own: share it, and give each conversation a [`Session`].
pub struct Redactor {
    scanner: Scanner,
    plain: Vec<String>,
}

impl Redactor {
    /// The built-in rules and, beyond them, `extra_keys`: parts of names whose values are secrets too, in any case.
    #[must_use]
    pub fn new(extra_keys: &[String]) -> Self {
        let extra = extra_keys
            .iter()
            .map(|key| key.trim().to_ascii_lowercase())
            .filter(|key| !key.is_empty())
            .collect();
        Self { scanner: Scanner::new(extra), plain: Vec::new() }
    }

    /// Those names of structured output are the caller's own, and say nothing secret of their values, whatever they sound like.
    #[must_use]
    pub fn with_plain_names(self, names: &[&str]) -> Self {
        Self { plain: names.iter().map(|name| (*name).to_owned()).collect(), ..self }
    }

    /// What the name of a field in structured output says of its value.
    pub(crate) fn field(&self, name: &str) -> Option<Certainty> {
        if self.plain.iter().any(|plain| plain == name) {
            return None;
        }
        let certainty = |name: &str| {
            let is_extra = self.scanner.is_extra(&name.to_ascii_lowercase());
            if is_extra { Some(Certainty::Strong) } else { classify(name, None) }
        };
        readings(name).iter().filter_map(|reading| certainty(reading.read())).max()
    }

    /// Takes the secrets out of a text. `path` is the file that it was read from, when there is one: some files hold nothing
    /// else. Escape sequences of terminals go too; else, what is not secret stays byte for byte.
    #[must_use]
    pub fn text(&self, session: &mut Session, text: &str, path: Option<&str>) -> ModelText {
        let place = place(path);
        let mut memory = Memory::default();
        let mut shown = String::with_capacity(text.len() + text.len() / 16);
        let mut redactions = 0;
        let (mut from, mut seen) = (0, 0);
        loop {
            let length = stretch::first(&text[from..], &mut seen);
            let end = length.map_or(text.len(), |length| from + length);
            redactions += self.stretch(session, &text[from..end], place, &mut memory, &mut shown);
            if length.is_none() {
                return ModelText::new(shown, redactions);
            }
            from = end;
        }
    }

    /// Appends to `shown` what may be seen of a stretch, and tells how many secrets were taken out.
    fn stretch(
        &self,
        session: &mut Session,
        text: &str,
        place: Place,
        memory: &mut Memory,
        shown: &mut String,
    ) -> u32 {
        let plain = ansi::strip(text);
        let placeholders = placeholder::find(&plain);
        let readings = readings(&plain);
        // What the first reading meets is carried on; the others begin with what was carried to here.
        let before = (readings.len() > 1).then(|| memory.clone());
        let mut spans = Vec::new();
        for (count, reading) in readings.iter().enumerate() {
            let mut aside = before.as_ref().filter(|_| count > 0).cloned();
            let memory = aside.as_mut().unwrap_or(&mut *memory);
            let found = self.scanner.secrets(&Page::new(reading.read()), place, memory);
            if readings.len() > 1 {
                // As the rules read it, it may stand elsewhere.
                let read = |span: &Span| reading.read().get(span.start..span.end);
                for (span, value) in found.iter().filter_map(|span| Some((span, read(span)?))) {
                    session.search(&span.name, value);
                }
            }
            spans.extend(found.into_iter().map(|span| reading.in_text(span)));
        }
        // First all of them, so that each is found wherever else it stands.
        let mut spans = settle(spans, &placeholders);
        for span in &spans {
            session.placeholder(&span.name, &plain[span.start..span.end]);
        }
        for reading in &readings {
            let known = session.known_in(reading.read());
            spans.extend(known.into_iter().map(|span| reading.in_text(span)));
        }
        let spans = settle(spans, &placeholders);
        let mut from = 0;
        for span in &spans {
            shown.push_str(&plain[from..span.start]);
            shown.push_str(&session.placeholder(&span.name, &plain[span.start..span.end]));
            from = span.end;
        }
        shown.push_str(&plain[from..]);
        u32::try_from(spans.len()).unwrap_or(u32::MAX)
    }
}

/// Redacts text that comes in pieces. However it is cut, what comes out is what [`Redactor::text`] makes of the whole: a piece
/// is kept back until it is certain where its secrets end.
pub struct Stream<'r> {
    redactor: &'r Redactor,
    place: Place,
    memory: Memory,
    kept: String,
    seen: usize,
}

impl<'r> Stream<'r> {
    /// A stream of text, from a file when `path` names one.
    #[must_use]
    pub fn new(redactor: &'r Redactor, path: Option<&str>) -> Self {
        Self { redactor, place: place(path), memory: Memory::default(), kept: String::new(), seen: 0 }
    }

    /// Takes the next piece, and gives what is certain by now.
    #[must_use]
    pub fn push(&mut self, session: &mut Session, piece: &str) -> ModelText {
        self.kept.push_str(piece);
        let mut shown = String::new();
        let mut redactions = 0;
        let mut from = 0;
        while let Some(length) = stretch::first(&self.kept[from..], &mut self.seen) {
            let stretch = &self.kept[from..from + length];
            redactions += self.redactor.stretch(session, stretch, self.place, &mut self.memory, &mut shown);
            from += length;
        }
        self.kept.drain(..from);
        ModelText::new(shown, redactions)
    }

    /// Gives what was kept back.
    #[must_use]
    pub fn finish(mut self, session: &mut Session) -> ModelText {
        let mut shown = String::new();
        let redactions = self.redactor.stretch(session, &self.kept, self.place, &mut self.memory, &mut shown);
        ModelText::new(shown, redactions)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(&[]));

    /// How commands and files hold a value, `{V}`.
    const HOLDERS: &[&str] = &[
        "sshpass -p {V} ssh root@nas",
        "mysql -uroot -p{V}",
        "curl -u eva:{V} http://nas.lan/",
        "echo {V} | sudo -S ls",
        "DB_PASSWORD={V}",
        "password: \"{V}\"",
        "requirepass {V}",
        "see https://eva:{V}@git.lan/x.git and more",
        "nas:5432:db:eva:{V}",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_goes_whole_in_the_text_itself_goes_whole(
            front in "[a-z][A-Z][0-9][a-km-zA-HJ-NP-Z2-9]{3,6}",
            back in "[A-Z][a-z][0-9][a-km-zA-HJ-NP-Z2-9]{3,6}",
            holder in prop::sample::select(HOLDERS),
            mark in prop::sample::select(vec![
                "\u{a0}", "\u{b}", "\u{ad}", "\u{2003}", "\u{200b}", "\u{2060}", "\u{2800}", "\u{3000}", "\u{3164}",
                "\u{feff}", "\u{fe0f}",
            ]),
        ) {
            let value = format!("{front}{mark}{back}");
            let text = holder.replace("{V}", &value);
            let at = text.find(&value).unwrap();
            let found = REDACTOR.scanner.secrets(&Page::new(&text), Place::Anywhere, &mut Memory::default());
            if found.iter().any(|span| span.start <= at && at + value.len() <= span.end) {
                let shown = REDACTOR.text(&mut Session::new([9; 32]), &text, None).into_string();
                prop_assert!(!shown.contains(&front) && !shown.contains(&back), "{:?}: {:?}", text, shown);
            }
        }
    }

    #[test]
    fn only_what_is_shown_has_a_placeholder() {
        let mut session = Session::new([9; 32]);
        let shown = REDACTOR.text(&mut session, "mysql -uroot -pKx93fa\u{a0}Q27bbZ", None);
        assert_eq!((shown.redactions(), session.len()), (1, 1), "{shown:?}");
    }

    #[test]
    fn what_was_read_without_its_marks_is_found_elsewhere() {
        let mut session = Session::new([9; 32]);
        let shown = REDACTOR.text(&mut session, "password: Kx93fa\u{ad}Q27bbZ\nlog of Kx93faQ27bbZ", None);
        assert_eq!(shown.redactions(), 2, "{shown:?}");
    }
}
