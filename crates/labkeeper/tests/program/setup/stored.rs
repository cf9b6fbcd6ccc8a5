//! What `setup` left in the data directory.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

pub(super) fn stored(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("proxmox/home.toml")).unwrap()
}

pub(super) fn secret(dir: &Path) -> String {
    let table: toml::Table = stored(dir).parse().unwrap();
    table["token_secret"].as_str().unwrap().to_owned()
}

pub(super) fn files(dir: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(dir.join("proxmox")) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

pub(super) fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
