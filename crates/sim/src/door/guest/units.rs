//! Services on disk, as the simulated `systemctl` and `journalctl` read them.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use labkeeper_core::stamp::Stamp;

/// A unit.
pub(in super::super) struct Unit<'a> {
    /// Its name, with `.service`.
    pub(in super::super) name: &'a str,
    pub(in super::super) description: &'a str,
    pub(in super::super) state: State,
    /// What it logged, a minute apart.
    pub(in super::super) said: &'a [&'a str],
}

/// How it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum State {
    Runs,
    Failed,
    Stopped,
}

/// Writes what is known of units below a root. `since` is the second when they were started.
pub(in super::super) fn write(root: &Path, units: &[Unit<'_>], since: i64) -> io::Result<()> {
    let (states, logs) = (root.join("var/lib/units"), root.join("var/log/units"));
    fs::create_dir_all(&states)?;
    fs::create_dir_all(&logs)?;
    for (at, unit) in (0u32..).zip(units) {
        let pid = 120 + at * 7;
        let (active, sub, result, main) = match unit.state {
            State::Runs => ("active", "running", "success", pid),
            State::Failed => ("failed", "failed", "exit-code", 0),
            State::Stopped => ("inactive", "dead", "success", 0),
        };
        let name = unit.name;
        let mut text = format!("ActiveEnterTimestamp={}\n", said(since));
        _ = writeln!(
            text,
            "ActiveState={active}\nDescription={}\nFragmentPath=/usr/lib/systemd/system/{name}",
            unit.description
        );
        _ = writeln!(
            text,
            "Id={name}\nLoadState=loaded\nMainPID={main}\nNRestarts=0\nNames={name}\nResult={result}"
        );
        _ = writeln!(text, "SubState={sub}\nType=simple\nUnitFileState=enabled");
        fs::write(states.join(name), text)?;
        let who = name.trim_end_matches(".service");
        let priority = if unit.state == State::Failed { 3 } else { 6 };
        let mut log = String::new();
        for (minute, line) in (0i64..).zip(unit.said) {
            _ = writeln!(log, "{}\t{who}\t{pid}\t{priority}\t{line}", since + 60 * minute);
        }
        fs::write(logs.join(format!("{name}.log")), log)?;
    }
    Ok(())
}

/// `2026-11-28 12:00:00 UTC`.
fn said(at: i64) -> String {
    let text = Stamp(at * 1_000_000).text();
    format!("{} {} UTC", &text[..10], &text[11..19])
}
