//! The Debian package, written without Debian's tools: two archives and a version in an `ar`.

use anyhow::{Result, ensure};
use jiff::Timestamp;

use super::home::{self, Home};
use super::inputs::{self, Inputs};
use super::installed;
use super::program::Program;
use super::ustar::Tree;

/// Its name, and its bytes.
pub(crate) fn build(program: &Program, home: &Home, inputs: &Inputs) -> Result<(String, Vec<u8>)> {
    let seconds = inputs.seconds()?;
    let data = data(program, home, inputs, seconds)?;
    let control = control(program, home, data.size())?;
    let parts = [
        ("debian-binary", b"2.0\n".to_vec()),
        ("control.tar.gz", inputs::gzip(&control.archive("./", seconds)?)?),
        ("data.tar.gz", inputs::gzip(&data.archive("./", seconds)?)?),
    ];
    let name = format!("labkeeper_{}_{}.deb", home.version, program.machine.short());
    Ok((name, ar(&parts, seconds)?))
}

fn data(program: &Program, home: &Home, inputs: &Inputs, seconds: u64) -> Result<Tree> {
    let mut tree = installed::program(program)?;
    installed::service(&mut tree)?;
    tree.extend(inputs.models()?);
    let place = "usr/share/doc/labkeeper";
    tree.file(&format!("{place}/copyright"), 0o644, home::read("packaging/debian/copyright")?);
    tree.file(&format!("{place}/changelog.gz"), 0o644, inputs::gzip(changelog(home, seconds)?.as_bytes())?);
    tree.file(
        "usr/share/lintian/overrides/labkeeper",
        0o644,
        home::read("packaging/debian/lintian-overrides")?,
    );
    Ok(tree)
}

fn control(program: &Program, home: &Home, size: usize) -> Result<Tree> {
    let libraries = if program.stands_alone { "" } else { "libc6, libgcc-s1, " };
    let fields = home::read("packaging/debian/control")?
        .replace("@VERSION@", &version(home))
        .replace("@ARCHITECTURE@", program.machine.short())
        .replace("@INSTALLED_SIZE@", &size.div_ceil(1024).to_string())
        .replace("@HOMEPAGE@", &home.url())
        .replace("@MAINTAINER@", &home.maintainer())
        .replace("@LIBRARIES@", libraries);
    let mut tree = Tree::default();
    tree.file("control", 0o644, fields);
    tree.file("conffiles", 0o644, "/etc/labkeeper/labkeeper.toml\n");
    for script in ["postinst", "prerm", "postrm"] {
        tree.file(script, 0o755, home::read(&format!("packaging/debian/{script}"))?);
    }
    Ok(tree)
}

/// As Debian orders them: what stands behind a tilde comes before what has none, so that a release replaces its candidates. A hyphen
/// would begin the number of a packager. Files keep the name that the version has everywhere.
fn version(home: &Home) -> String {
    home.version.replace('-', "~")
}

/// Debian wants one in its own form; what changed stands in the project's.
fn changelog(home: &Home, seconds: u64) -> Result<String> {
    let when = Timestamp::from_second(i64::try_from(seconds)?)?;
    Ok(format!(
        "labkeeper ({}) stable; urgency=medium\n\n  * What changed is told at {}/releases\n\n -- {}  {}\n",
        version(home),
        home.url(),
        home.maintainer(),
        when.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    ))
}

/// The container format: a line of fixed columns before each part, parts beginning at even places.
fn ar(parts: &[(&str, Vec<u8>)], seconds: u64) -> Result<Vec<u8>> {
    let mut archive = b"!<arch>\n".to_vec();
    for (name, content) in parts {
        let header =
            format!("{name:<16}{seconds:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, "100644", content.len());
        ensure!(header.len() == 60, "a part of the package is too large for its format");
        archive.extend(header.as_bytes());
        archive.extend(content);
        if archive.len() % 2 == 1 {
            archive.push(b'\n');
        }
    }
    Ok(archive)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_release_is_newer_to_debian_than_its_candidates() {
        let of = |version: &str| {
            let mut home = Home::of(Some("anna/labkeeper")).expect("a repository");
            home.version = version.to_owned();
            home
        };
        assert_eq!(version(&of("1.2.3")), "1.2.3");
        assert_eq!(version(&of("1.0.0-rc.1")), "1.0.0~rc.1");
        let log = changelog(&of("1.0.0-rc.1"), 0).expect("a time");
        assert!(log.starts_with("labkeeper (1.0.0~rc.1) stable;"), "{log}");
        for pair in ["0.9.0", "1.0.0-alpha.1", "1.0.0-rc.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0"].windows(2)
        {
            let [older, newer] = pair else { continue };
            let mut dpkg = Command::new("dpkg");
            dpkg.args(["--compare-versions", &version(&of(older)), "lt", &version(&of(newer))]);
            assert!(dpkg.status().expect("dpkg is there").success(), "{older}, {newer}");
        }
    }

    #[test]
    fn parts_of_an_archive_begin_at_even_places_after_a_line_of_sixty() {
        let archive =
            ar(&[("debian-binary", b"odd".to_vec()), ("data", b"even".to_vec())], 7).expect("they are small");
        let text = String::from_utf8(archive).expect("plain text");
        assert_eq!(
            text,
            "!<arch>\n\
             debian-binary   7           0     0     100644  3         `\nodd\n\
             data            7           0     0     100644  4         `\neven"
        );
    }
}
