//! The hub put together: the parts it is given, and every operation there is.

use crate::all::all;
use crate::house::Parts;
use crate::keeper::Keeper;
use crate::operation::Entry;

impl Keeper {
    /// Puts the parts together with every operation labkeeper has, and those of `extra`.
    pub fn new(parts: Parts, extra: Vec<Entry>) -> Self {
        let mut entries = all();
        entries.extend(extra);
        Self::with(parts, entries)
    }
}
