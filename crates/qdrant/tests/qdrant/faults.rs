//! A server that is down, slow, broken or locked: what is said, and that it is said in time.

use std::time::Duration;

use labkeeper_core::ports::VectorServer as _;
use labkeeper_core::vectors::{Ready, Space, Standing, VectorError};
use labkeeper_qdrant::double::{Double, Faults};
use labkeeper_qdrant::{Qdrant, Settings};

use crate::places::client;

fn space() -> Space {
    Space { model: "toy/1".into(), dimensions: 4, lab: "lab".into() }
}

fn impatient(double: &Double) -> Qdrant {
    let patience = Duration::from_millis(200);
    let settings = Settings::new(double.url().parse().unwrap(), "vectors");
    Qdrant::new(&Settings { patience, patience_with_batches: patience, ..settings }).unwrap()
}

#[tokio::test]
async fn nobody_listening_is_said_with_what_to_do_and_the_next_call_works() {
    let double = Double::new().await.unwrap();
    let server = client(&double.url(), "vectors", None);
    server.prepare(&space(), true).await.unwrap();
    double.stop().await;
    let error = server.standing().await.unwrap_err();
    assert!(matches!(error, VectorError::Unreachable { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("Qdrant at 127.0.0.1:") && text.contains("QDRANT_URL"), "{text}");
    double.start().await.unwrap();
    assert_eq!(server.standing().await, Ok(Standing { points: 0, noted: 0 }));
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    let double = Double::new().await.unwrap();
    let server = impatient(&double);
    double.fail(Faults { slow: Some(Duration::from_secs(600)), ..Faults::default() });
    let error = tokio::time::timeout(Duration::from_secs(30), server.standing()).await.unwrap().unwrap_err();
    assert!(matches!(error, VectorError::TooSlow { .. }), "{error:?}");
    double.fail(Faults::default());
    let server = client(&double.url(), "vectors", None);
    assert_eq!(server.prepare(&space(), true).await, Ok(Ready::Made));
}

#[tokio::test]
async fn a_collection_that_another_lab_made_anew_is_neither_searched_nor_taken_for_ours() {
    let double = Double::new().await.unwrap();
    let (ours, theirs) = (client(&double.url(), "vectors", None), client(&double.url(), "vectors", None));
    ours.prepare(&space(), true).await.unwrap();
    assert_eq!(ours.standing().await, Ok(Standing { points: 0, noted: 0 }));
    double.forget_everything();
    theirs.prepare(&Space { lab: "another".into(), ..space() }, true).await.unwrap();
    assert!(matches!(ours.standing().await, Err(VectorError::NotOurs { .. })));
    double.forget_everything();
    theirs.prepare(&Space { model: "toy/2".into(), ..space() }, true).await.unwrap();
    assert!(matches!(ours.standing().await, Err(VectorError::Gone { .. })));
}

#[tokio::test]
async fn a_broken_answer_is_an_error_with_the_servers_words() {
    let double = Double::new().await.unwrap();
    let server = client(&double.url(), "vectors", None);
    double.fail(Faults { broken: true, ..Faults::default() });
    let error = server.prepare(&space(), true).await.unwrap_err();
    assert!(matches!(error, VectorError::Refused { status: 500, .. }), "{error:?}");
    assert!(error.to_string().contains("panicked"), "{error}");
    double.fail(Faults { resets: true, ..Faults::default() });
    let error = server.prepare(&space(), true).await.unwrap_err();
    assert!(matches!(error, VectorError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn what_is_not_in_force_yet_is_not_called_done() {
    let double = Double::new().await.unwrap();
    let server = client(&double.url(), "vectors", None);
    server.prepare(&space(), true).await.unwrap();
    double.fail(Faults { late: true, ..Faults::default() });
    let error = server.note(5).await.unwrap_err();
    assert!(matches!(error, VectorError::TooSlow { .. }), "{error:?}");
}

#[tokio::test]
async fn without_the_key_the_setting_is_named_and_the_key_is_nowhere() {
    let double = Double::new().await.unwrap();
    double.lock("s3cret-key");
    for key in [None, Some("wr0ng-key".to_owned())] {
        let error = client(&double.url(), "vectors", key).prepare(&space(), true).await.unwrap_err();
        assert!(matches!(error, VectorError::Denied { status: 401, .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("QDRANT_API_KEY") && !text.contains("wr0ng"), "{text}");
    }
    let settings = Settings::new(double.url().parse().unwrap(), "vectors");
    let settings = Settings { key: Some("s3cret-key".into()), ..settings };
    assert!(!format!("{settings:?}").contains("s3cret"));
    assert_eq!(Qdrant::new(&settings).unwrap().prepare(&space(), true).await, Ok(Ready::Made));
}

#[tokio::test]
async fn a_url_with_a_path_and_a_password_is_shown_without_them() {
    let double = Double::new().await.unwrap();
    let port = double.url().rsplit(':').next().unwrap().to_owned();
    let server = client(&format!("http://somebody:pa55@127.0.0.1:{port}/"), "vectors", None);
    assert_eq!(server.place(), format!("Qdrant at 127.0.0.1:{port}, collection vectors"));
    assert_eq!(server.prepare(&space(), true).await, Ok(Ready::Made));
    let server = client(&format!("http://127.0.0.1:{port}/behind/a/proxy"), "vectors", None);
    let error = server.prepare(&space(), true).await.unwrap_err();
    assert!(matches!(error, VectorError::Strange { .. }), "{error:?}");
    assert!(!error.to_string().contains("proxy"), "{error}");
}
