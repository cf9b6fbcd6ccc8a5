//! A network on which nobody answers: the eyes of a hub that has none.

use std::time::Duration;

use super::{Contact, Reachability, Sweep, SweepReport, Territory};
use crate::ports::{Later, Scout, Watch};

/// Looks nowhere and finds nobody, within the territory that it was given.
#[derive(Debug, Default)]
pub struct Silence(Territory);

impl Scout for Silence {
    fn territory(&self) -> &Territory {
        &self.0
    }

    fn reach(&self, contacts: Vec<Contact>) -> Later<'_, Vec<Reachability>> {
        let silent = contacts.into_iter().map(|contact| Reachability::silent(contact.host)).collect();
        Box::pin(std::future::ready(silent))
    }

    fn sweep<'a>(&'a self, plan: &'a Sweep, _: Watch<'a>) -> Later<'a, SweepReport> {
        let checked = plan.addresses().count();
        let nobody =
            SweepReport { hosts: vec![], checked, took: Duration::ZERO, cancelled: false, problems: vec![] };
        Box::pin(std::future::ready(nobody))
    }
}
