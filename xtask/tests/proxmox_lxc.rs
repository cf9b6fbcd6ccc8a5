//! The script that makes a container on a Proxmox VE node, run with programs of a node that write down how they were called.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Programs of a node, in a directory of their own, and what they were asked.
struct Node {
    place: TempDir,
}

/// Answers as the real ones do; `$1` is what comes after the program's own name.
const PCT: &str = r#"
case "$1" in
    status) [ "$2" = 100 ] || exit 2 ;;
    exec) case "$*" in *"hostname -I") echo "192.168.1.77 fd00::77 " ;; *"apt-get install"*) [ -z "$BROKEN" ] || exit 100 ;; esac ;;
esac"#;
const PVESH: &str = "echo '\"105\"'";
const PVEAM: &str = r#"
case "$1" in
    list) [ -z "$TEMPLATE" ] || printf 'NAME SIZE\nlocal:vztmpl/alpine-3.22_amd64.tar.xz 3MB\n%s 120MB\n' "$TEMPLATE" ;;
    available)
        [ -n "$WITHOUT_12" ] || printf 'system debian-12-standard_12.7-1_amd64.tar.zst\nsystem debian-12-standard_12.12-1_amd64.tar.zst\n'
        [ -n "$WITHOUT_13" ] || printf 'system debian-13-standard_13.1-2_amd64.tar.zst\n'
        printf 'system debian-11-standard_11.7-1_amd64.tar.zst\nsystem ubuntu-24.04\n' ;;
esac"#;
const PVESM: &str = r#"[ "$3" != nowhere ]"#;
/// Hands out what the release would: the file of that name beside it.
const CURL: &str = r#"
while [ $# -gt 1 ]; do [ "$1" != --output ] || to=$2; shift; done
cp "$OFFERED/${1##*/}" "$to""#;

impl Node {
    fn new() -> Self {
        let place = tempfile::tempdir().expect("a temporary directory");
        let node = Self { place };
        for (name, answers) in [
            ("pct", PCT),
            ("pvesh", PVESH),
            ("pveam", PVEAM),
            ("pvesm", PVESM),
            ("curl", CURL),
            ("sleep", ""),
        ] {
            let path = node.file(&format!("bin/{name}"));
            fs::create_dir_all(path.parent().expect("it lies in bin")).expect("it can be made");
            let script = format!("#!/bin/bash\necho \"{name} $*\" >>\"$CALLS\"\n{answers}\n");
            fs::write(&path, script).expect("it can be written");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
        }
        fs::write(node.file("labkeeper.deb"), "package").expect("it can be written");
        node
    }

    fn file(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn command(&self, script: &Path) -> Command {
        let mut command = Command::new("bash");
        let path = format!("{}:/usr/bin:/bin", self.file("bin").display());
        command.arg(script).env_clear().env("PATH", path).env("CALLS", self.file("calls"));
        command.env("OFFERED", self.file("release"));
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(&script()).args(arguments).output().expect("bash is there")
    }

    fn calls(&self) -> Vec<String> {
        let calls = fs::read_to_string(self.file("calls")).unwrap_or_default();
        calls.lines().map(str::to_owned).collect()
    }

    fn deb(&self) -> String {
        self.file("labkeeper.deb").display().to_string()
    }
}

fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/proxmox-lxc/labkeeper-lxc.sh")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("plain text")
}

/// What is done to a node, without what only asks it.
fn done(calls: Vec<String>) -> Vec<String> {
    let asks = ["pct status", "pvesh get", "pvesm status", "pveam list", "pveam available"];
    let is_ask =
        |call: &String| asks.iter().any(|ask| call.starts_with(ask)) || call.ends_with("hostname -I");
    calls.into_iter().filter(|call| !is_ask(call)).collect()
}

#[test]
fn a_dry_run_shows_every_command_and_does_nothing() {
    let node = Node::new();
    let output = node.run(&["--dry-run", "--deb", &node.deb()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(done(node.calls()), Vec::<String>::new());
    let shown = text(&output.stdout);
    for command in [
        "+ pveam update",
        "+ pveam download local debian-12-standard_12.12-1_amd64.tar.zst",
        "+ pct create 105 local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst --hostname labkeeper --unprivileged 1",
        "+ pct start 105",
        "+ pct push 105",
        "nothing was done",
    ] {
        assert!(shown.contains(command), "{command} is not in\n{shown}");
    }
}

#[test]
fn a_container_is_made_with_what_was_asked_for_and_the_hub_awaited() {
    let node = Node::new();
    let template = "local:vztmpl/debian-12-standard_12.12-1_amd64.tar.zst";
    let deb = node.deb();
    let output = node
        .command(&script())
        .env("TEMPLATE", template)
        .args(["--deb", &deb, "--ctid", "210", "--hostname", "hub", "--storage", "tank", "--disk", "8"])
        .args(["--ip", "192.168.1.50/24", "--gateway", "192.168.1.1", "--vlan", "20"])
        .output()
        .expect("bash is there");
    assert!(output.status.success(), "{}", text(&output.stderr));
    let push = format!("pct push 210 {deb} /root/labkeeper.deb");
    assert_eq!(
        done(node.calls()),
        [
            &format!(
                "pct create 210 {template} --hostname hub --unprivileged 1 --features nesting=1 --ostype debian --memory 512 \
                 --swap 0 --cores 1 --rootfs tank:8 --net0 name=eth0,bridge=vmbr0,ip=192.168.1.50/24,gw=192.168.1.1,tag=20 \
                 --onboot 1 --description labkeeper 0.1.0"
            ),
            "pct start 210",
            push.as_str(),
            "pct exec 210 -- apt-get update --quiet",
            "pct exec 210 -- env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends \
             ca-certificates git openssh-client /root/labkeeper.deb",
            "pct exec 210 -- rm /root/labkeeper.deb",
            "pct exec 210 -- sed -i s/^bind = .*/bind = \"0.0.0.0:8000\"/ /etc/labkeeper/labkeeper.toml",
            "pct exec 210 -- systemctl restart labkeeper",
            "pct exec 210 -- runuser -u labkeeper -- labkeeper --data-dir /var/lib/labkeeper ready",
        ]
    );
    assert!(text(&output.stdout).contains("http://192.168.1.77:8000"), "{}", text(&output.stdout));
}

#[test]
fn what_would_harm_or_cannot_be_is_refused_before_anything_is_done() {
    let node = Node::new();
    let deb = node.deb();
    for (arguments, complaint) in [
        (vec!["--ctid", "100"], "container 100 is there already"),
        (vec!["--ctid", "1; reboot"], "is no number"),
        (vec!["--hostname", "-x"], "is no host name"),
        (vec!["--bridge", "vmbr0,firewall=0"], "is no name of a storage or bridge"),
        (vec!["--storage", "nowhere"], "there is no storage nowhere"),
        (vec!["--ip", "192.168.1.50"], "wants an address with its bits"),
        (vec!["--ip", "192.168.1.50/24"], "wants --gateway"),
        (vec!["--template", "ubuntu-24.04"], "wants the name of a template of Debian"),
        (vec!["--template", "debian-14-standard"], "pveam offers no debian-14-standard"),
        (vec!["--deb", "/nowhere.deb"], "/nowhere.deb is not there"),
        (vec!["--memory"], "wants a value"),
        (vec!["--privileged", "1"], "there is no option --privileged"),
    ] {
        let mut command = node.command(&script());
        let output = command.args(["--deb", &deb]).args(&arguments).output().expect("bash is there");
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains(complaint), "{arguments:?}: {said}");
    }
    // What the node offers may be known only from before.
    assert_eq!(done(node.calls()), ["pveam update"]);
}

#[test]
fn a_node_without_debian_12_gets_debian_13_or_what_is_asked_for() {
    let node = Node::new();
    let shown = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = node.command(&script());
        let output =
            command.envs(variables.iter().copied()).args(["--dry-run", "--deb", &node.deb()]).args(arguments);
        let output = output.output().expect("bash is there");
        text(if output.status.success() { &output.stdout } else { &output.stderr })
    };
    let trixie = "debian-13-standard_13.1-2_amd64.tar.zst";
    for (variables, arguments, template) in [
        (&[("WITHOUT_12", "1")][..], &[][..], trixie),
        (&[], &["--template", trixie], trixie),
        (
            &[],
            &["--template", "debian-11-standard_11.7-1_amd64.tar.zst"],
            "debian-11-standard_11.7-1_amd64.tar.zst",
        ),
    ] {
        let said = shown(variables, arguments);
        assert!(said.contains(&format!("+ pveam download local {template}\n")), "{said}");
        assert!(said.contains(&format!("+ pct create 105 local:vztmpl/{template} ")), "{said}");
    }
    let here = format!("local:vztmpl/{trixie}");
    let said = shown(&[("TEMPLATE", &here)], &[]);
    assert!(said.contains(&format!("+ pct create 105 {here} ")) && !said.contains("download"), "{said}");
    let said = shown(&[("WITHOUT_12", "1"), ("WITHOUT_13", "1")], &[]);
    assert!(said.contains("pveam offers no template of Debian 12 or 13: --template names"), "{said}");
}

#[test]
fn a_script_of_no_release_asks_for_a_package() {
    let node = Node::new();
    let output = node.run(&[]);
    assert!(text(&output.stderr).contains("give --deb FILE"), "{}", text(&output.stderr));
    assert_eq!(done(node.calls()), Vec::<String>::new());
}

#[test]
fn a_package_with_another_sum_than_the_release_says_is_not_installed() {
    let node = Node::new();
    let released = node.file("released.sh");
    let source = fs::read_to_string(script()).expect("it is there");
    fs::write(&released, source.replace("OWNER", "anna")).expect("it can be written");
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let name = format!("labkeeper_0.1.0_{machine}.deb");
    fs::create_dir(node.file("release")).expect("it can be made");
    fs::write(node.file("release").join(&name), "package").expect("it can be written");
    let offer = |sum: &str| {
        let sums = format!("{}  other.deb\n{sum}  {name}\n", "0".repeat(64));
        fs::write(node.file("release/SHA256SUMS"), sums).expect("it can be written");
        node.command(&released).output().expect("bash is there")
    };
    let wrong = offer(&"1".repeat(64));
    assert!(text(&wrong.stderr).contains("does not have the sum"), "{}", text(&wrong.stderr));
    assert!(done(node.calls()).iter().all(|call| call.starts_with("curl ")), "{:?}", node.calls());
    // The sum of "package".
    let right = offer("bc4a71180870f7945155fbb02f4b0a2e3faa2a62d6d31b7039013055ed19869a");
    assert!(right.status.success(), "{}", text(&right.stderr));
    assert!(done(node.calls()).iter().any(|call| call.starts_with("pct push 105 ")), "{:?}", node.calls());
}

#[test]
fn a_container_in_which_something_failed_is_left_and_named() {
    let node = Node::new();
    let deb = node.deb();
    let output =
        node.command(&script()).env("BROKEN", "1").args(["--deb", &deb]).output().expect("bash is there");
    assert!(!output.status.success());
    let said = text(&output.stderr);
    assert!(said.contains("container 105 was left as it is") && said.contains("pct destroy 105"), "{said}");
    assert!(done(node.calls()).iter().all(|call| !call.contains("destroy")), "{:?}", node.calls());
}
