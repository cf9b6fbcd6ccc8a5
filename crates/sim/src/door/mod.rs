//! The doors into the lab: in process ([`Lab::ask`]), over HTTPS ([`Https`]) and over SSH ([`Ssh`]). All show the same
//! world.

mod certificate;
mod https;
mod lab;
mod mishap;
mod ssh;

pub use https::{Https, Options};
pub use lab::{Lab, now};
pub use mishap::{Mishap, What};
pub use ssh::Ssh;
