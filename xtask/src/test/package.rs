//! What a release consists of: made twice, started, read by the programs that will read it, and linted.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{compose, ports, suites};
use crate::install::debian::{self, Program};
use crate::install::python::Python;
use crate::package::Trial;
use crate::repository::Files;
use crate::{binary, command, repository};

const PROGRAMS: &[Program] = &[
    Program { name: "dpkg-deb", package: "dpkg" },
    Program { name: "ip", package: "iproute2" },
    Program { name: "strip", package: "binutils" },
    Program { name: "systemd-analyze", package: "systemd" },
    Program { name: "unshare", package: "util-linux" },
];

/// More of what a service could do than this, in tenths, is more than ours may.
const EXPOSURE: &str = "--threshold=20";

pub(super) fn check(summaries: &mut Vec<String>) -> Result<()> {
    debian::ensure(PROGRAMS)?;
    let files = Files::list(repository::root())?;
    let python = suites::python()?;
    scripts(&python, &files)?;
    schemas(&python, &files)?;
    let place = repository::root().join("target/xtask/package");
    if place.exists() {
        fs::remove_dir_all(&place).context("cannot clear target/xtask/package")?;
    }
    fs::create_dir_all(&place).context("cannot make target/xtask/package")?;
    let program = stripped(&place)?;
    unit(&program, &place)?;
    let trial = Trial::of(&program)?;
    deb(&trial, &place)?;
    archive(&trial, &place)?;
    let mut told = vec![
        "shell scripts, compose files, workflows, unit, Debian package, archive, what users copy".to_owned(),
        image(&trial, &place)?,
    ];
    trial.sbom()?;
    told.push("bill of materials".to_owned());
    told.extend(where_it_can_be(&files)?);
    summaries.push(format!("package: {}", told.join("; ")));
    Ok(())
}

/// What users, Debian and CI run as root.
fn scripts(python: &Python, files: &Files) -> Result<()> {
    let maintainers = ["packaging/debian/postinst", "packaging/debian/prerm", "packaging/debian/postrm"];
    let of_ci = files.ending("").filter(|path| path.starts_with(".ci/"));
    let scripts =
        files.ending(".sh").filter(|path| path.starts_with("packaging/")).chain(maintainers).chain(of_ci);
    let mut shellcheck = Command::new(python.program("shellcheck"));
    command::run(shellcheck.args(scripts).current_dir(repository::root()))
}

fn schemas(python: &Python, files: &Files) -> Result<()> {
    let composed: Vec<&str> =
        files.ending(".yaml").filter(|path| path.starts_with("packaging/compose/")).collect();
    let workflows: Vec<&str> =
        files.ending(".yml").filter(|path| path.starts_with(".github/workflows/")).collect();
    for path in &composed {
        compose::check(python, &repository::root().join(path))?;
    }
    for (schema, paths) in [("vendor.compose-spec", composed), ("vendor.github-workflows", workflows)] {
        ensure!(!paths.is_empty(), "there is nothing to hold against {schema}");
        let mut check = Command::new(python.program("check-jsonschema"));
        command::run(check.args(["--builtin-schema", schema]).args(paths).current_dir(repository::root()))?;
    }
    // Unpinned actions, rights that are not needed, texts of strangers in scripts.
    let mut zizmor = Command::new(python.program("zizmor"));
    command::run(
        zizmor.args(["--offline", "--no-progress", ".github/workflows"]).current_dir(repository::root()),
    )
}

/// The development build without what only a debugger reads.
fn stripped(place: &Path) -> Result<PathBuf> {
    let path = place.join("labkeeper");
    command::run(Command::new("strip").arg("-o").arg(&path).arg(binary::build_with_tests(&[])?))?;
    Ok(path)
}

fn unit(program: &Path, place: &Path) -> Result<()> {
    let source = repository::root().join("packaging/systemd/labkeeper.service");
    let text = fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
    let path = place.join("labkeeper.service");
    // systemd wants the program to be there.
    fs::write(&path, text.replace("/usr/bin/labkeeper", &program.display().to_string()))?;
    command::run(Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path))?;
    let mut security = Command::new("systemd-analyze");
    let told =
        command::read(security.args(["security", "--offline=true", "--no-pager", EXPOSURE]).arg(&path))?;
    let overall = told.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    println!("{overall}");
    Ok(())
}

fn deb(trial: &Trial, place: &Path) -> Result<()> {
    let path = trial.deb(place)?;
    let fields = command::read(Command::new("dpkg-deb").arg("--field").arg(&path))?;
    ensure!(fields.contains("Package: labkeeper\n"), "dpkg reads no name in the package:\n{fields}");
    ensure!(
        !fields.contains('@') || fields.matches('@').count() == 1,
        "a blank was left in the package:\n{fields}"
    );
    let root = place.join("deb");
    command::run(Command::new("dpkg-deb").arg("--extract").arg(&path).arg(&root))?;
    let version = command::read(Command::new(root.join("usr/bin/labkeeper")).arg("--version"))?;
    ensure!(version.trim() == format!("labkeeper {}", trial.version()), "the package has {version}");
    // The configuration that it brings is understood.
    let mut doctor = Command::new(root.join("usr/bin/labkeeper"));
    doctor
        .env_clear()
        .arg("--data-dir")
        .arg(place.join("hub"))
        .arg("--config")
        .arg(root.join("etc/labkeeper/labkeeper.toml"));
    command::read(doctor.args(["export", "--format", "json"])).map(drop)
}

/// Makes the archive and what users copy, and starts the archive's program.
fn archive(trial: &Trial, place: &Path) -> Result<()> {
    let dist = place.join("dist");
    let unpacked = place.join("archive");
    for directory in [&dist, &unpacked] {
        fs::create_dir(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    }
    unpack(&trial.archive(&dist)?, &unpacked)?;
    trial.render(&dist)?;
    nothing_is_left_open(&dist)?;
    let folder = unpacked.join(format!("labkeeper-{}-{}-linux", trial.version(), std::env::consts::ARCH));
    nothing_is_left_open(&folder)?;
    let page = fs::read_to_string(repository::root().join("docs/install.md"))?;
    let line = page.lines().find(|line| line.ends_with(" usr/bin/labkeeper serve"));
    let mut start = Command::new("sh");
    start.arg(repository::root().join("xtask/src/test/start_archive.sh")).arg(folder);
    start.arg(line.context("docs/install.md does not say how the archive's program is started")?);
    let [port] = ports::free()?;
    start.args(["PATH=/usr/bin:/bin".to_owned(), format!("LABKEEPER_BIND=127.0.0.1:{port}")]);
    start.arg(format!("LABKEEPER_DATA_DIR={}", place.join("hub-of-the-archive").display()));
    command::run(&mut start)
}

/// Whether a text below `directory` still has the name or the sum that a release puts in.
fn nothing_is_left_open(directory: &Path) -> Result<()> {
    for entry in fs::read_dir(directory).with_context(|| format!("cannot list {}", directory.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            nothing_is_left_open(&path)?;
            continue;
        }
        // A program's bytes may look like anything.
        let Ok(text) = String::from_utf8(fs::read(&path)?) else { continue };
        let open = ["OWNER".to_owned(), "0".repeat(64)].into_iter().find(|open| text.contains(open));
        ensure!(open.is_none(), "{} was left with {}", path.display(), open.unwrap_or_default());
    }
    Ok(())
}

/// Builds the image twice and starts it; says what of that was done.
fn image(trial: &Trial, place: &Path) -> Result<String> {
    let (archive, digest) = trial.image(place)?;
    ensure!(trial.image(place)?.1 == digest, "the same inputs gave two images");
    if !debian::is_root()? {
        return Ok(format!("image {digest} twice the same, NOT STARTED: that takes root"));
    }
    let layout = place.join("layout");
    let root = place.join("root");
    for directory in [&layout, &root] {
        fs::create_dir(directory).with_context(|| format!("cannot make {}", directory.display()))?;
    }
    unpack(&archive, &layout)?;
    let read = |path: &str| -> Result<Value> {
        Ok(serde_json::from_slice(
            &fs::read(layout.join(path)).with_context(|| format!("no {path} in the image"))?,
        )?)
    };
    let manifest = read("manifest.json")?;
    for layer in manifest[0]["Layers"].as_array().context("the image has no layers")? {
        unpack(&layout.join(layer.as_str().unwrap_or_default()), &root)?;
    }
    let config = read(manifest[0]["Config"].as_str().unwrap_or_default())?["config"].take();
    let variables = config["Env"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut start = Command::new("unshare");
    start.args(["--mount", "--net", "sh"]).arg(repository::root().join("xtask/src/test/start_image.sh"));
    start.arg(&root).arg(config["User"].as_str().context("the image names no user")?).args(variables);
    command::run(&mut start)?;
    Ok(format!("image {digest} twice the same, and started"))
}

fn unpack(archive: &Path, directory: &Path) -> Result<()> {
    command::run(
        Command::new("tar").arg("--extract").arg("--file").arg(archive).arg("--directory").arg(directory),
    )
}

/// What needs programs that are not Debian's to be expected; says which of them were there.
fn where_it_can_be(files: &Files) -> Result<Vec<String>> {
    let nix: Vec<&str> = files.ending(".nix").collect();
    let mut told = Vec::new();
    for (program, arguments, paths) in [
        ("nix-instantiate", &["--parse"][..], nix),
        ("ruby", &["-wc"][..], vec!["packaging/homebrew/labkeeper.rb"]),
        ("xmllint", &["--noout"][..], vec!["packaging/unraid/labkeeper.xml"]),
    ] {
        if !command::is_installed(program) {
            told.push(format!("{} NOT READ: there is no {program}", paths.join(", ")));
            continue;
        }
        let mut read = Command::new(program);
        command::read(read.args(arguments).args(&paths).current_dir(repository::root()))?;
        told.push(format!("{} read by {program}", paths.join(", ")));
    }
    Ok(told)
}
