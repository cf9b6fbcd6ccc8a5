//! Any text gets a verdict; what is undecidable is never let through; what is appended makes nothing better.
#![no_main]

use labkeeper_guard::context::Context;
use labkeeper_guard::judgement::Level;
use labkeeper_guard::{Dialect, judge};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let context = Context::default();
    let plain = judge(text, Dialect::Bash, &context);
    assert!(!plain.undecidable || plain.level > Level::Allow);
    assert!(plain.changes || plain.level == Level::Allow);
    let longer = judge(&format!("{text}\nid"), Dialect::Bash, &context);
    // A line that goes on, such as an open quote, is another command.
    let same = plain.reasons.iter().all(|reason| reason.rule != "undecidable.syntax");
    assert!(!same || longer.level >= plain.level);
    judge(text, Dialect::Posix, &context);
});
