//! `/access/acl`: a list shows the grants at paths where the caller may grant. Who may grant only as the one who manages
//! an object can hand out no more than they have there.

use serde_json::{Map, Value, json};

use super::parameters::{Kind, may, must, verify};
use super::request::Request;
use crate::access::{Grant, Holder, is_acl_path, normalise};
use crate::answer::{Answer, Method, Refusal};

pub(super) fn answer(request: &mut Request<'_>, template: &str) -> Option<Answer> {
    Some(match (request.ask.method, template) {
        (Method::Get, "/access/acl") => list(request),
        (Method::Put, "/access/acl") => update(request),
        _ => return None,
    })
}

fn list(request: &Request<'_>) -> Answer {
    verify(request, &[])?;
    let audits = request.may("/access", &["Sys.Audit"]);
    let may_grant = |path| request.access.require_to_grant(request.caller, path, request.pools).is_ok();
    let seen = request.access.acl().iter().filter(|grant| audits || may_grant(grant.path));
    Ok(seen.map(row).collect())
}

fn row(grant: Grant<'_>) -> Value {
    json!({
        "path": grant.path,
        "propagate": u8::from(grant.propagate),
        "roleid": grant.role,
        "type": grant.holder.sort(),
        "ugid": grant.holder.name(),
    })
}

fn update(request: &mut Request<'_>) -> Answer {
    verify(
        request,
        &[
            must("path", Kind::Text),
            must("roles", Kind::Roles),
            may("users", Kind::Users),
            may("groups", Kind::Groups),
            may("tokens", Kind::Tokens),
            may("propagate", Kind::Boolean),
            may("delete", Kind::Boolean),
        ],
    )?;
    let holders = holders(request)?;
    let (propagate, taken) = (request.flag("propagate") != Some(false), request.flag("delete") == Some(true));
    let path = path(request, taken)?;
    let roles = request.list("roles");
    // All is looked at before anything is changed.
    for role in &roles {
        within_own(request, &path, role, propagate, taken)?;
        holders.iter().try_for_each(|holder| request.access.known(holder, role))?;
    }
    for role in &roles {
        for holder in &holders {
            if taken {
                request.access.revoke(&path, holder, role)?;
            } else {
                request.access.grant(&path, holder.clone(), role, propagate)?;
            }
        }
    }
    Ok(Value::Null)
}

fn holders(request: &Request<'_>) -> Result<Vec<Holder>, Refusal> {
    if ["users", "groups", "tokens"].iter().all(|name| request.text(name).is_none()) {
        let why = || Value::from("either 'users', 'groups' or 'tokens' is required.");
        let errors = ["users", "groups", "tokens"].map(|name| (name.to_owned(), why()));
        let reason = "Parameter verification failed.".into();
        return Err(Refusal { status: 400, reason, errors: Map::from_iter(errors) });
    }
    let groups = request.list("groups").into_iter().map(Holder::Group);
    let users = request.list("users").into_iter().map(Holder::User);
    let tokens = request.list("tokens").into_iter().map(Holder::Token);
    Ok(groups.chain(users).chain(tokens).collect())
}

/// What stands at a path that is none can still be taken back.
fn path(request: &Request<'_>, taken: bool) -> Result<String, Refusal> {
    let path = request.given("path");
    let known = normalise(path).filter(|path| taken || is_acl_path(path));
    known.ok_or_else(|| Refusal::parameter("path", format!("invalid ACL path '{path}'")))
}

fn within_own(
    request: &Request<'_>,
    path: &str,
    role: &str,
    propagate: bool,
    taken: bool,
) -> Result<(), Refusal> {
    let own = request.access.privileges(request.caller.name(), path, request.pools);
    let Some(wanted) = request.access.roles().get(role) else { return Ok(()) };
    if own.contains_key("Permissions.Modify") {
        return Ok(());
    }
    let verb = if taken { "remove" } else { "add" };
    let refused = |why: &str| Err(Refusal::parameter("role", format!("Cannot {verb} role '{role}'{why}")));
    if role == "NoAccess" {
        return refused(" - requires 'Permissions.Modify'");
    }
    for privilege in &wanted.privileges {
        match own.get(privilege) {
            None => return refused(" - requires 'Permissions.Modify' or superset of privileges."),
            Some(false) if propagate && !taken => {
                return refused(
                    " with propagation - requires 'Permissions.Modify' or propagated superset of privileges.",
                );
            }
            Some(_) => {}
        }
    }
    Ok(())
}
