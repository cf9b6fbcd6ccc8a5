//! Eyes on the network: ping, TCP, banners, titles, names.
//!
//! *Invariant:* everything is asked by the address that was checked against the territory, never by name; what is
//! read is bounded in size and time, made printable, and trusted for nothing.

mod callout;
mod doors;
mod greet;
mod http;
mod icmp;
mod icon;
mod known;
mod lease_files;
mod names;
mod neighbours;
mod own_address;
mod own_name;
mod page;
mod ping;
mod probe;
mod reach;
mod survey;
mod sweep;
mod text;
mod tls;

use std::net::{IpAddr, SocketAddr};

use std::time::Duration;

use labkeeper_core::discovery::{
    Contact, Fetched, Knocked, OutOfBounds, Reachability, Sweep, SweepReport, Territory, WebAddress,
};
use labkeeper_core::ports::{Later, Scout, Watch};

use doors::Doors;
use known::Known;
use lease_files::Leases;
use names::Names;

pub use lease_files::LeaseFiles;

/// What the network's eyes must be told.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where they may look.
    pub territory: Territory,
    /// Name servers for reverse names; `None` takes those of the system, an empty list asks nobody.
    pub name_servers: Option<Vec<SocketAddr>>,
    /// What DHCP servers wrote down; `None` when there is nothing to read.
    pub leases: Option<LeaseFiles>,
}

/// The network as this machine sees it.
pub struct Lan {
    settings: Settings,
    /// Sweeps and reachability have connections of their own, so that a long sweep never makes a living host look dead.
    for_sweeps: Doors,
    for_reach: Doors,
}

impl Lan {
    /// Reads the process's limit of open files and takes a fair part of it; opens nothing yet.
    pub fn new(settings: Settings) -> Self {
        let files = doors::open_files_limit();
        Self { settings, for_sweeps: Doors::new(files / 2), for_reach: Doors::new(files / 4) }
    }

    fn names(&self) -> Names {
        match &self.settings.name_servers {
            None => Names::of_system(),
            Some(servers) => Names::new(servers.clone(), Default::default()),
        }
    }
}

impl Scout for Lan {
    fn territory(&self) -> &Territory {
        &self.settings.territory
    }

    fn is_here(&self, address: IpAddr) -> bool {
        own_address::is_own(address)
    }

    fn reach(&self, contacts: Vec<Contact>) -> Later<'_, Vec<Reachability>> {
        Box::pin(reach::reach(contacts, &self.settings.territory, &self.for_reach))
    }

    fn knock<'a>(
        &'a self,
        host: &'a str,
        port: u16,
        patience: Duration,
    ) -> Later<'a, Result<Knocked, OutOfBounds>> {
        Box::pin(probe::knock(host, port, patience, &self.settings.territory, &self.for_reach))
    }

    fn fetch<'a>(
        &'a self,
        address: &'a WebAddress,
        patience: Duration,
    ) -> Later<'a, Result<Fetched, OutOfBounds>> {
        Box::pin(probe::fetch(address, patience, &self.settings.territory, &self.for_reach))
    }

    fn sweep<'a>(&'a self, plan: &'a Sweep, watch: Watch<'a>) -> Later<'a, SweepReport> {
        Box::pin(async move {
            let leases = match &self.settings.leases {
                Some(files) => files.read().await,
                None => Leases::default(),
            };
            sweep::sweep(plan, watch, &self.for_sweeps, &Known { names: self.names(), leases }).await
        })
    }
}
