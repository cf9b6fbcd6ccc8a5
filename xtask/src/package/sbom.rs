//! What is inside: a bill of materials in CycloneDX's form, from the lock files. Crates that are linked into the program,
//! npm packages that the web app is built of, and the model.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use toml::Table;

use super::home::{self, Home};
use super::inputs::Inputs;
use super::program::Machine;
use crate::{command, repository};

pub(crate) fn build(home: &Home, inputs: &Inputs) -> Result<String> {
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--format-version", "1", "--locked"]);
    // One bill for the programs of both machines: what is linked into either.
    for machine in [Machine::X86, Machine::Arm] {
        cargo.args(["--filter-platform", &format!("{}-unknown-linux-musl", machine.long())]);
    }
    let metadata: Value = serde_json::from_str(&command::read(cargo.current_dir(repository::root()))?)?;
    let crates = Crates::linked_into("labkeeper", &metadata, &home::read("Cargo.lock")?.parse()?)?;
    let npm: Value = serde_json::from_str(&home::read("web/package-lock.json")?)?;
    let mut components = crates.components;
    components.extend(npm_packages(&npm)?);
    if !inputs.without_model {
        components.push(model(&home::read("crates/embed/src/model_file.rs")?)?);
    }
    let seconds = i64::try_from(inputs.seconds()?)?;
    let bill = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": Timestamp::from_second(seconds)?.to_string(),
            "component": {
                "type": "application",
                "bom-ref": crates.root,
                "name": "labkeeper",
                "version": home.version,
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
                "externalReferences": [{"type": "vcs", "url": home.url()}],
            },
        },
        "components": components,
        "dependencies": crates.edges,
    });
    Ok(format!("{bill:#}\n"))
}

struct Crates {
    root: String,
    components: Vec<Value>,
    edges: Vec<Value>,
}

impl Crates {
    /// The crates whose code ends in the program: no build scripts' own needs, no tests'.
    fn linked_into(program: &str, metadata: &Value, lock: &Table) -> Result<Self> {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let packages: BTreeMap<String, Value> =
            list(&metadata["packages"]).into_iter().map(|it| (text(&it["id"]), it)).collect();
        let nodes: BTreeMap<String, Value> =
            list(&metadata["resolve"]["nodes"]).into_iter().map(|it| (text(&it["id"]), it)).collect();
        let (root, _) =
            packages.iter().find(|(_, it)| it["name"] == program).context("cargo knows no such crate")?;
        let needs = |id: &String| -> BTreeSet<String> {
            let all = nodes.get(id).map(|node| list(&node["deps"])).unwrap_or_default();
            let is_linked = |it: &&Value| list(&it["dep_kinds"]).iter().any(|kind| kind["kind"].is_null());
            all.iter().filter(is_linked).map(|it| text(&it["pkg"])).collect()
        };
        let (mut reached, mut open) = (BTreeSet::new(), vec![root.clone()]);
        while let Some(id) = open.pop() {
            if reached.insert(id.clone()) {
                open.extend(needs(&id));
            }
        }
        let sums = checksums(lock);
        let named = |id: &String| reference(&packages[id]);
        let edge = |id: &String| json!({"ref": named(id), "dependsOn": needs(id).iter().map(named).collect::<Vec<_>>()});
        Ok(Self {
            root: named(root),
            components: reached
                .iter()
                .filter(|id| *id != root)
                .map(|id| component(&packages[id], &sums))
                .collect(),
            edges: reached.iter().map(edge).collect(),
        })
    }
}

/// The address of a crate as bills of materials write it.
fn reference(package: &Value) -> String {
    format!(
        "pkg:cargo/{}@{}",
        package["name"].as_str().unwrap_or_default(),
        package["version"].as_str().unwrap_or_default().replace('+', "%2B")
    )
}

fn component(package: &Value, sums: &BTreeMap<(String, String), String>) -> Value {
    let field = |name: &str| package[name].as_str().unwrap_or_default().to_owned();
    let mut component =
        entry(&field("name"), &field("version"), &reference(package), package["license"].as_str());
    if let Some(sum) = sums.get(&(field("name"), field("version"))) {
        component.insert("hashes".into(), json!([{"alg": "SHA-256", "content": sum}]));
    }
    Value::Object(component)
}

fn entry(name: &str, version: &str, reference: &str, licence: Option<&str>) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("type".into(), json!("library"));
    entry.insert("bom-ref".into(), json!(reference));
    entry.insert("name".into(), json!(name));
    entry.insert("version".into(), json!(version));
    entry.insert("purl".into(), json!(reference));
    if let Some(licence) = licence {
        // Old crates write a slash where SPDX has OR.
        entry.insert("licenses".into(), json!([{"expression": licence.replace('/', " OR ")}]));
    }
    entry
}

fn checksums(lock: &Table) -> BTreeMap<(String, String), String> {
    let packages = lock.get("package").and_then(toml::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let field = |it: &toml::Value, name: &str| it.get(name)?.as_str().map(str::to_owned);
    let sum = |it: &toml::Value| Some(((field(it, "name")?, field(it, "version")?), field(it, "checksum")?));
    packages.iter().filter_map(sum).collect()
}

/// The packages of the web app that are not tools alone.
fn npm_packages(lock: &Value) -> Result<Vec<Value>> {
    let packages = lock["packages"].as_object().context("web/package-lock.json lists no packages")?;
    let mut found = BTreeMap::new();
    for (path, package) in packages.iter().filter(|(path, it)| !path.is_empty() && it["dev"] != true) {
        let name = path.rsplit("node_modules/").next().unwrap_or_default();
        let version = package["version"].as_str().unwrap_or_default();
        let reference = format!("pkg:npm/{}@{version}", name.replace('@', "%40"));
        let component = entry(name, version, &reference, package["license"].as_str());
        found.insert(reference, Value::Object(component));
    }
    Ok(found.into_values().collect())
}

/// all-MiniLM-L6-v2, as it is packed into images and packages. The program uses no other file than the one whose sum is in its
/// `source`.
fn model(source: &str) -> Result<Value> {
    let sum = source
        .split_once("const FINGERPRINT: &str = \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(sum, _)| sum)
        .filter(|sum| sum.len() == 64)
        .context("crates/embed names no SHA-256 of the model")?;
    Ok(json!({
        "type": "machine-learning-model",
        "bom-ref": "model:all-MiniLM-L6-v2",
        "name": "all-MiniLM-L6-v2",
        "hashes": [{"alg": "SHA-256", "content": sum}],
        "licenses": [{"expression": "Apache-2.0"}],
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_linked_is_in_it_with_its_sum() {
        let package =
            |name: &str| json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0"});
        let need = |name: &str, kind: Value| json!({"pkg": name, "dep_kinds": [{"kind": kind}]});
        let metadata = json!({
            "packages": [package("app"), package("used"), package("tool"), package("deep")],
            "resolve": {"nodes": [
                {"id": "app", "deps": [need("used", Value::Null), need("tool", json!("build"))]},
                {"id": "used", "deps": [need("deep", Value::Null)]},
                {"id": "tool", "deps": []},
                {"id": "deep", "deps": []},
            ]},
        });
        let lock =
            "[[package]]\nname = \"used\"\nversion = \"1.0.0\"\nchecksum = \"ab\"".parse().expect("TOML");
        let crates = Crates::linked_into("app", &metadata, &lock).expect("it is among them");
        let names: Vec<&str> = crates.components.iter().filter_map(|it| it["name"].as_str()).collect();
        assert_eq!(names, ["deep", "used"]);
        assert_eq!(crates.components[1]["hashes"][0]["content"], "ab");
        assert_eq!(crates.components[1]["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(
            crates.edges[0],
            json!({"ref": "pkg:cargo/app@1.0.0", "dependsOn": ["pkg:cargo/used@1.0.0"]})
        );
    }

    #[test]
    fn the_model_has_the_sum_of_the_only_file_that_is_used() {
        let source = home::read("crates/embed/src/model_file.rs").expect("it is there");
        let model = model(&source).expect("it names one");
        let sum = model["hashes"][0]["content"].as_str().expect("text");
        assert!(sum.len() == 64 && sum.bytes().all(|it| it.is_ascii_hexdigit()), "{sum}");
        assert!(super::model("const FINGERPRINT: &str = \"\";").is_err());
    }

    #[test]
    fn tools_of_the_web_app_are_left_out_and_scopes_are_written_as_addresses() {
        let lock = json!({"packages": {
            "": {},
            "node_modules/@scope/part": {"version": "2.0.0", "license": "MIT"},
            "node_modules/vite": {"version": "8.0.0", "dev": true},
        }});
        let packages = npm_packages(&lock).expect("it is a lock file");
        assert_eq!(packages.len(), 1);
        assert_eq!(packages[0]["purl"], "pkg:npm/%40scope/part@2.0.0");
    }
}
