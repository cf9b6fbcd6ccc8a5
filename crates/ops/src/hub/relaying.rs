//! How the relay between the processes of the hub is doing, for probes and doctors.

use labkeeper_core::ports::RelayError;

use crate::keeper::Keeper;

impl Keeper {
    /// Whether the relay was of use when it was last asked; `None` where there is none.
    pub fn relay_works(&self) -> Option<bool> {
        self.house().relay().map(|relay| relay.trouble().is_none())
    }

    /// Which server relays, and whether it does now all that it is used for. `None` where there is none.
    pub async fn try_relay(&self) -> Option<(String, Result<(), RelayError>)> {
        let relay = self.house().relay()?;
        Some((relay.place().to_owned(), relay.knock().await))
    }
}
