//! The collector that spans are sent to, when there is one.

use std::str::FromStr;

use anyhow::{Result, anyhow};
use opentelemetry_sdk::trace::Sampler;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::sources::Values;

/// Where spans go, how, and which.
#[derive(Debug, Clone)]
pub(crate) struct Traces {
    /// As it is asked.
    pub(crate) url: Url,
    /// Sent along; their values are secrets.
    pub(crate) headers: HeaderMap,
    /// `None` leaves it to `OTEL_RESOURCE_ATTRIBUTES`.
    pub(crate) service_name: Option<String>,
    pub(crate) sampler: Sampler,
}

/// Of a header's value, to count as a secret: names of tenants are shorter, and are no secret wherever else they stand.
const SECRET_FROM: usize = 16;

impl Traces {
    /// What of the headers opens the collector: the token without the word before it.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        let values = self.headers.values().filter_map(|value| value.to_str().ok());
        let tokens = values.filter_map(|value| value.split_whitespace().next_back());
        tokens.filter(|token| token.len() >= SECRET_FROM).map(str::to_owned)
    }
}

/// What the keys `traces.…` say; `None` without an address.
///
/// # Errors
/// Names the value and what it wants. What may have a password in it is not repeated.
pub(super) fn traces(effective: &Values) -> Result<Option<Traces>> {
    let text = |key: &str| effective.get(key).map(|value| value.text.trim()).filter(|text| !text.is_empty());
    let name = |key: &str| effective[key].source.name(key);
    let wrong = |key: &str, wants: &str| anyhow!("{} wants {wants}", name(key));
    let (key, url) = match (text("traces.url"), text("traces.endpoint")) {
        (Some(whole), _) => ("traces.url", whole.to_owned()),
        (None, Some(base)) => ("traces.endpoint", format!("{}/v1/traces", base.trim_end_matches('/'))),
        (None, None) => return Ok(None),
    };
    let is_http = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_bare = |url: &Url| url.username().is_empty() && url.password().is_none();
    let url = Url::parse(&url).ok().filter(is_http);
    let url = url.ok_or_else(|| wrong(key, "an address such as http://collector:4318"))?;
    if !is_bare(&url) {
        return Err(wrong(
            key,
            "an address without a password: traces.headers is for what opens the collector",
        ));
    }
    if text("traces.protocol").is_some_and(|protocol| protocol != "http/protobuf") {
        let wants =
            "http/protobuf, which a collector takes on port 4318: labkeeper speaks no gRPC and no JSON";
        return Err(wrong("traces.protocol", wants));
    }
    let headers = headers(text("traces.headers").unwrap_or_default());
    Ok(Some(Traces {
        url,
        headers: headers
            .ok_or_else(|| wrong("traces.headers", "headers as name=value, separated by commas"))?,
        service_name: text("traces.service_name").map(Into::into),
        sampler: sampler(text("traces.sampler").unwrap_or_default(), text("traces.sampler_arg"))
            .map_err(|(key, wants)| wrong(key, wants))?,
    }))
}

fn headers(text: &str) -> Option<HeaderMap> {
    let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let value = percent_decode_str(value.trim()).decode_utf8().ok()?;
            let mut value = HeaderValue::from_str(&value).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::from_str(name.trim()).ok()?, value))
        })
        .collect()
}

/// The sampler of that name; else which key is wrong, and what it wants.
fn sampler(name: &str, argument: Option<&str>) -> Result<Sampler, (&'static str, &'static str)> {
    let (by_parent, plain) = match name.strip_prefix("parentbased_") {
        Some(plain) => (true, plain),
        None => (false, name),
    };
    let root = match plain {
        "always_on" => Sampler::AlwaysOn,
        "always_off" => Sampler::AlwaysOff,
        "traceidratio" => {
            let share = argument.unwrap_or("1").parse().ok().filter(|share| (0.0..=1.0).contains(share));
            Sampler::TraceIdRatioBased(share.ok_or(("traces.sampler_arg", "a number from 0 to 1"))?)
        }
        _ => {
            let wants = "always_on, always_off or traceidratio, or one of them with parentbased_ before it";
            return Err(("traces.sampler", wants));
        }
    };
    Ok(if by_parent { Sampler::ParentBased(Box::new(root)) } else { root })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::sources;
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Result<Option<Traces>> {
        let environment =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        traces(&sources::effective(&environment, &BTreeMap::new())?)
    }

    #[test]
    fn nothing_is_sent_unless_an_address_says_where_to() {
        assert!(of(&[("OTEL_SERVICE_NAME", "hub"), ("OTEL_TRACES_SAMPLER", "nonsense")]).unwrap().is_none());
        assert!(of(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]).unwrap().is_none());
        let url = |pairs: &[(&str, &str)]| of(pairs).unwrap().unwrap().url.to_string();
        let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/otlp/");
        let whole = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example.net/in");
        assert_eq!(url(&[base]), "http://collector:4318/otlp/v1/traces");
        assert_eq!(url(&[base, whole]), "https://traces.example.net/in");
    }

    #[test]
    fn headers_are_decoded_and_never_repeated() {
        let at = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        let given = of(&[
            at,
            ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20s3cret-of-sixteen, x-scope=homelab"),
        ]);
        let traces = given.unwrap().unwrap();
        assert_eq!(traces.headers["authorization"], "Bearer s3cret-of-sixteen");
        assert_eq!(traces.headers["x-scope"], "homelab");
        assert_eq!(traces.secrets().collect::<Vec<_>>(), ["s3cret-of-sixteen"]);
        assert!(!format!("{traces:?}").contains("s3cret"));
        let error = of(&[at, ("OTEL_EXPORTER_OTLP_HEADERS", "Bearer s3cret")]).unwrap_err().to_string();
        assert!(error.contains("OTEL_EXPORTER_OTLP_HEADERS") && !error.contains("s3cret"), "{error}");
    }

    #[test]
    fn what_it_cannot_do_is_refused_by_name() {
        let at = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
        for (variable, value, with) in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", at),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://lab:s3cret@collector:4318", at),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", at),
            ("OTEL_TRACES_SAMPLER", "sometimes", at),
            ("OTEL_TRACES_SAMPLER_ARG", "2", ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")),
        ] {
            let error = of(&[at, with, (variable, value)]).unwrap_err().to_string();
            assert!(error.contains(variable) && !error.contains("s3cret"), "{error}");
        }
        assert!(of(&[at, ("OTEL_TRACES_SAMPLER", "traceidratio")]).is_ok());
    }
}
