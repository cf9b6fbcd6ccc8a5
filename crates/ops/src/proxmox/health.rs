//! Asking a cluster what its health is judged by, side by side. What the token may not see, and what a list leaves out for it,
//! is said and not taken for nothing.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::join_all;
use futures::{StreamExt as _, join, stream};
use labkeeper_core::health::{ClusterFacts, GuestFacts, NodeFacts, Section, Seen, Unseen};
use labkeeper_core::ports::Pve;
use labkeeper_core::pve::calls::{cluster, guest, node, storage};
use labkeeper_core::pve::{GuestRow, NodeName, NodeRow, Resource, RunState, ZfsPool};

use super::backups::backups;
use super::eye::{Eye, SIDE_BY_SIDE, asked};

/// What those sections are judged by.
pub(crate) async fn look(pve: &Arc<dyn Pve>, sections: &BTreeSet<Section>) -> ClusterFacts {
    let resources = cluster::resources();
    let (eye, listed) = join!(Eye::of(pve), pve.call(&resources));
    let nothing = ClusterFacts {
        name: pve.cluster().clone(),
        silent: None,
        cut: None,
        members: None,
        nodes: Vec::new(),
        guests: None,
        backups: None,
    };
    let listed = match listed {
        Ok(listed) => listed,
        Err(error) => return ClusterFacts { silent: Some(Unseen::of(&error)), ..nothing },
    };
    let cut = Unseen::in_rows(&listed);
    let hidden = eye.hides(&resources).or_else(|| cut.clone());
    let (mut nodes, mut guests, mut storages) = (Vec::new(), Vec::new(), Vec::new());
    for resource in listed {
        match resource {
            Resource::Node(row) => nodes.push(*row),
            Resource::Guest(row) => guests.push(*row),
            Resource::Storage(row) => storages.push(row),
            _ => {}
        }
    }
    let asks = |section| sections.contains(&section);
    let (members, nodes, guests, backups) = join!(
        asked(asks(Section::Cluster), eye.see(cluster::status())),
        join_all(nodes.iter().map(|row| eye.node(row, sections))),
        asked(
            asks(Section::Guests) || asks(Section::Backups),
            eye.guests(guests, hidden, asks(Section::Guests))
        ),
        asked(asks(Section::Backups), backups(&eye, &nodes, &storages)),
    );
    ClusterFacts { cut, members, nodes, guests, backups, ..nothing }
}

impl Eye<'_> {
    async fn node(&self, row: &NodeRow, sections: &BTreeSet<Section>) -> NodeFacts {
        let name = &row.node;
        let asks = |section: Section| sections.contains(&section);
        let is_online = row.is_online();
        let (status, pools, storages, services, updates, certificates, replication) = join!(
            self.of_node(row, asks(Section::Node) || asks(Section::Storage), self.see(node::status(name))),
            self.of_node(row, asks(Section::Node), self.pools(name)),
            self.of_node(row, asks(Section::Storage), self.see_all(storage::list(name))),
            self.of_node(row, asks(Section::Units), self.see_all(node::services(name))),
            self.of_node(row, asks(Section::Updates), self.see_all(node::updates(name))),
            self.of_node(row, asks(Section::Certificates), self.see_all(node::certificates(name))),
            self.of_node(row, asks(Section::Replication), self.see_all(node::replication(name))),
        );
        NodeFacts {
            name: name.clone(),
            is_online,
            status,
            pools,
            storages,
            services,
            updates,
            certificates,
            replication,
        }
    }

    /// A fact of a node; of one that is away it cannot be had.
    async fn of_node<T>(
        &self,
        row: &NodeRow,
        is_asked: bool,
        answer: impl Future<Output = Seen<T>>,
    ) -> Option<Seen<T>> {
        if !is_asked {
            return None;
        }
        if !row.is_online() {
            let problem = format!("{} is not online", row.node);
            return Some(Err(Unseen { problem, remedy: "start it, or look at its console".into() }));
        }
        Some(answer.await)
    }

    async fn pools(&self, name: &NodeName) -> Seen<Vec<ZfsPool>> {
        let call = node::zfs_pools(name);
        if let Some(hidden) = self.hides(&call) {
            return Err(hidden);
        }
        match self.pve.call(&call).await {
            Ok(rows) => Unseen::in_rows(&rows).map_or_else(|| Ok(rows.into_vec()), Err),
            Err(error) if error.means_no_zfs() => Ok(Vec::new()),
            Err(error) => Err(Unseen::of(&error)),
        }
    }

    /// The guests; the configuration of those that do not run, which says whether they should.
    async fn guests(
        &self,
        rows: Vec<GuestRow>,
        hidden: Option<Unseen>,
        with_configs: bool,
    ) -> Seen<Vec<GuestFacts>> {
        if let Some(hidden) = hidden {
            return Err(hidden);
        }
        let facts = stream::iter(rows).map(|row| async {
            let is_idle = row.status != RunState::Running && row.template != Some(true);
            let config = match row.status {
                // Its node is away, and would not say.
                RunState::Unknown => None,
                _ => asked(with_configs && is_idle, self.see(guest::config(&row.at()))).await,
            };
            GuestFacts { row, config }
        });
        Ok(facts.buffered(SIDE_BY_SIDE).collect().await)
    }
}
