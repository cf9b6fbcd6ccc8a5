//! Every configuration key, documented once; `docs/configuration.md` is generated from here.

mod assistants;
mod files;
mod hub;
mod key;
mod lab;
mod servers;
mod traces;

pub(crate) use key::Key;

/// Every key, in the order of the documentation.
pub(crate) fn keys() -> impl Iterator<Item = &'static Key> {
    [hub::KEYS, servers::KEYS, assistants::KEYS, lab::KEYS, files::KEYS, traces::KEYS].into_iter().flatten()
}
