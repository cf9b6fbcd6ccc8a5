//! Who there is to own something.

use labkeeper_core::actor::Actor;
use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_core::transfer::Owners;
use labkeeper_store::View;

use super::caller::is_live;

/// Who may own views here, as `heir` sees it, who gets what nobody would see.
///
/// # Errors
/// When the store fails.
pub(crate) async fn owners(view: &mut View, heir: &Actor, now: Stamp) -> Result<Owners, Fault> {
    let tokens = view.tokens().await?.into_iter().filter(|token| is_live(token, now));
    Ok(Owners {
        tokens: tokens.map(|token| (token.name, token.id)).collect(),
        people: view.users().await?.into_iter().map(|user| user.name).collect(),
        heir: heir.name.clone(),
        principal: heir.principal.clone(),
    })
}
