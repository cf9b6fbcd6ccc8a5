//! The layout of an OCI image: files that are named by their digest, and refer to each other by it.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::inputs;
use super::ustar::Tree;

pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The files of the layout, and those of them that are named by their digest.
#[derive(Default)]
pub(crate) struct Layout {
    pub(crate) tree: Tree,
    manifests: Vec<(String, Vec<u8>)>,
}

impl Layout {
    /// Puts a blob in and answers how it is referred to.
    pub(crate) fn blob(&mut self, kind: &str, content: Vec<u8>) -> Value {
        let digest = format!("sha256:{}", inputs::sha256(&content));
        let descriptor = json!({"mediaType": kind, "digest": digest, "size": content.len()});
        if kind == MANIFEST {
            self.manifests.push((digest.clone(), content.clone()));
        }
        self.tree.file(&Self::path(&digest), 0o644, content);
        descriptor
    }

    pub(crate) fn path(digest: &str) -> String {
        format!("blobs/{}", digest.replace(':', "/"))
    }

    pub(crate) fn read(&self, descriptor: &Value) -> Result<Value> {
        let found = self.manifests.iter().find(|(digest, _)| descriptor["digest"] == digest.as_str());
        let (_, content) = found.context("the manifest was put in before")?;
        Ok(serde_json::from_slice(content)?)
    }
}
