//! What tests ask the machine for: a network of namespaces to scan, a simulated node to log in to, and guests with an inside.

use std::process::Command;

use anyhow::Result;

use crate::install::debian::{self, Program};

/// Programs that are installed for them.
pub(super) const PROGRAMS: &[Program] = &[
    Program { name: "busybox", package: "busybox-static" },
    Program { name: "chattr", package: "e2fsprogs" },
    Program { name: "ip", package: "iproute2" },
    Program { name: "setfacl", package: "acl" },
    Program { name: "setfattr", package: "attr" },
    Program { name: "ssh", package: "openssh-client" },
    Program { name: "sshd", package: "openssh-server" },
    Program { name: "sysctl", package: "procps" },
    Program { name: "unshare", package: "util-linux" },
];

/// For root there is nothing that a test could not have: then none may be skipped.
pub(super) fn skip_nothing_as_root(tests: &mut Command) -> Result<()> {
    if debian::is_root()? {
        tests.env("LABKEEPER_TESTS_MAY_NOT_SKIP", "1");
    }
    Ok(())
}
