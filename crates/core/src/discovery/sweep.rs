//! A sweep: one block of addresses, what to try on each, how hard. Planned here, carried out behind a port.
//!
//! *Invariant:* a [`Sweep`] exists only within bounds; whoever carries it out need not check again.

use std::net::IpAddr;
use std::time::Duration;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Evidence, OutOfBounds, Preset, Territory};

/// What a caller asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepRequest {
    /// `192.168.1.0/24`, a single address, or a block of IPv6 of at most a /64.
    pub cidr: String,
    /// Ports to try on each living host.
    pub ports: PortChoice,
    /// Living hosts examined closely at the same time.
    pub concurrency: u32,
    /// Seconds to wait for one answer.
    pub timeout: f64,
    /// Addresses asked per second at most.
    pub rate: u32,
    /// Addresses or blocks inside the range to leave alone.
    pub exclude: Vec<String>,
}

impl SweepRequest {
    /// The block with the predecessor's defaults: 50 hosts at once, one second.
    pub fn of(cidr: impl Into<String>) -> Self {
        Self {
            cidr: cidr.into(),
            ports: PortChoice::default(),
            concurrency: Self::DEFAULT_CONCURRENCY,
            timeout: Self::DEFAULT_TIMEOUT,
            rate: Self::DEFAULT_RATE,
            exclude: Vec::new(),
        }
    }

    /// Hosts at once.
    pub const DEFAULT_CONCURRENCY: u32 = 50;
    /// Seconds.
    pub const DEFAULT_TIMEOUT: f64 = 1.0;
    /// Addresses per second: a /24 in an eighth of a second, a /16 in half a minute, and no switch notices.
    pub const DEFAULT_RATE: u32 = 2000;
}

/// `quick`, `standard`, `full`, or a list of ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "wants quick, standard, full or a list of ports")]
pub enum PortChoice {
    /// A named set.
    Preset(Preset),
    /// These, 1 to 65535.
    List(Vec<u16>),
}

impl PortChoice {
    /// Whether it leaves out none of the standard ports: only then is a port that is not among the open ones news.
    pub fn covers_standard(&self) -> bool {
        match self {
            Self::Preset(preset) => *preset >= Preset::Standard,
            Self::List(list) => Preset::Standard.ports().iter().all(|port| list.contains(port)),
        }
    }
}

impl Default for PortChoice {
    fn default() -> Self {
        Self::Preset(Preset::Standard)
    }
}

/// A sweep that may be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sweep {
    block: IpNet,
    exclude: Vec<IpNet>,
    ports: Vec<u16>,
    concurrency: usize,
    timeout: Duration,
    rate: u32,
}

/// Why a sweep is not run. Each text holds the way out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SweepRefused {
    /// Not an address block.
    #[error("{text:?} is not an address block; write it like 192.168.1.0/24 or fd00::1:0/120")]
    NotABlock { field: &'static str, text: String },
    /// Outside the territory.
    #[error(transparent)]
    OutOfBounds(#[from] OutOfBounds),
    /// More addresses than one sweep takes.
    #[error("{block} has {} addresses, one scan takes at most {}; split it into /{} blocks", count(*.block), Sweep::MAX_ADDRESSES, widest(*.block))]
    TooManyAddresses { block: IpNet },
    /// Nobody can walk through it.
    #[error(
        "{0} is more than one segment; IPv6 hosts are found by asking theirs: give the /64 of an interface, or longer"
    )]
    HugeIpv6(IpNet),
    /// Nothing left after the exclusions.
    #[error("{0} is wholly excluded; exclude less")]
    NothingLeft(IpNet),
    /// No port, or port 0, or too many.
    #[error("{0}; give 1 to 4096 ports between 1 and 65535, or one of quick, standard, full")]
    Ports(String),
    /// Outside 1..=512.
    #[error("concurrency {0} is out of range; use 1 to {max}", max = Sweep::MAX_CONCURRENCY)]
    Concurrency(u32),
    /// Outside 0.05..=10 s, or not a number.
    #[error("timeout {0} s is out of range; use 0.05 to 10 seconds")]
    Timeout(String),
    /// Outside 1..=10 000.
    #[error("rate {0} per second is out of range; use 1 to {max}", max = Sweep::MAX_RATE)]
    Rate(u32),
}

impl SweepRefused {
    /// The input field at fault.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotABlock { field, .. } => field,
            Self::OutOfBounds(_) | Self::TooManyAddresses { .. } | Self::HugeIpv6(_) => "cidr",
            Self::NothingLeft(_) => "exclude",
            Self::Ports(_) => "ports",
            Self::Concurrency(_) => "concurrency",
            Self::Timeout(_) => "timeout",
            Self::Rate(_) => "rate",
        }
    }
}

impl Sweep {
    /// A /16 of IPv4.
    pub const MAX_ADDRESSES: u128 = 1 << 16;
    /// The prefix of one segment of IPv6; a shorter one is no segment.
    pub const SHORTEST_V6: u8 = 64;
    /// Hosts at once.
    pub const MAX_CONCURRENCY: u32 = 512;
    /// Addresses per second.
    pub const MAX_RATE: u32 = 10_000;
    const MAX_PORTS: usize = 4096;

    /// Checks every bound and works out what will be done.
    pub fn plan(request: &SweepRequest, territory: &Territory) -> Result<Self, SweepRefused> {
        let block = parse_block(&request.cidr, "cidr")?;
        let is_large = count(block) > Self::MAX_ADDRESSES;
        match block {
            IpNet::V4(_) if is_large => return Err(SweepRefused::TooManyAddresses { block }),
            IpNet::V6(_) if block.prefix_len() < Self::SHORTEST_V6 => {
                return Err(SweepRefused::HugeIpv6(block));
            }
            _ => {}
        }
        territory.may_sweep(block)?;
        if !(1..=Self::MAX_CONCURRENCY).contains(&request.concurrency) {
            return Err(SweepRefused::Concurrency(request.concurrency));
        }
        if !(0.05..=10.0).contains(&request.timeout) {
            return Err(SweepRefused::Timeout(request.timeout.to_string()));
        }
        if !(1..=Self::MAX_RATE).contains(&request.rate) {
            return Err(SweepRefused::Rate(request.rate));
        }
        let mut exclude: Vec<IpNet> =
            request.exclude.iter().map(|text| parse_block(text, "exclude")).collect::<Result<_, _>>()?;
        exclude.extend(territory.skipped_in(block).map(IpNet::from));
        let sweep = Self {
            block,
            exclude,
            ports: chosen_ports(&request.ports)?,
            concurrency: request.concurrency as usize,
            timeout: Duration::from_secs_f64(request.timeout),
            rate: request.rate,
        };
        if !is_large && sweep.addresses().next().is_none() {
            return Err(SweepRefused::NothingLeft(block));
        }
        Ok(sweep)
    }

    /// The block, host bits cleared.
    pub fn block(&self) -> IpNet {
        self.block
    }

    /// Every address to look at, ascending: no network or broadcast address, nothing excluded. None of a block whose hosts are
    /// found by asking their segment.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        let is_walked = !self.by_neighbours();
        self.block.hosts().take_while(move |_| is_walked).filter(|address| !self.leaves_out(*address))
    }

    /// Nobody walks through a block that large: looked at is who answers when the whole segment is asked.
    pub fn by_neighbours(&self) -> bool {
        count(self.block) > Self::MAX_ADDRESSES
    }

    /// Whether the address is excluded.
    pub fn leaves_out(&self, address: IpAddr) -> bool {
        self.exclude.iter().any(|block| block.contains(&address))
    }

    /// Ports to try, ascending, each once.
    pub fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// Hosts examined at the same time at most.
    pub fn concurrency(&self) -> usize {
        self.concurrency
    }

    /// Wait for one answer.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Addresses first asked per second at most.
    pub fn rate(&self) -> u32 {
        self.rate
    }
}

/// How far a sweep is. Given to the watcher after every address, and in between so that it can stop the sweep.
#[derive(Debug, Clone, Copy)]
pub struct SweepProgress<'a> {
    /// Addresses done.
    pub checked: usize,
    /// Addresses in all.
    pub total: usize,
    /// Living hosts among those done.
    pub alive: usize,
    /// The host that was just finished, if it lives.
    pub found: Option<&'a Evidence>,
}

/// What a sweep brought home.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepReport {
    /// Living hosts, by ascending address.
    pub hosts: Vec<Evidence>,
    /// Addresses that were looked at; fewer than planned only if it was stopped.
    pub checked: usize,
    /// Wall time.
    pub took: Duration,
    /// Stopped by its watcher before the end.
    pub cancelled: bool,
    /// What limited this sweep: no permission to ping, dead name servers. Sentences for the reader.
    pub problems: Vec<String>,
}

fn parse_block(text: &str, field: &'static str) -> Result<IpNet, SweepRefused> {
    let trimmed = text.trim();
    let block = trimmed.parse::<IpNet>().or_else(|_| trimmed.parse::<IpAddr>().map(IpNet::from));
    block.map(|block| block.trunc()).map_err(|_| SweepRefused::NotABlock { field, text: text.into() })
}

fn chosen_ports(choice: &PortChoice) -> Result<Vec<u16>, SweepRefused> {
    let mut ports = match choice {
        PortChoice::Preset(preset) => preset.ports(),
        PortChoice::List(list) => list.clone(),
    };
    ports.sort_unstable();
    ports.dedup();
    match ports.first() {
        None => Err(SweepRefused::Ports("no port is given".into())),
        Some(0) => Err(SweepRefused::Ports("port 0 does not exist".into())),
        Some(_) if ports.len() > Sweep::MAX_PORTS => {
            Err(SweepRefused::Ports(format!("{} ports are too many", ports.len())))
        }
        Some(_) => Ok(ports),
    }
}

/// Addresses in the block; saturates at the one block that has more than fit.
fn count(block: IpNet) -> u128 {
    let host_bits = u32::from(block.max_prefix_len() - block.prefix_len());
    1_u128.checked_shl(host_bits).unwrap_or(u128::MAX)
}

fn widest(block: IpNet) -> u8 {
    block.max_prefix_len() - 16
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn plan(cidr: &str) -> Result<Sweep, SweepRefused> {
        Sweep::plan(&SweepRequest::of(cidr), &Territory::default())
    }

    fn refusal(change: impl FnOnce(&mut SweepRequest)) -> SweepRefused {
        let mut request = SweepRequest::of("192.168.1.0/24");
        change(&mut request);
        Sweep::plan(&request, &Territory::default()).unwrap_err()
    }

    #[test]
    fn a_block_becomes_its_hosts() {
        for (cidr, first, last, many) in [
            ("192.168.1.0/24", "192.168.1.1", "192.168.1.254", 254),
            ("192.168.1.77/24", "192.168.1.1", "192.168.1.254", 254),
            (" 10.0.0.4/31 ", "10.0.0.4", "10.0.0.5", 2),
            ("10.0.0.9", "10.0.0.9", "10.0.0.9", 1),
            ("10.1.0.0/16", "10.1.0.1", "10.1.255.254", 65_534),
            ("fd00::/126", "fd00::", "fd00::3", 4),
        ] {
            let addresses: Vec<IpAddr> = plan(cidr).unwrap().addresses().collect();
            assert_eq!(addresses.first(), Some(&first.parse().unwrap()), "{cidr}");
            assert_eq!(addresses.last(), Some(&last.parse().unwrap()), "{cidr}");
            assert_eq!(addresses.len(), many, "{cidr}");
        }
    }

    #[test]
    fn what_cannot_or_must_not_be_swept_is_refused_with_a_way_out() {
        for (cidr, says) in [
            ("", "write it like 192.168.1.0/24"),
            ("nonsense", "write it like"),
            ("192.168.1.0/33", "write it like"),
            ("192.168.1.0 - 192.168.1.9", "write it like"),
            ("10.0.0.0/8", "split it into /16 blocks"),
            ("0.0.0.0/0", "split it into /16 blocks"),
            ("fd00::/63", "give the /64 of an interface"),
            ("::/0", "give the /64 of an interface"),
            ("8.8.8.0/24", "add it to discovery.ranges"),
            ("127.0.0.0/24", "add it to discovery.ranges"),
        ] {
            let refused = plan(cidr).unwrap_err();
            assert!(refused.to_string().contains(says), "{cidr}: {refused}");
            assert_eq!(refused.field(), "cidr", "{cidr}");
        }
    }

    #[test]
    fn nonsense_bounds_name_their_field() {
        for (refused, field) in [
            (refusal(|r| r.concurrency = 0), "concurrency"),
            (refusal(|r| r.concurrency = 513), "concurrency"),
            (refusal(|r| r.timeout = 0.0), "timeout"),
            (refusal(|r| r.timeout = -1.0), "timeout"),
            (refusal(|r| r.timeout = 60.0), "timeout"),
            (refusal(|r| r.timeout = f64::NAN), "timeout"),
            (refusal(|r| r.rate = 0), "rate"),
            (refusal(|r| r.ports = PortChoice::List(vec![])), "ports"),
            (refusal(|r| r.ports = PortChoice::List(vec![0, 22])), "ports"),
            (refusal(|r| r.ports = PortChoice::List((1..=5000).collect())), "ports"),
            (refusal(|r| r.exclude = vec!["router".into()]), "exclude"),
            (refusal(|r| r.exclude = vec!["192.168.0.0/16".into()]), "exclude"),
        ] {
            assert_eq!(refused.field(), field, "{refused}");
        }
    }

    #[test]
    fn a_segment_of_ipv6_is_never_walked_through() {
        let mut request = SweepRequest::of("fd00::/64");
        request.exclude = vec!["fd00::2".into()];
        let sweep = Sweep::plan(&request, &Territory::default()).unwrap();
        assert!(sweep.by_neighbours() && sweep.addresses().next().is_none());
        assert!(
            sweep.leaves_out("fd00::2".parse().unwrap()) && !sweep.leaves_out("fd00::3".parse().unwrap())
        );
        assert!(!plan("fd00::/112").unwrap().by_neighbours());
    }

    #[test]
    fn exclusions_and_the_metadata_service_are_left_out() {
        let mut request = SweepRequest::of("169.254.169.248/29");
        request.exclude = vec!["169.254.169.249".into(), "169.254.169.250/31".into()];
        let sweep = Sweep::plan(&request, &Territory::default()).unwrap();
        let left: Vec<String> = sweep.addresses().map(|address| address.to_string()).collect();
        assert_eq!(left, ["169.254.169.252", "169.254.169.253"]);
    }

    #[test]
    fn listed_ports_are_sorted_and_kept_once() {
        let mut request = SweepRequest::of("192.168.1.0/30");
        request.ports = PortChoice::List(vec![443, 22, 443]);
        assert_eq!(Sweep::plan(&request, &Territory::default()).unwrap().ports(), [22, 443]);
    }

    #[test]
    fn only_a_choice_with_every_standard_port_says_what_is_closed() {
        let covers = |choice: PortChoice| choice.covers_standard();
        let standard = Preset::Standard.ports();
        assert!(covers(PortChoice::default()) && covers(PortChoice::Preset(Preset::Full)));
        assert!(covers(PortChoice::List([&[65_000], &*standard].concat())));
        assert!(!covers(PortChoice::Preset(Preset::Quick)));
        assert!(!covers(PortChoice::List(standard[1..].to_vec())));
    }

    #[test]
    fn a_port_choice_is_a_word_or_a_list_on_the_wire() {
        assert_eq!(
            serde_json::from_str::<PortChoice>("\"quick\"").unwrap(),
            PortChoice::Preset(Preset::Quick)
        );
        assert_eq!(serde_json::from_str::<PortChoice>("[22, 80]").unwrap(), PortChoice::List(vec![22, 80]));
        assert!(serde_json::from_str::<PortChoice>("[70000]").is_err());
    }
}
