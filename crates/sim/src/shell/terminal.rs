//! Where a command runs: at a node of the cluster, as root.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::access::Caller;
use crate::answer::{Ask, Method, Refusal};
use crate::api::Cluster;

/// A terminal of a node.
pub(super) struct Terminal<'a> {
    pub(super) cluster: &'a mut Cluster,
    pub(super) node: &'a str,
}

impl Terminal<'_> {
    /// Asks the API as `root@pam`.
    pub(super) fn ask(
        &mut self,
        method: Method,
        path: String,
        parameters: BTreeMap<String, String>,
    ) -> Result<Value, Refusal> {
        let ask = Ask { method, path, parameters, authorization: None };
        let root = Caller::named("root@pam");
        self.cluster.reply_to(&root, Some(self.node), &ask).map(|reply| reply.data)
    }
}
