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
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut asked = [0; 1024];
            if client.read(&mut asked).await.unwrap() == 8 {
                client.write_all(b"N").await.unwrap();
                let _ = client.read(&mut asked).await;
            }
            let said = format!("SFATAL\0VFATAL\0C{code}\0Mnot like that\0\0");
            let mut answer = b"E".to_vec();
            answer.extend(u32::try_from(said.len() + 4).unwrap().to_be_bytes());
            answer.extend(said.as_bytes());
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
        "28P01" => matches!(trouble, T::Password(_)),
        "28000" => matches!(trouble, T::NotLetIn(_)),
        "3D000" => matches!(trouble, T::NoDatabase(_)),
        "42501" => matches!(trouble, T::NoRight(_)),
        "53300" => matches!(trouble, T::Full(_)),
        "57P03" => matches!(trouble, T::Starting(_)),
        _ => matches!(trouble, T::Other(_)),
    };
    for code in ["28P01", "28000", "3D000", "42501", "53300", "57P03", "XX000"] {
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
