//! What docs/redis.md says that a user has to be allowed: enough for everything, and nothing of it too much.

use std::sync::Mutex;
use std::time::Duration;

use labkeeper_core::ports::{Relay, RelayError};
use labkeeper_redis::testing::Server;

use crate::{patient, until};

const DOCUMENT: &str = include_str!("../../../../docs/redis.md");
const WINDOW: Duration = Duration::from_secs(300);

/// The words of the document's one line for redis-cli.
fn documented() -> Vec<&'static str> {
    let lines: Vec<&str> =
        DOCUMENT.lines().filter(|line| line.starts_with("ACL SETUSER labkeeper ")).collect();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    line.split(' ').collect()
}

/// Where a server that was told so answers that user. Its second database, so that one has to be chosen.
async fn opened() -> (Server, String) {
    let server = Server::start(&[]);
    server.told(None, &documented()).await;
    let url = server.url(None).replace("redis://", "redis://labkeeper:password@") + "/1";
    (server, url)
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_user_with_the_documented_rights_can_do_everything() {
    let (server, url) = opened().await;
    let (process, heard) = (patient(&url, 1), Mutex::new(Vec::new()));
    process.knock().await.unwrap();
    let note = |event| heard.lock().unwrap().push(event);
    let hearing = process.hear(&note);
    let doing = async {
        until("listening", || *heard.lock().unwrap() == [0]).await;
        process.tell(41).await.unwrap();
        until("the word", || *heard.lock().unwrap() == [0, 41]).await;
        assert_eq!(process.attempt("account ann", "a", WINDOW, 1).await, Ok(None));
        assert!(process.attempt("account ann", "b", WINDOW, 1).await.unwrap().is_some());
        assert!(process.wait("account ann", WINDOW, 1).await.unwrap().is_some());
        process.take_back("account ann", "a").await.unwrap();
        assert_eq!(process.wait("account ann", WINDOW, 1).await, Ok(None));
        process.keep("question", b"answer".to_vec()).await.unwrap();
        assert_eq!(process.recall("question").await.unwrap().as_deref(), Some(&b"answer"[..]));
    };
    tokio::select! {
        ended = hearing => panic!("{ended:?}"),
        () = doing => {}
    }
    assert_eq!(process.trouble(), None);
    // The client says its name, and does not care whether anybody wants to know.
    let refused: Vec<Vec<redis::Value>> = server.asked(None, &["ACL", "LOG"]).await;
    assert!(refused.iter().all(|entry| format!("{entry:?}").contains("client|setinfo")), "{refused:?}");
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_knock_misses_each_of_the_documented_rights() {
    let (server, url) = opened().await;
    let process = patient(&url, 1);
    let rights: Vec<&str> = documented().into_iter().filter_map(|word| word.strip_prefix('+')).collect();
    assert!(rights.len() > 5, "{rights:?}");
    for right in rights {
        server.told(None, &["ACL", "SETUSER", "labkeeper", &format!("-{right}")]).await;
        let error = process.knock().await.expect_err(right);
        assert!(matches!(error, RelayError::NotAllowed { .. }), "without {right}: {error}");
        server.told(None, &documented()).await;
        process.knock().await.unwrap();
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_knock_misses_the_names_and_the_channel() {
    let (server, url) = opened().await;
    let process = patient(&url, 1);
    for (less, more) in [("resetkeys", "~labkeeper:*"), ("resetchannels", "&labkeeper:*")] {
        assert!(documented().contains(&more), "{more}");
        server.told(None, &["ACL", "SETUSER", "labkeeper", less]).await;
        let error = process.knock().await.unwrap_err();
        assert!(matches!(error, RelayError::NotAllowed { .. }), "without {more}: {error}");
        server.told(None, &["ACL", "SETUSER", "labkeeper", more]).await;
        process.knock().await.unwrap();
    }
}
