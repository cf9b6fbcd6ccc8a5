//! Servers, and the programs that administer them.

use super::call::{Call, Rows};
use super::does::{access, ask, benign, down, read};
use crate::effect::Effect;

pub(super) const ROWS: Rows = &[
    ("chronyc|ntpdate|ntpd|sntp|ntpdc|chronyd|timesyncd", |call| {
        if call.any(&[
            "tracking",
            "sources",
            "sourcestats",
            "activity",
            "serverstats",
            "ntpdata",
            "clients",
            "-q",
            "rtcdata",
            "selectdata",
            "-Q",
        ]) || call.name == "sntp"
        {
            read(call)
        } else {
            super::does::kernel(call)
        }
    }),
    (
        "nginx|apache2|httpd|haproxy|caddy|sshd|named|dovecot|postfix|smbd|nmbd|unbound|prometheus|\
         traefik|dnsmasq|lighttpd|squid|php-fpm|mysqld|mariadbd|postgres|redis-server|mosquitto|dropbear|\
         in.tftpd",
        daemon,
    ),
    (
        "apache2ctl|apachectl|a2query|a2enmod|a2dismod|a2ensite|a2dissite|a2enconf|a2disconf|\
         unbound-control|rndc|nsd-control|pihole|certbot|acme.sh|dehydrated|fail2ban-client|cscli|\
         postconf|postqueue|postsuper|postmap|newaliases|doveadm|rspamc|exportfs|smbpasswd|pdbedit|net|\
         wbinfo|realm|kinit|klist|lego|step|mkcert|pmgsh|pmgconfig|crowdsec|adguardhome|AdGuardHome|\
         samba-tool",
        administered,
    ),
];

/// A daemon that is asked to check its configuration does nothing else.
fn daemon(call: &Call<'_>) -> Vec<Effect> {
    let checks = [
        "-t",
        "-T",
        "-tq",
        "-c -f",
        "-v",
        "-V",
        "-S",
        "-M",
        "configtest",
        "healthcheck",
        "validate",
        "check",
        "version",
        "adapt",
        "fmt",
        "list-modules",
        "-tt",
        "--test",
        "--version",
        "--help",
        "-k check",
        "-i",
        "-m",
    ];
    if call.any(&checks) || (call.name == "haproxy" && call.any(&["-c"])) {
        return read(call);
    }
    let signal = call
        .texts()
        .zip(call.texts().skip(1))
        .find(|(flag, _)| matches!(*flag, "-s" | "-k"))
        .map(|(_, signal)| signal);
    match signal {
        Some("reload" | "reopen" | "restart" | "graceful" | "reconfigure" | "rotate" | "parse" | "check") => {
            benign(call)
        }
        Some(_) => down(call),
        None if call.any(&["status"]) => read(call),
        None if call.any(&["reload", "start", "check"]) => benign(call),
        None if call.any(&["stop", "abort"]) => down(call),
        None => ask(call),
    }
}

/// Control programs of daemons.
fn administered(call: &Call<'_>) -> Vec<Effect> {
    const READS: &str = "\
        status configtest -t -S -M -V -v -L -D list stats show get version certificates ping -p -n -q \
        -u -g -m -c --list --status -Z info klist lookup testjoin banned ads --info dump_cache \
        list_local_zones who quota mailbox user -h decisions alerts metrics collections hub bouncers \
        machines parsers scenarios inspect check query discover health fingerprint verify fullstatus zonestatus domain dump \
        --dry-run plugins accounts show_account stats_noreset";
    const UP: &str = "\
        reload graceful restart start renew flush reconfig -r -ra updateGravity enable -up restartdns \
        reloaddns --renew issue certonly --issue --cron unban refresh update upgrade thaw freeze -f -s \
        install run flushhosts reload-lists -a -rv arpflush notify retransfer";
    const DOWN: &str = "\
        stop disable revoke delete remove graceful-stop halt kill banip uninstall unregister ALL \
        --remove --revoke -d add set expunge leave -x rm ban join";
    match call.name {
        "a2query" | "klist" | "wbinfo" | "postqueue" if !call.any(&["-f"]) => return read(call),
        "a2enmod" | "a2ensite" | "a2enconf" | "a2dismod" | "a2dissite" | "a2disconf" | "newaliases"
        | "postmap" => return super::does::kernel(call),
        "smbpasswd" | "samba-tool" | "pdbedit" if !call.any(&["-L", "list", "show", "--list", "-w"]) => {
            return access(call);
        }
        "postconf" if call.any(&["-e", "-X", "-#"]) || call.texts().any(|arg| arg.contains('=')) => {
            return super::does::kernel(call);
        }
        "postconf" => return read(call),
        "mkcert" if call.any(&["-install", "-uninstall"]) => return super::does::kernel(call),
        "mkcert" => return benign(call),
        "exportfs" if call.any(&["-u", "-au", "-ua"]) => return down(call),
        "exportfs" => return benign(call),
        _ => {}
    }
    let hooks = call.texts().any(|arg| arg.contains("-hook") || arg == "--reloadcmd");
    if hooks {
        return ask(call);
    }
    if call.args.is_empty() {
        return read(call);
    }
    if call.any(&["unbanip", "unban"]) {
        return benign(call);
    }
    if call.any(&["--dry-run"]) || (call.any_of(READS) && !call.any_of(DOWN)) {
        read(call)
    } else if call.any_of(DOWN) {
        down(call)
    } else if call.any_of(UP) {
        benign(call)
    } else {
        ask(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::Allow;

    #[test]
    fn servers_are_checked_and_reloaded() {
        table(&[
            (Allow, "nginx -t"),
            (Allow, "nginx -s reload"),
            (Allow, "apachectl configtest"),
            (Allow, "caddy validate --config /etc/caddy/Caddyfile"),
            (Allow, "haproxy -c -f /etc/haproxy/haproxy.cfg"),
            (Allow, "sshd -t"),
            (Allow, "certbot certificates"),
            (Allow, "certbot renew --dry-run"),
            (Allow, "fail2ban-client status sshd"),
            (Allow, "chronyc sources -v"),
            (Allow, "exportfs -v"),
            (Allow, "pihole status"),
            (Allow, "unbound-control stats_noreset"),
            (Allow, "/etc/init.d/nginx status"),
            (Allow, "exportfs -ra"),
            (Allow, "fail2ban-client set sshd unbanip 1.2.3.4"),
            (Allow, "pihole -g"),
        ]);
    }
}
