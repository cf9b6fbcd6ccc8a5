//! Why a database server cannot be worked on, and what to do about it.

use std::error::Error;
use std::io;

/// What is the matter with a server.
#[derive(Debug, thiserror::Error)]
pub enum ServerTrouble {
    /// What it is called by is no address of a server.
    #[error("its address is not understood ({0})")]
    Address(String),
    /// Nobody listens at that port.
    #[error("nobody listens there (connection refused)")]
    Refused,
    /// The name leads nowhere.
    #[error("nobody knows a machine of that name ({0})")]
    UnknownName(String),
    /// The socket, or what shall be trusted, is not where the address says.
    #[error("a file that its address names is not there ({0})")]
    NoFile(String),
    /// There is no way there.
    #[error("it cannot be reached ({0})")]
    Unreachable(String),
    /// Nothing came back.
    #[error("it did not answer within {0} s")]
    Silent(u64),
    /// The password is wrong, or there is none.
    #[error("it refuses the password ({0})")]
    Password(String),
    /// It lets that role in from nowhere, or not from here.
    #[error("it lets nobody in like that ({0})")]
    NotLetIn(String),
    /// There is no such database.
    #[error("it has no such database ({0})")]
    NoDatabase(String),
    /// The role may not do what is needed.
    #[error("the role has too few rights ({0})")]
    NoRight(String),
    /// The search path leads to no schema.
    #[error("the search path leads to no schema ({0})")]
    NoSchema(String),
    /// TLS is wanted, and it has none.
    #[error("the address insists on TLS, and the server offers none")]
    NoTls,
    /// It shows a certificate that is not trusted.
    #[error("no connection by TLS comes about with it ({0})")]
    Untrusted(String),
    /// Others have all of its connections.
    #[error("it has no connection left ({0})")]
    Full(String),
    /// It is of before what the tables need.
    #[error("it is PostgreSQL {0}, and labkeeper needs 15 or newer")]
    TooOld(String),
    /// It is a standby, or was set to be read only.
    #[error("it takes no writes ({0})")]
    ReadOnly(String),
    /// Its disk or its memory is used up.
    #[error("it has no room left ({0})")]
    NoRoom(String),
    /// It starts, stops or recovers.
    #[error("it does not take connections yet ({0})")]
    Starting(String),
    /// Something else.
    #[error("no connection comes about ({0})")]
    Other(String),
}

impl ServerTrouble {
    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Address(_) => {
                "write database.url (DATABASE_URL) as postgres://role:password@host:port/database; docs/postgresql.md says what may follow"
            }
            Self::Refused => "see that PostgreSQL runs there, and listens on this address and port",
            Self::UnknownName(_) => {
                "look at the name in database.url (DATABASE_URL), and at the name servers"
            }
            Self::NoFile(_) => {
                "look at the file of `sslrootcert=`, or at the directory of the socket, in database.url (DATABASE_URL); of a socket, see that PostgreSQL runs there"
            }
            Self::Unreachable(_) => {
                "look at host and port in database.url (DATABASE_URL), and at the network between here and there"
            }
            Self::Silent(_) => {
                "look whether a firewall drops what is sent to that port, and whether the machine is overloaded"
            }
            Self::Password(_) => {
                "look at user and password in database.url (DATABASE_URL, DATABASE_URL_FILE, PGPASSWORD, ~/.pgpass)"
            }
            Self::NotLetIn(_) => {
                "look at the user in database.url (DATABASE_URL), and at the server's pg_hba.conf, which has to let it in from this machine, and by `hostssl` only with TLS (sslmode=require)"
            }
            Self::NoDatabase(_) => {
                "make it (`createdb --owner=ROLE NAME`), or name the right one in database.url (DATABASE_URL)"
            }
            Self::NoRight(_) => {
                "make the role the owner of the database or of a schema in it: it needs to connect, and to make tables"
            }
            Self::NoSchema(_) => {
                "make the schema (`CREATE SCHEMA … AUTHORIZATION ROLE`), or name another one"
            }
            Self::NoTls => "switch TLS on there, or take sslmode out of database.url (DATABASE_URL)",
            Self::Untrusted(_) => {
                "have this machine trust who signed its certificate (`sslrootcert=` in the address names a file), and use the name that it is for"
            }
            Self::Full(_) => {
                "raise max_connections there, or end what holds them; each labkeeper takes up to nine"
            }
            Self::TooOld(_) => "upgrade it, or name another server in database.url (DATABASE_URL)",
            Self::ReadOnly(_) => {
                "name the primary in database.url (DATABASE_URL), or look at default_transaction_read_only there"
            }
            Self::NoRoom(_) => {
                "make room on the server's disk, or give it more memory; its own log says which it lacks"
            }
            Self::Starting(_) => "wait until it is up; its own log says what keeps it",
            Self::Other(_) => "look at database.url (DATABASE_URL), and into the server's own log",
        }
    }

    /// Whether it may be so because the server is just being restarted, or too much asked for a moment.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Refused | Self::Starting(_) | Self::Full(_) | Self::Silent(_))
    }

    /// Whether that is about the way to the server, or the server as a whole, and not about what was asked.
    pub(crate) fn is_told_by(error: &sqlx::Error) -> bool {
        match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
            sqlx::Error::Database(error) => Self::of_the_server(error.code().as_deref(), String::new())
                .is_some_and(|it| it.may_pass() || matches!(it, Self::ReadOnly(_) | Self::NoRoom(_))),
            _ => false,
        }
    }

    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Configuration(error) => Self::Address(innermost(error.as_ref())),
            sqlx::Error::Io(error) => Self::of_the_way(error),
            sqlx::Error::Tls(error) if error.to_string().contains("does not support TLS") => Self::NoTls,
            sqlx::Error::Tls(error) => Self::Untrusted(error.to_string()),
            sqlx::Error::Database(error) => {
                let said = error.message().to_owned();
                Self::of_the_server(error.code().as_deref(), said.clone()).unwrap_or(Self::Other(said))
            }
            other => Self::Other(other.to_string()),
        }
    }

    fn of_the_way(error: &io::Error) -> Self {
        let said = error.to_string();
        let is_of_tls = matches!(error.get_ref(), Some(inner) if inner.is::<rustls::Error>());
        match error.kind() {
            _ if is_of_tls => Self::Untrusted(said),
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::NotFound => Self::NoFile(said),
            _ if said.contains("lookup address") => Self::UnknownName(said),
            _ => Self::Unreachable(said),
        }
    }

    /// By the codes in Appendix A of PostgreSQL's manual.
    pub(crate) fn of_the_server(code: Option<&str>, said: String) -> Option<Self> {
        Some(match code? {
            "28P01" => Self::Password(said),
            "28000" => Self::NotLetIn(said),
            "3D000" => Self::NoDatabase(said),
            "42501" => Self::NoRight(said),
            "3F000" => Self::NoSchema(said),
            "53300" => Self::Full(said),
            "25006" => Self::ReadOnly(said),
            "53100" | "53200" => Self::NoRoom(said),
            "57P03" | "57P02" | "57P01" => Self::Starting(said),
            _ => return None,
        })
    }
}

/// What stands behind an error; those before it only say it again.
fn innermost(error: &(dyn Error + 'static)) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}
