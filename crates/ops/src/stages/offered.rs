//! Stage 1: above an actor's grant an operation does not exist: it is not listed and not found.

use labkeeper_core::actor::{Actor, Grant};
use labkeeper_core::fault::Fault;
use labkeeper_core::nearest::nearest;
use labkeeper_core::tier::Tier;

use crate::operation::{Entry, Meta, Need};

/// `ceiling` is the highest tier that this installation has: whatever a caller may, more is not there.
pub(crate) fn is_offered(meta: &Meta, grant: Grant, ceiling: Tier) -> bool {
    let permitted = match meta.need {
        Need::Read => true,
        Need::Write => grant.write,
        Need::Admin => grant.admin,
    };
    permitted && meta.tier <= grant.tier.min(ceiling)
}

pub(crate) fn find<'a>(
    registry: &'a [Entry],
    actor: &Actor,
    ceiling: Tier,
    name: &str,
) -> Result<&'a Entry, Fault> {
    let known = registry.iter().find(|entry| entry.meta.name == name);
    match known {
        Some(entry) if is_offered(&entry.meta, actor.grant, ceiling) => Ok(entry),
        _ => {
            let offered = registry.iter().filter(|entry| is_offered(&entry.meta, actor.grant, ceiling));
            let names = offered.map(|entry| entry.meta.name);
            let fault = Fault::not_found(format!("there is no operation \"{name}\" for you"));
            Err(match nearest(name, names) {
                Some(near) => fault.with_hint(format!("did you mean \"{near}\"?")),
                None => fault
                    .with_hint("`labkeeper tools` lists what there is; a token's scope decides what it sees"),
            })
        }
    }
}
