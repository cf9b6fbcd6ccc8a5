//! The doors into the lab: in process ([`Lab::ask`]) and over HTTPS ([`Https`]). Both show the same world.

mod certificate;
mod https;
mod lab;
mod mishap;

pub use https::{Https, Options};
pub use lab::{Lab, now};
pub use mishap::{Mishap, What};
