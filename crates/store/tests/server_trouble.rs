//! What is said of a server that cannot be worked on: what it is, what to do, and no password.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::{Duration, Instant};

use labkeeper_store::{ServerTrouble, Store, StoreError, reach, testing};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

async fn trouble(url: &str) -> ServerTrouble {
    let begun = Instant::now();
    let error = reach(url).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(5), "doctor waits no longer");
    told(error)
}

fn told(error: StoreError) -> ServerTrouble {
    let said = error.to_string();
    let StoreError::Server(trouble) = error else { panic!("{said}") };
    assert!(said.contains(trouble.remedy()) && !said.contains("s3cret"), "{said}");
    trouble
}

/// A server that has no TLS and refuses everybody with that code.
async fn refusing_with(code: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    refuse_with(code, listener);
    format!("postgres://anna:s3cret@127.0.0.1:{port}/lab")
}

fn refuse_with(code: &'static str, listener: TcpListener) {
    answer_with(message(b'E', &format!("SFATAL\0VFATAL\0C{code}\0Mnot like that\0\0")), listener);
}

/// A message of PostgreSQL's protocol.
fn message(kind: u8, text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len() + 4).unwrap().to_be_bytes();
    [&[kind][..], &length, text.as_bytes()].concat()
}

/// Says that it has no TLS, and that to whoever wants in.
fn answer_with(answer: Vec<u8>, listener: TcpListener) {
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut asked = [0; 1024];
            if client.read(&mut asked).await.unwrap() == 8 {
                client.write_all(b"N").await.unwrap();
                let _ = client.read(&mut asked).await;
            }
            let _ = client.write_all(&answer).await;
        }
    });
}

#[tokio::test]
async fn a_hub_waits_for_a_server_that_is_just_being_restarted_and_for_no_password() {
    let place = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        refuse_with("28P01", TcpListener::bind(place).await.unwrap());
    });
    let (dir, begun) = (tempfile::tempdir().unwrap(), Instant::now());
    let url = format!("postgres://anna:s3cret@{place}/lab");
    let found = told(Store::connect(&url, &dir.path().join("lab.db"), None).await.unwrap_err());
    assert!(matches!(found, ServerTrouble::Password(_)), "{found:?}");
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn every_refusal_of_a_server_is_told_apart() {
    use ServerTrouble as T;
    let is = |code: &str, trouble: &T| match code {
        "25006" => matches!(trouble, T::ReadOnly(_)),
        "53100" | "53200" => matches!(trouble, T::NoRoom(_)),
        "28P01" => matches!(trouble, T::Password(_)),
        "28000" => matches!(trouble, T::NotLetIn(_)),
        "3D000" => matches!(trouble, T::NoDatabase(_)),
        "42501" => matches!(trouble, T::NoRight(_)),
        "53300" => matches!(trouble, T::Full(_)),
        "57P03" => matches!(trouble, T::Starting(_)),
        _ => matches!(trouble, T::Other(_)),
    };
    for code in ["28P01", "28000", "3D000", "42501", "53300", "57P03", "25006", "53100", "53200", "XX000"] {
        let found = trouble(&refusing_with(code).await).await;
        assert!(is(code, &found), "{code}: {found:?}");
        assert!(found.to_string().contains("not like that"), "{found}");
    }
    let insisting = format!("{}?sslmode=require", refusing_with("28P01").await);
    let found = trouble(&insisting).await;
    assert!(matches!(found, T::NoTls), "{found:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_from_one_that_says_nothing() {
    let found = trouble("postgres://anna:s3cret@127.0.0.1:1/lab").await;
    assert!(matches!(found, ServerTrouble::Refused), "{found:?}");
    let found = trouble("postgres://anna:s3cret@nobody.invalid/lab").await;
    assert!(matches!(found, ServerTrouble::UnknownName(_)), "{found:?}");
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let found =
        trouble(&format!("postgres://anna:s3cret@127.0.0.1:{}/lab", mute.local_addr().unwrap().port())).await;
    assert!(matches!(found, ServerTrouble::Silent(3)), "{found:?}");
}

/// A server of that version, which lets everybody in.
async fn of_version(version: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let parts = [
        message(b'R', "\0\0\0\0"),
        message(b'S', &format!("server_version\0{version}\0")),
        message(b'K', "\0\0\0\x01\0\0\0\x01"),
        message(b'Z', "I"),
    ];
    answer_with(parts.concat(), listener);
    format!("postgres://anna:s3cret@127.0.0.1:{port}/lab")
}

#[tokio::test]
async fn a_server_of_before_what_is_tested_is_refused_by_its_version() {
    for version in ["9.6.24", "14.11 (Debian 14.11-1)"] {
        let found = trouble(&of_version(version).await).await;
        assert!(matches!(&found, ServerTrouble::TooOld(told) if version.starts_with(told)), "{found:?}");
    }
    reach(&of_version("15.0").await).await.unwrap();
    reach(&of_version("18beta1").await).await.unwrap();
}

#[tokio::test]
async fn an_address_that_cannot_be_meant_is_told_from_a_server_that_is_away() {
    let found = trouble("postgres://anna:s3cret@127.0.0.1:1/lab?sslmode=quite").await;
    assert!(matches!(&found, ServerTrouble::Address(why) if why.matches("quite").count() == 1), "{found:?}");
    let found = trouble("postgres://anna:s3cret@127.0.0.1:port/lab").await;
    assert!(matches!(found, ServerTrouble::Address(_)), "{found:?}");
    let found = trouble("postgres://anna:s3cret@%2Fnowhere/lab").await;
    assert!(matches!(found, ServerTrouble::NoFile(_)), "{found:?}");
}

#[tokio::test]
#[ignore = "needs a server with TLS: LABKEEPER_TEST_DATABASE_URL, and LABKEEPER_TEST_DATABASE_CA for who signed its certificate"]
async fn tls_is_insisted_on_with_a_certificate_that_is_trusted_and_for_that_name() {
    let server = testing::server().expect("LABKEEPER_TEST_DATABASE_URL names a server");
    #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
    let ca = std::env::var("LABKEEPER_TEST_DATABASE_CA").expect("LABKEEPER_TEST_DATABASE_CA names a file");
    let named = server.replace("127.0.0.1", "localhost");
    let dir = tempfile::tempdir().unwrap();
    let whole = |server: &str, more: &str| format!("{server}?sslmode=verify-full{more}");

    let trusting = format!("&sslrootcert={ca}");
    let schema = testing::schema_for(&server, dir.path()).await.unwrap();
    let schema = schema.replace(&server, "").replace('?', "&");
    let url = whole(&named, &trusting) + &schema;
    let store = Store::connect(&url, &dir.path().join("lab.db"), None).await.unwrap();
    assert!(store.server_facts().await.unwrap().unwrap().has_tls);
    store.close().await;
    testing::drop_schema(&server, dir.path()).await.unwrap();

    let found = trouble(&whole(&named, "")).await;
    assert!(
        matches!(found, ServerTrouble::Untrusted(_)),
        "the machine does not know who signed it: {found:?}"
    );
    let found = trouble(&whole(&server, &trusting)).await;
    assert!(matches!(found, ServerTrouble::Untrusted(_)), "it is for another name: {found:?}");
    let found = trouble(&whole(&named, "&sslrootcert=/nowhere/ca.pem")).await;
    assert!(matches!(found, ServerTrouble::NoFile(_)), "{found:?}");
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn a_server_that_is_well_says_what_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let server = testing::server().expect("LABKEEPER_TEST_DATABASE_URL names a server");
    let url = testing::schema_for(&server, dir.path()).await.unwrap();
    let store = Store::connect(&url, &dir.path().join("lab.db"), None).await.unwrap();
    let facts = store.server_facts().await.unwrap().unwrap();
    assert!(facts.version.starts_with(char::is_numeric), "{facts:?}");
    store.close().await;
    testing::drop_schema(&server, dir.path()).await.unwrap();
    let found = told(Store::connect(&url, &dir.path().join("lab.db"), None).await.unwrap_err());
    assert!(matches!(found, ServerTrouble::NoSchema(_)), "{found:?}");
}

#[tokio::test]
#[ignore = "needs a server: LABKEEPER_TEST_DATABASE_URL"]
async fn a_schema_of_something_else_or_of_a_newer_program_is_left_alone() {
    let server = testing::server().expect("LABKEEPER_TEST_DATABASE_URL names a server");
    let dir = tempfile::tempdir().unwrap();
    let beside = dir.path().join("lab.db");
    let url = testing::schema_for(&server, &beside).await.unwrap();
    testing::meddle(&beside, "CREATE TABLE hardware (id INT)").await.unwrap();
    let error = Store::connect(&url, &beside, None).await.unwrap_err();
    assert!(matches!(&error, StoreError::ForeignSchema(tables) if tables == "hardware"), "{error}");

    testing::meddle(&beside, "DROP TABLE hardware").await.unwrap();
    Store::connect(&url, &beside, None).await.unwrap().close().await;
    testing::meddle(&beside, "UPDATE schema_version SET version = 9999").await.unwrap();
    let error = Store::connect(&url, &beside, None).await.unwrap_err();
    assert!(matches!(error, StoreError::TooNew { found: 9999, .. }), "{error}");
    testing::drop_schema(&server, &beside).await.unwrap();
}
