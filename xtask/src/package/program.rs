//! The built program that is packaged: for which machine, and whether it stands alone.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;

/// Machines that there are packages for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Machine {
    X86,
    Arm,
}

impl Machine {
    /// As containers and Debian call it; they agree.
    pub(crate) fn short(self) -> &'static str {
        match self {
            Self::X86 => "amd64",
            Self::Arm => "arm64",
        }
    }

    /// As compilers call it.
    pub(crate) fn long(self) -> &'static str {
        match self {
            Self::X86 => "x86_64",
            Self::Arm => "aarch64",
        }
    }

    /// Whether programs for it run here.
    pub(crate) fn is_here(self) -> bool {
        self.long() == std::env::consts::ARCH
    }
}

/// Where the libraries of a program that needs some come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Linking {
    /// It must need none.
    Static,
    /// It may need those of this machine: for trying things out here.
    Local,
}

/// A program as it was read.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
    pub(crate) machine: Machine,
    /// It brings all of its code.
    pub(crate) stands_alone: bool,
}

impl Program {
    /// Reads it, and refuses one that would not run elsewhere unless that is wanted.
    pub(crate) fn read(path: &Path, linking: Linking) -> Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let (machine, stands_alone) =
            inspect(&bytes).with_context(|| format!("{} cannot be packaged", path.display()))?;
        if !stands_alone && linking == Linking::Static {
            bail!(
                "{} needs the libraries of the machine that it was built on: build it for {}-unknown-linux-musl, or \
                 say --dynamic to try it out here",
                path.display(),
                machine.long()
            );
        }
        Ok(Self { path: path.to_owned(), bytes, machine, stands_alone })
    }

    /// What it prints when it is run with `arguments`; only where its machine is this one.
    pub(crate) fn says(&self, arguments: &[&str]) -> Result<String> {
        if !self.machine.is_here() {
            bail!(
                "{} has to be packaged on its own kind of machine, for it writes its manual",
                self.path.display()
            );
        }
        command::read(Command::new(&self.path).args(arguments))
    }

    /// The libraries that it needs, its loader among them, where they lie here.
    pub(crate) fn libraries(&self) -> Result<Vec<String>> {
        let told = command::read(Command::new("ldd").arg(&self.path))?;
        Ok(told.lines().filter_map(library).map(str::to_owned).collect())
    }
}

/// The path in a line such as `libc.so.6 => /lib/libc.so.6 (0x7f…)` or `/lib64/ld.so (0x7f…)`.
fn library(line: &str) -> Option<&str> {
    line.split_whitespace().find(|word| word.starts_with('/'))
}

/// The machine of an ELF program, and whether it names no interpreter that would load libraries.
fn inspect(bytes: &[u8]) -> Result<(Machine, bool)> {
    let number = |at: usize, length: usize| -> Result<usize> {
        let field = bytes.get(at..at + length).context("its header is cut off")?;
        Ok(field.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
    };
    // 64 bits, little-endian: all machines that we build for are.
    if !bytes.starts_with(b"\x7fELF\x02\x01") {
        bail!("it is no program for Linux on 64 bits");
    }
    let machine = match number(18, 2)? {
        62 => Machine::X86,
        183 => Machine::Arm,
        other => bail!("there are no packages for its machine, number {other}"),
    };
    let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    let mut stands_alone = true;
    for index in 0..count {
        // A segment of kind 3 names the interpreter.
        stands_alone &= number(table + index * size, 4)? != 3;
    }
    Ok((machine, stands_alone))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The smallest thing that looks like a program.
    pub(crate) fn elf(machine: u8, segment: u8) -> Vec<u8> {
        let mut bytes = vec![0; 120];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[18] = machine;
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64] = segment;
        bytes
    }

    #[test]
    fn machine_and_linking_are_read_from_the_header() {
        assert_eq!(inspect(&elf(62, 1)).expect("it is one"), (Machine::X86, true));
        assert_eq!(inspect(&elf(183, 3)).expect("it is one"), (Machine::Arm, false));
        assert!(inspect(&elf(8, 1)).is_err(), "nobody packages for it");
        assert!(inspect(b"#!/bin/sh\n").is_err());
        assert!(inspect(&elf(62, 1)[..100]).is_ok(), "the segment's kind is still there");
        assert!(inspect(&elf(62, 1)[..60]).is_err());
    }

    #[test]
    fn a_program_that_needs_libraries_is_packaged_only_on_request() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let path = place.path().join("labkeeper");
        std::fs::write(&path, elf(62, 3)).expect("it can be written");
        let refusal = Program::read(&path, Linking::Static).err().expect("it is refused").to_string();
        assert!(refusal.contains("x86_64-unknown-linux-musl"), "{refusal}");
        assert!(!Program::read(&path, Linking::Local).expect("it is wanted").stands_alone);
    }

    #[test]
    fn libraries_are_found_in_what_ldd_says() {
        assert_eq!(library("\tlibc.so.6 => /lib/x/libc.so.6 (0x00007f)"), Some("/lib/x/libc.so.6"));
        assert_eq!(library("\t/lib64/ld-linux-x86-64.so.2 (0x00007f)"), Some("/lib64/ld-linux-x86-64.so.2"));
        assert_eq!(library("\tlinux-vdso.so.1 (0x00007f)"), None);
    }
}
