//! No text makes it panic; redacting twice is redacting once; what was taken out can be put back.
#![no_main]

use std::sync::LazyLock;

use labkeeper_redact::{Redactor, Session};
use libfuzzer_sys::fuzz_target;

static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(&[]));

fuzz_target!(|text: &str| {
    let mut session = Session::new([7; 32]);
    let once = REDACTOR.text(&mut session, text, None).into_string();
    let twice = REDACTOR.text(&mut session, &once, None).into_string();
    assert_eq!(once, twice);
    if !text.contains('\u{1b}') && !text.contains("[[secret:") {
        assert_eq!(session.restore(&once).expect("every placeholder is known"), text);
    }
});
