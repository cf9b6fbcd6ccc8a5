//! The stages of the one door, one file each, in the order of [`crate::keeper`].

pub(crate) mod decide;
pub(crate) mod intent;
pub(crate) mod offered;
pub(crate) mod outcome;
pub(crate) mod parse;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod taint;
pub(crate) mod trim;
pub(crate) mod weigh;
