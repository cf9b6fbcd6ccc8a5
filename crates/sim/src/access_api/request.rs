//! What a handler has before it, and its parameters as what they mean.

use std::collections::BTreeMap;

use crate::access::{Access, Caller, Pools};
use crate::answer::Ask;
use crate::boolean;

pub(super) struct Request<'a> {
    pub(super) access: &'a mut Access,
    pub(super) caller: &'a Caller,
    pub(super) ask: &'a Ask,
    /// Placeholders of the path.
    pub(super) path: &'a BTreeMap<String, String>,
    pub(super) pools: &'a dyn Pools,
}

impl<'a> Request<'a> {
    /// A placeholder of the path or a parameter.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.path.get(name).or_else(|| self.ask.parameters.get(name)).map(String::as_str)
    }

    /// A placeholder or parameter that was verified to be there.
    pub(super) fn given(&self, name: &str) -> &'a str {
        self.text(name).unwrap_or_default()
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        boolean::read(self.text(name)?)
    }

    /// The parts of a list; none when it is not given.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        self.text(name).map(parts).into_iter().flatten().map(str::to_owned).collect()
    }

    /// All that was given, placeholders among it.
    pub(super) fn everything(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.path.iter().chain(&self.ask.parameters);
        all.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether the caller has one of these privileges there.
    pub(super) fn may(&self, path: &str, any_of: &[&str]) -> bool {
        self.access.may(self.caller, path, any_of, self.pools)
    }
}

/// Lists are written with commas, semicolons or spaces.
pub(super) fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ';', ' ']).filter(|part| !part.is_empty())
}
