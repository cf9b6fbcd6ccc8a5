//! Takes secrets out of text before a model reads it, and puts them back where it writes.
//!
//! A [`Redactor`] holds the rules, a [`Session`] what one conversation has seen. What the redactor gives is [`ModelText`] or
//! [`ModelValue`]; nobody else can make one. In the place of a secret stands a placeholder, `[[secret:NAME#TAG]]`; the tag
//! depends on the value and on the session's key, so that equal values look equal and nothing else can be learned from it.
//! [`Session::restore`] puts the values back on the way out.
//!
//! Rules are pure: no clock, no chance, no I/O, no locks. The work grows with the text and no faster. It is best effort: a
//! value with no name, no known form and no context, that was never met before, passes.

mod announcements;
mod ansi;
mod blanks;
mod core_of;
mod format;
mod key;
mod known;
mod model;
mod page;
mod paths;
mod placeholder;
mod redactor;
mod scan;
mod session;
mod span;
mod stretch;
mod structured;

pub use model::{ModelText, ModelValue};
pub use redactor::{Redactor, Stream};
pub use session::{Session, UnknownPlaceholder};
