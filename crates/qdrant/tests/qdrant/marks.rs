//! Whose a collection is: only what labkeeper made for the same lab is written to, emptied or deleted.

use labkeeper_core::ports::VectorServer as _;
use labkeeper_core::vectors::{Ready, Space, VectorError};
use labkeeper_qdrant::double::Double;
use reqwest::Method;
use serde_json::{Value, json};

use crate::places::client;

fn space() -> Space {
    Space { model: "toy/1".into(), dimensions: 4, lab: "lab".into() }
}

async fn say(double: &Double, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/collections/vectors{path}", double.url());
    let answer = reqwest::Client::new().request(method, url).json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn what_others_keep_is_refused_with_the_way_out_and_untouched() {
    let double = Double::new().await.unwrap();
    let server = client(&double.url(), "vectors", None);
    say(&double, Method::PUT, "", &json!({"vectors": {"size": 4, "distance": "Cosine"}})).await;
    let points = json!({"points": [{"id": 10_000_001, "vector": [1, 0, 0, 0], "payload": {"name": "nas"}}]});
    let (status, put) = say(&double, Method::PUT, "/points?wait=true", &points).await;
    assert_eq!((status, &put["result"]["status"]), (200, &json!("completed")));
    let refused = server.prepare(&space(), true).await.unwrap_err();
    assert!(matches!(refused, VectorError::NotOurs { .. }), "{refused:?}");
    assert!(refused.to_string().contains("QDRANT_COLLECTION"), "{refused}");
    assert!(matches!(server.clear("lab").await, Err(VectorError::NotOurs { .. })));
    assert!(matches!(server.look(None).await, Err(VectorError::NotOurs { .. })));
    let (_, info) = say(&double, Method::GET, "", &Value::Null).await;
    assert_eq!(info["result"]["points_count"], 1);
}

#[tokio::test]
async fn an_empty_one_of_the_right_shape_is_taken_and_one_of_another_is_not() {
    let double = Double::new().await.unwrap();
    let server = client(&double.url(), "vectors", None);
    say(&double, Method::PUT, "", &json!({"vectors": {"size": 4, "distance": "Dot"}})).await;
    assert!(matches!(server.prepare(&space(), true).await, Err(VectorError::NotOurs { .. })));
    double.forget_everything();
    say(&double, Method::PUT, "", &json!({"vectors": {"size": 4, "distance": "Cosine"}})).await;
    assert_eq!(server.prepare(&space(), true).await, Ok(Ready::Made));
    assert_eq!(server.prepare(&space(), true).await, Ok(Ready::Kept));
}

#[tokio::test]
async fn many_who_make_it_at_once_make_it_once() {
    let double = Double::new().await.unwrap();
    let (url, space) = (double.url(), space());
    let servers: Vec<_> = (0..8).map(|_| client(&url, "vectors", None)).collect();
    let made = futures::future::join_all(servers.iter().map(|server| server.prepare(&space, true))).await;
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    assert_eq!(servers[0].standing().await.unwrap().points, 0);
}

#[tokio::test]
async fn points_of_others_in_ours_are_neither_listed_nor_found() {
    let double = Double::new().await.unwrap();
    let server = client(&double.url(), "vectors", None);
    server.prepare(&space(), true).await.unwrap();
    say(&double, Method::PUT, "/points?wait=true", &json!({"points": [{"id": 7, "vector": [1, 0, 0, 0]}]}))
        .await;
    assert_eq!(server.held().await, Ok(Vec::new()));
    let near = labkeeper_core::vectors::Near {
        vector: vec![1.0, 0.0, 0.0, 0.0],
        among: labkeeper_core::vectors::Among::default(),
        limit: 5,
        exact: true,
    };
    assert_eq!(server.nearest(&[near]).await, Ok(vec![Vec::new()]));
}

#[tokio::test]
async fn the_fields_that_are_filtered_by_have_an_index() {
    let double = Double::new().await.unwrap();
    client(&double.url(), "vectors", None).prepare(&space(), true).await.unwrap();
    let (_, info) = say(&double, Method::GET, "", &Value::Null).await;
    let schema = info["result"]["payload_schema"].as_object().unwrap();
    assert_eq!(schema.keys().collect::<Vec<_>>(), ["kind", "owner", "tags"]);
}
