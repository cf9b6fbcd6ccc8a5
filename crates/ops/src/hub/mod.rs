//! The hub itself: is it there, what does it hold.

pub mod app_status;
pub mod figures;
pub mod hub_status;
pub mod notification_test;
mod relaying;
