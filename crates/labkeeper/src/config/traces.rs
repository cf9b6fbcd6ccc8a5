//! The collector that spans are sent to, when there is one.

use std::str::FromStr;

use anyhow::{Result, bail};
use opentelemetry_sdk::trace::Sampler;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::sources::{Source, Values};

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
    /// What of the headers and the address opens the collector: the token without the word before it, and what may be one of a path or query.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = String> {
        let values = self.headers.values().filter_map(|value| value.to_str().ok());
        let tokens = values.filter_map(|value| value.split_whitespace().next_back());
        let query = self.url.query().unwrap_or_default();
        let parts = self.url.path().split('/').chain(query.split(['&', '=']));
        tokens.chain(parts).filter(|token| token.len() >= SECRET_FROM).map(str::to_owned)
    }
}

/// Which key is wrong, and what it wants.
type Wrong = (&'static str, &'static str);

/// What the keys `traces.…` say; `None` without an address, and why where a variable is wrong: those of OpenTelemetry are often set for a
/// whole machine, and nothing of ours is stopped by what is meant for another program.
///
/// # Errors
/// Names what is wrong in the file, and what it wants. What may have a password in it is not repeated.
pub(super) fn traces(effective: &Values) -> Result<(Option<Traces>, Option<String>)> {
    match told(effective) {
        Ok(traces) => Ok((traces, None)),
        Err((key, wants)) => {
            let source = &effective[key].source;
            let wrong = format!("{} wants {wants}", source.name(key));
            if matches!(source, Source::Environment(_)) { Ok((None, Some(wrong))) } else { bail!(wrong) }
        }
    }
}

fn told(effective: &Values) -> Result<Option<Traces>, Wrong> {
    let text = |key: &str| effective.get(key).map(|value| value.text.trim()).filter(|text| !text.is_empty());
    let (key, url) = match (text("traces.url"), text("traces.endpoint")) {
        (Some(whole), _) => ("traces.url", whole.to_owned()),
        (None, Some(base)) => ("traces.endpoint", format!("{}/v1/traces", base.trim_end_matches('/'))),
        (None, None) => return Ok(None),
    };
    if text("traces.disabled").is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(None);
    }
    match text("traces.exporter") {
        Some("none") => return Ok(None),
        Some("otlp") | None => {}
        Some(_) => return Err(("traces.exporter", "otlp or none")),
    }
    let is_http = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_bare = |url: &Url| url.username().is_empty() && url.password().is_none();
    let url = Url::parse(&url).ok().filter(is_http);
    let url = url.ok_or((key, "an address such as http://collector:4318"))?;
    if !is_bare(&url) {
        let wants = "an address without a password: traces.headers is for what opens the collector";
        return Err((key, wants));
    }
    if key == "traces.endpoint" && (url.query().is_some() || url.fragment().is_some()) {
        return Err((key, "an address that something can be put behind: traces.url takes one with a query"));
    }
    if text("traces.protocol").is_some_and(|protocol| protocol != "http/protobuf") {
        let wants =
            "http/protobuf, which a collector takes on port 4318: labkeeper speaks no gRPC and no JSON";
        return Err(("traces.protocol", wants));
    }
    let headers = headers(text("traces.headers").unwrap_or_default());
    Ok(Some(Traces {
        url,
        headers: headers.ok_or(("traces.headers", "headers as name=value, separated by commas"))?,
        service_name: text("traces.service_name").map(Into::into),
        sampler: sampler(text("traces.sampler").unwrap_or_default(), text("traces.sampler_arg"))?,
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

/// The sampler of that name.
fn sampler(name: &str, argument: Option<&str>) -> Result<Sampler, Wrong> {
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

    type Told = (Option<Traces>, Option<String>);

    fn of(pairs: &[(&str, &str)]) -> Told {
        let environment =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        traces(&sources::effective(&environment, &BTreeMap::new()).unwrap()).unwrap()
    }

    fn in_file(pairs: &[(&'static str, &str)]) -> Result<Told> {
        let source = Source::File("labkeeper.toml".into());
        let value = |text: &str| sources::Value { text: text.into(), source: source.clone() };
        let file = pairs.iter().map(|(key, text)| (*key, value(text))).collect();
        traces(&sources::effective(&BTreeMap::new(), &file)?)
    }

    const AT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");

    #[test]
    fn nothing_is_sent_unless_an_address_says_where_to() {
        let nothing = |pairs: &[(&str, &str)]| matches!(of(pairs), (None, None));
        assert!(nothing(&[("OTEL_SERVICE_NAME", "hub"), ("OTEL_TRACES_SAMPLER", "nonsense")]));
        assert!(nothing(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]));
        for off in [("OTEL_SDK_DISABLED", "True"), ("OTEL_TRACES_EXPORTER", "none")] {
            assert!(nothing(&[AT, off, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]), "{off:?}");
        }
        let url = |pairs: &[(&str, &str)]| of(pairs).0.unwrap().url.to_string();
        let base = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/otlp/");
        let whole = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example.net/in?key=k");
        assert_eq!(url(&[base]), "http://collector:4318/otlp/v1/traces");
        assert_eq!(url(&[base, whole]), "https://traces.example.net/in?key=k");
    }

    #[test]
    fn an_empty_variable_is_none() {
        let given = [
            AT,
            ("OTEL_TRACES_SAMPLER", ""),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", " "),
            ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", ""),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-scope=homelab"),
        ];
        assert_eq!(of(&given).0.unwrap().headers["x-scope"], "homelab");
    }

    #[test]
    fn headers_are_decoded_and_never_repeated() {
        let headers = "authorization=Bearer%20s3cret-of-sixteen, x-scope=homelab";
        let whole =
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example.net/v1/k3y-of-a-collector");
        let traces = of(&[whole, ("OTEL_EXPORTER_OTLP_HEADERS", headers)]).0.unwrap();
        assert_eq!(traces.headers["authorization"], "Bearer s3cret-of-sixteen");
        assert_eq!(traces.headers["x-scope"], "homelab");
        assert_eq!(traces.secrets().collect::<Vec<_>>(), ["s3cret-of-sixteen", "k3y-of-a-collector"]);
        assert!(!format!("{traces:?}").contains("s3cret"));
        let wrong = of(&[AT, ("OTEL_EXPORTER_OTLP_HEADERS", "Bearer s3cret")]).1.unwrap();
        assert!(wrong.contains("OTEL_EXPORTER_OTLP_HEADERS") && !wrong.contains("s3cret"), "{wrong}");
    }

    #[test]
    fn what_it_cannot_do_is_named_and_refused_where_the_file_asks_for_it() {
        let share = ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
        for (variable, value, key) in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318", "traces.endpoint"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://lab:s3cret@collector:4318", "traces.endpoint"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318?key=s3cret", "traces.endpoint"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "traces.protocol"),
            ("OTEL_TRACES_EXPORTER", "console", "traces.exporter"),
            ("OTEL_TRACES_SAMPLER", "sometimes", "traces.sampler"),
            ("OTEL_TRACES_SAMPLER_ARG", "2", "traces.sampler_arg"),
        ] {
            let (none, wrong) = of(&[AT, share, (variable, value)]);
            let wrong = wrong.unwrap();
            assert!(none.is_none() && wrong.contains(variable) && !wrong.contains("s3cret"), "{wrong}");
            let file = [("traces.endpoint", AT.1), ("traces.sampler", share.1), (key, value)];
            let error = in_file(&file).unwrap_err().to_string();
            assert!(error.contains(key) && !error.contains("s3cret"), "{error}");
        }
        assert!(of(&[AT, ("OTEL_TRACES_SAMPLER", "traceidratio")]).0.is_some());
    }
}
