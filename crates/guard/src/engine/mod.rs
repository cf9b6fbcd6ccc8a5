//! From a command to a judgement: parsed, interpreted over what is known of its words, cut into programs, weighed.

mod ansi;
mod arithmetic;
mod braces;
mod builtin_names;
mod builtins;
mod change;
mod codec;
mod compound;
mod expand;
mod field;
mod files;
mod filters;
mod findings;
mod flow;
mod functions;
mod hygiene;
mod leaving;
mod lookup;
mod machine;
mod parameter;
mod parse;
mod pieces;
mod printing;
mod reading;
mod redirect;
mod run;
mod scripts;
mod simple;
mod state;
mod streams;
mod variables;
mod verdict;
mod walk;

pub use machine::Dialect;
pub use verdict::{judge, judge_argv};
