//! Where the owner lets them, the person in front of a client decides about a call that was parked.

use labkeeper_core::actor::{Actor, Via};
use labkeeper_ops::keeper::Call;
use serde_json::{Value, json};

use crate::http::{Served, Stream};
use crate::pipes::{Pipes, call, request, stateless};

fn drastic(id: i64, what: &str) -> Value {
    call(id, "test_drastic", json!({"what": what}))
}

/// Makes the call, answers the question that comes with those words, and returns the question and what came of the call.
async fn answering(client: &mut Pipes, what: &str, word: Value) -> (Value, Value) {
    client.say(&drastic(7, what)).await;
    let question = client.hear_but_news().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let mut answer = json!({"jsonrpc": "2.0", "id": question["id"]});
    answer["result"] = word;
    client.say(&answer).await;
    let result = client.hear_but_news().await["result"]["structuredContent"].clone();
    (question["params"].clone(), result)
}

fn filled(form: &Value) -> Value {
    json!({"action": "accept", "content": form})
}

#[tokio::test]
async fn what_a_person_fills_in_decides_and_nothing_else() {
    let capable = json!({"elicitation": {}});
    let mut client = Pipes::opened_with(&["stdio", "elicitation"], "2025-11-25", capable).await;
    let (question, done) =
        answering(&mut client, "this with DB_PASSWORD=correcthorse", filled(&json!({"approve": true}))).await;
    assert!(done["did"].as_str().unwrap().starts_with("this with"), "{done}");
    let message = question["message"].as_str().unwrap();
    for part in ["do this with", "nobody knows what it does", "systemctl reboot", "cannot be taken back"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!message.contains("correcthorse"), "{message}");
    assert_eq!(question["requestedSchema"]["properties"]["approve"]["default"], false);

    let (_, away) = answering(&mut client, "that", json!({"action": "cancel"})).await;
    assert_eq!(away["code"], "approval_pending", "{away}");
    let status = call(8, "approval_status", json!({"id": away["details"]["approval"]["id"]}));
    let row = client.ask(&status).await["result"]["structuredContent"]["data"][0].clone();
    assert_eq!(row["state"], "pending", "it waits for the web app and the command line: {row}");

    let no = filled(&json!({"approve": false, "reason": "not today"}));
    let (_, no) = answering(&mut client, "another", no).await;
    assert_eq!((&no["code"], &no["details"]["reason"]), (&json!("denied"), &json!("not today")), "{no}");
    let (_, declined) = answering(&mut client, "a third", json!({"action": "decline"})).await;
    assert_eq!(declined["code"], "denied", "{declined}");

    let said = call(9, "query_audit", json!({"tool": "test_drastic", "phase": "approved"}));
    let said = client.ask(&said).await["result"]["structuredContent"]["data"].clone();
    assert_eq!((said.as_array().unwrap().len(), &said[0]["via"]), (1, &json!("elicitation")), "{said}");
    assert_eq!(said[0]["actor"], "person at local");
    client.hang_up().await;
}

#[tokio::test]
async fn what_a_form_cannot_show_to_its_end_is_not_asked_there() {
    let capable = json!({"elicitation": {}});
    let mut client = Pipes::opened_with(&["stdio", "elicitation"], "2025-11-25", capable).await;
    let heredoc =
        |lines: usize| format!("cat <<E > list\n{}E\nrm -rf /srv/photos", "a line of it\n".repeat(lines));
    client.say(&drastic(7, &heredoc(400))).await;
    let answer = client.hear_but_news().await["result"]["structuredContent"].clone();
    assert_eq!(answer["code"], "approval_pending", "{answer}");
    assert!(answer["hint"].as_str().unwrap().contains("labkeeper approve"), "{answer}");

    let (question, _) = answering(&mut client, &heredoc(100), json!({"action": "decline"})).await;
    let message = question["message"].as_str().unwrap();
    assert!(message.contains("rm -rf /srv/photos"), "what comes behind the heredoc is shown: {message}");
    client.hang_up().await;
}

#[tokio::test]
async fn without_the_owner_or_the_client_it_is_as_ever() {
    for (arguments, capable) in
        [(&["stdio"][..], json!({"elicitation": {}})), (&["stdio", "elicitation"], json!({}))]
    {
        let mut client = Pipes::opened_with(arguments, "2025-11-25", capable).await;
        client.say(&drastic(7, "this")).await;
        let answer = client.hear_but_news().await;
        assert_eq!(answer["result"]["structuredContent"]["code"], "approval_pending", "{answer}");
        client.hang_up().await;
    }
}

fn asked(what: &str) -> Value {
    let input = json!({"name": "test_drastic", "arguments": {"what": what}});
    let mut message = stateless(1, "tools/call", input);
    message["params"]["_meta"]["io.modelcontextprotocol/clientCapabilities"] =
        json!({"elicitation": {"form": {}}});
    message
}

fn answered(message: &Value, state: &Value, word: &Value) -> Value {
    let mut message = message.clone();
    message["params"]["requestState"] = state.clone();
    message["params"]["inputResponses"] = json!({"approve": word});
    message
}

/// How often it was done.
async fn done(hub: &Served) -> Value {
    let input = json!({"tool": "test_drastic", "phase": "done"});
    let audit = hub.keeper.call(Call::new(Actor::local(Via::Cli), "query_audit", input)).await.unwrap();
    audit.output["count"].clone()
}

#[tokio::test]
async fn without_a_session_the_answer_is_bound_to_the_call_and_good_once() {
    let hub = Served::eliciting().await;
    let question = hub.stateless("full", &asked("this")).await["result"].clone();
    assert_eq!(question["resultType"], "input_required", "{question}");
    assert_eq!(question["inputRequests"]["approve"]["method"], "elicitation/create");
    let (state, yes) = (&question["requestState"], filled(&json!({"approve": true})));

    for (token, message) in [
        ("full", answered(&asked("that"), state, &yes)),
        ("second", answered(&asked("this"), state, &yes)),
        ("full", answered(&asked("this"), &json!("rs1.made.up"), &yes)),
    ] {
        let other = hub.stateless(token, &message).await;
        assert_eq!(other["result"]["resultType"], "input_required", "nobody said yes to it: {other}");
    }
    let away = answered(&asked("this"), state, &json!({"action": "cancel"}));
    let away = hub.stateless("full", &away).await["result"]["structuredContent"].clone();
    assert_eq!(away["code"], "approval_pending", "{away}");
    assert_eq!(done(&hub).await, 0);

    let yes = answered(&asked("this"), state, &yes);
    for _ in 0..2 {
        let answer = hub.stateless("full", &yes).await["result"]["structuredContent"].clone();
        assert_eq!(answer["did"], "this", "{answer}");
        assert_eq!(done(&hub).await, 1, "it is done once, however often that is said");
    }
}

#[tokio::test]
async fn who_decides_elsewhere_ends_the_question() {
    let hub = Served::eliciting().await;
    let session = hub.capable_session("full", "2025-11-25", json!({"elicitation": {}})).await;
    let mut stream = Stream::of(session.post(&drastic(7, "this")).send().await.unwrap());
    let question = stream.next().await.unwrap();
    assert_eq!(question["method"], "elicitation/create", "{question}");
    let owner = async |name: &str, input: Value| {
        hub.keeper.call(Call::new(Actor::local(Via::Cli), name, input)).await.unwrap().output
    };
    let row = owner("approval_status", json!({"pending": true})).await["data"][0].clone();
    owner("approval_approve", json!({"id": row["id"], "digest": row["digest"]})).await;
    let answer = loop {
        let message = stream.next().await.unwrap();
        if message["id"] == 7 {
            break message;
        }
    };
    assert_eq!(answer["result"]["structuredContent"]["did"], "this", "{answer}");
    let late = json!({"jsonrpc": "2.0", "id": question["id"], "result": filled(&json!({"approve": true}))});
    session.post(&late).send().await.unwrap();
    assert_eq!(done(&hub).await, 1);
    session.ask(&request(8, "ping", json!({}))).await;
}
