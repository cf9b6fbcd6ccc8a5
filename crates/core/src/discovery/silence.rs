//! A network on which nobody answers: the eyes of a hub that has none.

use std::time::Duration;

use super::{
    Contact, Fetched, Knocked, OutOfBounds, Reachability, Sweep, SweepReport, Territory, WebAddress,
};
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

    fn knock<'a>(&'a self, _: &'a str, _: u16, _: Duration) -> Later<'a, Result<Knocked, OutOfBounds>> {
        Box::pin(std::future::ready(Ok(Knocked::not_asked("nobody answers"))))
    }

    fn fetch<'a>(&'a self, _: &'a WebAddress, _: Duration) -> Later<'a, Result<Fetched, OutOfBounds>> {
        let silent = Fetched { reason: Some("nobody answers".into()), ..Fetched::default() };
        Box::pin(std::future::ready(Ok(silent)))
    }

    fn sweep<'a>(&'a self, plan: &'a Sweep, _: Watch<'a>) -> Later<'a, SweepReport> {
        let checked = plan.addresses().count();
        let nobody =
            SweepReport { hosts: vec![], checked, took: Duration::ZERO, cancelled: false, problems: vec![] };
        Box::pin(std::future::ready(nobody))
    }
}
