//! Embeds the web app: `LABKEEPER_UI_DIST`, else `web/dist`, else a page that says how to build it. Copies everything
//! to `OUT_DIR` first, so that a web build that runs meanwhile cannot pull a file away from the compiler.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo that way")]

use std::collections::hash_map::DefaultHasher;
use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const PLACEHOLDER: &str = "src/web_app/placeholder.html";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=LABKEEPER_UI_DIST");
    println!("cargo::rerun-if-env-changed=LABKEEPER_UI_REQUIRED");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={PLACEHOLDER}");
    let here = PathBuf::from(variable("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(variable("OUT_DIR").unwrap_or_default());
    let dist = variable("LABKEEPER_UI_DIST").map_or_else(|| here.join("../../web/dist"), PathBuf::from);
    println!("cargo::rerun-if-changed={}", dist.display());

    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        collect(&dist, &dist, &mut files)?;
    } else if variable("LABKEEPER_UI_REQUIRED").is_some_and(|value| value == "1") {
        return Err(io::Error::other(format!("no web app in {}: build it in web/ first", dist.display())));
    } else {
        println!(
            "cargo::warning=no web app in {}: embedding a page that says how to build it",
            dist.display()
        );
        files.push(("index.html".to_string(), here.join(PLACEHOLDER)));
    }
    files.sort();
    let store = out.join("ui");
    drop(fs::remove_dir_all(&store));
    fs::create_dir_all(&store)?;
    let table = table(&files, &store)?;
    fs::write(out.join("web_app_files.rs"), table)
}

/// Every file but the precompressed twins, as (path in the app, path on disk).
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if !matches!(path.extension().and_then(|name| name.to_str()), Some("br" | "gz" | "map")) {
            let name = path.strip_prefix(root).map_err(io::Error::other)?;
            files.push((name.to_string_lossy().replace('\\', "/"), path));
        }
    }
    Ok(())
}

fn table(files: &[(String, PathBuf)], store: &Path) -> io::Result<String> {
    let mut text = String::from("static FILES: &[File] = &[\n");
    for (position, (name, path)) in files.iter().enumerate() {
        let plain = fs::read(path)?;
        let mut hasher = DefaultHasher::new();
        plain.hash(&mut hasher);
        let twin = |suffix: &str, bytes: Option<Vec<u8>>| -> io::Result<String> {
            let Some(bytes) = bytes else { return Ok("None".into()) };
            let target = store.join(format!("{position}{suffix}"));
            fs::write(&target, bytes)?;
            Ok(format!("Some(include_bytes!({:?}))", target.display().to_string()))
        };
        let beside = |suffix: &str| fs::read(format!("{}{suffix}", path.display())).ok();
        let (br, gz) = (twin(".br", beside(".br"))?, twin(".gz", beside(".gz"))?);
        let plain = twin("", Some(plain))?;
        let plain = plain.trim_start_matches("Some(").trim_end_matches(')').to_string() + ")";
        writeln!(
            text,
            "    File {{ path: {name:?}, etag: \"\\\"{:016x}\\\"\", plain: {plain}, br: {br}, gz: {gz} }},",
            hasher.finish(),
        )
        .map_err(io::Error::other)?;
    }
    text.push_str("];\n");
    Ok(text)
}

#[allow(clippy::disallowed_methods, reason = "a build script has no other way to be told")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
