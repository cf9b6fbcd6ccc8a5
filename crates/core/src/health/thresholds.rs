//! From where on something is worth a word.

use crate::checkup::Notice;

/// The defaults are the predecessor's, where it had one.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// Load over one minute, per CPU.
    pub load: (f64, f64),
    /// Memory used, in per cent.
    pub memory: (f64, f64),
    /// File systems and storages used, in per cent.
    pub space: (f64, f64),
    /// More pending updates than that are worth a word.
    pub updates: usize,
    /// Units whose failure is critical; that of any other is a warning.
    pub critical_units: Vec<String>,
    /// Days after which a backup is too old.
    pub backup_days: u32,
    /// Days that a certificate must still be good for.
    pub certificates: Notice,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            load: (0.8, 1.5),
            memory: (85.0, 95.0),
            space: (80.0, 90.0),
            updates: 50,
            critical_units: Vec::new(),
            backup_days: 7,
            certificates: Notice::default(),
        }
    }
}
