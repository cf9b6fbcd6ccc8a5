//! The API over the world. Each request passes, as on a real node, in this order: credential, route, permission,
//! node, parameters, what the method refuses inside, handler. A handler is found by method and template; what the table of permissions knows but no handler
//! models is refused as not implemented, never answered with something invented.

mod agent;
mod agent_files;
mod agent_reached;
mod backup;
mod cluster;
mod cx;
mod guests;
mod host;
mod interior;
mod parameters;
mod resources;
mod restore;
mod schema;
mod shape;
mod snapshots;
mod storages;
mod tasks;

use std::sync::Arc;

use crate::access::{Access, Caller};
use crate::access_api;
use crate::answer::{Answer, Ask, Method, Refusal, Reply};
use crate::permission::{self, Found};
use crate::world::World;
use cx::Cx;

pub(crate) use agent_files::BETWEEN_WORDS;
pub(crate) use interior::{End, Execution, Interior, Printed};

/// A cluster with its users: everything behind the door.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// The lab.
    pub world: World,
    /// Who may what in it.
    pub access: Access,
    /// The insides of its machines, where somebody has real ones.
    pub(crate) interior: Option<Arc<dyn Interior>>,
}

impl Cluster {
    /// That world, with `root@pam` alone.
    pub fn new(world: World) -> Self {
        let access = Access::new(world.release);
        Self { world, access, interior: None }
    }

    /// Answers a request at the moment the world has been advanced to.
    ///
    /// # Errors
    /// As a real node refuses.
    pub fn answer(&mut self, ask: &Ask) -> Answer {
        self.reply(None, ask).map(|reply| reply.data)
    }

    /// Answers a request whole, as the node of that name; `None` is the first.
    ///
    /// # Errors
    /// As a real node refuses.
    pub fn reply(&mut self, door: Option<&str>, ask: &Ask) -> Result<Reply, Refusal> {
        let release = self.world.release;
        let caller = if ask.authorization.is_none() && permission::is_open(release, ask.method, &ask.path) {
            Caller::nobody()
        } else {
            self.access.authenticate(ask.authorization.as_deref(), self.world.now())?
        };
        self.reply_to(&caller, door, ask)
    }

    /// Answers a request of somebody who need not say who they are: whoever sits at a node's command line is root.
    pub(crate) fn reply_to(
        &mut self,
        caller: &Caller,
        door: Option<&str>,
        ask: &Ask,
    ) -> Result<Reply, Refusal> {
        let release = self.world.release;
        let Found::Route(route, path) = permission::find(release, ask.method, &ask.path) else {
            let reason = format!("Method '{} {}' not implemented", ask.method.as_str(), ask.path);
            return Err(Refusal::new(501, reason));
        };
        if let Some(twice) = ask.parameters.keys().find(|name| path.contains_key(*name)) {
            return Err(Refusal::parameter(twice, "duplicate parameter (already defined in URI)"));
        }
        route.check(&self.access, caller, &path, &ask.parameters, &self.world)?;
        // A request about a node is passed on to it, and what was given is looked at there.
        if route.template.starts_with("/nodes/{node}/") {
            cx::reached(&self.world, &path["node"])?;
        }
        schema::verify(ask, route.template, &path)?;
        route.check_inside(&self.access, caller, &path, &ask.parameters, &self.world)?;
        if let Some(answer) =
            access_api::answer(&mut self.access, caller, ask, route.template, &path, &self.world)
        {
            return answer.map(|data| Reply { data, total: None });
        }
        let Self { world, access, interior } = self;
        let interior = interior.as_deref();
        let mut cx = Cx { world, access, interior, caller, ask, path: &path, door, total: None };
        let data = handle(&mut cx, ask.method, route.template)?;
        Ok(Reply { data, total: cx.total })
    }
}

fn handle(cx: &mut Cx<'_>, method: Method, template: &str) -> Answer {
    let areas = [
        cluster::answer,
        resources::answer,
        host::answer,
        guests::answer,
        agent::answer,
        snapshots::answer,
        restore::answer,
        storages::answer,
        backup::answer,
        tasks::answer,
    ];
    let missing =
        || Refusal::new(501, format!("the simulated node does not model {} {template}", method.as_str()));
    // What is not in the table of parameters is not answered: nobody would have looked at what was given.
    if !schema::is_modelled(method.as_str(), template) {
        return Err(missing());
    }
    areas.iter().find_map(|area| area(cx, method, template)).unwrap_or_else(|| Err(missing()))
}
