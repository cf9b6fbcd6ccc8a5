//! A named view of a list: what somebody looks at again and again.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::principal::Principal;
use crate::stamp::Stamp;

/// Longest name of a view, in characters.
pub const LONGEST_NAME: usize = 80;

/// A view of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    /// Row id in the store; 0 when it has none yet.
    pub id: i64,
    /// Grows with every change.
    #[serde(default = "first")]
    pub rev: i64,
    /// What whose it is was called when it was saved.
    pub owner: String,
    /// Whose it is.
    pub principal: Principal,
    /// Which list.
    pub list: String,
    /// What it is called.
    pub name: String,
    /// Words, filters and order, as in the address of the page.
    pub query: String,
    /// Columns as JSON; `None` are the standard ones.
    pub columns: Option<String>,
    /// Others see it too.
    pub everyone: bool,
    /// The list opens with it.
    pub opens: bool,
    /// When it was last saved.
    pub updated_at: Stamp,
}

fn first() -> i64 {
    1
}

impl ListView {
    /// Reads an image of the journal; in older ones nobody is known but by name.
    ///
    /// # Errors
    /// When it is no image of a view.
    pub fn of_image(image: &Map<String, Value>) -> serde_json::Result<Self> {
        let mut image = image.clone();
        if !image.contains_key("principal") {
            let owner = image.get("owner").and_then(Value::as_str).unwrap_or_default();
            let principal = Principal::of_name(owner);
            image.insert("principal".into(), String::from(principal).into());
        }
        serde_json::from_value(Value::Object(image))
    }
}
