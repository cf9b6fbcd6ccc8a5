//! What is declared about a kind, and what can be asked of the declaration.

use crate::inventory::field::{Field, Shape};
use crate::inventory::kind::Kind;

/// Everything there is to say about a kind, declared once (ADR 0002).
#[derive(Debug)]
pub struct KindSpec {
    /// Which kind.
    pub kind: Kind,
    /// Wire name.
    pub key: &'static str,
    /// One of them.
    pub label: &'static str,
    /// Many of them.
    pub label_many: &'static str,
    /// Bundled icon name.
    pub icon: &'static str,
    /// Wire name of the name: `title` for documents, `name` for the rest.
    pub name_field: &'static str,
    /// Vertical rank on the map, 0 at the top.
    pub rank: u8,
    /// Declared fields in form order, without the name.
    pub fields: &'static [Field],
}

impl KindSpec {
    /// The declared field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Wire name of the primary address (`ip_address`; shares say `ip`), if the kind has one.
    pub fn address_field(&self) -> Option<&'static str> {
        self.fields.iter().find(|field| field.shape == Shape::Address).map(|field| field.name)
    }

    /// Wire name of the primary MAC address, if the kind has one.
    pub fn mac_field(&self) -> Option<&'static str> {
        self.fields.iter().find(|field| field.shape == Shape::Mac).map(|field| field.name)
    }

    /// The parent fields and the kind each points at.
    pub fn parents(&self) -> impl Iterator<Item = (&'static str, Kind)> {
        self.fields.iter().filter_map(|field| match field.shape {
            Shape::Parent(kind) => Some((field.name, kind)),
            _ => None,
        })
    }
}
