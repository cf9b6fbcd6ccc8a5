//! What every server beside the hub in a compose file has to be, whatever its image would do by itself: a fixed version, without
//! rights, nothing of it to be written but volumes, out of reach, and asked for its health.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::command;
use crate::install::python::Python;

/// Ours, which faces the world.
const HUB: &str = "labkeeper";
const AS_JSON: &str = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";

/// Reads it as compose does.
pub(super) fn check(python: &Python, path: &Path) -> Result<()> {
    let mut read = Command::new(python.program("python"));
    let compose = serde_json::from_str(&command::read(read.args(["-c", AS_JSON]).arg(path))?)?;
    let faults = faults(&compose);
    ensure!(faults.is_empty(), "{}: {}", path.display(), faults.join("; "));
    Ok(())
}

fn faults(compose: &Value) -> Vec<String> {
    let empty = serde_json::Map::new();
    let services = compose["services"].as_object().unwrap_or(&empty);
    let others = services.iter().filter(|(name, _)| *name != HUB);
    others
        .flat_map(|(name, service)| {
            let lacks = lacking(compose, name, service);
            lacks.into_iter().map(move |what| format!("{name} {what}"))
        })
        .collect()
}

fn lacking(compose: &Value, name: &str, service: &Value) -> Vec<&'static str> {
    let has = |key: &str, wanted: &str| {
        service[key].as_array().is_some_and(|list| list.iter().any(|one| one == wanted))
    };
    let image = service["image"].as_str().unwrap_or_default();
    let version = image.rsplit_once(':').map(|(_, version)| version);
    let user = service["user"].as_str().and_then(|user| user.split(':').next());
    let is_out_of_reach = service["networks"].as_array().is_some_and(|networks| {
        networks.iter().all(|one| compose["networks"][one.as_str().unwrap_or_default()]["internal"] == true)
    });
    let is_waited_for = |condition: &str| {
        let services = compose["services"].as_object();
        services.is_some_and(|all| all.values().any(|it| it["depends_on"][name]["condition"] == condition))
    };
    let ends_by_itself = is_waited_for("service_completed_successfully");
    let rules = [
        (version.is_none_or(|version| version == "latest"), "has no fixed version"),
        (
            user.is_none_or(|user| user == "0" || user == "root") && !image.ends_with("-unprivileged"),
            "runs as root",
        ),
        (service["read_only"] != true, "can write to its image"),
        (!has("cap_drop", "ALL"), "keeps capabilities"),
        (!has("security_opt", "no-new-privileges:true"), "can gain privileges"),
        (!service["ports"].is_null(), "is published"),
        (!is_out_of_reach, "is in a network with a way out"),
        (!ends_by_itself && service["healthcheck"]["test"].is_null(), "is not asked for its health"),
        (!ends_by_itself && !is_waited_for("service_healthy"), "is not waited for"),
    ];
    rules.into_iter().filter(|(broken, _)| *broken).map(|(_, what)| what).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn locked_up() -> Value {
        json!({
            "services": {
                "labkeeper": {"depends_on": {"redis": {"condition": "service_healthy"}}},
                "redis": {
                    "image": "redis:7-alpine",
                    "user": "999:1000",
                    "read_only": true,
                    "cap_drop": ["ALL"],
                    "security_opt": ["no-new-privileges:true"],
                    "networks": ["relay"],
                    "healthcheck": {"test": ["CMD", "redis-cli", "ping"]},
                },
            },
            "networks": {"default": null, "relay": {"internal": true}},
        })
    }

    #[test]
    fn a_server_that_is_locked_up_passes_and_the_hub_is_not_asked() {
        assert_eq!(faults(&locked_up()), Vec::<String>::new());
    }

    #[test]
    fn each_thing_that_it_lacks_is_named() {
        for (change, told) in [
            (json!({"image": "redis"}), "redis has no fixed version"),
            (json!({"image": "redis:latest"}), "redis has no fixed version"),
            (json!({"user": null}), "redis runs as root"),
            (json!({"user": "0:0"}), "redis runs as root"),
            (json!({"read_only": null}), "redis can write to its image"),
            (json!({"cap_drop": []}), "redis keeps capabilities"),
            (json!({"security_opt": null}), "redis can gain privileges"),
            (json!({"ports": ["6379:6379"]}), "redis is published"),
            (json!({"networks": ["relay", "default"]}), "redis is in a network with a way out"),
            (json!({"networks": null}), "redis is in a network with a way out"),
            (json!({"healthcheck": null}), "redis is not asked for its health"),
        ] {
            let mut compose = locked_up();
            for (key, value) in change.as_object().into_iter().flatten() {
                compose["services"]["redis"][key] = value.clone();
            }
            assert_eq!(faults(&compose), [told], "{change}");
        }
        let mut compose = locked_up();
        compose["services"]["labkeeper"]["depends_on"] = json!({});
        assert_eq!(faults(&compose), ["redis is not waited for"]);
    }
}
