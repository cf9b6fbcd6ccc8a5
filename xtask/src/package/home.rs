//! Where the project lives and which version this is: what files that users copy have to name. In the repository they name
//! `OWNER`; a release writes them anew with the real one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

use super::inputs;
use crate::repository;

/// What stands in the repository where the owner's name belongs.
const NOBODY: &str = "OWNER";

/// What users copy, and what catalogues read.
pub(crate) const COPIED: &[&str] = &[
    "server.json",
    "packaging/compose/compose.yaml",
    "packaging/compose/compose.full.yaml",
    "packaging/compose/compose.replica.yaml",
    "packaging/homebrew/labkeeper.rb",
    "packaging/proxmox-lxc/labkeeper-lxc.sh",
    "packaging/unraid/labkeeper.xml",
];

/// A project at a forge, and its version.
pub(crate) struct Home {
    owner: String,
    pub(crate) version: String,
}

impl Home {
    /// Of `owner/labkeeper`; of nobody when there is none yet.
    pub(crate) fn of(repository: Option<&str>) -> Result<Self> {
        let version = inputs::version()?;
        let Some(repository) = repository.filter(|it| !it.is_empty()) else {
            return Ok(Self { owner: NOBODY.to_owned(), version });
        };
        match repository.split_once('/') {
            Some((owner, "labkeeper")) if !owner.is_empty() => Ok(Self { owner: owner.to_owned(), version }),
            _ => bail!("{repository} is no OWNER/labkeeper, which the files of a release name"),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://github.com/{}/labkeeper", self.owner)
    }

    /// The image's name with its version; without a repository it says that no registry has it.
    pub(crate) fn image(&self) -> String {
        let place = if self.owner == NOBODY { "localhost".to_owned() } else { self.registry() };
        format!("{place}/labkeeper:{}", self.version)
    }

    /// The name in the registry of MCP servers, which asks the image whether it is its own.
    pub(crate) fn server_name(&self) -> String {
        format!("io.github.{}/labkeeper", self.owner)
    }

    /// Whom Debian's tools name; mail is not read there, the forge's issues are.
    pub(crate) fn maintainer(&self) -> String {
        format!("{0} <{0}@users.noreply.github.com>", self.owner)
    }

    /// Registries know small letters only.
    fn registry(&self) -> String {
        format!("ghcr.io/{}", self.owner.to_lowercase())
    }

    /// Writes what users copy into `directory`, with the sums of the files of the release that lie there.
    pub(crate) fn render(&self, directory: &Path) -> Result<()> {
        ensure!(self.owner != NOBODY, "say whose release it is: --repository OWNER/labkeeper");
        for source in COPIED {
            let text = read(source)?;
            let name = Path::new(source).file_name().context("it is a file")?;
            let path = directory.join(name);
            fs::write(&path, self.named(&text, directory)?)
                .with_context(|| format!("cannot write {}", path.display()))?;
            println!("{}", path.display());
        }
        let path = directory.join("release.nix");
        fs::write(&path, self.for_nix(directory)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", path.display());
        Ok(())
    }

    /// The archives of the release as `packaging/nix/release.nix` names them.
    fn for_nix(&self, directory: &Path) -> Result<String> {
        let mut archives = String::new();
        for machine in ["x86_64", "aarch64"] {
            let name = format!("labkeeper-{}-{machine}-linux.tar.gz", self.version);
            let url = format!("{}/releases/download/v{}/{name}", self.url(), self.version);
            let sum = sum_of(&name, directory)?;
            archives.push_str(&format!(
                "    {machine}-linux = {{\n      url = \"{url}\";\n      sha256 = \"{sum}\";\n    }};\n"
            ));
        }
        Ok(format!(
            "# Written by the workflow of the release; commit it over this file to have the flake follow.\n{{\n  version = \"{}\";\n  home = \"{}\";\n  archives = {{\n{archives}  }};\n}}\n",
            self.version,
            self.url(),
        ))
    }

    /// The text with the owner's name, and with the sum of the file that the line before names where a line has zeros for one.
    fn named(&self, text: &str, directory: &Path) -> Result<String> {
        let unknown = "0".repeat(64);
        let mut named = String::new();
        for line in text.lines() {
            let mut line =
                line.replace(&format!("ghcr.io/{NOBODY}"), &self.registry()).replace(NOBODY, &self.owner);
            if line.contains(&unknown) {
                let before = named.lines().last().unwrap_or_default();
                line = line.replace(&unknown, &sum_of(before, directory)?);
            }
            named.push_str(&line);
            named.push('\n');
        }
        Ok(named)
    }
}

/// The sum of the file in `directory` that the last segment of a quoted address names.
fn sum_of(line: &str, directory: &Path) -> Result<String> {
    let name = line.trim_end().trim_end_matches('"').rsplit('/').next().unwrap_or_default();
    let path: PathBuf = directory.join(name);
    let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(inputs::sha256(&content))
}

/// A file of the repository.
pub(crate) fn read(path: &str) -> Result<String> {
    fs::read_to_string(repository::root().join(path)).with_context(|| format!("cannot read {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sums_are_put_in_where_nobody_and_zeros_stood() {
        let dist = tempfile::tempdir().expect("a temporary directory");
        fs::write(dist.path().join("a.tar.gz"), "content").expect("it can be written");
        let home = Home::of(Some("Anna/labkeeper")).expect("it is a repository");
        let text = format!(
            "image: ghcr.io/OWNER/x\nurl \"https://x/OWNER/a.tar.gz\"\nsha256 \"{}\"\n",
            "0".repeat(64)
        );
        let named = home.named(&text, dist.path()).expect("the file is there");
        assert_eq!(
            named,
            format!(
                "image: ghcr.io/anna/x\nurl \"https://x/Anna/a.tar.gz\"\nsha256 \"{}\"\n",
                inputs::sha256(b"content")
            )
        );
        let missing = text.replace("a.tar.gz", "b.tar.gz");
        assert!(home.named(&missing, dist.path()).is_err(), "a sum of nothing is none");
    }

    #[test]
    fn nix_is_told_of_the_archives_for_both_machines() {
        let dist = tempfile::tempdir().expect("a temporary directory");
        let home = Home::of(Some("anna/labkeeper")).expect("it is a repository");
        for machine in ["x86_64", "aarch64"] {
            let name = format!("labkeeper-{}-{machine}-linux.tar.gz", home.version);
            fs::write(dist.path().join(name), machine).expect("it can be written");
        }
        let told = home.for_nix(dist.path()).expect("they are there");
        assert!(
            told.contains(&inputs::sha256(b"aarch64")) && told.contains("/anna/labkeeper/releases/"),
            "{told}"
        );
    }

    #[test]
    fn a_release_of_nobody_or_of_another_project_is_refused() {
        let dist = tempfile::tempdir().expect("a temporary directory");
        assert!(Home::of(None).expect("for trials").render(dist.path()).is_err());
        assert!(Home::of(Some("anna/other")).is_err());
        assert_eq!(Home::of(Some("")).expect("as none").server_name(), "io.github.OWNER/labkeeper");
    }
}
