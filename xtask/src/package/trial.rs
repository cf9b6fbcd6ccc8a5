//! Packages of a development build, for the tests: made as those of a release are, but for the model, which takes its time to be
//! packed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::home::Home;
use super::inputs::Inputs;
use super::program::{Linking, Program};
use super::{debian, image, sbom, tarball};

/// Who releases it, for addresses; registries know small letters only, which a name with a large one shows.
const REPOSITORY: &str = "Someone/labkeeper";

/// A program of this machine, to be packaged.
pub(crate) struct Trial {
    program: Program,
    home: Home,
    inputs: Inputs,
    certificates: PathBuf,
}

impl Trial {
    pub(crate) fn of(program: &Path) -> Result<Self> {
        let certificates = program.with_extension("pem");
        fs::write(&certificates, "").context("cannot write an empty list of certificates")?;
        Ok(Self {
            program: Program::read(program, Linking::Local)?,
            home: Home::of(Some(REPOSITORY))?,
            inputs: Inputs { without_model: true, source_date_epoch: Some(0) },
            certificates,
        })
    }

    pub(crate) fn version(&self) -> &str {
        &self.home.version
    }

    /// Makes the Debian package there.
    pub(crate) fn deb(&self, place: &Path) -> Result<PathBuf> {
        let (name, content) = debian::build(&self.program, &self.home, &self.inputs)?;
        written(place.join(name), &content)
    }

    /// Makes the archive for any Linux there.
    pub(crate) fn archive(&self, place: &Path) -> Result<PathBuf> {
        let (name, content) = tarball::build(&self.program, &self.inputs)?;
        written(place.join(name), &content)
    }

    /// Writes what users copy beside the archive of this machine. What else a release has and is not made here, sources and the
    /// archive of other machines, has a stand-in to be summed.
    pub(crate) fn render(&self, place: &Path) -> Result<()> {
        for rest in ["x86_64-linux", "aarch64-linux", "source"] {
            let path = place.join(format!("labkeeper-{}-{rest}.tar.gz", self.version()));
            if !path.exists() {
                written(path, rest.as_bytes())?;
            }
        }
        self.home.render(place)
    }

    /// Makes the image there, and answers its digest too.
    pub(crate) fn image(&self, place: &Path) -> Result<(PathBuf, String)> {
        let image = image::Request {
            binaries: std::slice::from_ref(&self.program.path),
            linking: Linking::Local,
            certificates: &self.certificates,
            home: &self.home,
            inputs: &self.inputs,
        };
        let image = image.build()?;
        Ok((written(place.join("image.tar"), &image.archive)?, image.digest))
    }

    /// Makes the bill of materials.
    pub(crate) fn sbom(&self) -> Result<Value> {
        Ok(serde_json::from_str(&sbom::build(&self.home, &self.inputs)?)?)
    }
}

fn written(path: PathBuf, content: &[u8]) -> Result<PathBuf> {
    fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}
