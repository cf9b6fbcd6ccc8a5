//! Clocks that differ make tokens expire early, logs lie and certificates look invalid.

use super::check::Check;
use crate::checkup::finding::Finding;
use crate::checkup::level::Level;
use crate::pve::Address;

/// Seconds that nobody notices.
const NOTICED: u64 = 30;

/// Seconds after which tickets and logs are of no use.
const HARMFUL: u64 = 5 * 60;

/// Judges by how many seconds a node's clock is ahead of ours.
pub fn clock(endpoint: &Address, ahead: Option<i64>) -> Finding {
    let Some(ahead) = ahead else {
        return Check::Clock
            .finds(Level::Unknown, format!("{endpoint} did not say what time it is"))
            .with_remedy("see to it that the node answers first");
    };
    let off = ahead.unsigned_abs();
    if off <= NOTICED {
        return Check::Clock.finds(Level::Ok, format!("{endpoint} has the same time as this machine"));
    }
    let status = if off <= HARMFUL { Level::Warn } else { Level::Crit };
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    let finding = format!("the clock of {endpoint} is {} {way} this machine's", spoken(off));
    Check::Clock.finds(status, finding).with_remedy(
        "let both follow a time server: `timedatectl` shows whether this machine does, `chronyc tracking` whether the node does",
    )
}

fn spoken(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_minute_is_noticed_and_five_minutes_do_harm() {
        let at: Address = "pve1".parse().unwrap();
        let table = [
            (Some(0), Level::Ok, "same time"),
            (Some(-30), Level::Ok, "same time"),
            (Some(31), Level::Warn, "31 s ahead of"),
            (Some(-300), Level::Warn, "5 min behind"),
            (Some(301), Level::Crit, "5 min ahead of"),
            (Some(-7200), Level::Crit, "2 h behind"),
            (None, Level::Unknown, "did not say"),
        ];
        for (ahead, status, says) in table {
            let found = clock(&at, ahead);
            assert_eq!(found.status, status, "{ahead:?}");
            assert!(found.finding.contains(says), "{}", found.finding);
            assert_eq!(found.remedy.is_none(), status == Level::Ok);
        }
    }
}
