//! Who may log in: accounts, passwords, keys, rights.

use super::call::{Call, Rows, head, shown, text, touch_all};
use super::does::{access, ask, benign, data_gone, read};
use super::grammar::{PLAIN, anywhere, parse};
use crate::effect::{Effect, Touch};
use crate::word::Word;

pub(super) const ROWS: Rows = &[
    ("useradd|adduser", |call| {
        if privileged_group(call) || call.any(&["-o", "--non-unique"]) || uid_zero(call) {
            access(call)
        } else {
            account(call)
        }
    }),
    ("groupadd|addgroup|newgrp", account),
    ("userdel|deluser", |call| {
        if parse(call, PLAIN).has(&["-r", "--remove", "--remove-home", "--remove-all-files"]) {
            data_gone(call)
        } else {
            access(call)
        }
    }),
    (
        "usermod|groupmod|groupdel|delgroup|gpasswd|groupmems|chgpasswd|chpasswd|newusers|vipw|vigr|\
         pwconv|pwunconv|grpconv|grpunconv|pam-auth-update|authselect|authconfig|google-authenticator|\
         pam_tally2|faillock|visudo|chsh|chfn|ssh-copy-id|ssh-import-id|ssh-import-id-gh|mokutil|realmd|\
         adcli|ipa-client-install",
        changes,
    ),
    ("passwd", |call| if call.any(&["-S", "--status", "-Sa"]) { read(call) } else { access(call) }),
    ("chage", |call| if call.any(&["-l", "--list"]) { read(call) } else { access(call) }),
    ("pwck|grpck", |call| if call.any(&["-r", "-q"]) { read(call) } else { access(call) }),
    ("ssh-keygen", keygen),
    ("htpasswd", |call| {
        let parsed = parse(call, anywhere("C", ""));
        if parsed.has(&["-n", "-v"]) {
            read(call)
        } else {
            touch_all(Touch::Write, parsed.operands.first().copied())
        }
    }),
    (
        "gpg|gpg2|gpgconf|gpg-agent|gpg-connect-agent|pass|gopass|age|age-keygen|minisign|signify|sops|\
         vault|bw|op|keepassxc-cli|secret-tool|oathtool|ykman|step-cli|cfssl",
        secrets,
    ),
    ("update-ca-certificates|update-ca-trust|trust|certutil|c_rehash", benign),
    ("setenforce|aa-enforce|aa-complain|aa-disable|apparmor_parser|aa-teardown|auditctl|semodule", |call| {
        if call.any(&["-l", "-s", "--list", "-N", "--version"]) {
            read(call)
        } else {
            super::does::kernel(call)
        }
    }),
    ("aa-status|apparmor_status|aa-enabled|aa-unconfined", read),
    ("pivot_root|switch_root", super::does::crash),
];

const MIGHTY: &[&str] =
    &["sudo", "root", "wheel", "adm", "docker", "disk", "shadow", "lxd", "incus", "libvirt"];

fn privileged_group(call: &Call<'_>) -> bool {
    let parsed = parse(
        call,
        anywhere(
            "gGducsekKpfbDLR",
            "gid groups home-dir uid comment shell expiredate inactive password base-dir ingroup home",
        ),
    );
    let groups = parsed.values(&["-g", "-G", "--gid", "--groups", "--ingroup"]);
    let named = groups
        .iter()
        .flat_map(|word| head(word).split(','))
        .any(|group| MIGHTY.contains(&group) || group == "0");
    // `adduser USER GROUP`
    let second =
        call.name == "adduser" && parsed.operands.get(1).is_some_and(|word| MIGHTY.contains(&shown(word)));
    named || second
}

fn uid_zero(call: &Call<'_>) -> bool {
    let parsed = parse(call, anywhere("gGducsekKpfbDLR", "uid gid"));
    parsed.values(&["-u", "--uid"]).iter().any(|word| matches!(text(word), Some("0") | None))
}

/// An account without special rights, as packages make them; still one of those that may log in.
fn account(call: &Call<'_>) -> Vec<Effect> {
    super::does::kernel(call)
}

fn changes(call: &Call<'_>) -> Vec<Effect> {
    let reads = match call.name {
        "visudo" => call.any(&["-c", "-cf", "--check", "-cq", "-V"]),
        "faillock" | "pam_tally2" => !call.any(&["--reset", "-r"]),
        "mokutil" => {
            call.any(&["--sb-state", "--list-enrolled", "--list-new", "--pk", "--kek", "--db", "--dbx"])
        }
        "groupmems" => call.any(&["-l", "--list"]),
        "authselect" => call.any(&["current", "list", "check", "show"]),
        "chsh" => call.any(&["-l", "--list-shells"]),
        "ssh-copy-id" => call.any(&["-n"]),
        "realmd" | "adcli" => call.any(&["info", "testjoin"]),
        _ => false,
    };
    if reads { read(call) } else { access(call) }
}

fn keygen(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("fFbtCNPOIVnsSRrmMDEwzaiYTG", ""));
    if parsed.has(&["-l", "-L", "-y", "-F", "-B", "-Q", "-e", "-i"]) {
        return read(call);
    }
    if parsed.has(&["-A"]) {
        return access(call);
    }
    if let Some(program) = parsed.value(&["-D", "-w"]) {
        return vec![call.runs(std::slice::from_ref(program))];
    }
    if parsed.has(&["-R"]) {
        return benign(call);
    }
    // A new key beside others is everyday; nothing asks before one is replaced, and without a terminal none is.
    let new = |file: &&Word| !head(file).contains("/.ssh/") || head(file).contains("authorized");
    let file = parsed.value(&["-f"]).filter(new);
    file.map_or_else(|| benign(call), |file| vec![Effect::Touch(Touch::Write, file.clone())])
}

/// Tools for secrets: what reads or makes files is known, what destroys keys is not everyday.
fn secrets(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("oruR", "output recipient homedir local-user keyring"));
    let gone = parsed.options.iter().any(|given| given.name.starts_with("--delete"))
        || call.any(&["rm", "delete", "destroy", "reset", "remove"]);
    if parsed.has(&["--exec-path", "--agent-program", "--photo-viewer"])
        || call.any(&["exec-env", "exec-file", "run"])
    {
        return ask(call);
    }
    if gone {
        return data_gone(call);
    }
    let mut effects = touch_all(Touch::Write, parsed.values(&["-o", "--output"]));
    effects.extend(benign(call));
    effects
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Deny};

    #[test]
    fn accounts_are_for_a_person() {
        table(&[
            (Allow, "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"),
            (Allow, "visudo -c"),
            (Allow, "ssh-keygen -R 10.0.0.3"),
            (Allow, "ssh-keygen -t ed25519 -f /tmp/key -N ''"),
            (Allow, "auditctl -l"),
            (Allow, "aa-status"),
            (Allow, "passwd -S root"),
            (Allow, "chage -l root"),
            (Allow, "visudo -cf /etc/sudoers.d/x"),
            (Deny, "chsh -s /bin/false bob"),
            (Deny, "userdel -r bob"),
            (Deny, "ssh-copy-id root@10.0.0.2"),
            (Deny, "passwd -d root"),
            (Deny, "usermod -aG sudo bob"),
            (Deny, "useradd -o -u 0 -g 0 hax"),
            (Deny, "gpasswd -a bob sudo"),
            (Deny, "visudo -f /etc/sudoers.d/x"),
            (Deny, "passwd root"),
        ]);
    }
}
