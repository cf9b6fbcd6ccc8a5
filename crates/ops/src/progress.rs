//! How work goes, for whoever watches.

/// Told how long work goes; each face shows it in its own way.
pub trait Progress: Send + Sync {
    /// `done` of `total` (when known), and what is happening.
    fn report(&self, done: f64, total: Option<f64>, message: &str);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn report(&self, _: f64, _: Option<f64>, _: &str) {}
}
