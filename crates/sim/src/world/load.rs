//! How busy things are: a gentle wave around what is usual, the same whenever the same moment is asked about.

use super::guest::Guest;

/// Share of its cores that a guest uses, 0 to 1.
pub(crate) fn cpu(guest: &Guest, now_ms: i64) -> f64 {
    if !guest.is_running() {
        return 0.0;
    }
    (guest.load * (1.0 + 0.6 * wave(guest.vmid, 37, now_ms))).clamp(0.001, 1.0)
}

/// Bytes of memory that a guest uses.
pub(crate) fn memory(guest: &Guest, now_ms: i64) -> u64 {
    if !guest.is_running() {
        return 0;
    }
    let share = (guest.filling * (1.0 + 0.05 * wave(guest.vmid, 211, now_ms))).clamp(0.02, 0.99);
    ((guest.memory << 20) as f64 * share) as u64
}

/// Bytes received and sent since its start.
pub(crate) fn traffic(guest: &Guest, now: i64) -> (u64, u64) {
    let seconds = u64::try_from(guest.uptime(now)).unwrap_or(0);
    let rate = 900 + (guest.load * 400_000.0) as u64;
    (seconds * rate, seconds * rate * 2 / 3)
}

/// Between -1 and 1, with a period of that many seconds and a phase of its own.
fn wave(of: u32, period: u32, now_ms: i64) -> f64 {
    let phase = f64::from(of % 17) / 17.0;
    let turns = (now_ms % (i64::from(period) * 1000)) as f64 / (f64::from(period) * 1000.0);
    ((turns + phase) * std::f64::consts::TAU).sin()
}
