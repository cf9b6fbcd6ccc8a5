//! Who belongs to the cluster and whether it can decide.

use serde::{Deserialize, Deserializer, Serialize};

use super::rows::Rows;
use crate::pve::lenient;
use crate::pve::names::NodeName;

/// The answer of `/cluster/status`.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct ClusterStatus {
    /// What Corosync calls it; `None` for a single node.
    pub name: Option<String>,
    /// Whether enough nodes are there to decide; `None` for a single node.
    pub quorate: Option<bool>,
    /// Its nodes.
    pub nodes: Vec<Member>,
}

/// A node of the cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its name.
    pub name: NodeName,
    /// Its address in the cluster's network.
    #[serde(default, deserialize_with = "lenient::text")]
    pub ip: Option<String>,
    /// Whether it is there.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub online: Option<bool>,
    /// Whether it is the one that answered.
    #[serde(default, deserialize_with = "lenient::flag")]
    pub local: Option<bool>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Row {
    Cluster {
        #[serde(default, deserialize_with = "lenient::text")]
        name: Option<String>,
        #[serde(default, deserialize_with = "lenient::flag")]
        quorate: Option<bool>,
    },
    Node(Member),
    #[serde(other)]
    Other,
}

impl<'de> Deserialize<'de> for ClusterStatus {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let mut status = Self::default();
        for row in Rows::<Row>::deserialize(input)? {
            match row {
                Row::Cluster { name, quorate } => (status.name, status.quorate) = (name, quorate),
                Row::Node(member) => status.nodes.push(member),
                Row::Other => {}
            }
        }
        Ok(status)
    }
}
