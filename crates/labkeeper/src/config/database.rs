//! Where the hub's rows are: in a file of its own, or on a PostgreSQL server.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use reqwest::Url;

/// What `DATABASE_URL` may be.
pub(crate) const FORMS: &str = "sqlite:////path/to/file or postgres://user:password@host:5432/database";

/// One of them, as `DATABASE_URL` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Database {
    /// SQLite's.
    File(PathBuf),
    /// PostgreSQL's.
    Server(Server),
}

impl Database {
    /// Reads a URL; `None` when it is of neither form.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            let path = path.strip_prefix('/').unwrap_or(path);
            return (!path.is_empty()).then(|| Self::File(path.into()));
        }
        let parsed = Url::parse(url).ok()?;
        let is_server = matches!(parsed.scheme(), "postgres" | "postgresql") && parsed.path().len() > 1;
        is_server.then_some(Self::Server(Server(parsed)))
    }
}

/// A PostgreSQL database and how to get in. It is shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Server(Url);

impl Server {
    /// The whole URL.
    pub(crate) fn url(&self) -> &str {
        self.0.as_str()
    }

    /// What opens it, as somebody types it and as it stands in the URL.
    pub(crate) fn passwords(&self) -> Vec<String> {
        let written = self.0.password().unwrap_or_default();
        let decoded = percent_decode_str(written).decode_utf8_lossy();
        let asked = self.0.query_pairs().filter(|(name, _)| name == "password").map(|(_, value)| value);
        let mut all: Vec<_> = [written.into(), decoded].into_iter().chain(asked).map(String::from).collect();
        all.retain(|password| !password.is_empty());
        all.dedup();
        all
    }

    /// By which it is known: all but the password, for a socket, a schema and how TLS is used may stand behind the question mark.
    pub(crate) fn address(&self) -> String {
        let mut shown = self.0.clone();
        let _ = shown.set_password(None);
        let said: Vec<_> = self.0.query_pairs().into_owned().filter(|(name, _)| name != "password").collect();
        shown.set_query(None);
        if !said.is_empty() {
            shown.query_pairs_mut().extend_pairs(said);
        }
        shown.into()
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.clone();
        // Only a URL without a host refuses, and that has no password either.
        let _ = shown.set_password(None);
        shown.set_query(None);
        f.write_str(shown.as_str())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(url: &str) -> Vec<String> {
        let Some(Database::Server(server)) = Database::parse(url) else { panic!("{url}") };
        server.passwords()
    }

    #[test]
    fn what_opens_a_server_is_known_as_it_is_written_and_as_it_is_meant() {
        assert_eq!(passwords("postgres://anna:s3cret@db/lab"), ["s3cret"]);
        assert_eq!(passwords("postgres://anna:s%2Fc%40t@db/lab"), ["s%2Fc%40t", "s/c@t"]);
        assert_eq!(passwords("postgres:///lab?host=/run/postgresql&password=s%2Fc"), ["s/c"]);
        assert!(passwords("postgres://anna@db/lab").is_empty());
    }
}
