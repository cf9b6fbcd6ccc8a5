//! `edit_file`, `pct_edit_file` and `qm_edit_file`.

use labkeeper_core::fault::Fault;
use labkeeper_core::file::{Edit, EditError};
use labkeeper_core::pve::{ClusterName, GuestKind, NodeName, VmId};
use labkeeper_core::shell::FilePath;
use labkeeper_core::tier::Tier;
use schemars::JsonSchema;
use serde::Deserialize;

use super::write::{Draft, Proposed};
use super::write_file::meta;
use super::written::{Written, planned, written};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route};
use crate::site::Site;

/// Change a piece of a text file on a node, literally. oldString has to be in it just once, unless replaceAll is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EditFile {
    /// The file, absolute.
    pub path: FilePath,
    /// What is there, exactly: blanks and line breaks count.
    pub old_string: String,
    /// What is to be there instead; may be empty.
    pub new_string: String,
    /// Replace every place, not only the one.
    #[serde(default)]
    pub replace_all: bool,
    /// Which node; only where there are several.
    #[serde(default)]
    pub node: Option<NodeName>,
    /// In which cluster; only where several have a node of that name.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// Change a piece of a text file in a running container, literally. oldString has to be in it just once, unless replaceAll is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PctEditFile {
    /// Which container.
    pub vmid: VmId,
    /// The file in the container, absolute.
    pub path: FilePath,
    /// What is there, exactly: blanks and line breaks count.
    pub old_string: String,
    /// What is to be there instead; may be empty.
    pub new_string: String,
    /// Replace every place, not only the one.
    #[serde(default)]
    pub replace_all: bool,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// Change a piece of a text file in a running virtual machine, literally. oldString has to be in it just once, unless replaceAll is set.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct QmEditFile {
    /// Which virtual machine.
    pub vmid: VmId,
    /// The file in the machine, absolute.
    pub path: FilePath,
    /// What is there, exactly: blanks and line breaks count.
    pub old_string: String,
    /// What is to be there instead; may be empty.
    pub new_string: String,
    /// Replace every place, not only the one.
    #[serde(default)]
    pub replace_all: bool,
    /// In which cluster; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

fn draft(old: &str, new: &str, all: bool) -> Result<Draft, Fault> {
    Edit::new(old, new, all).map(Draft::Edit).map_err(|error| {
        let field = if error == EditError::Same { "newString" } else { "oldString" };
        Fault::invalid(field, error.to_string()).with_hint(error.remedy())
    })
}

impl EditFile {
    fn proposed(&self, cx: &Cx) -> Result<Proposed, Fault> {
        let draft = draft(&self.old_string, &self.new_string, self.replace_all)?;
        let site = Site::host(cx, self.node.as_ref(), self.cluster.as_ref())?;
        Ok(Proposed { site, path: self.path.clone(), draft })
    }
}

impl Operation for EditFile {
    type Output = Written;
    const META: Meta =
        meta("edit_file", "Edit a file on a node", Tier::Root).routes(&[Route::patch("/api/files/host")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let proposed = self.proposed(cx)?;
        planned(cx, proposed).await
    }

    async fn run(self, cx: &mut Cx) -> Result<Written, Fault> {
        let proposed = self.proposed(cx)?;
        written(cx, Self::META.name, proposed).await
    }
}

impl PctEditFile {
    async fn proposed(&self, cx: &Cx) -> Result<Proposed, Fault> {
        let draft = draft(&self.old_string, &self.new_string, self.replace_all)?;
        let site = Site::guest(cx, GuestKind::Lxc, self.vmid, self.cluster.as_ref()).await?;
        Ok(Proposed { site, path: self.path.clone(), draft })
    }
}

impl Operation for PctEditFile {
    type Output = Written;
    const META: Meta = meta("pct_edit_file", "Edit a file in a container", Tier::Companion)
        .routes(&[Route::patch("/api/files/pct/{vmid}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let proposed = self.proposed(cx).await?;
        planned(cx, proposed).await
    }

    async fn run(self, cx: &mut Cx) -> Result<Written, Fault> {
        let proposed = self.proposed(cx).await?;
        written(cx, Self::META.name, proposed).await
    }
}

impl QmEditFile {
    async fn proposed(&self, cx: &Cx) -> Result<Proposed, Fault> {
        let draft = draft(&self.old_string, &self.new_string, self.replace_all)?;
        let site = Site::guest(cx, GuestKind::Qemu, self.vmid, self.cluster.as_ref()).await?;
        Ok(Proposed { site, path: self.path.clone(), draft })
    }
}

impl Operation for QmEditFile {
    type Output = Written;
    const META: Meta = meta("qm_edit_file", "Edit a file in a virtual machine", Tier::Companion)
        .routes(&[Route::patch("/api/files/qm/{vmid}")]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let proposed = self.proposed(cx).await?;
        planned(cx, proposed).await
    }

    async fn run(self, cx: &mut Cx) -> Result<Written, Fault> {
        let proposed = self.proposed(cx).await?;
        written(cx, Self::META.name, proposed).await
    }
}
