//! Secrets that are known by the name they stand under.

pub(crate) mod assignment;
mod below;
mod framed;
pub(crate) mod harmless;
mod inline;
pub(crate) mod judge;
pub(crate) mod lexicon;
mod loose;
mod markup;
pub(crate) mod name;
pub(crate) mod nouns;
mod place;
pub(crate) mod quoted;
mod sentence;
mod shapes;
mod surroundings;
mod verdict;
mod words;
