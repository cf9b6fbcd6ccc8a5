//! No text makes it panic; what was taken out can be put back; pieces make no difference.
#![no_main]

use std::sync::LazyLock;

use labkeeper_redact::{Redactor, Session, Stream};
use libfuzzer_sys::fuzz_target;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(&[]));

fuzz_target!(|text: &str| {
    let mut session = Session::new([7; 32]);
    let shown = REDACTOR.text(&mut session, text, None).into_string();
    if !text.contains('\u{1b}') && !text.contains("[[secret:") {
        assert_eq!(session.restore(&shown).expect("every placeholder is known"), text);
    }
    let mut session = Session::new([7; 32]);
    let mut stream = Stream::new(&REDACTOR, None);
    let mut pieces = String::new();
    for piece in text.split_inclusive('\n') {
        pieces.push_str(stream.push(&mut session, piece).as_str());
    }
    pieces.push_str(stream.finish(&mut session).as_str());
    assert_eq!(pieces, shown);
});
