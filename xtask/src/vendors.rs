//! `cargo xtask vendors`: writes the table of who makes which network hardware, from the register of the IEEE as the npm package
//! `oui-data` (BSD-2-Clause) carries it.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{command, repository};

const PACKAGE: &str = "oui-data@2.1.9";
const ARCHIVE: &str = "oui-data-2.1.9.tgz";
const SHA256: &str = "ccba6df951800e998e4cfe6da63ac29505730fa6c87e167e256a73bf88029efc";
const TABLE: &str = "crates/core/src/discovery/vendors.txt";

/// Words at the end of a name that say nothing about who it is.
const FORMS: [&str; 33] = [
    "inc",
    "incorporated",
    "ltd",
    "limited",
    "llc",
    "corp",
    "corporation",
    "co",
    "company",
    "gmbh",
    "ag",
    "ab",
    "as",
    "bv",
    "sa",
    "srl",
    "spa",
    "oy",
    "kg",
    "plc",
    "pty",
    "pte",
    "kk",
    "sas",
    "nv",
    "aps",
    "kft",
    "sro",
    "and",
    "&",
    "tbk",
    "sdn",
    "bhd",
];

pub(crate) fn run() -> Result<()> {
    let folder = env::temp_dir().join(format!("labkeeper-vendors-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let written = fetch(&folder).and_then(|register| {
        let table = table(&serde_json::from_str(&register)?);
        fs::write(repository::root().join(TABLE), &table)?;
        println!("{} blocks in {TABLE}, {} kB", table.lines().count(), table.len() / 1024);
        Ok(())
    });
    fs::remove_dir_all(&folder)?;
    written
}

fn fetch(folder: &std::path::Path) -> Result<String> {
    command::run(Command::new("npm").args(["pack", "--silent", PACKAGE]).current_dir(folder))?;
    let sum = command::read(Command::new("sha256sum").arg(ARCHIVE).current_dir(folder))?;
    ensure!(sum.starts_with(SHA256), "{ARCHIVE} is not the package that is meant: {sum}");
    command::run(Command::new("tar").args(["-xzf", ARCHIVE]).current_dir(folder))?;
    let register = folder.join("package/index.json");
    fs::read_to_string(&register).with_context(|| format!("cannot read {}", register.display()))
}

/// A line a block, sorted: the digits of its prefix, a space, and whose it is.
fn table(register: &BTreeMap<String, String>) -> String {
    let mut lines = String::new();
    for (prefix, holder) in register {
        let name = short(holder.lines().next().unwrap_or_default());
        // Blocks whose holder is nobody, or the registry that hands out parts of them.
        if !matches!(name.to_lowercase().as_str(), "" | "private" | "ieee registration authority") {
            lines.push_str(&format!("{} {name}\n", prefix.to_lowercase()));
        }
    }
    lines
}

/// The name without the form of the company.
fn short(name: &str) -> String {
    let mut words: Vec<&str> = name.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let is_form = |word: &str| {
        let letters: String =
            word.to_lowercase().chars().filter(|letter| *letter == '&' || letter.is_alphanumeric()).collect();
        letters.is_empty() || FORMS.contains(&letters.as_str())
    };
    while words.len() > 1 && words.last().is_some_and(|word| is_form(word)) {
        words.pop();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_a_line_without_the_form_of_its_company() {
        let register = [
            ("BC2411", "Proxmox Server Solutions GmbH\nBraeuhausgasse 37"),
            ("0050C2", "IEEE Registration Authority\nPiscataway"),
            ("ABCDEF", "Private"),
            ("001132", "Synology Incorporated\nTaiwan"),
            ("8C1F64AAA", "Foo & Bar Co., Ltd."),
            ("0000AA", "Co"),
        ];
        let register = register.map(|(prefix, holder)| (prefix.to_owned(), holder.to_owned())).into();
        assert_eq!(
            table(&register),
            "0000aa Co\n001132 Synology\n8c1f64aaa Foo & Bar\nbc2411 Proxmox Server Solutions\n"
        );
    }
}
