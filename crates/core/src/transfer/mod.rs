//! Whole inventories in and out: what a file holds, how it fits what is there, and the formats.
//!
//! *Invariant:* every row of a file ends in the inventory or in the report. Reading and planning are pure;
//! whoever holds the database carries a [`Plan`] out.

mod ansible;
mod bundle;
mod document;
mod incoming;
mod lab;
mod links;
mod markdown;
mod matching;
mod merge;
mod mermaid;
mod plan;
mod predecessor;
mod problems;
mod report;
mod salvage;
mod sheet;

pub use ansible::write as write_ansible;
pub use bundle::write as write_bundle;
pub use document::{Source, object as read_value, read};
pub use incoming::{Format, Incoming};
pub use lab::{Identified, Lab, Observed, Picture, Placed, Remembered, Sighted};
pub use markdown::write as write_markdown;
pub use mermaid::write as write_mermaid;
pub use plan::{IdSpace, Mode, Plan, plan};
pub use predecessor::{read_tables, write as write_predecessor};
pub use report::{Problem, Report};
pub use sheet::write as write_csv;

/// Why a file was refused as a whole: says what it is or lacks, and what would be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Refusal {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}
