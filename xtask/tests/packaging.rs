//! What lies in `packaging/`, `server.json` and the workflows agrees with the rest of the repository and with itself.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The text between the first `begin` and the next `end` after it.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> &'a str {
    let (_, rest) = text.split_once(begin).unwrap_or_else(|| panic!("there is no {begin}"));
    rest.split_once(end).map_or(rest, |(found, _)| found)
}

#[test]
fn every_file_names_the_version_of_the_workspace() {
    let version = env!("CARGO_PKG_VERSION");
    let image = format!("ghcr.io/OWNER/labkeeper:{version}");
    for (path, named) in [
        ("packaging/compose/compose.yaml", image.clone()),
        ("packaging/compose/compose.replica.yaml", image.clone()),
        ("packaging/unraid/labkeeper.xml", image.clone()),
        ("packaging/proxmox-lxc/labkeeper-lxc.sh", format!("readonly VERSION={version}\n")),
        ("packaging/homebrew/labkeeper.rb", format!("/v{version}/labkeeper-{version}-source.tar.gz")),
        ("server.json", format!("\"identifier\": \"{image}\"")),
        ("server.json", format!("\"version\": \"{version}\"")),
    ] {
        assert!(read(path).contains(&named), "{path} does not name {named}");
    }
}

/// Every file below `folder` whose name ends so.
fn below(folder: &str, ending: &str) -> Vec<String> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let listed = fs::read_dir(&place).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut found = Vec::new();
    for entry in listed.map(|entry| entry.expect("it can be listed")) {
        let path = format!("{folder}/{}", entry.file_name().to_str().expect("plain text"));
        if entry.path().is_dir() {
            found.extend(below(&path, ending));
        } else if path.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// What stands where a version would behind the program's name, as in `labkeeper:1.2.3` and `labkeeper_1.2.3_amd64.deb`. A
/// backup has a date there.
fn versions(text: &str) -> impl Iterator<Item = &str> {
    text.split("labkeeper").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix([':', '_', '-'])?;
        let number = rest.trim_start_matches(|it: char| it.is_ascii_digit());
        (number.len() < rest.len() && number.starts_with('.')).then_some(rest)
    })
}

#[test]
fn no_page_and_no_package_names_another_version() {
    let version = env!("CARGO_PKG_VERSION");
    let mut pages = below("docs", ".md");
    pages.extend(below("packaging", ""));
    pages.extend(["README.md", "SECURITY.md", "server.json"].map(str::to_owned));
    let mut named = 0;
    for page in pages.iter().filter(|page| !page.starts_with("docs/adr/")) {
        for there in versions(&read(page)) {
            let rest = there.strip_prefix(version);
            let ends = rest.is_some_and(|rest| !rest.starts_with(|it: char| it.is_ascii_alphanumeric()));
            assert!(ends, "{page} names labkeeper {there:.20}, and the workspace is {version}");
            named += 1;
        }
    }
    assert!(named > 10, "the pages are read wrongly: {named} versions");
}

#[test]
fn the_dashboard_shows_every_figure_and_none_that_there_is_not() {
    let reference = read("docs/reference/metrics.md");
    let figures: BTreeSet<&str> =
        reference.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let dashboard: Value =
        serde_json::from_str(&read("packaging/grafana/labkeeper.json")).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    let mut shown = BTreeSet::new();
    for target in panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten()) {
        let expression = target["expr"].as_str().expect("a panel asks something");
        for word in expression.split(|it: char| !it.is_ascii_alphanumeric() && it != '_') {
            if word.starts_with("labkeeper_") {
                let end = ["_bucket", "_info"].iter().find_map(|end| word.strip_suffix(end));
                shown.insert(end.unwrap_or(word).to_owned());
            }
        }
    }
    assert!(figures.len() > 5, "the reference is read wrongly: {figures:?}");
    assert_eq!(shown.iter().map(String::as_str).collect::<BTreeSet<_>>(), figures);
}

#[test]
fn what_every_replica_says_of_the_same_hub_is_not_added_up() {
    let of_the_hub =
        ["labkeeper_items", "labkeeper_audit_records", "labkeeper_events_seq", "labkeeper_search_pending"];
    let dashboard: Value =
        serde_json::from_str(&read("packaging/grafana/labkeeper.json")).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    for target in panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten()) {
        let expression = target["expr"].as_str().expect("a panel asks something");
        for figure in of_the_hub {
            let Some((before, _)) = expression.split_once(figure) else { continue };
            let before = before.trim_end_matches("rate(");
            let is_one = before.ends_with("max(") || before.ends_with("max by (kind) (");
            assert!(is_one, "{expression}");
        }
    }
}

#[test]
fn every_variable_that_a_package_sets_or_offers_is_a_setting() {
    let configuration = read("docs/configuration.md");
    let known = |name: &str| {
        let plain = name.strip_suffix("_FILE").unwrap_or(name);
        name == "LABKEEPER_DATA_DIR" || configuration.contains(&format!("`{plain}`"))
    };
    let ours = ["LABKEEPER_", "PVE_", "API_TOKEN", "DATABASE_URL", "MCP_", "REDIS_URL", "QDRANT_", "S3_"];
    // Of the compose files themselves, of Qdrant and of building, not of the hub.
    let others = [
        "LABKEEPER_IMAGE",
        "LABKEEPER_PUBLISH",
        "LABKEEPER_MEMORY_LIMIT",
        "LABKEEPER_UI_REQUIRED",
        "QDRANT_INIT_FILE_PATH",
    ];
    let is_theirs = |word: &str| others.contains(&word) || word.starts_with("QDRANT__");
    for path in [
        "packaging/compose/compose.yaml",
        "packaging/compose/compose.full.yaml",
        "packaging/compose/compose.replica.yaml",
        "packaging/unraid/labkeeper.xml",
        "packaging/systemd/labkeeper.service",
        "packaging/nix/module.nix",
        "packaging/homebrew/labkeeper.rb",
        "server.json",
        "xtask/src/package/image.rs",
    ] {
        let text = read(path);
        let words = text.split(|it: char| !it.is_ascii_uppercase() && !it.is_ascii_digit() && it != '_');
        let names: BTreeSet<&str> =
            words.filter(|word| ours.iter().any(|ours| word.starts_with(ours)) && !is_theirs(word)).collect();
        for name in names {
            assert!(known(name), "{path} names {name}, which docs/configuration.md does not");
        }
    }
}

#[test]
fn the_service_of_nix_is_hardened_like_the_unit() {
    let unit = read("packaging/systemd/labkeeper.service");
    let module = read("packaging/nix/module.nix");
    assert_eq!(between(&module, "TasksMax = ", ";"), between(&unit, "TasksMax=", "\n"));
    let hardened = between(&unit, "# It needs its own directory", "[Install]");
    for line in hardened.lines().filter(|line| !line.starts_with('#')) {
        let Some((name, value)) = line.split_once('=') else { continue };
        // What nobody has needs not be given to nobody.
        if name == "AmbientCapabilities" {
            continue;
        }
        let there = between(&module, &format!(" {name} = "), ";\n");
        let same = match value {
            "yes" => there == "true",
            _ => there.contains(&format!("\"{value}\"")),
        };
        assert!(same, "{name} is {value} in the unit and {there} in the module");
    }
}

#[test]
fn a_port_that_nix_opens_is_listened_on() {
    let module = read("packaging/nix/module.nix");
    let port = between(&module, "allowedTCPPorts = lib.mkIf cfg.openFirewall [ ", " ]");
    let bind = between(&module, "optionalAttrs cfg.openFirewall { LABKEEPER_BIND = \"", "\"");
    assert_eq!(bind, format!("0.0.0.0:{port}"));
    // What somebody says counts.
    let (_, after) = module.split_once("optionalAttrs cfg.openFirewall").expect("it is there");
    assert!(between(after, "\n", ";").trim() == "// cfg.environment", "{after}");
}

#[test]
fn a_container_is_as_locked_up_from_unraid_as_from_compose() {
    let (compose, unraid) = (read("packaging/compose/compose.yaml"), read("packaging/unraid/labkeeper.xml"));
    for (here, there) in [
        ("read_only: true", "--read-only"),
        ("tmpfs:\n      - /tmp", "--tmpfs /tmp"),
        ("cap_drop:\n      - ALL", "--cap-drop ALL"),
        ("no-new-privileges:true", "--security-opt no-new-privileges"),
        ("pids_limit: 1024", "--pids-limit 1024"),
        ("stop_grace_period: 30s", "--stop-timeout 30"),
    ] {
        assert!(compose.contains(here) && unraid.contains(there), "{here}, {there}");
    }
}

/// What a command of docker names: its container, or the volume that it mounts.
fn container_or_volume(line: &str) -> Option<(&'static str, &str)> {
    let (_, command) = line.split_once("docker ")?;
    let mut words = command.split_whitespace().map(|word| word.trim_end_matches(['`', ',', '.', ')']));
    let verb = words.next()?;
    match verb {
        "exec" | "stop" | "start" | "restart" | "logs" | "rm" => {
            Some(("container", words.find(|word| !word.starts_with('-'))?))
        }
        "cp" => Some(("container", words.find(|word| !word.starts_with('-'))?.split(':').next()?)),
        "run" => {
            words.find(|word| *word == "--volume")?;
            Some(("volume", words.next()?.split_once(":/data")?.0))
        }
        _ => None,
    }
}

#[test]
fn pages_name_the_container_and_the_volume_that_compose_makes() {
    let compose = read("packaging/compose/compose.yaml");
    let container = between(&compose, "container_name: ", "\n");
    let volume = between(&compose, "\nvolumes:\n  data:\n    name: ", "\n");
    let server = read("server.json");
    assert_eq!(between(between(&server, "\"data\": {", "}"), "\"default\": \"", "\""), volume);
    let mut seen = BTreeSet::new();
    for page in below("docs", ".md") {
        let text = read(&page).replace("\\\n", " ");
        for line in text.lines().flat_map(|line| line.split("; ")) {
            let Some((what, name)) = container_or_volume(line) else { continue };
            let wanted = if what == "volume" { volume } else { container };
            assert_eq!(name, wanted, "{page}, of the {what}: {line}");
            seen.insert(what);
        }
    }
    assert_eq!(seen.len(), 2, "the pages are read wrongly: {seen:?}");
}

#[test]
fn a_backup_of_the_full_compose_takes_the_volumes_and_programs_that_it_has() {
    let page = read("docs/postgresql.md");
    let (hub, full) = (read("packaging/compose/compose.yaml"), read("packaging/compose/compose.full.yaml"));
    let project = between(&hub, "\nname: ", "\n");
    let volumes = between(&full, "\nvolumes:\n", "\n\n");
    let named: BTreeSet<&str> = page
        .split("--volume ")
        .skip(1)
        .filter_map(|rest| rest.split(':').next()?.strip_prefix(project)?.strip_prefix('_'))
        .collect();
    assert_eq!(named, BTreeSet::from(["contents"]));
    assert!(volumes.lines().any(|line| line.trim() == "contents:"), "{volumes}");
    let image = between(between(&full, "\n  postgres:\n", "\n\n"), "image: ", "\n");
    let images: BTreeSet<&str> = page
        .split_whitespace()
        .filter(|word| word.starts_with("postgres:") && !word.contains("//"))
        .collect();
    assert_eq!(images, BTreeSet::from([image]));
    for (service, text) in [("postgres", &full), ("s3", &full), ("labkeeper", &hub)] {
        assert!(text.contains(&format!("\n  {service}:\n")), "there is no service {service}");
    }
}

#[test]
fn each_way_of_installing_has_a_way_of_upgrading() {
    let (install, upgrading) = (read("docs/install.md"), read("docs/upgrading.md"));
    let ways = between(&install, "\n## ", "\n## Stopping it");
    let ways: Vec<&str> = std::iter::once(ways.lines().next().expect("the first"))
        .chain(ways.lines().filter_map(|line| line.strip_prefix("## ")))
        .collect();
    assert!(ways.len() > 6, "the page is read wrongly: {ways:?}");
    for way in ways {
        assert!(upgrading.contains(&format!("\n### {way}\n")), "docs/upgrading.md has no {way}");
    }
}

#[test]
fn a_replica_is_locked_up_and_asked_for_its_health_like_a_hub_by_itself() {
    let (hub, replica) =
        (read("packaging/compose/compose.yaml"), read("packaging/compose/compose.replica.yaml"));
    let locks = |text: &str| between(text, "\n    read_only: ", "\n\n").trim().to_owned();
    assert_eq!(locks(&replica), locks(&hub));
    assert!(!replica.contains("required: false"), "a replica without settings would be a hub of its own");
    assert!(read("docs/scaling.md").contains("compose.replica.yaml"));
    for setting in ["DATABASE_URL=", "S3_ACCESS_KEY_ID=", "S3_SECRET_ACCESS_KEY="] {
        assert!(replica.contains(setting), "it does not say where {setting} goes");
    }
}

/// The rules of the registry of MCP servers, as its schema of 2025-12-11 and its page about packages give them.
#[test]
fn the_registry_of_mcp_servers_would_take_server_json() {
    let server: Value = serde_json::from_str(&read("server.json")).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text in {value}")).to_owned();
    assert_eq!(
        server["$schema"],
        "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
    );
    let name = text(&server["name"]);
    let (space, server_name) = name.split_once('/').expect("a namespace and a name");
    assert!(space.starts_with("io.github.") && !server_name.contains('/'), "{name}");
    for field in ["title", "description"] {
        assert!((1..=100).contains(&text(&server[field]).chars().count()), "{field}");
    }
    assert_eq!(server["repository"]["source"], "github");
    let [package] = server["packages"].as_array().expect("a list").as_slice() else { panic!("one package") };
    assert_eq!(package["registryType"], "oci");
    // Its version is in its identifier.
    assert!(package.get("version").is_none() && package.get("registryBaseUrl").is_none());
    assert_eq!(package["transport"]["type"], "stdio");
    let arguments =
        ["runtimeArguments", "packageArguments"].map(|list| package[list].as_array().expect("a list"));
    for argument in arguments.into_iter().flatten() {
        match text(&argument["type"]).as_str() {
            "named" => assert!(text(&argument["name"]).starts_with("--")),
            "positional" => assert!(argument.get("value").is_some() || argument.get("valueHint").is_some()),
            other => panic!("there is no kind {other}"),
        }
    }
    for variable in package["environmentVariables"].as_array().expect("a list") {
        assert!(!text(&variable["description"]).is_empty());
        assert_eq!(variable["isSecret"] == true, text(&variable["name"]).contains("TOKEN"));
    }
}

#[test]
fn sums_are_signed_and_verified_in_the_format_of_their_name() {
    let release = read(".github/workflows/release.yml");
    let install = read("docs/install.md");
    for (text, verb) in [(&release, "cosign sign-blob "), (&install, "cosign verify-blob ")] {
        let command = between(text, verb, "\n");
        assert!(command.contains("SHA256SUMS.sigstore.json"), "{command}");
        // cosign 2 writes a format of its own without it.
        assert!(command.contains("--new-bundle-format "), "{command}");
    }
}

#[test]
fn every_action_is_pinned_to_a_commit_and_says_of_which_version() {
    let workflows = below(".github/workflows", ".yml");
    assert!(workflows.len() > 3, "the workflows are read wrongly: {workflows:?}");
    for workflow in workflows.iter().map(|path| read(path)) {
        // A workflow of this repository is of the same commit.
        for line in workflow.lines().filter(|line| line.contains("uses: ") && !line.contains("uses: ./")) {
            let (_, pinned) = line.split_once('@').expect("a commit");
            let (commit, version) = pinned.split_once(" # v").expect("a version behind it");
            assert!(commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()), "{line}");
            assert!(version.starts_with(|it: char| it.is_ascii_digit()), "{line}");
        }
    }
}

#[test]
fn nothing_is_published_that_the_tests_have_not_passed() {
    assert!(read(".github/workflows/ci.yml").contains("\n  workflow_call:\n"));
    let release = read(".github/workflows/release.yml");
    let test = between(&release, "\n  test:\n", "\n\n");
    assert!(test.contains("uses: ./.github/workflows/ci.yml"), "{test}");
    let publish = between(&release, "\n  publish:\n", "steps:");
    assert!(between(publish, "needs: [", "]").split(", ").any(|needed| needed == "test"), "{publish}");
}

#[test]
fn started_by_hand_nothing_is_published() {
    let release = read(".github/workflows/release.yml");
    assert!(release.contains("\n  workflow_dispatch:"));
    let publish = between(&release, "\n  publish:\n", "steps:");
    // A workflow that is started by hand on a tag has that tag for its ref.
    assert_eq!(between(publish, "    if: ", "\n"), "github.event_name == 'push' && github.ref_type == 'tag'");
}

#[test]
fn what_is_given_away_is_not_built_without_the_web_app() {
    for path in [".github/workflows/release.yml", ".github/workflows/ci.yml"] {
        let text = read(path);
        let build = between(&text, "      - name: Build\n", "\n      - name: ");
        assert!(
            build.contains("cargo build") && build.contains("LABKEEPER_UI_REQUIRED: \"1\""),
            "{path}: {build}"
        );
        assert!(text.contains("run: .ci/package-works ./dist/labkeeper_*.deb\n"), "{path} tries no package");
    }
    let formula = read("packaging/homebrew/labkeeper.rb");
    let before = between(&formula, "def install", "system \"cargo\"");
    assert!(before.contains("ENV[\"LABKEEPER_UI_REQUIRED\"] = \"1\""), "{before}");
    // What the build script asks for, and what the page without an app is told from the app by.
    assert!(read("crates/rest/build.rs").contains("LABKEEPER_UI_REQUIRED"));
    assert!(!read("crates/rest/src/web_app/placeholder.html").contains("<script"));
}

/// What `.ci/image-tags` calls the image of `version` in a repository with these tags.
fn image_tags(version: &str, tags: &[&str]) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/image-tags");
    let mut names = Command::new(script);
    names.arg(version).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut names = names.spawn().expect("it runs");
    let mut input = names.stdin.take().expect("it listens");
    input.write_all(tags.join("\n").as_bytes()).expect("it reads, or has what it wants");
    drop(input);
    let told = names.wait_with_output().expect("it ends");
    let told = told.status.success().then_some(told.stdout)?;
    Some(String::from_utf8(told).expect("plain text").lines().collect::<Vec<_>>().join(" "))
}

#[test]
fn an_image_takes_no_name_from_one_of_a_newer_release() {
    let tags = ["v1.2.9", "v1.2.10", "v1.3.0", "v2.0.0-rc.1", "other"];
    for (version, names) in [
        ("1.2.9", "1.2.9"),
        ("1.2.10", "1.2.10 1.2"),
        ("1.2.11", "1.2.11 1.2"),
        ("1.3.0", "1.3.0 1.3 latest"),
        ("1.10.0", "1.10.0 1.10 latest"),
        ("2.0.0-rc.1", "2.0.0-rc.1"),
        ("2.0.0", "2.0.0 2.0 latest"),
    ] {
        let own = format!("v{version}");
        assert_eq!(image_tags(version, &[&tags[..], &[&own]].concat()).as_deref(), Some(names));
    }
    assert_eq!(image_tags("0.1.0", &["v0.1.0"]).as_deref(), Some("0.1.0 0.1 latest"));
    assert_eq!(image_tags("0.1.0", &[]), None, "as in a shallow clone");
}
