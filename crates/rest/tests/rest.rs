//! Stories about the REST face, told through the whole application over a real database.
#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "hub/auth.rs"]
mod auth;
#[path = "hub/crud.rs"]
mod crud;
#[path = "hub/door.rs"]
mod door;
#[path = "hub/errors.rs"]
mod errors;
#[path = "hub/events.rs"]
mod events;
#[path = "hub/hub.rs"]
mod hub;
#[path = "hub/log.rs"]
mod log;
#[path = "hub/pages.rs"]
mod pages;
#[path = "hub/people.rs"]
mod people;
#[path = "hub/tcp.rs"]
mod tcp;
