//! Contents of every kind.

use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};

/// One red pixel.
pub(super) const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
/// No sound.
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

/// A result of one text.
pub(super) fn text(text: impl Into<String>) -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text(text)])
}

/// A page of text.
pub(super) fn page(uri: &str, mime: &str, text: &str) -> ResourceContents {
    ResourceContents::text(text, uri).with_mime_type(mime)
}

/// The results that are nothing but content.
pub(super) fn result(name: &str) -> Option<CallToolResult> {
    let image = || ContentBlock::image(PNG, "image/png");
    let blocks = match name {
        "test_simple_text" => vec![ContentBlock::text("This is a simple text response for testing.")],
        "test_image_content" => vec![image()],
        "test_audio_content" => vec![ContentBlock::audio(WAV, "audio/wav")],
        "test_embedded_resource" => {
            let words = "This is an embedded resource content.";
            vec![ContentBlock::resource(page("test://embedded-resource", "text/plain", words))]
        }
        "test_multiple_content_types" => {
            let json =
                page("test://mixed-content-resource", "application/json", r#"{"test":"data","value":123}"#);
            vec![ContentBlock::text("Multiple content types test:"), image(), ContentBlock::resource(json)]
        }
        "test_error_handling" => {
            let words = "This tool intentionally returns an error for testing";
            return Some(CallToolResult::error(vec![ContentBlock::text(words)]));
        }
        _ => return None,
    };
    Some(CallToolResult::success(blocks))
}
