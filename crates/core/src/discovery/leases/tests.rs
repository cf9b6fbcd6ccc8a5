//! Lease files as the three servers write them, and bent ones.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

/// 2024-11-28 10:00:00 UTC.
const NOW: i64 = 1_732_788_000;

fn read(text: &str) -> BTreeMap<IpAddr, Lease> {
    read_leases(text, Stamp(NOW * 1_000_000)).unwrap()
}

fn lease(mac: &str, hostname: &str) -> Lease {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Lease { mac: filled(mac), hostname: filled(hostname) }
}

fn only(text: &str) -> (String, Lease) {
    let mut leases = read(text).into_iter();
    let (address, lease) = leases.next().unwrap();
    assert!(leases.next().is_none(), "{text}");
    (address.to_string(), lease)
}

#[test]
fn dnsmasq_writes_a_line_for_each() {
    let text = format!(
        "{} BC:24:11:00:00:05 192.168.1.5 nas 01:bc:24:11:00:00:05\n\
         0 bc:24:11:00:00:06 192.168.1.6 * *\n\
         {} bc:24:11:00:00:07 192.168.1.7 old *\n\
         43200 06-bc:24:11:00:00:08 192.168.1.8 clockless *\n\
         duid 00:01:00:01:2e:9a:4c:32\n\
         {} 1122 fd00::1c tv 00:01:00:01\n",
        NOW + 60,
        NOW - 1,
        NOW + 60
    );
    let leases = read(&text);
    let wanted = [
        ("192.168.1.5", lease("bc:24:11:00:00:05", "nas")),
        ("192.168.1.6", lease("bc:24:11:00:00:06", "")),
        ("192.168.1.8", lease("bc:24:11:00:00:08", "clockless")),
        ("fd00::1c", lease("", "tv")),
    ];
    assert_eq!(leases, wanted.map(|(address, lease)| (address.parse().unwrap(), lease)).into());
}

const ISC: &str = r#"
# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;
server-duid "\000\001;}{\"";
failover peer "x" state { my state normal at 4 2024/11/28 09:00:00; }
host fixed { hardware ethernet bc:24:11:00:00:99; }
lease 192.168.1.5 {
  starts 4 2024/11/28 09:00:00;
  ends 4 2024/11/28 10:00:01;
  binding state active;
  next binding state free;
  hardware ethernet bc:24:11:00:00:05;
  uid "\001\274$\021\000\000\005";
  client-hostname "nas";
  on expiry { set gone = "}"; }
}
"#;

#[test]
fn isc_writes_a_block_for_each_change_and_the_last_counts() {
    assert_eq!(only(ISC), ("192.168.1.5".into(), lease("bc:24:11:00:00:05", "nas")));
    for (then, there) in [
        ("lease 192.168.1.5 { ends never; hardware ethernet bc:24:11:00:00:0a; }", true),
        ("lease 192.168.1.5 { ends epoch 1732788001; binding state active; }", true),
        ("lease 192.168.1.5 { ends 4 2024/11/28 10:00:00; binding state active; }", false),
        ("lease 192.168.1.5 { ends 4 2024/11/28 12:00:00; binding state free; }", false),
        ("lease 192.168.1.5 { ends 4 2024/11/28 12:00:00; abandoned; }", false),
        ("lease 192.168.1.5 { ends soon; }", false),
        ("lease 192.168.1.5 { binding state free; ", true),
        ("lease 192.168.1.5 { client-hostname \"free; }", true),
        ("lease six { binding state free; }", true),
    ] {
        assert_eq!(read(&format!("{ISC}{then}")).len(), usize::from(there), "{then}");
    }
    let both = read(&format!("{ISC}}} lease 192.168.1.6 {{ ends never; }}"));
    assert_eq!(both.len(), 2, "a brace too many spoils nothing that follows");
}

const KEA: &str = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n";

#[test]
fn kea_writes_on_at_the_end_of_its_table() {
    let row = |state: &str, lifetime: &str, expire: i64| {
        format!("192.168.1.5,bc:24:11:00:00:05,01:bc,{lifetime},{expire},1,0,0,nas.lan.,{state},,0\n")
    };
    let first = format!("{KEA}{}", row("0", "3600", NOW + 60));
    assert_eq!(only(&first), ("192.168.1.5".into(), lease("bc:24:11:00:00:05", "nas.lan")));
    for (then, there) in [
        (row("0", "4294967295", NOW - 60), true),
        (row("0", "3600", NOW), false),
        (row("1", "3600", NOW + 60), false),
        (row("2", "3600", NOW + 60), false),
        (row("0", "0", NOW + 60), false),
        (row("1", "3600", NOW + 60).trim_end().to_owned(), true),
        ("192.168.1.5,bc:24:11:00:00:05\n".to_owned(), true),
    ] {
        assert_eq!(read(&format!("{first}{then}")).len(), usize::from(there), "{then}");
    }
    let v6 = "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state\n";
    let v6 = format!("{v6}fd00::5,00:01,3600,{},1,0,0,7,128,0,0,tv,bc:24:11:00:00:05,0\n", NOW + 60);
    assert_eq!(only(&v6), ("fd00::5".into(), lease("bc:24:11:00:00:05", "tv")));
}

#[test]
fn a_line_that_was_not_written_to_its_end_says_nothing() {
    let text = format!("0 bc:24:11:00:00:05 192.168.1.5 nas *\n{} bc:24:11:00:00:06 192.168.1.2", NOW + 60);
    assert_eq!(only(&text).0, "192.168.1.5");
    assert!(read("0 bc:24:11:00:00:05 192.168.1.5 nas *").is_empty());
}

#[test]
fn a_name_that_is_none_is_left_out_and_the_lease_stays() {
    for name in ["<script>", "a;b", "$(reboot)", "../../etc", "-", "a..b", &"x".repeat(64)] {
        let (address, lease) = only(&format!("0 bc:24:11:00:00:05 192.168.1.5 {name} *\n"));
        assert_eq!(address, "192.168.1.5");
        assert!(lease.hostname.is_none_or(|kept| kept == "-"), "{name}");
    }
    let (_, isc) = only("lease 10.0.0.2 { ends never; client-hostname \"a\\\"; } evil {\"; }");
    assert_eq!(isc.hostname, None);
    let (_, kea) = only(&format!("{KEA}10.0.0.2,bad,,60,{},1,0,0,a&#x2cb,0,,0\n", NOW + 60));
    assert_eq!(kea, lease("", ""));
}

#[test]
fn what_is_no_lease_file_is_refused_and_an_empty_one_is_one() {
    for text in ["", "\n\n", "# nothing yet\n", KEA] {
        assert_eq!(read(text), BTreeMap::new(), "{text:?}");
    }
    for text in [
        "root:x:0:0:root:/root:/bin/bash\n",
        "{\"leases\": []}\n",
        "127.0.0.1 localhost\n",
        "SQLite format 3\0",
    ] {
        assert_eq!(read_leases(text, Stamp(0)), Err(NoLeaseFile), "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_file_however_bent_makes_a_name_or_hardware_address_that_is_none(
        at in 0..ISC.len(), instead in "[ -~\n]{0,6}", which in 0..3_usize, noise in "\\PC{0,80}"
    ) {
        let text = [ISC, KEA, "0 bc:24:11:00:00:05 192.168.1.5 nas *\n"][which];
        let at = at % text.len();
        let bent = format!("{}{instead}{}\n{noise}", &text[..at], &text[at..]);
        for lease in read_leases(&bent, Stamp(NOW * 1_000_000)).unwrap_or_default().into_values() {
            prop_assert!(lease.hostname.is_none_or(|name| crate::discovery::is_host_name(&name)));
            prop_assert!(lease.mac.is_none_or(|mac| mac.len() == 17));
        }
    }

    #[test]
    fn a_file_that_is_cut_anywhere_has_no_lease_that_the_whole_one_never_had(at in 0..2000_usize) {
        let whole = format!("{KEA}192.168.1.25,bc:24:11:00:00:05,,60,{},1,0,0,nas,0,,0\n", NOW + 60);
        for whole in [ISC, &whole, "0 bc:24:11:00:00:05 192.168.1.25 nas *\n"] {
            let cut = read_leases(&whole[..at.min(whole.len())], Stamp(NOW * 1_000_000)).unwrap_or_default();
            let known = read(whole);
            prop_assert!(cut.iter().all(|(address, lease)| known.get(address) == Some(lease)));
        }
    }
}
