//! Where old contents of files are kept: in a folder of the data directory, or in a bucket of S3.

use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use labkeeper_core::audit::hash_of_hex;
use labkeeper_store::BucketSettings;
use reqwest::Url;

use super::health::whole;
use super::sources::Values;

/// The bucket; `None` for the folder.
///
/// # Errors
/// Names the value and what it wants; never a secret.
pub(super) fn bucket(values: &Values) -> Result<Option<BucketSettings>> {
    let encrypt = switch(values, "blobs.encrypt")?;
    let Some(url) = text(values, "blobs.url") else {
        if encrypt {
            bail!("{} is about a bucket: name one in blobs.url (S3_URL)", name(values, "blobs.encrypt"));
        }
        return Ok(None);
    };
    let wrong = || anyhow!("{} wants s3://bucket or s3://bucket/prefix", name(values, "blobs.url"));
    let url = Url::parse(url).ok().filter(|url| url.scheme() == "s3").ok_or_else(wrong)?;
    let is_plain = url.username().is_empty() && url.query().is_none() && url.port().is_none();
    let bucket = url.host_str().filter(|_| is_plain).ok_or_else(wrong)?;
    let needed = |key: &str| {
        text(values, key).map(ToOwned::to_owned).ok_or_else(|| anyhow!("blobs.url (S3_URL) wants {key} too"))
    };
    Ok(Some(BucketSettings {
        bucket: bucket.to_owned(),
        prefix: url.path().trim_matches('/').to_owned(),
        endpoint: endpoint(values)?,
        region: needed("blobs.region")?,
        access_key_id: needed("blobs.access_key_id")?,
        secret_access_key: needed("blobs.secret_access_key")?,
        encrypt,
        key: match text(values, "blobs.key") {
            None => None,
            Some(key) => Some(hash_of_hex(key).ok_or_else(|| {
                anyhow!("{} wants 64 hexadecimal digits, as in blobs.key", name(values, "blobs.key"))
            })?),
        },
        patience: match whole(values, "blobs.timeout_seconds")? {
            0 => bail!("{} wants a whole number from 1 on", name(values, "blobs.timeout_seconds")),
            seconds => Duration::from_secs(seconds.into()),
        },
    }))
}

/// Without TLS only on this machine, or where the owner says so: whoever sits between reads what is not sealed.
fn endpoint(values: &Values) -> Result<Option<String>> {
    let Some(text) = text(values, "blobs.endpoint") else { return Ok(None) };
    let name = name(values, "blobs.endpoint");
    let url = Url::parse(text).ok().filter(Url::has_host);
    let Some(url) = url.filter(|url| url.username().is_empty() && url.password().is_none()) else {
        bail!("{name} wants an address such as https://s3.example.net");
    };
    let is_here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        "https" => {}
        "http" if is_here || switch(values, "blobs.allow_http")? => {}
        "http" => bail!(
            "{name} is without TLS: use https://, or set blobs.allow_http (S3_ALLOW_HTTP) where you trust the network"
        ),
        _ => bail!("{name} wants an address such as https://s3.example.net"),
    }
    Ok(Some(text.trim_end_matches('/').to_owned()))
}

fn switch(values: &Values, key: &str) -> Result<bool> {
    match text(values, key) {
        Some("true" | "1" | "yes") => Ok(true),
        Some("false" | "0" | "no") | None => Ok(false),
        Some(other) => bail!("{} wants true or false, not \"{other}\"", name(values, key)),
    }
}

fn text<'a>(values: &'a Values, key: &str) -> Option<&'a str> {
    values.get(key).map(|value| value.text.trim()).filter(|text| !text.is_empty())
}

fn name(values: &Values, key: &str) -> String {
    values.get(key).map_or_else(|| key.to_owned(), |value| value.source.name(key))
}

#[cfg(test)]
mod tests {
    use super::super::sources::{Source, Value};
    use super::*;

    fn with(pairs: &[(&'static str, &str)]) -> Result<Option<BucketSettings>> {
        let mut values: Values = super::super::keys()
            .map(|key| (key.path, Value { text: key.default.into(), source: Source::Default }))
            .collect();
        for (key, text) in pairs {
            values.insert(key, Value { text: (*text).into(), source: Source::Default });
        }
        bucket(&values)
    }

    const WHO: [(&str, &str); 2] = [("blobs.access_key_id", "lab"), ("blobs.secret_access_key", "s3cret")];

    #[test]
    fn a_bucket_is_named_with_its_prefix_and_without_one_there_is_the_folder() {
        assert!(with(&[]).unwrap().is_none());
        let settings = with(&[("blobs.url", "s3://lab/hub/one"), WHO[0], WHO[1]]).unwrap().unwrap();
        assert_eq!((settings.bucket.as_str(), settings.prefix.as_str()), ("lab", "hub/one"));
        assert!(!format!("{settings:?}").contains("s3cret"));
    }

    #[test]
    fn what_is_wrong_is_named_without_the_secret() {
        let url = ("blobs.url", "s3://lab");
        for (pairs, says) in [
            (vec![("blobs.encrypt", "true")], "blobs.url"),
            (vec![("blobs.url", "https://lab")], "s3://bucket"),
            (vec![url, WHO[0]], "blobs.secret_access_key"),
            (vec![url, WHO[0], WHO[1], ("blobs.endpoint", "http://nas.lan:9000")], "blobs.allow_http"),
            (vec![url, WHO[0], WHO[1], ("blobs.key", "s3cret")], "64 hexadecimal"),
            (vec![url, WHO[0], WHO[1], ("blobs.timeout_seconds", "0")], "from 1 on"),
        ] {
            let error = with(&pairs).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains("s3cret"), "{error}");
        }
        let trusted =
            [url, WHO[0], WHO[1], ("blobs.endpoint", "http://nas.lan:9000"), ("blobs.allow_http", "true")];
        assert!(with(&trusted).unwrap().is_some());
    }
}
