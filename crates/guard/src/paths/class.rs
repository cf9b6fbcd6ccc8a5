//! The classes of paths, and the rules that put a path into one.

use std::sync::LazyLock;

use super::glob::{is_literal, meets};
use super::lexical::normalise;

/// What kind of place a path is, by what would be lost with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathClass {
    /// Identity and configuration of the Proxmox cluster and node. Nobody writes there but Proxmox itself.
    Protected,
    /// Who may log in and as what; labkeeper's own files.
    Trust,
    /// Writing there stops the node at once, or pulls hardware from it.
    Fatal,
    /// The kernel's settings.
    Kernel,
    /// A device that holds data.
    Device,
    /// The root, and the directories that a system consists of.
    SystemRoot,
    /// What lies in them: programs and libraries.
    SystemFile,
    /// Where data begins: pools, mount points, `/srv/x`, `/var/lib/x`, home directories.
    DataRoot,
    /// Disks of guests.
    GuestDisk,
    /// Backups.
    RestorePoint,
    /// Directories that are called backups: more may be put there, what is there stays.
    Backups,
    /// Files of databases and volumes of containers.
    AppData,
    /// Configuration of the host.
    Config,
    /// Made to be thrown away.
    Scratch,
    /// Nothing special.
    Other,
}

use PathClass::{
    AppData, Backups, Config, DataRoot, Device, Fatal, GuestDisk, Kernel, Protected, RestorePoint, Scratch,
    SystemFile, SystemRoot, Trust,
};

/// The rules; the first that fits counts. `{a,b}` are alternatives, `**` is any number of components, also none.
const RULES: &[(PathClass, &str)] = &[
    (Protected, "/etc/{pve,corosync}/**"),
    (Protected, "/var/lib/{pve-cluster,corosync,pve-manager}/**"),
    (Protected, "/etc/{hostname,.pmxcfs}"),
    (Protected, "/proc/sys/kernel/hostname"),
    (Trust, "/etc/{passwd,shadow,group,gshadow,passwd-,shadow-,group-,gshadow-}"),
    (Trust, "/etc/{sudoers,sudoers.d,pam.d}/**"),
    (Trust, "/etc/{doas.conf,pam.conf}"),
    (Trust, "/etc/security/{access.conf,faillock.conf,opasswd}"),
    (Trust, "/etc/ssh/ssh_host_*"),
    (Trust, "**/.ssh/authorized_keys*"),
    (Trust, "/{root,home/*}/.ssh/authorized_keys*"),
    (Trust, "/{etc,opt,var/lib}/labkeeper/**"),
    (Trust, "/{usr/local/bin,usr/bin,usr/local/sbin,bin}/labkeeper"),
    (Trust, "/etc/systemd/system/labkeeper*/**"),
    (Scratch, "/dev/{null,zero,full,random,urandom,tty,stdin,stdout,stderr,kmsg,console,ptmx}"),
    (Scratch, "/dev/{fd,pts}/*"),
    (Scratch, "/dev/shm/*/**"),
    (Scratch, "/proc/{self,thread-self,*}/fd/*"),
    (PathClass::Other, "/dev/tty*"),
    (PathClass::Other, "/dev/{log,initctl,net,snd,dri,input,bus,serial,video*}/**"),
    (Fatal, "/dev/{mem,kmem,port,watchdog*}"),
    (SystemRoot, "/dev"),
    (Device, "/dev/**"),
    (Fatal, "/proc/{sysrq-trigger,kcore}"),
    (Fatal, "/proc/scsi/scsi"),
    (Fatal, "/sys/block/*/device/{state,delete,remove}"),
    (Fatal, "/sys/block/*/device/*/{state,delete,remove,reset_controller}"),
    (Fatal, "/sys/class/{scsi_device,scsi_disk,block,nvme,ata_device}/**/{state,delete,remove}"),
    (Fatal, "/sys/{bus,devices}/**/{delete,remove,unbind}"),
    (Fatal, "/sys/devices/**/device/state"),
    (Fatal, "/sys/kernel/debug/provoke-crash/**"),
    (Fatal, "/sys/firmware/efi/efivars/**"),
    (SystemRoot, "/{proc,sys,run}"),
    (Kernel, "/{proc,sys}/**"),
    (SystemRoot, "/{tmp,var/tmp,dev/shm}"),
    (Scratch, "/{tmp,var/tmp}/**"),
    (SystemRoot, "/"),
    (SystemRoot, "/{bin,sbin,lib,lib32,lib64,libx32,usr,etc,var,boot,root,home,opt}"),
    (SystemRoot, "/usr/{bin,sbin,lib,lib32,lib64,libx32,libexec,share,local,include}"),
    (SystemRoot, "/var/lib"),
    (Config, "/{lib,usr/lib}/systemd/{system,user,network}/**"),
    (Config, "/usr/local/{bin,sbin,lib,libexec}/**"),
    (Config, "/usr/share/**"),
    (SystemFile, "/{bin,sbin,lib,lib32,lib64,libx32}/**"),
    (SystemFile, "/usr/{bin,sbin,lib,lib32,lib64,libx32,libexec}/**"),
    (
        Scratch,
        "/{root,home,opt,srv,usr/src}/**/{node_modules,__pycache__,.pytest_cache,.cache,target,dist,build,.venv}/**",
    ),
    (Scratch, "/var/cache/*/**"),
    (Scratch, "/var/lib/apt/lists/**"),
    (Scratch, "/var/crash/*"),
    (DataRoot, "/{srv,mnt,media,export,rpool}"),
    (DataRoot, "/{srv,mnt,media,home,var/lib}/*"),
    (DataRoot, "/mnt/{pve,datastore,pbs}/*"),
    (DataRoot, "/media/*/*"),
    (DataRoot, "/rpool/{data,ROOT,ROOT/*}"),
    (GuestDisk, "/var/lib/{vz,libvirt}/{images,private}/**"),
    (GuestDisk, "/mnt/pve/*/{images,private}/**"),
    (GuestDisk, "**/{vm,base,subvol,basevol}-*-{disk,cloudinit,state}*/**"),
    (RestorePoint, "/var/lib/vz/dump/**"),
    (RestorePoint, "/mnt/pve/*/dump/**"),
    (RestorePoint, "/mnt/{datastore,pbs}/*/*/**"),
    (RestorePoint, "/{mnt,srv,media,backup,backups,root,var}/**/{.chunks,vzdump-*}/**"),
    (Backups, "/{mnt,srv,media}/**/{backup*,Backup*,borg*,restic*,kopia*,duplicati*,pbs*}/**"),
    (
        AppData,
        "/var/lib/{mysql,mariadb,postgresql,mongodb,redis,influxdb,clickhouse,etcd,ceph,docker,containers,containerd,kubelet,rancher,proxmox-backup}/**",
    ),
    (Config, "/etc/**"),
    (Config, "/boot/**"),
    (Config, "/run/systemd/{system,network,generator}/**"),
    (Config, "/var/spool/{cron,at,cron/crontabs}/**"),
    (
        Config,
        "/{root,home/*}/{.bashrc,.profile,.bash_profile,.bash_login,.bash_logout,.zshrc,.ssh,.kube,.docker}/**",
    ),
    (DataRoot, "/*"),
    (PathClass::Other, "/**"),
];

/// What lies below a directory counts too when the directory goes with all of it: these classes.
const PRECIOUS: &[PathClass] = &[Protected, Trust, GuestDisk, RestorePoint, AppData, Backups];

/// The class of an absolute path.
pub fn classify(path: &str) -> PathClass {
    let path = normalise(path, "/");
    let parts = components(&path);
    rules()
        .find(|(_, rule)| fits(rule, &parts, &|a, b| meets(a, b)))
        .map_or(PathClass::Other, |(class, _)| class)
}

/// A pattern says the beginning of a name that the rule has in any directory: not everything that ends in `*` is a key.
fn hints(rule: &[String], parts: &[&str]) -> bool {
    let anywhere = rule.iter().skip_while(|name| *name != "**").filter(|name| *name != "**" && *name != "*");
    let mut names = anywhere.peekable();
    names.peek().is_none()
        || names.any(|name| {
            parts
                .iter()
                .any(|part| part.find(['*', '?', '[', '\\']).unwrap_or(part.len()) >= 2 && meets(name, part))
        })
}

/// Every class that a path matched by this absolute pattern can have.
pub fn classes_of_pattern(pattern: &str) -> Vec<PathClass> {
    let pattern = normalise(pattern, "/");
    let parts = components(&pattern);
    let mut classes = vec![];
    for (class, rule) in rules() {
        if !fits(rule, &parts, &|a, b| meets(a, b)) || !hints(rule, &parts) {
            continue;
        }
        classes.push(class);
        // Once a rule fits whatever the pattern matches, those after it are never asked.
        if fits(rule, &parts, &|rule, part| rule == "*" || (is_literal(part) && meets(rule, part))) {
            break;
        }
    }
    classes
}

/// The classes of what may lie below a path that deserve as much care as itself. Rules for any directory don't count.
pub fn classes_below(path: &str) -> Vec<PathClass> {
    let path = normalise(path, "/");
    let parts = components(&path);
    let mut classes: Vec<PathClass> = rules()
        .filter(|(class, rule)| {
            let fixed = rule.iter().take_while(|part| part.as_str() != "**").count();
            PRECIOUS.contains(class)
                && fixed > parts.len()
                && rule.iter().zip(&parts).all(|(rule, part)| meets(rule, part))
        })
        .map(|(class, _)| class)
        .collect();
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// Why typed tools must not write to a path, or `None` when they may.
pub fn is_protected(path: &str) -> Option<&'static str> {
    match classify(path) {
        Protected => Some(
            "it is the identity and configuration of the Proxmox cluster, which only Proxmox itself writes",
        ),
        Trust => Some("it decides who may log in and as what, or is labkeeper's own"),
        Device => Some("it is a device"),
        Kernel | Fatal => Some("it is the kernel's"),
        SystemRoot if matches!(normalise(path, "/").as_str(), "/dev" | "/proc" | "/sys") => {
            Some("it is the kernel's")
        }
        _ => None,
    }
}

/// The rules with their alternatives written out, once.
static WRITTEN_OUT: LazyLock<Vec<(PathClass, Vec<String>)>> = LazyLock::new(|| {
    let one = |rule: &str| components(rule).into_iter().map(str::to_owned).collect();
    let all = |(class, rule): &(PathClass, &str)| {
        alternatives(rule).iter().map(|rule| (*class, one(rule))).collect::<Vec<_>>()
    };
    RULES.iter().flat_map(all).collect()
});

fn rules() -> impl Iterator<Item = (PathClass, &'static Vec<String>)> {
    WRITTEN_OUT.iter().map(|(class, rule)| (*class, rule))
}

/// The texts that `{a,b}` in a text stand for.
pub(super) fn alternatives(rule: &str) -> Vec<String> {
    let Some((before, rest)) = rule.split_once('{') else { return vec![rule.to_owned()] };
    let Some((inner, after)) = rest.split_once('}') else { return vec![rule.to_owned()] };
    let tails = alternatives(after);
    inner.split(',').flat_map(|one| tails.iter().map(move |tail| format!("{before}{one}{tail}"))).collect()
}

fn components(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// The path's components are what the rule says, by `same` for one component.
fn fits(rule: &[String], parts: &[&str], same: &dyn Fn(&str, &str) -> bool) -> bool {
    match (rule.split_first(), parts.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            fits(rest, parts, same) || parts.split_first().is_some_and(|(_, parts)| fits(rule, parts, same))
        }
        (Some((first, rest)), Some((part, parts))) => same(first, part) && fits(rest, parts, same),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_the_class_of_what_would_be_lost() {
        for (path, class) in [
            ("/etc/pve", Protected),
            ("/etc/./pve//nodes/../user.cfg", Protected),
            ("/etc/hostname", Protected),
            ("/root/.ssh/authorized_keys", Trust),
            ("/srv/git/.ssh/authorized_keys2", Trust),
            ("/etc/ssh/ssh_host_rsa_key", Trust),
            ("/etc/labkeeper/labkeeper.toml", Trust),
            ("/dev/null", Scratch),
            ("/dev/sda", Device),
            ("/dev/mapper/pve-root", Device),
            ("/dev/watchdog0", Fatal),
            ("/proc/sysrq-trigger", Fatal),
            ("/sys/block/nvme0n1/device/state", Fatal),
            ("/sys/bus/pci/devices/0000:01:00.0/remove", Fatal),
            ("/proc/sys/vm/swappiness", Kernel),
            ("/", SystemRoot),
            ("/lib64", SystemRoot),
            ("/usr/bin", SystemRoot),
            ("/usr/bin/dpkg", SystemFile),
            ("/lib/systemd/system/x.service", Config),
            ("/tmp", SystemRoot),
            ("/tmp/x/y", Scratch),
            ("/var/cache/apt/archives/a.deb", Scratch),
            ("/root/app/node_modules/x", Scratch),
            ("/srv/media", DataRoot),
            ("/srv/media/films", PathClass::Other),
            ("/tank", DataRoot),
            ("/mnt/pve/nas", DataRoot),
            ("/var/lib/vz", DataRoot),
            ("/var/lib/vz/dump", RestorePoint),
            ("/var/lib/vz/template/iso/x.iso", PathClass::Other),
            ("/var/lib/vz/images/100/vm-100-disk-0.qcow2", GuestDisk),
            ("/rpool/data/subvol-101-disk-0/etc", GuestDisk),
            ("/mnt/nas/vzdump-qemu-1.vma.zst", RestorePoint),
            ("/var/lib/mysql", DataRoot),
            ("/var/lib/mysql/ibdata1", AppData),
            ("/etc/nginx/nginx.conf", Config),
            ("/boot/grub/grub.cfg", Config),
            ("/root/notes.md", PathClass::Other),
        ] {
            assert_eq!(classify(path), class, "{path}");
        }
    }

    #[test]
    fn a_pattern_has_every_class_that_it_can_match() {
        assert!(classes_of_pattern("/e*/p*/user.cfg").contains(&Protected));
        assert!(classes_of_pattern("/*").contains(&SystemRoot));
        assert!(classes_of_pattern("/dev/sd[a-z]").contains(&Device));
        assert_eq!(classes_of_pattern("/tmp/*.log"), [Scratch]);
        assert_eq!(classes_of_pattern("/etc/pve/*"), [Protected]);
    }

    #[test]
    fn a_directory_is_as_precious_as_what_lies_below() {
        assert!(classes_below("/etc").contains(&Protected));
        assert!(classes_below("/etc/ssh").contains(&Trust));
        assert!(classes_below("/root/.ssh").contains(&Trust));
        assert!(classes_below("/var/lib/vz").contains(&GuestDisk));
        assert_eq!(classes_below("/opt/stacks"), []);
    }

    #[test]
    fn typed_tools_keep_off_the_protected_set() {
        for path in
            ["/etc/pve/storage.cfg", "/etc/shadow", "/dev/sda", "/proc/sysrq-trigger", "/sys", "/proc/1/mem"]
        {
            assert!(is_protected(path).is_some(), "{path}");
        }
        for path in ["/etc/nginx/nginx.conf", "/tmp/x", "/srv/x/y", "/dev/null"] {
            assert_eq!(is_protected(path), None, "{path}");
        }
    }
}
