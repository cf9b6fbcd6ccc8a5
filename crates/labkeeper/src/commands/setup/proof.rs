//! Proof that the token may what its tier wants and no more, over the pinned certificate and without doing anything.

use anyhow::{Result, anyhow, bail};
use labkeeper_core::ports::Pve;
use labkeeper_core::provision::rights::{Extras, Rights, Wish, compare};
use labkeeper_core::pve::{NodeName, PveError, calls};
use labkeeper_core::tier::Tier;
use labkeeper_proxmox::{Api, Settings};

/// Whether the node says that it does not take the token. One that cannot be asked says nothing about it. Sent only to who shows the
/// pinned certificate.
pub(super) async fn is_dead(settings: &Settings) -> bool {
    let Ok(api) = Api::new(settings) else { return false };
    let answer = (&api as &dyn Pve).call(&calls::cluster::version()).await;
    matches!(answer, Err(PveError::Unauthorised { .. }))
}

/// How what the token may differs from what its tier wants. One that may not too much is also asked for something that it may not.
///
/// # Errors
/// When the node is not the pinned one, does not take the token, or lets it do what it must not.
pub(super) async fn of(settings: &Settings, tier: Tier, extras: Extras, node: &NodeName) -> Result<Rights> {
    let api = Api::new(settings)?;
    let api: &dyn Pve = &api;
    let version = api.call(&calls::cluster::version()).await.map_err(|error| told(&error))?;
    let held = api.call(&calls::access::own_permissions()).await.map_err(|error| told(&error))?;
    let release =
        version.major().ok_or_else(|| anyhow!("Proxmox says it has the version {}", version.version))?;
    let rights = compare(&held, Wish { tier, extras }, release);
    if rights.surplus.is_empty() {
        refused(api, tier, node).await?;
    }
    Ok(rights)
}

async fn refused(api: &dyn Pve, tier: Tier, node: &NodeName) -> Result<()> {
    let call = calls::separation::forbidden(tier, node);
    match api.call(&call).await {
        Err(PveError::Forbidden(_)) => Ok(()),
        Ok(_) | Err(PveError::BadParameter { .. }) => bail!(
            "the node did not forbid {:?} to the token {}, which has no right to it: do not use it before that is understood",
            call.request().to_string(),
            api.token()
        ),
        Err(error) => Err(told(&error)),
    }
}

fn told(error: &PveError) -> anyhow::Error {
    let remedy = match error {
        // Also when the token was kept because the node could not be asked before.
        PveError::Unauthorised { .. } => {
            "run setup again with --new-secret, which makes the token anew".into()
        }
        error => error.remedy(),
    };
    anyhow!("{error}\n  {remedy}")
}
