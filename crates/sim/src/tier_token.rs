//! A token as set-up makes it, without the ceremony: for the demo, for clients from outside, and for tests.

use labkeeper_core::provision::rights::role_privileges;
use labkeeper_core::tier::Tier;

use crate::access::{Holder, Release, TokenChange, UserChange};
use crate::answer::Refusal;
use crate::api::Cluster;

/// Makes the token `user!tier`, privilege-separated, with just the rights of that tier; answers its secret. The user is made when
/// it is not there.
///
/// # Errors
/// When there is a token of that name.
pub fn tier_token(cluster: &mut Cluster, user: &str, tier: Tier) -> Result<String, Refusal> {
    let major = if cluster.world.release == Release::V8 { 8 } else { 9 };
    let privileges: Vec<String> = role_privileges(tier, major).into_iter().map(str::to_owned).collect();
    let access = &mut cluster.access;
    let mut roles = vec!["PVEAuditor".to_owned()];
    if !privileges.is_empty() {
        let role = if tier == Tier::Operate { "LabkeeperOperate" } else { "LabkeeperCompanion" };
        access.add_role(role, privileges.into_iter().collect())?;
        roles.push(role.to_owned());
    }
    // One that is there already is what is wanted.
    let ours = UserChange { enabled: Some(true), comment: Some("labkeeper".into()), ..UserChange::default() };
    _ = access.add_user(user, ours);
    let separate = TokenChange { separated: Some(true), ..TokenChange::default() };
    let secret = access.add_token(user, tier.as_str(), separate)?;
    for role in &roles {
        access.grant("/", Holder::User(user.to_owned()), role, true)?;
        access.grant("/", Holder::Token(format!("{user}!{}", tier.as_str())), role, true)?;
    }
    Ok(secret)
}
