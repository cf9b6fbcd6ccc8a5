//! `import_preview`: what an import would do, before anything happens.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::transfer::{self, Mode, Report};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{parked, reading, snapshot};
use crate::access::owners::owners;
use crate::cx::Cx;
use crate::operation::{Body, Meta, Operation, Route, Toolset};

/// Look at a file before importing it: what it is, what would be created and changed, where it disagrees with the
/// hub, what is wrong with it. Takes labkeeper's export, Homelab Hub's JSON export or SQLite file, and CSV. Nothing
/// is imported; the file waits for `import_apply` for a day.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportPreview {
    /// The file, base64.
    #[serde(default)]
    pub content: Option<String>,
    /// Its name; a CSV file's name may say which kind it lists.
    #[serde(default)]
    pub file_name: Option<String>,
    /// Instead of a file: the name of a safety copy that an earlier replacement made.
    #[serde(default)]
    pub safety_copy: Option<String>,
    /// What would become of what is here.
    #[serde(default)]
    pub mode: Mode,
}

/// The preview.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Preview {
    /// What would happen.
    pub data: Previewed,
}

/// What would happen.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Previewed {
    /// Give this to `import_apply`.
    pub import_id: String,
    /// Name of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// What would become of what is here.
    pub mode: Mode,
    /// Items that are here now.
    pub items_here: usize,
    /// The story.
    #[serde(flatten)]
    pub report: Report,
}

impl Operation for ImportPreview {
    type Output = Preview;
    const META: Meta = Meta::read("import_preview", "Look at a file before importing it", Toolset::Hub)
        .admin()
        .routes(&[Route::post("/api/import/preview").body(Body::Bytes("content"))]);

    async fn run(self, cx: &mut Cx) -> Result<Preview, Fault> {
        let data_dir = cx.house().settings().data_dir.clone();
        let (bytes, file_name) = match (self.content, self.safety_copy) {
            (_, Some(name)) => (parked::read_safety_copy(&data_dir, &name).await?, Some(name)),
            (Some(content), None) => {
                let bytes = STANDARD
                    .decode(content)
                    .map_err(|_| Fault::invalid("content", "content wants the file as base64"))?;
                (bytes, self.file_name)
            }
            (None, None) => {
                return Err(Fault::new(Code::Invalid, "import_preview needs the file").with_field("content"));
            }
        };
        let parked = parked::park(&data_dir, &bytes, file_name, cx.now).await?;
        let mut incoming = reading::read(&parked.path, parked.file_name.as_deref()).await?;
        let mut view = cx.snapshot().await?;
        incoming.settle_owners(&owners(&mut view, &cx.actor, cx.now).await?);
        let lab = snapshot::lab(&mut view).await?;
        let ids = snapshot::id_space(&mut view, &incoming).await?;
        let plan = transfer::plan(&incoming, &lab, &ids, self.mode, cx.now);
        Ok(Preview {
            data: Previewed {
                import_id: parked.id,
                file_name: parked.file_name,
                mode: self.mode,
                items_here: lab.items.len(),
                report: plan.report,
            },
        })
    }
}
