//! Which ways in exist, and the code for making the first.

use labkeeper_core::fault::Fault;

use super::caller::is_live;
use super::state::AccessState;
use crate::keeper::Keeper;

impl Keeper {
    /// Which ways in exist now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn access_state(&self) -> Result<AccessState, Fault> {
        let version = self.store().watch().borrow().seq;
        if let Some(state) = self.access().recognised(version).state {
            return Ok(state);
        }
        let now = self.clock().now();
        let mut view = self.store().read().await?;
        let state = AccessState {
            api_token: self.settings().api_token.is_some(),
            users: view.users().await?.len(),
            tokens: view.tokens().await?.iter().filter(|token| is_live(token, now)).count(),
        };
        self.access().recognised(version).state = Some(state);
        Ok(state)
    }

    /// The one-time code for making the first account, to be printed where the hub was started. `None` when
    /// somebody can log in already or `API_TOKEN` is set.
    ///
    /// # Errors
    /// When the store fails or the system has no randomness to give.
    pub async fn setup_code(&self) -> Result<Option<String>, Fault> {
        let state = self.access_state().await?;
        if state.users > 0 || state.api_token {
            return Ok(None);
        }
        self.access().setup_code().map(Some)
    }
}
