//! The doors into the lab: in process ([`Lab::ask`]), over HTTPS ([`Https`]) and over SSH ([`Ssh`]). All show the same
//! world.

mod certificate;
mod cluster_files;
mod followers;
mod guest;
mod held;
mod https;
mod lab;
mod mishap;
mod ssh;

pub use guest::Ran;
pub use held::Held;
pub use https::{Https, Options};
pub use lab::{Lab, now};
pub use mishap::{Mishap, What};
pub use ssh::{Inside, Ssh};
