//! What a shell command would do, and whether it may.
//!
//! A command is parsed as bash parses it, interpreted over abstract values, cut into invocations of programs; tables say what
//! an invocation would do ([`effect`], [`programs`]) and to what ([`paths`]); a policy says what that deserves ([`policy`]).
//! The worst part of a command decides. What cannot be known is asked about, never let through.
//!
//! It is a tripwire with good eyes, not a wall: it cannot judge what programs do that it does not know, and says so.
#![doc(test(attr(deny(warnings))))]

pub mod context;
pub mod effect;
pub mod invocation;
pub mod judgement;
pub mod paths;
pub mod policy;
pub mod programs;
pub mod word;

mod engine;

pub use engine::{Dialect, judge, judge_argv};
