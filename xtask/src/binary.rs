//! Building the labkeeper binary, the simulated lab and the double of Qdrant, and where they lie then.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{command, repository};

/// The development build.
pub(crate) fn build() -> Result<PathBuf> {
    built_by(&["build", "--package", "labkeeper"], "labkeeper")
}

/// The same as part of building every test. Tests ask more features of some dependencies; built by itself the binary would
/// have those compiled a second time.
pub(crate) fn build_with_tests(features: &[&str]) -> Result<PathBuf> {
    let mut arguments = vec!["test", "--workspace", "--no-run"];
    for feature in features {
        arguments.extend(["--features", feature]);
    }
    built_by(&arguments, "labkeeper")
}

/// The simulated lab as a process of its own, as part of building every test.
pub(crate) fn simulated_lab() -> Result<PathBuf> {
    built_by(&["test", "--workspace", "--no-run"], "simulated_lab")
}

/// The double of Qdrant as a process of its own, as part of building every test.
pub(crate) fn qdrant_double() -> Result<PathBuf> {
    built_by(&["test", "--workspace", "--no-run"], "qdrant_double")
}

fn built_by(arguments: &[&str], name: &str) -> Result<PathBuf> {
    eprintln!("building {name}: cargo {}", arguments.join(" "));
    let mut cargo = Command::new("cargo");
    cargo.args(arguments).args(["--quiet", "--locked", "--message-format", "json-render-diagnostics"]);
    let messages = command::read(cargo.current_dir(repository::root()))?;
    executable(&messages, name).with_context(|| format!("cargo names no executable {name}"))
}

/// A program's path in cargo's messages, of which its test harness also has the name.
fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    let artefacts = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut binaries =
        artefacts.filter(|it| it["target"]["name"] == name && it["profile"]["test"] == Value::Bool(false));
    binaries.find_map(|it| it["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_found_among_cargos_messages_and_its_harness_is_not_it() {
        let messages = concat!(
            r#"{"target":{"name":"labkeeper_core"},"profile":{"test":false},"executable":null}"#,
            "\n",
            r#"{"target":{"name":"labkeeper"},"profile":{"test":true},"executable":"/t/debug/deps/labkeeper-1"}"#,
            "\n",
            r#"{"target":{"name":"labkeeper"},"profile":{"test":false},"executable":"/t/debug/labkeeper"}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(executable(messages, "labkeeper"), Some(PathBuf::from("/t/debug/labkeeper")));
        assert_eq!(executable("not json", "labkeeper"), None);
    }
}
