//! The lease files of DHCP servers that can be read on this machine, as they are when a sweep begins.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use labkeeper_core::discovery::{Leased, NoLeaseFile, is_of_kea, read_leases};
use labkeeper_core::ports::Clock;
use labkeeper_core::stamp::Stamp;

/// A larger file is none of a home's network.
const LARGEST: u64 = 32 * 1024 * 1024;

/// Where they lie, and the clock by which leases end.
#[derive(Clone)]
pub struct LeaseFiles {
    files: Vec<PathBuf>,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for LeaseFiles {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(&self.files).finish()
    }
}

impl LeaseFiles {
    /// These files; nothing is read yet.
    pub fn new(files: Vec<PathBuf>, clock: Arc<dyn Clock>) -> Self {
        Self { files, clock }
    }

    /// What they say now. Of two files that speak of one address the first counts.
    pub(crate) async fn read(&self) -> Leases {
        let (files, now) = (self.files.clone(), self.clock.now());
        let read = tokio::task::spawn_blocking(move || Leases::of(&files, now)).await;
        read.unwrap_or_else(|error| Leases { problems: vec![error.to_string()], ..Leases::default() })
    }
}

/// Who has which address by lease.
#[derive(Debug, Default)]
pub(crate) struct Leases {
    by_address: BTreeMap<IpAddr, Leased>,
    /// Files that say nothing, and why.
    pub(crate) problems: Vec<String>,
}

impl Leases {
    fn of(files: &[PathBuf], now: Stamp) -> Self {
        let mut leases = Self::default();
        for path in files {
            let file = path.display().to_string();
            match journal(path) {
                Err(error) => leases.problems.push(format!(
                    "lease file {file} cannot be read: {error}; correct discovery.lease_files, or let labkeeper read it"
                )),
                Ok(text) => match read_leases(&text, now) {
                    Err(NoLeaseFile) => leases.problems.push(format!(
                        "{file} is no lease file of dnsmasq, ISC dhcpd or Kea; correct discovery.lease_files"
                    )),
                    Ok(read) => {
                        for (address, lease) in read {
                            let leased = || Leased { file: file.clone(), lease };
                            leases.by_address.entry(address).or_insert_with(leased);
                        }
                    }
                },
            }
        }
        leases
    }

    pub(crate) fn of_address(&self, address: IpAddr) -> Option<&Leased> {
        self.by_address.get(&address)
    }

    pub(crate) fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.by_address.keys().copied()
    }
}

/// The file; of Kea also what it moved to files beside it when it cleaned up, in the order in which it reads them itself.
fn journal(path: &Path) -> io::Result<String> {
    // Read first: what is moved meanwhile is read twice and not missed.
    let newest = text(path)?;
    if !is_of_kea(&newest) {
        return Ok(newest);
    }
    let earlier = match beside(path, ".completed")? {
        Some(cleaned) => vec![cleaned],
        None => [beside(path, ".2")?, beside(path, ".1")?].into_iter().flatten().collect(),
    };
    // A line that was not written to its end must not run into the next file.
    let whole = |part: &String| part[..part.rfind('\n').map_or(0, |at| at + 1)].to_owned();
    Ok(earlier.iter().map(whole).collect::<String>() + &newest)
}

fn beside(path: &Path, ending: &str) -> io::Result<Option<String>> {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    match text(Path::new(&name)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io::Error::other(format!("of it, {}: {error}", Path::new(&name).display()))),
    }
}

fn text(path: &Path) -> io::Result<String> {
    // Looked at before it is opened: opening a pipe waits for whoever writes into it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other(format!("it has more than {} MiB", LARGEST >> 20)));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const NOW: i64 = 1_732_788_000;
    const HEAD: &str = "address,hwaddr,valid_lifetime,expire,hostname,state\n";

    #[test]
    fn what_kea_moved_beside_its_file_is_read_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("kea-leases4.csv");
        let row = |last: u8, name: &str| format!("10.0.0.{last},,3600,{},{name},0\n", NOW + 60);
        let write = |ending: &str, rows: &str| {
            std::fs::write(dir.path().join(format!("kea-leases4.csv{ending}")), format!("{HEAD}{rows}"))
                .unwrap();
        };
        let names = || {
            let leases = Leases::of(std::slice::from_ref(&file), Stamp(NOW * 1_000_000));
            assert_eq!(leases.problems, [] as [String; 0]);
            let name = |leased: Leased| leased.lease.hostname.unwrap();
            leases.by_address.into_values().map(name).collect::<Vec<_>>()
        };
        write("", &row(1, "newest"));
        write(".2", &[row(1, "oldest"), row(2, "oldest"), row(3, "oldest")].concat());
        write(".1", &format!("{}{}", row(2, "older"), "10.0.0.3,,36"));
        assert_eq!(names(), ["newest", "older", "oldest"]);
        write(".completed", &row(4, "cleaned"));
        assert_eq!(names(), ["newest", "cleaned"], "it has taken the place of both");
    }
}
