//! The container image, made without a daemon: an OCI layout in a tar file that every runtime loads. The program, two small
//! tables of users, root certificates and the model; no shell, no package manager, nobody with rights.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::home::Home;
use super::inputs::{self, Inputs, MODELS};
use super::layout::{CONFIG, INDEX, LAYER, Layout, MANIFEST};
use super::program::{Linking, Program};
use super::ustar::{Owner, Tree};

/// Who the hub runs as in a container.
const USER: u32 = 10001;
const PROGRAM: &str = "usr/bin/labkeeper";
const CERTIFICATES: &str = "etc/ssl/certs/ca-certificates.crt";

/// An image of each program, under one name.
pub(crate) struct Request<'a> {
    pub(crate) binaries: &'a [PathBuf],
    pub(crate) linking: Linking,
    pub(crate) certificates: &'a Path,
    pub(crate) home: &'a Home,
    pub(crate) inputs: &'a Inputs,
}

/// A finished image.
pub(crate) struct Image {
    /// The archive.
    pub(crate) archive: Vec<u8>,
    /// What a registry will call it: the digest of its index.
    pub(crate) digest: String,
}

impl Request<'_> {
    pub(crate) fn build(&self) -> Result<Image> {
        ensure!(!self.binaries.is_empty(), "no program was named");
        let seconds = self.inputs.seconds()?;
        let mut programs =
            self.binaries.iter().map(|path| Program::read(path, self.linking)).collect::<Result<Vec<_>>>()?;
        programs.sort_by_key(|program| program.machine);
        ensure!(
            programs.windows(2).all(|pair| pair[0].machine != pair[1].machine),
            "two programs are for the same machine"
        );
        let mut layout = Layout::default();
        let images = programs
            .iter()
            .map(|program| self.image(program, seconds, &mut layout))
            .collect::<Result<Vec<_>>>()?;
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": images});
        let mut index = layout.blob(INDEX, index.to_string().into_bytes());
        let digest = index["digest"].as_str().unwrap_or_default().to_owned();
        index["annotations"] = json!({
            "io.containerd.image.name": self.home.image(),
            "org.opencontainers.image.ref.name": self.home.version,
        });
        let top = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [index]});
        layout.tree.file("index.json", 0o644, top.to_string());
        layout.tree.file("oci-layout", 0o644, json!({"imageLayoutVersion": "1.0.0"}).to_string());
        if let [only] = images.as_slice() {
            layout.tree.file("manifest.json", 0o644, self.for_old_daemons(only, &layout)?);
        }
        Ok(Image { archive: layout.tree.archive("", seconds)?, digest })
    }

    /// Puts an image's layers, configuration and manifest into the layout; answers how an index names it.
    fn image(&self, program: &Program, seconds: u64, layout: &mut Layout) -> Result<Value> {
        let mut layers = vec![self.system(program)?];
        let models = self.inputs.models()?;
        if models.size() > 0 {
            layers.push(models);
        }
        let mut packed = Vec::new();
        let mut unpacked = Vec::new();
        for layer in layers {
            let plain = layer.archive("", seconds)?;
            unpacked.push(format!("sha256:{}", inputs::sha256(&plain)));
            packed.push(layout.blob(LAYER, inputs::gzip(&plain)?));
        }
        let created = Timestamp::from_second(i64::try_from(seconds)?)?.to_string();
        let config = self.config(program, &created, &unpacked);
        let config = layout.blob(CONFIG, config.to_string().into_bytes());
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": packed});
        let mut manifest = layout.blob(MANIFEST, manifest.to_string().into_bytes());
        manifest["platform"] = json!({"architecture": program.machine.short(), "os": "linux"});
        Ok(manifest)
    }

    fn system(&self, program: &Program) -> Result<Tree> {
        let mut tree = Tree::default();
        tree.file(PROGRAM, 0o755, program.bytes.clone());
        tree.file("etc/passwd", 0o644, format!("labkeeper:x:{USER}:{USER}::/data:/sbin/nologin\n"));
        tree.file("etc/group", 0o644, format!("labkeeper:x:{USER}:\n"));
        tree.copy(CERTIFICATES, 0o644, self.certificates)?;
        // A fresh volume takes owner and mode from here.
        tree.directory("data", 0o700, Owner(USER));
        tree.directory("tmp", 0o1777, Owner::ROOT);
        inputs::licences(&mut tree)?;
        if !program.stands_alone {
            for library in program.libraries()? {
                tree.copy(library.trim_start_matches('/'), 0o755, Path::new(&library))?;
            }
        }
        Ok(tree)
    }

    fn config(&self, program: &Program, created: &str, layers: &[String]) -> Value {
        let mut environment = vec![
            "PATH=/usr/bin".to_owned(),
            "HOME=/data".to_owned(),
            "LABKEEPER_DATA_DIR=/data".to_owned(),
            // A container's port is published or it is not; what asks who you are is the login.
            "LABKEEPER_BIND=0.0.0.0:8000".to_owned(),
            "LABKEEPER_REQUIRE_LOGIN=true".to_owned(),
        ];
        if !self.inputs.without_model {
            environment.push(format!("LABKEEPER_MODELS=/{MODELS}"));
        }
        let nanoseconds = |seconds: u64| seconds * 1_000_000_000;
        json!({
            "architecture": program.machine.short(),
            "os": "linux",
            "created": created,
            "config": {
                "User": format!("{USER}:{USER}"),
                "Env": environment,
                "Entrypoint": [format!("/{PROGRAM}")],
                "Cmd": ["serve"],
                "WorkingDir": "/data",
                "Volumes": {"/data": {}},
                "ExposedPorts": {"8000/tcp": {}},
                "StopSignal": "SIGTERM",
                // Not of OCI, but what runtimes take from an image's configuration all the same.
                "Healthcheck": {
                    "Test": ["CMD", format!("/{PROGRAM}"), "ready"],
                    "Interval": nanoseconds(30),
                    "Timeout": nanoseconds(6),
                    "StartPeriod": nanoseconds(20),
                    "Retries": 3,
                },
                "Labels": {
                    "io.modelcontextprotocol.server.name": self.home.server_name(),
                    "org.opencontainers.image.description": "One binary that keeps a homelab",
                    "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
                    "org.opencontainers.image.source": self.home.url(),
                    "org.opencontainers.image.title": "labkeeper",
                    "org.opencontainers.image.version": self.home.version,
                },
            },
            "rootfs": {"type": "layers", "diff_ids": layers},
        })
    }

    /// What `docker load` looks for that has no store of containerd.
    fn for_old_daemons(&self, image: &Value, layout: &Layout) -> Result<String> {
        let blob = |descriptor: &Value| descriptor["digest"].as_str().map(Layout::path).unwrap_or_default();
        let manifest = layout.read(image)?;
        let layers: Vec<String> = manifest["layers"].as_array().into_iter().flatten().map(blob).collect();
        let entry =
            json!({"Config": blob(&manifest["config"]), "RepoTags": [self.home.image()], "Layers": layers});
        Ok(json!([entry]).to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::process::Command;

    use super::super::program::tests::elf;
    use super::*;

    /// Programs for both machines and a root certificate.
    struct Bench {
        place: tempfile::TempDir,
        home: Home,
        inputs: Inputs,
    }

    impl Bench {
        fn new() -> Self {
            let place = tempfile::tempdir().expect("a temporary directory");
            for (name, machine) in [("x86", 62), ("arm", 183)] {
                fs::write(place.path().join(name), elf(machine, 1)).expect("it can be written");
            }
            fs::write(place.path().join("roots.pem"), "roots").expect("it can be written");
            let inputs = Inputs { without_model: true, source_date_epoch: Some(1_700_000_000) };
            Self { place, home: Home::of(Some("Anna/labkeeper")).expect("a repository"), inputs }
        }

        fn build(&self, names: &[&str]) -> Result<Image> {
            let binaries: Vec<PathBuf> = names.iter().map(|name| self.place.path().join(name)).collect();
            let certificates = self.place.path().join("roots.pem");
            let (home, inputs) = (&self.home, &self.inputs);
            let linking = Linking::Static;
            Request { binaries: &binaries, linking, certificates: &certificates, home, inputs }.build()
        }

        /// The files of an image's layout, unpacked by tar.
        fn unpacked(&self, image: &Image) -> PathBuf {
            let archive = self.place.path().join("image.tar");
            let layout = self.place.path().join("layout");
            fs::write(&archive, &image.archive).expect("it can be written");
            fs::create_dir(&layout).expect("it can be made");
            let mut tar = Command::new("tar");
            let done =
                tar.arg("--extract").arg("--file").arg(archive).arg("--directory").arg(&layout).status();
            assert!(done.expect("tar is there").success());
            layout
        }
    }

    #[test]
    fn the_same_inputs_give_the_same_image_and_another_time_another() {
        let mut bench = Bench::new();
        let first = bench.build(&["x86", "arm"]).expect("it can be built");
        let second = bench.build(&["arm", "x86"]).expect("it can be built");
        assert_eq!(first.digest, second.digest);
        assert_eq!(first.archive, second.archive);
        bench.inputs.source_date_epoch = Some(1_700_000_001);
        assert_ne!(bench.build(&["x86", "arm"]).expect("it can be built").digest, first.digest);
    }

    #[test]
    fn every_blob_is_what_its_name_says_and_every_reference_leads_to_one() {
        let bench = Bench::new();
        let image = bench.build(&["x86", "arm"]).expect("it can be built");
        let layout = bench.unpacked(&image);
        let mut blobs = BTreeMap::new();
        for file in fs::read_dir(layout.join("blobs/sha256")).expect("it is there") {
            let file = file.expect("it can be listed");
            let content = fs::read(file.path()).expect("it can be read");
            let name = file.file_name().into_string().expect("plain text");
            assert_eq!(inputs::sha256(&content), name);
            blobs.insert(format!("sha256:{name}"), content);
        }
        let blob = |it: &Value| blobs[it["digest"].as_str().expect("it names one")].clone();
        let read = |it: &Value| serde_json::from_slice::<Value>(&blob(it)).expect("JSON");
        let top: Value =
            serde_json::from_slice(&fs::read(layout.join("index.json")).expect("it is there")).expect("JSON");
        assert_eq!(top["manifests"][0]["digest"], image.digest.as_str());
        let images = read(&top["manifests"][0])["manifests"].as_array().cloned().expect("a list");
        let machines: Vec<&Value> = images.iter().map(|it| &it["platform"]["architecture"]).collect();
        assert_eq!(machines, ["amd64", "arm64"]);
        for image in &images {
            let manifest = read(image);
            let config = read(&manifest["config"]);
            assert_eq!(config["architecture"], image["platform"]["architecture"]);
            assert_eq!(config["config"]["User"], "10001:10001");
            assert_eq!(
                config["config"]["Labels"]["io.modelcontextprotocol.server.name"],
                "io.github.Anna/labkeeper"
            );
            let layers = manifest["layers"].as_array().expect("a list");
            assert_eq!(layers.len(), config["rootfs"]["diff_ids"].as_array().expect("a list").len());
            for layer in layers {
                assert_eq!(
                    blob(layer).len(),
                    usize::try_from(layer["size"].as_u64().expect("a number")).expect("small")
                );
            }
        }
        assert!(!layout.join("manifest.json").exists(), "an old daemon would take any machine's");
    }

    #[test]
    fn an_image_for_one_machine_is_one_for_old_daemons_too() {
        let bench = Bench::new();
        let layout = bench.unpacked(&bench.build(&["x86"]).expect("it can be built"));
        let told: Value =
            serde_json::from_slice(&fs::read(layout.join("manifest.json")).expect("it is there"))
                .expect("JSON");
        assert_eq!(told[0]["RepoTags"][0], format!("ghcr.io/anna/labkeeper:{}", bench.home.version));
        for path in [&told[0]["Config"], &told[0]["Layers"][0]] {
            assert!(layout.join(path.as_str().expect("a path")).is_file(), "{path}");
        }
    }

    #[test]
    fn two_programs_for_one_machine_are_no_image() {
        let bench = Bench::new();
        assert!(bench.build(&["x86", "x86"]).is_err());
    }
}
