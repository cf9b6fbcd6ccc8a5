//! The Proxmox clusters: one from the plain keys, as the predecessor had it, and one for each section `[proxmox.<name>]`.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};
use labkeeper_core::provision::rights::Extras;
use labkeeper_core::tier::Tier;
use labkeeper_proxmox::{Endpoint, Limits, Settings, Trust};

use super::sources::{Value, Values};

/// Settings of every cluster, the one of the plain keys first.
///
/// # Errors
/// Names the value and what it wants, or what is missing beside it.
pub(super) fn clusters(plain: &Values, sections: &BTreeMap<String, Values>) -> Result<Vec<Settings>> {
    let mut all = Vec::new();
    let text = |key: &str| plain.get(key).map_or("", |value| value.text.as_str());
    if ["proxmox.url", "proxmox.token_id", "proxmox.token_secret"].iter().any(|key| !text(key).is_empty()) {
        all.push(cluster(text("proxmox.name"), plain)?);
    }
    for (name, values) in sections {
        let settings = cluster(name, values)?;
        if all.iter().any(|known: &Settings| known.cluster == settings.cluster) {
            bail!("there are two Proxmox clusters called {name}: give one of them another name");
        }
        all.push(settings);
    }
    Ok(all)
}

fn cluster(name: &str, values: &Values) -> Result<Settings> {
    let given = |key: &str| {
        let value = values.get(key).filter(|value| !value.text.is_empty());
        value.ok_or_else(|| {
            anyhow!("the Proxmox cluster {name} lacks {key}: docs/configuration.md says what it is")
        })
    };
    let addresses = parts(given("proxmox.url")?);
    let prints = parts(given("proxmox.fingerprint")?);
    if prints.len() != 1 && prints.len() != addresses.len() {
        bail!(
            "the Proxmox cluster {name} has {} addresses and {} fingerprints: give one for each address, in the same order",
            addresses.len(),
            prints.len()
        );
    }
    let mut endpoints = Vec::new();
    for (at, address) in addresses.iter().enumerate() {
        let print = prints.get(at).or(prints.first()).copied().unwrap_or_default();
        let trust = match print {
            "system" => Trust::SystemRoots,
            print => Trust::Pin(parsed("proxmox.fingerprint", values, print)?),
        };
        endpoints.push(Endpoint { address: parsed("proxmox.url", values, address)?, trust });
    }
    Ok(Settings {
        cluster: name.parse().map_err(|error| anyhow!("proxmox.name: {error}"))?,
        endpoints,
        token: parsed("proxmox.token_id", values, &given("proxmox.token_id")?.text)?,
        // Its text never goes into a message.
        secret: given("proxmox.token_secret")?
            .text
            .parse()
            .map_err(|error| anyhow!("proxmox.token_secret: {error}"))?,
        tier: tier(values)?,
        extras: Extras { backups: backups(values)? },
        limits: Limits::default(),
    })
}

/// Whether its owner switched backups on.
fn backups(values: &Values) -> Result<bool> {
    let value = values.get("proxmox.backups").filter(|value| !value.text.is_empty());
    match value.map(|value| value.text.as_str()) {
        Some("true" | "1" | "yes") => Ok(true),
        Some("false" | "0" | "no") | None => Ok(false),
        Some(other) => {
            let name =
                value.map_or_else(|| "proxmox.backups".into(), |value| value.source.name("proxmox.backups"));
            bail!("{name} wants true or false, not \"{other}\"")
        }
    }
}

/// Root is none that a token is made for.
fn tier(values: &Values) -> Result<Option<Tier>> {
    let Some(value) = values.get("proxmox.tier").filter(|value| !value.text.is_empty()) else {
        return Ok(None);
    };
    let tiers = [Tier::Observe, Tier::Operate, Tier::Companion];
    let tier = tiers.into_iter().find(|tier| tier.as_str() == value.text);
    let name = || value.source.name("proxmox.tier");
    tier.map(Some)
        .ok_or_else(|| anyhow!("{} wants observe, operate or companion, not \"{}\"", name(), value.text))
}

pub(super) fn parts(value: &Value) -> Vec<&str> {
    value.text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
}

pub(super) fn parsed<T>(key: &str, values: &Values, text: &str) -> Result<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let source = values.get(key).map_or_else(|| key.to_string(), |value| value.source.name(key));
    text.parse().map_err(|error| anyhow!("{source}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::sources::Source;
    use super::*;

    const PRINT: &str = "AA2D99DFFB5E2AD5EDD0A4ACFFD4FAD1AE7FD091F2D69C75BCBB79A60F7220DA";

    fn values(pairs: &[(&'static str, &str)]) -> Values {
        let source = || Source::File(PathBuf::from("labkeeper.toml"));
        pairs.iter().map(|(key, text)| (*key, Value { text: (*text).into(), source: source() })).collect()
    }

    fn home(url: &str, print: &str) -> Values {
        values(&[
            ("proxmox.url", url),
            ("proxmox.fingerprint", print),
            ("proxmox.token_id", "labkeeper@pve!observe"),
            ("proxmox.token_secret", "s3cret"),
        ])
    }

    fn refused(values: Values) -> String {
        clusters(&Values::new(), &BTreeMap::from([("home".into(), values)])).unwrap_err().to_string()
    }

    #[test]
    fn the_predecessors_variables_make_one_cluster_and_sections_make_more() {
        let mut plain = home("https://10.0.0.1:8006/api2/json", PRINT);
        plain.extend(values(&[("proxmox.name", "proxmox")]));
        let sections = BTreeMap::from([("attic".to_string(), home("pve2, pve3:8007", "system"))]);
        let all = clusters(&plain, &sections).unwrap();
        let shown: Vec<_> =
            all.iter().map(|settings| (settings.cluster.as_str(), settings.endpoints.len())).collect();
        assert_eq!(shown, [("proxmox", 1), ("attic", 2)]);
        assert_eq!(all[1].endpoints[1].address.to_string(), "pve3:8007");
        assert_eq!(all[1].endpoints[1].trust, Trust::SystemRoots);
        assert!(clusters(&Values::new(), &BTreeMap::new()).unwrap().is_empty());
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_and_the_secret_is_not() {
        let mut without = home("pve1", PRINT);
        without.remove("proxmox.fingerprint");
        assert!(refused(without).contains("home lacks proxmox.fingerprint"));
        assert!(
            refused(home("pve1,pve2,pve3", &format!("{PRINT},{PRINT}")))
                .contains("3 addresses and 2 fingerprints")
        );
        assert!(
            refused(home("pve1", "zz"))
                .starts_with("proxmox.fingerprint in labkeeper.toml: \"zz\" is no SHA-256")
        );
        assert!(refused(home("http://pve1", PRINT)).contains("proxmox.url"));
        let mut root = home("pve1", PRINT);
        root.extend(values(&[("proxmox.tier", "root")]));
        assert!(refused(root).contains("proxmox.tier in labkeeper.toml wants observe, operate or companion"));
        let mut secret = home("pve1", PRINT);
        secret.extend(values(&[("proxmox.token_secret", "two\nlines")]));
        assert!(!refused(secret).contains("two"));
    }
}
