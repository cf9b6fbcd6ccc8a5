//! Where a request comes from: address, host it was sent to, page that sent it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use labkeeper_core::fault::Code;

use crate::failure::Failure;
use crate::options::Options;

/// Where a request comes from.
#[derive(Debug)]
pub(crate) struct Visit {
    /// The caller's address, as far as it can be believed.
    pub(crate) address: Option<IpAddr>,
    /// It came over TLS, to us or to a trusted proxy.
    pub(crate) https: bool,
    /// `Host`, lower-case.
    host: String,
}

impl Visit {
    pub(crate) fn of(request: &Parts, options: &Options) -> Self {
        let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
        let proxied = peer.is_some_and(|peer| options.trusts(peer));
        let headers = &request.headers;
        let forwarded = |name: &str| {
            let value = headers.get(name).filter(|_| proxied)?.to_str().ok()?;
            value.split(',').next_back().map(|last| last.trim().to_ascii_lowercase())
        };
        let host = forwarded("x-forwarded-host")
            .or_else(|| request.uri.authority().map(|authority| authority.as_str().to_ascii_lowercase()))
            .or_else(|| headers.get(HOST)?.to_str().ok().map(str::to_ascii_lowercase));
        Self {
            address: if proxied { client(headers, options).or(peer) } else { peer },
            https: forwarded("x-forwarded-proto").is_some_and(|scheme| scheme == "https"),
            host: host.unwrap_or_default(),
        }
    }

    /// A page of another host, whose name an attacker pointed at this machine, must not talk to an open hub.
    pub(crate) fn check_host(&self, options: &Options) -> Result<(), Failure> {
        let name = hostname(&self.host);
        if is_ours(name, options) {
            return Ok(());
        }
        Err(foreign(format!("this hub is not called \"{name}\""))
            .hint("call it localhost or 127.0.0.1, or add the name to the configured hosts"))
    }

    /// A page of another origin must not talk to the hub at all.
    pub(crate) fn check_origin(&self, request: &Parts, options: &Options) -> Result<(), Failure> {
        let headers = &request.headers;
        let refused = || {
            foreign("requests from pages of other sites are refused").hint(
                "scripts send a token and no Origin; a proxy must pass on Host, or its name be configured",
            )
        };
        if let Some(origin) = headers.get(ORIGIN) {
            let origin = origin.to_str().unwrap_or_default().to_ascii_lowercase();
            return if self.is_same(&origin, options) { Ok(()) } else { Err(refused()) };
        }
        let told = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let foreign_page = matches!(told("sec-fetch-site"), Some("cross-site" | "same-site"));
        let navigates = told("sec-fetch-mode") == Some("navigate") && is_safe(&request.method);
        if foreign_page && !navigates { Err(refused()) } else { Ok(()) }
    }

    fn is_same(&self, origin: &str, options: &Options) -> bool {
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        let bare = |authority: &str| authority.strip_suffix(default_port).unwrap_or(authority).to_string();
        bare(authority) == bare(&self.host)
            || options.hosts.iter().any(|host| host.eq_ignore_ascii_case(hostname(authority)))
    }
}

/// A method that changes nothing.
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The nearest address in `X-Forwarded-For` that is no proxy of ours.
fn client(headers: &HeaderMap, options: &Options) -> Option<IpAddr> {
    let chain = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = chain.flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut known = addresses.iter().rev().map_while(|text| text.parse::<IpAddr>().ok());
    known.find(|address| !options.trusts(*address))
}

/// `name:port`, `[v6]:port` without the port.
fn hostname(authority: &str) -> &str {
    if let Some(v6) = authority.strip_prefix('[') {
        return v6.split(']').next().unwrap_or_default();
    }
    let name = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
    name.strip_suffix('.').unwrap_or(name)
}

fn is_ours(name: &str, options: &Options) -> bool {
    name == "localhost"
        || name.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
        || options.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
}

fn foreign(message: impl Into<String>) -> Failure {
    Failure::http(StatusCode::FORBIDDEN, Code::Forbidden, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Parts {
        let mut request = axum::http::Request::builder().uri("/api/hardware");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn only_names_of_this_machine_open_an_open_hub() {
        let options = Options { hosts: vec!["hub.lan".into()], ..Options::default() };
        for (host, fine) in [
            ("localhost:8080", true),
            ("127.0.0.1", true),
            ("[::1]:8080", true),
            ("Hub.lan:80", true),
            ("localhost.", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.nip.example", false),
            ("192.168.1.5", false),
            ("", false),
        ] {
            let visit = Visit::of(&request(&[("host", host)]), &options);
            assert_eq!(visit.check_host(&options).is_ok(), fine, "{host}");
        }
    }

    #[test]
    fn only_pages_of_the_hub_itself_may_talk_to_it() {
        let options = Options::default();
        for (origin, fine) in [
            ("http://localhost:8080", true),
            ("https://localhost:8080", true),
            ("http://localhost:3000", false),
            ("http://localhost", false),
            ("http://evil.example", false),
            ("http://localhost:8080.evil.example", false),
            ("null", false),
        ] {
            let request = request(&[("host", "localhost:8080"), ("origin", origin)]);
            assert_eq!(
                Visit::of(&request, &options).check_origin(&request, &options).is_ok(),
                fine,
                "{origin}"
            );
        }
        let image = request(&[
            ("host", "localhost"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "no-cors"),
        ]);
        assert!(Visit::of(&image, &options).check_origin(&image, &options).is_err());
        let link = request(&[
            ("host", "localhost"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
        ]);
        assert!(Visit::of(&link, &options).check_origin(&link, &options).is_ok());
    }

    #[test]
    fn what_a_proxy_says_counts_only_when_it_is_trusted() {
        let headers = [
            ("host", "10.0.0.9"),
            ("x-forwarded-for", "203.0.113.7, 198.51.100.4"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "hub.example"),
        ];
        let mut request = request(&headers);
        request.extensions.insert(ConnectInfo::<SocketAddr>("10.0.0.2:999".parse().unwrap()));
        let stranger = Visit::of(&request, &Options::default());
        assert_eq!((stranger.address, stranger.https), ("10.0.0.2".parse().ok(), false));
        let options = Options { trusted_proxies: vec!["10.0.0.0/24".parse().unwrap()], ..Options::default() };
        let trusted = Visit::of(&request, &options);
        assert_eq!((trusted.address, trusted.https), ("198.51.100.4".parse().ok(), true));
        assert_eq!(trusted.host, "hub.example");
    }
}
