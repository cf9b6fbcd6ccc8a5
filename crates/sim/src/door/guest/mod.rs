//! Guests that are real inside: files of their own, and processes in namespaces of their own below those of their node. They
//! begin when something is first done in them, and end with the world's guest, with their node's door, and with this
//! process, however that ends.

mod agent;
mod busybox;
mod guests;
mod layout;
mod running;
mod scratch;
mod services;
mod tools;
pub(super) mod units;

pub(super) use busybox::busybox;
pub(super) use guests::Guests;
pub use guests::Ran;
pub(super) use scratch::Scratch;
pub(super) use tools::{ATTACH, PATH, tools};
