//! Whole inventories in and out: what a file holds, how it fits what is there, and the formats.
//!
//! *Invariant:* every row of a file ends in the inventory or in the report. Reading and planning are pure;
//! whoever holds the database carries a [`Plan`] out.

mod ansible;
mod bundle;
mod bundle_reading;
mod document;
mod facts;
mod format;
mod ids;
mod incoming;
mod lab;
mod links;
mod markdown;
mod matching;
mod merge;
mod mermaid;
mod owners;
mod plan;
mod planning;
mod predecessor;
mod predecessor_links;
mod predecessor_shape;
mod problems;
mod refusal;
mod report;
mod salvage;
mod settling;
mod sheet;
mod sheet_header;
mod sheet_reading;

pub use ansible::write as write_ansible;
pub use bundle::write as write_bundle;
pub use document::{Source, object as read_value, read};
pub use format::Format;
pub use incoming::Incoming;
pub use lab::{Identified, Lab, Observed, Picture, Placed, Remembered, Sighted};
pub use markdown::write as write_markdown;
pub use mermaid::write as write_mermaid;
pub use owners::Owners;
pub use plan::{IdSpace, Mode, Plan};
pub use planning::plan;
pub use predecessor::read_tables;
pub use predecessor_shape::write as write_predecessor;
pub use refusal::Refusal;
pub use report::{Problem, Report};
pub use sheet::write as write_csv;
