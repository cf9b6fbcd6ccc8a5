//! One cluster's nodes, and what can be asked of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use labkeeper_core::ports::{Later, Shell};
use labkeeper_core::pve::{ClusterName, NodeName};
use labkeeper_core::shell::{
    Command, Dialect, Expected, FileFacts, FilePath, Finished, Listing, Piece, Replaced, ShellError, Spot,
    Window,
};

use super::files;
use super::node::Node;
use super::settings::SshSettings;

/// The nodes of one cluster and the insides of their guests, over SSH.
pub struct Ssh {
    cluster: ClusterName,
    nodes: BTreeMap<NodeName, Arc<Node>>,
}

impl Ssh {
    /// Opens nothing yet.
    pub fn new(settings: SshSettings) -> Self {
        let SshSettings { cluster, nodes, limits } = settings;
        let nodes = nodes.into_iter().map(|node| (node.node.clone(), Arc::new(Node::new(node, limits))));
        Self { cluster, nodes: nodes.collect() }
    }

    fn node(&self, name: &NodeName) -> Result<&Arc<Node>, ShellError> {
        self.nodes.get(name).ok_or_else(|| ShellError::NotSetUp { node: name.clone() })
    }
}

impl Shell for Ssh {
    fn cluster(&self) -> &ClusterName {
        &self.cluster
    }

    fn nodes(&self) -> Vec<NodeName> {
        self.nodes.keys().cloned().collect()
    }

    fn knock<'a>(&'a self, node: &'a NodeName) -> Later<'a, Result<(), ShellError>> {
        Box::pin(async move { self.node(node)?.knock().await })
    }

    fn dialect<'a>(&'a self, spot: &'a Spot) -> Later<'a, Result<Dialect, ShellError>> {
        Box::pin(async move { self.node(spot.node())?.dialect(spot).await })
    }

    fn run<'a>(&'a self, spot: &'a Spot, command: &'a Command) -> Later<'a, Result<Finished, ShellError>> {
        Box::pin(async move { self.node(spot.node())?.run(spot, command).await })
    }

    fn look<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
    ) -> Later<'a, Result<Option<FileFacts>, ShellError>> {
        Box::pin(async move { files::look(self.node(spot.node())?, spot, path).await })
    }

    fn read<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        window: Window,
    ) -> Later<'a, Result<Option<Piece>, ShellError>> {
        Box::pin(async move { files::read(self.node(spot.node())?, spot, path, window).await })
    }

    fn list<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        limit: usize,
    ) -> Later<'a, Result<Option<Listing>, ShellError>> {
        Box::pin(async move { files::list(self.node(spot.node())?, spot, path, limit).await })
    }

    fn replace<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        bytes: &'a [u8],
        expected: &'a Expected,
    ) -> Later<'a, Result<Replaced, ShellError>> {
        Box::pin(async move { files::replace(self.node(spot.node())?, spot, path, bytes, expected).await })
    }

    fn remove<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: &'a str,
    ) -> Later<'a, Result<(), ShellError>> {
        Box::pin(async move { files::remove(self.node(spot.node())?, spot, path, sha256).await })
    }

    fn abandon<'a>(
        &'a self,
        spot: &'a Spot,
        path: &'a FilePath,
        sha256: Option<&'a str>,
    ) -> Later<'a, Result<(), ShellError>> {
        Box::pin(async move { files::abandon(self.node(spot.node())?, spot, path, sha256).await })
    }
}

/// Without keys.
impl std::fmt::Debug for Ssh {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nodes: Vec<_> = self.nodes.keys().map(ToString::to_string).collect();
        out.debug_struct("Ssh").field("cluster", &self.cluster).field("nodes", &nodes).finish()
    }
}
