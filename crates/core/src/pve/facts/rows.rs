//! A list of which single rows may be unreadable: they are counted and named, not fatal and not silent.

use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// What a list call answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rows<T> {
    rows: Vec<T>,
    unreadable: Vec<String>,
}

impl<T> Rows<T> {
    /// Why rows are missing, a sentence each. While this is not empty the list is not the whole truth.
    pub fn unreadable(&self) -> &[String] {
        &self.unreadable
    }

    /// The readable ones.
    pub fn into_vec(self) -> Vec<T> {
        self.rows
    }
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), unreadable: Vec::new() }
    }
}

impl<T> Deref for Rows<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<T> IntoIterator for Rows<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Rows<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        // Some lists are `null` when there is nothing to list.
        let values = Option::<Vec<Value>>::deserialize(input)?.unwrap_or_default();
        let mut read = Self::default();
        for value in values {
            match serde_json::from_value(value) {
                Ok(row) => read.rows.push(row),
                Err(error) => read.unreadable.push(error.to_string()),
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pve::VmId;

    #[test]
    fn one_odd_row_does_not_hide_the_others() {
        let rows: Rows<VmId> = serde_json::from_str(r#"[100, "x", 101]"#).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows.unreadable().len(), 1);
        assert!(rows.unreadable()[0].contains("\"x\" is no guest id"), "{:?}", rows.unreadable());
    }

    #[test]
    fn nothing_is_an_empty_list_and_an_object_is_none() {
        assert!(serde_json::from_str::<Rows<VmId>>("null").unwrap().is_empty());
        assert!(serde_json::from_str::<Rows<VmId>>("{}").is_err());
    }
}
