//! `icon_upload`: an image becomes an icon that items can show.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::icon::{self, IconError};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::WriteTx;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cx::Cx;
use crate::operation::{Body, Meta, Operation, Plan, Route, Toolset};

/// Upload an image as an icon: PNG, WebP or SVG, at most 256 KiB. The answer is what to write into an item's
/// `icon`. The same image is kept once; an SVG is stripped of everything that runs or reaches out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IconUpload {
    /// The image, base64.
    pub content: String,
    /// Name of the file; only shown, the type comes from the content.
    #[serde(default)]
    #[allow(dead_code, reason = "uploads carry it; the content decides")]
    pub file_name: Option<String>,
}

/// The stored icon.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Uploaded {
    /// Where it is.
    pub data: IconReference,
}

/// What an item's `icon` says to show it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IconReference {
    /// `/api/icons/` and the SHA-256 of the image.
    pub icon: String,
}

impl Operation for IconUpload {
    type Output = Uploaded;
    const META: Meta = Meta::write("icon_upload", "Upload an icon", Toolset::Inventory)
        .idempotent()
        .not_a_tool()
        .routes(&[Route::post("/api/icons").created().body(Body::Bytes("content"))]);

    async fn plan(&self, _: &mut Cx) -> Result<Plan, Fault> {
        let image = self.image()?;
        Ok(Plan::allow(format!("keep an icon of {} bytes", image.bytes.len())))
    }

    async fn run(self, cx: &mut Cx) -> Result<Uploaded, Fault> {
        let image = self.image()?;
        let at = cx.now;
        cx.tx()?.keep_icon(image.mime, &image.bytes, at).await?;
        Ok(Uploaded { data: IconReference { icon: image.reference() } })
    }
}

impl IconUpload {
    fn image(&self) -> Result<icon::Image, Fault> {
        let bytes = STANDARD
            .decode(&self.content)
            .map_err(|_| Fault::invalid("content", "content wants an image as base64"))?;
        icon::accept(&bytes).map_err(|error| refused("content", &error))
    }
}

/// Stores an image given as data URL in `icon` and puts its reference there; everything else stays as it is.
///
/// # Errors
/// When the image is not acceptable.
pub(crate) async fn keep_inline_icon(
    tx: &mut WriteTx,
    data: &Map<String, Value>,
    at: Stamp,
) -> Result<Map<String, Value>, Fault> {
    let mut data = data.clone();
    let inline = data.get("icon").and_then(Value::as_str).and_then(icon::from_data_url);
    if let Some(image) = inline {
        let image = image.map_err(|error| refused("icon", &error))?;
        tx.keep_icon(image.mime, &image.bytes, at).await?;
        data.insert("icon".into(), image.reference().into());
    }
    Ok(data)
}

fn refused(field: &str, error: &IconError) -> Fault {
    let fault = Fault::invalid(field, format!("{field} {error}"));
    match error {
        IconError::TooLarge(_) => Fault { code: Code::TooLarge, ..fault },
        _ => fault.with_hint("PNG, WebP and SVG are understood, up to 256 KiB"),
    }
}
