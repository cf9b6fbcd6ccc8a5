//! The written part of the sample lab: what no cluster can show, and what people made of what it showed.

use anyhow::{Context as _, Result};
use labkeeper_core::inventory::Kind;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Everything of `demo/lab.json`, in the order in which it happened. A `ref` names an item within the file.
#[derive(Deserialize)]
pub(super) struct Sample {
    /// When the lab documented itself.
    pub(super) census_days_ago: i64,
    /// Items that the census brings, as far as anything here speaks of them.
    pub(super) found: Vec<Found>,
    /// Items that somebody wrote.
    pub(super) items: Vec<Written>,
    pub(super) links_days_ago: i64,
    pub(super) links: Vec<Link>,
    pub(super) memories: Vec<Memory>,
    pub(super) edits: Vec<Edit>,
}

/// An item of the census, by what the cluster calls it.
#[derive(Deserialize)]
pub(super) struct Found {
    pub(super) r#ref: String,
    pub(super) kind: Kind,
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct Written {
    pub(super) r#ref: String,
    pub(super) kind: Kind,
    pub(super) days_ago: i64,
    pub(super) data: Map<String, Value>,
    /// Parent field and what it points at.
    pub(super) on: Option<(String, String)>,
}

#[derive(Deserialize)]
pub(super) struct Link {
    pub(super) from: String,
    pub(super) rel: String,
    pub(super) to: String,
    pub(super) label: Option<String>,
}

/// The same change to one item or several.
#[derive(Deserialize)]
pub(super) struct Edit {
    pub(super) days_ago: i64,
    pub(super) by: Who,
    pub(super) of: Vec<String>,
    pub(super) data: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct Memory {
    pub(super) days_ago: i64,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) about: Vec<String>,
}

/// Who keeps the sample lab.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Who {
    /// A person at the web app.
    Anna,
    /// An assistant over MCP.
    Claude,
}

impl Sample {
    pub(super) fn read() -> Result<Self> {
        serde_json::from_str(include_str!("../../../demo/lab.json")).context("the sample lab cannot be read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_goes_forward_in_time() {
        let sample = Sample::read().unwrap();
        let days: Vec<i64> = [sample.census_days_ago]
            .into_iter()
            .chain(sample.items.iter().map(|item| item.days_ago))
            .chain([sample.links_days_ago])
            .chain(sample.memories.iter().map(|memory| memory.days_ago))
            .chain(sample.edits.iter().map(|edit| edit.days_ago))
            .collect();
        assert!(days.is_sorted_by(|earlier, later| earlier >= later), "{days:?}");
    }
}
