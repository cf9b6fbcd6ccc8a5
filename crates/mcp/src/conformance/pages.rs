//! Resources.

use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

use super::content::{PNG, page};

const TEMPLATE: (&str, &str) = ("test://template/", "/data");

/// Resources in the list.
pub(super) fn list() -> Vec<Resource> {
    let resource =
        |uri: &str, mime: &str| Resource::new(uri, uri).with_description("A fixture.").with_mime_type(mime);
    vec![
        resource("test://static-text", "text/plain"),
        resource("test://static-binary", "image/png"),
        resource("test://watched-resource", "text/plain"),
    ]
}

/// Shapes of names.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![ResourceTemplate::new("test://template/{id}/data", "template").with_description("A fixture.")]
}

/// The page of that name.
pub(super) fn read(uri: &str) -> Option<ReadResourceResult> {
    let contents = match uri {
        "test://static-text" => page(uri, "text/plain", "This is the content of the static text resource."),
        "test://static-binary" => ResourceContents::blob(PNG, uri).with_mime_type("image/png"),
        "test://watched-resource" => page(uri, "text/plain", "This page is watched."),
        uri => {
            let id = uri.strip_prefix(TEMPLATE.0)?.strip_suffix(TEMPLATE.1)?;
            let data =
                serde_json::json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")});
            page(uri, "application/json", &data.to_string())
        }
    };
    Some(ReadResourceResult::new(vec![contents]))
}
