//! Programs that only read: files that they are given, or the state of the machine.

use super::call::{Call, Rows, head, touch_all};
use super::does::read;
use super::grammar::{PLAIN, Parsed, anywhere, parse};
use crate::effect::{Effect, Touch};

pub(super) const ROWS: Rows = &[
    ("rg", ripgrep),
    ("iconv|xmllint|tree|shuf|tshark|sar", with_output),
    ("dmidecode", |call| {
        touch_all_or_read(
            call,
            &parse(call, anywhere("dst", "dump-bin from-dump string type")),
            &["--dump-bin"],
        )
    }),
    ("ss", |call| {
        if parse(call, anywhere("fAFDN", "")).has(&["-K", "--kill"]) {
            super::does::network(call)
        } else {
            read(call)
        }
    }),
    ("fzf|sk", |call| {
        let parsed = parse(call, PLAIN);
        if parsed.has(&["--bind", "--preview", "--listen"]) { super::does::ask(call) } else { read(call) }
    }),
    (
        "cowsay|cowthink",
        |call| if parse(call, PLAIN).has(&["-f"]) { super::does::ask(call) } else { read(call) },
    ),
    (
        "cat|tac|head|tail|nl|rev|od|hexdump|hd|strings|wc|md5sum|sha1sum|sha256sum|sha512sum|sha224sum|\
         sha384sum|b2sum|b3sum|cksum|sum|crc32|xxhsum|xxh64sum|base32|base64|basenc|cut|paste|comm|join|\
         diff|diff3|colordiff|cmp|sdiff|grep|egrep|fgrep|ag|ack|pcregrep|pcre2grep|ugrep|tr|fold|fmt|\
         pr|expand|unexpand|column|colrm|look|ptx|tsort|bat|batcat|jq|gron|fx|xmlstarlet|csvlook|\
         csvcut|csvstat|csvgrep|csvsort|mlr|dasel|yamllint|jsonlint|shellcheck|markdownlint|hadolint|\
         html2text|enca|uuencode|ansi2txt|tailf|lnav|ccze|grc|multitail|logtail|par|aspell|wdiff|\
         icdiff|delta|exa|eza|lsd|stat|file|readlink|realpath|basename|dirname|namei|lsof|getfattr|\
         getfacl|getcap|lsinitramfs|mdls|ls|dir|vdir|du|dust|gdu|ncdu|duf|dfc|df|dutree|xq|htmlq|\
         hxselect|pup|hjson|toml|pdftotext|pdfinfo|mediainfo|ffprobe|identify|sha3sum|rhash|hashdeep|\
         cloc|tokei|scc|nroff|groff|mandoc|col|colcrt|fincore|funzip|utmpdump|shasum|json_pp|datamash|hck|choose|\
         csvsql|jp|isutf8|combine|zipdetails|rgrep|bzcmp|bzdiff|bzegrep|bzfgrep|bzmore|xzcmp|xzdiff|xzegrep|\
         xzfgrep|xzmore|lzcmp|lzdiff|lzgrep|lzless|lzmore|pod2text|pod2usage|perldoc|chardet|encguess|captoinfo|\
         scriptreplay|strace-log-merge|md5sum.textutils|gprof|sprof",
        read_files,
    ),
    (
        "true|false|:|test|[|[[|echo|printf|pwd|yes|sleep|usleep|seq|factor|expr|bc|units|cal|ncal|\
         clear|reset|tput|stty|tty|tset|infocmp|toe|printenv|getconf|locale|numfmt|dircolors|nproc|\
         arch|uname|id|whoami|logname|groups|users|who|w|last|lastb|lastlog|lastlog2|finger|pinky|uptime|\
         which|whereis|type|whatis|apropos|info|tldr|cheat|locate|mlocate|plocate|getent|hash|jobs|dirs|\
         history|times|ulimit|umask|let|declare|typeset|local|readonly|export|unset|set|shift|return|\
         break|continue|read|mapfile|readarray|getopts|getopt|wait|bg|fg|disown|alias|unalias|shopt|bind|\
         compgen|complete|compopt|caller|cd|pushd|popd|exit|logout|help|trap|tabs|figlet|toilet|\
         fortune|lolcat|banner|neofetch|fastfetch|screenfetch|inxi|hwinfo|cpuid|cpufetch|x86info|\
         runlevel|errno|ascii|asciiview|uuidgen|mcookie|pwgen|apg|makepasswd|mkpasswd|ts|pv|mbuffer|\
         buffer|progress|cstream|dialog|whiptail",
        read,
    ),
    (
        "ps|pstree|pgrep|pidof|pidstat|pwdx|pmap|top|htop|btop|atop|glances|nmon|bpytop|iotop|iotop-c|\
         iftop|nethogs|bmon|nload|vnstat|dstat|dool|sadf|mpstat|iostat|cifsiostat|nfsiostat|nfsstat|\
         vmstat|free|slabtop|numastat|lscpu|lsmem|lspci|lsusb|lshw|lsmod|lsipc|lsns|lslocks|lslogins|\
         lsfd|lsirq|lsclocks|ipcs|biosdecode|sensors|acpi|acpidump|i2cdetect|decode-dimms|\
         turbostat|vainfo|clinfo|nvtop|intel_gpu_top|radeontop|rocm-smi|glxinfo|vulkaninfo|edac-util|\
         mcelog|ras-mc-ctl|virt-what|virt-top|lstopo|lstopo-no-graphics|hwloc-ls|getpcaps|smem|ps_mem|\
         cgget|lscgroup|kvm-ok|virt-host-validate|lsb_release|hardinfo|modinfo|ldd|nm|objdump|readelf|\
         size|c++filt|addr2line|checksec|pahole|opensnoop|execsnoop|biosnoop|biotop|fatrace|inotifywait|\
         inotifywatch|zramstat|ethstatus|hddtemp",
        read,
    ),
    (
        "ping|ping6|fping|arping|traceroute|traceroute6|tracepath|tracepath6|mtr|mtr-packet|\
         tcptraceroute|dig|nslookup|host|drill|delv|kdig|dog|q|whois|jwhois|arp-scan|netdiscover|nbtscan|\
         nmblookup|avahi-browse|avahi-resolve|avahi-resolve-host-name|avahi-resolve-address|netstat|\
         iperf|iperf3|speedtest|speedtest-cli|fast|ipcalc|sipcalc|grepcidr|whatmask|geoiplookup|iwlist|\
         rdisc6|ndisc6|showmount|rpcinfo|smbtree|snmpwalk|snmpget|snmpbulkwalk|snmptable|snmpstatus|ntpq|\
         ntpstat|ssh-keyscan|sslscan|testssl|testssl.sh|wavemon|httping|httpstat|bmc|dhcpdump|dhcping|termshark|ngrep|bwm-ng|tcptrack|pktstat|netsniff|rdap|ldapsearch|ldapwhoami|getsebool|\
         sestatus|getenforce|iptables-save|ip6tables-save|ebtables-save|arptables-save",
        read,
    ),
    (
        "certtool|unbound-checkconf|needs-restarting|apt-cache|dpkg-query|apt-config|apt-listchanges|apt-show-versions|\
         deborphan|debsums|dpkg-architecture|dpkg-parsechangelog|checkrestart|rpmquery|repoquery|lynis|\
         chkrootkit|debsecan|apt-rdepends|grub-probe|grub-file|grub-script-check|grub-fstest|efivar|\
         efi-readvar|os-prober|linux-version|pip-audit|pkg-config|pkgconf|gpgv|ssh-audit|ausearch|\
         aureport|sudoreplay|cvtsudoers|named-checkconf|named-checkzone|testparm|smbstatus|mailq|\
         doveconf|squidclient|varnishstat|varnishlog|varnishtop|logcheck|goaccess|visitors|webalizer|\
         fail2ban-regex|zabbix_get|check_mk_agent|node_exporter|promtool|promql|mosquitto_sub|sqlformat|\
         pg_isready|pg_lsclusters|pg_config|pg_dumpall|pg_controldata|pg_waldump|mysqlshow|mysqldumpslow|\
         mytop|innotop|pg_top|pg_activity|redis-benchmark|mongostat|mongotop|terraform-docs|tflint|\
         ansible-lint|ansible-doc|ansible-inventory|ansible-config|helm-docs|kubeval|kubeconform|\
         kube-score|stern|k9s|popeye|dive|ctop|lazydocker|hub-tool|trivy|grype|syft|gitleaks|trufflehog|\
         detect-secrets|tig|gitk|diffstat|filterdiff|lsdiff|interdiff|fc-list|fc-match|v4l2-ctl|\
         alsamixer|aplay|lpstat|lpq|lpinfo|lpoptions",
        read,
    ),
    (
        "bashtop|biolatency|biotop-bpfcc|biolatency-bpfcc|execsnoop-bpfcc|opensnoop-bpfcc|tcptop|\
         tcpconnect|tcplife|tcpretrans|cachestat|ext4slower|zfsslower|zfsdist|runqlat|offcputime|\
         hardirqs|softirqs|llcstat|nfsslower|filetop|boltctl|compsize|jello|nstat|rtstat|ctstat|\
         lnstat|sysbench|tload|tzselect|vcgencmd|wdctl|pinout|gpioinfo|gpioget|gpiodetect|lsgpio|lsinput|\
         libinput|evtest|lsdvb|femon|dvb-fe-tool|dvbv5-scan|rtl_test|mmcli|usb-devices|lsinitrd|lsdasd|\
         zarcstat|zarcsummary|zfs-stats|fwts|upower|powerprofilesctl|keyctl|ddcutil|gpustat|nvitop|\
         amdgpu_top|rocminfo|sycl-ls|xpu-smi|ibstat|ibv_devinfo|ibv_devices|mlxlink|iblinkinfo|batctl|\
         bandwhich|trip|gping|doggo|sniffnet|whatweb|sslyze|nikto|hey|ab|wrk|siege|vegeta|k6|dnsperf|\
         dnstop|dnstracer|dnsmap|librespeed-cli|ookla|ntopng|darkstat|iptraf-ng|jnettop|subnetcalc|\
         netmask|prips|aggregate|owping|qperf|nuttcp|netperf|flent|peco|hexyl|xsv|qsv|vd|jless|jd|\
         dyff|difft|dict|spell|hunspell|zoxide|broot|par2|id3info|exiv2|mkvinfo|uprecords|tuptime|ac|sa|\
         lastcomm|dump-acct|procinfo|lsdev|likwid-topology|likwid-perfctr|sg_ses|sg_turs|sg_modes|sginfo|\
         smp_discover|smp_discover_list|lsiget|openSeaChest_SMART|openSeaChest_Basics|bees|virt-df|\
         virt-filesystems|virt-cat|virt-ls|virt-inspector|virt-log|libguestfs-test-tool|nbdinfo|qemu-ga|\
         zbarimg|qrencode|cmatrix|sl|rain|pipes.sh|check_disk|check_load|check_procs|check_ping|\
         check_http|check_tcp|check_smtp|check_users|check_swap|check_ssh|check_dns|check_mysql|\
         check_ntp_time|check_apt|check_raid|check_smart|check_zpools|munin-run|snmptranslate|\
         snmpbulkget|snmpdf|snmpnetstat|oscap|tiger|apt-listbugs|apt-show-source|ucfq|cruft|sssctl|\
         kubent|kompose|pluto|lazygit|gitui|oxker|dry|onefetch|git-sizer|pyenv|rbenv|nodenv|asdf|\
         pipdeptree|ioprof|iolatency|blkparse|btt|pcm|pcm-memory|hdsentinel|lsmcli|fc-scan|ldapcompare|\
         ldapurl|nfsconf|mtail|loki-canary|smartctl_exporter|blackbox_exporter|pve_exporter|\
         snmp_exporter|process_exporter|nut_exporter|zfs_exporter|ipmi_exporter|postgres_exporter|\
         redis_exporter|mysqld_exporter|cadvisor|procs|gtop|zenith|btm|bottom|s-tui|speedometer|cbm|ifstat|\
         slurm|prtstat|peekfd|pldd|pslog|capinfos|sngrep|unbound-host|ldns-walk|dnsx|naabu|nuclei|nping|oha|\
         bombardier|autocannon|h2load|resperf|mountstats|iscsi-iname|iwgetid|routel|rtmon|dhcp-lease-list|\
         ddrescueview|dua|zvol_wait|zpool_influxdb|dmstats|drbdtop|thin_ls|pmgversion|infracost|checkov|tfsec|\
         kube-bench|kubescape|jps|jstat|jstack|jinfo|javap|diceware|xkcdpass|argon2|zdump|xdpyinfo|pkaction|\
         fc-query|fc-cat|fc-validate|yara|lessecho|findfs|ischroot|mpicalc|dbus-monitor|dbus-uuidgen|appstreamcli|\
         manpath|lexgrog|pfetch|smbcquotas|e2mmpstatus|vnstati|nfsidmap|pt-table-checksum|sqldiff|repmgr|facter|\
         hardinfo2|cpu-x|lsgpu|ipmi-dcmi|exiqgrep|exigrep|mailstats|\
         pflogsumm|opendkim-testkey|icingacli|sensible-pager|hwloc-info|netcap|ipinfo|id3v2|pt-summary|pt-mysql-summary|pt-diskstats|pt-duplicate-key-checker|tvservice|cpan-outdated|apticron",
        read,
    ),
];

/// Readers that write what they found where `-o` or its kin says.
fn with_output(call: &Call<'_>) -> Vec<Effect> {
    let letters = match call.name {
        "iconv" => "ftoc",
        "tshark" => "ifrwcYeTVR",
        "tree" => "oLPI",
        _ => "onief",
    };
    let parsed = parse(call, anywhere(letters, "output output-file random-source head-count"));
    let names: &[&str] = if call.name == "tshark" { &["-w"] } else { &["-o", "--output", "--output-file"] };
    touch_all_or_read(call, &parsed, names)
}

/// What the values of these options name is written; without them files are read.
fn touch_all_or_read(call: &Call<'_>, parsed: &Parsed<'_>, names: &[&str]) -> Vec<Effect> {
    let effects = touch_all(Touch::Write, parsed.values(names));
    if effects.is_empty() { read_files(call) } else { effects }
}

/// ripgrep can have a program read the files first.
fn ripgrep(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("efgtTABCmjMr", "pre hostname-bin regexp file glob type type-not"));
    let mut effects: Vec<Effect> = parsed
        .values(&["--pre", "--hostname-bin"])
        .into_iter()
        .map(|program| call.runs(std::slice::from_ref(program)))
        .collect();
    effects.extend(read_files(call));
    effects
}

/// Reads the files that it is given, or its standard input.
pub(super) fn read_files(call: &Call<'_>) -> Vec<Effect> {
    let operands = parse(call, PLAIN).operands;
    let files: Vec<Effect> = operands
        .into_iter()
        .filter(|word| !head(word).is_empty())
        .map(|word| Effect::Read(word.clone()))
        .collect();
    if files.is_empty() { read(call) } else { files }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::Allow;

    #[test]
    fn readers_read() {
        table(&[
            (Allow, "cat /proc/mdstat"),
            (Allow, "iostat -x 1 3"),
            (Allow, "df -hT"),
            (Allow, "ncdu -x -o /tmp/n /"),
            (Allow, "uptime"),
            (Allow, "uname -a"),
            (Allow, "free -h"),
            (Allow, "htop --version"),
            (Allow, "pgrep -af kvm"),
            (Allow, "lscpu"),
            (Allow, "lspci -nnk"),
            (Allow, "lsusb"),
            (Allow, "ss -tulpn"),
            (Allow, "netstat -tulpn"),
            (Allow, "iptables-save"),
            (Allow, "ping -c 3 1.1.1.1"),
            (Allow, "mtr -rwc 10 8.8.8.8"),
            (Allow, "dig +short example.com"),
        ]);
    }
}
