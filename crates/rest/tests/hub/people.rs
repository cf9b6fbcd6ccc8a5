//! People in the web app: the first account, sessions, roles, passwords.

use axum::Extension;
use labkeeper_rest::Options;
use serde_json::{Value, json};

use crate::door::{PASSWORD, log_in, owner, token, user};
use crate::hub::Hub;

#[tokio::test]
async fn somebody_logs_in_works_and_logs_out() {
    let hub = Hub::open().await;
    user(&hub, "anna", "editor").await;
    assert_eq!(
        log_in(&hub, "anna", "wrong password!").await.fails(401, "unauthorized")["error"],
        "name or password is wrong"
    );
    assert_eq!(
        log_in(&hub, "bert", PASSWORD).await.fails(401, "unauthorized")["error"],
        "name or password is wrong"
    );

    let welcome = log_in(&hub, "anna", PASSWORD).await;
    assert_eq!(welcome.status, 200, "{}", welcome.text());
    assert_eq!(welcome.json()["data"]["role"], "editor");
    let set = welcome.header("set-cookie");
    assert!(
        set.starts_with("labkeeper=") && set.contains("HttpOnly") && set.contains("SameSite=Strict"),
        "{set}"
    );
    let cookie = welcome.cookie();
    let me = hub.get("/api/auth/me").header("cookie", &cookie).send().await.json();
    assert_eq!((&me["data"]["name"], &me["data"]["via"]), (&json!("anna"), &json!("session")));
    let config = hub.get("/api/config").header("cookie", &cookie).send().await.json();
    assert_eq!(config["user"], json!({"name": "anna", "role": "editor"}));
    let made = hub
        .post("/api/misc", json!({"name": "x"}))
        .header("cookie", &cookie)
        .header("x-labkeeper", "1")
        .send()
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    let change = hub.get("/api/changes").header("cookie", &cookie).send().await.json()["data"][0].clone();
    assert_eq!(change["actor"], "anna");
    assert!(change["session"].as_str().unwrap().starts_with("web-"), "{change}");

    let bye =
        hub.ask("POST", "/api/auth/logout").header("cookie", &cookie).header("x-labkeeper", "1").send().await;
    assert_eq!(bye.status, 200);
    assert!(bye.header("set-cookie").contains("Max-Age=0"));
    hub.get("/api/hardware").header("cookie", &cookie).send().await.fails(401, "unauthorized");
}

#[tokio::test]
async fn a_session_ends_when_idle_and_after_half_a_day() {
    let hub = Hub::open().await;
    user(&hub, "anna", "viewer").await;
    let cookie = log_in(&hub, "anna", PASSWORD).await.cookie();
    let works =
        async |cookie: &str| hub.get("/api/hardware").header("cookie", cookie).send().await.status == 200;
    for _ in 0..28 {
        hub.clock.advance_minutes(25);
        assert!(works(&cookie).await);
    }
    hub.clock.advance_minutes(25);
    assert!(!works(&cookie).await, "twelve hours have passed");
    let cookie = log_in(&hub, "anna", PASSWORD).await.cookie();
    assert!(works(&cookie).await);
    hub.clock.advance_minutes(31);
    assert!(!works(&cookie).await, "nobody was there for half an hour");
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let options = Options {
        trusted_proxies: vec!["0.0.0.0/0".parse().unwrap()],
        require_login: true,
        ..Options::default()
    };
    let hub = Hub::with(None, options).await;
    user(&hub, "anna", "viewer").await;
    let ask = hub
        .post("/api/auth/login", json!({"name": "anna", "password": PASSWORD}))
        .header("x-forwarded-proto", "https");
    let plain = ask.send().await;
    assert!(plain.header("set-cookie").starts_with("labkeeper="), "no proxy is known to have sent this");
    let app = hub
        .app
        .clone()
        .layer(Extension(axum::extract::ConnectInfo::<std::net::SocketAddr>("10.0.0.2:1".parse().unwrap())));
    let hub = Hub { app, ..hub };
    let ask = hub
        .post("/api/auth/login", json!({"name": "anna", "password": PASSWORD}))
        .header("x-forwarded-proto", "https");
    let welcome = ask.send().await;
    assert!(welcome.header("strict-transport-security").contains("max-age"));
    let set = welcome.header("set-cookie");
    assert!(
        set.starts_with("__Host-labkeeper=") && set.ends_with("; Secure") && set.contains("Path=/;"),
        "{set}"
    );
}

#[tokio::test]
async fn a_write_with_a_cookie_must_come_from_the_web_app() {
    let hub = Hub::open().await;
    user(&hub, "anna", "editor").await;
    let cookie = log_in(&hub, "anna", PASSWORD).await.cookie();
    let write = || hub.post("/api/misc", json!({"name": "x"})).header("cookie", &cookie);
    write().send().await.fails(403, "forbidden");
    write()
        .header("x-labkeeper", "1")
        .header("origin", "http://evil.example")
        .send()
        .await
        .fails(403, "forbidden");
    write().header("x-labkeeper", "1").header("origin", "null").send().await.fails(403, "forbidden");
    write()
        .header("x-labkeeper", "1")
        .header("sec-fetch-site", "cross-site")
        .send()
        .await
        .fails(403, "forbidden");
    hub.ask("POST", "/api/auth/logout").header("cookie", &cookie).send().await.fails(403, "forbidden");
    let fine = write().header("x-labkeeper", "1").header("origin", "http://localhost:8080").send().await;
    assert_eq!(fine.status, 201, "{}", fine.text());
    assert_eq!(hub.get("/api/misc").header("cookie", &cookie).send().await.json()["count"], 1);
}

#[tokio::test]
async fn the_first_account_is_made_with_the_printed_code_once() {
    let hub = Hub::with(None, Options { require_login: true, ..Options::default() }).await;
    assert_eq!(hub.get("/api/config").send().await.json()["setup_required"], true);
    let code = hub.keeper.setup_code().await.unwrap().unwrap();
    let set_up = |code: &str, name: &str, password: &str| {
        hub.post("/api/auth/setup", json!({"code": code, "name": name, "password": password}))
    };
    assert_eq!(
        set_up("AAAA-BBBB-CCCC", "anna", PASSWORD).send().await.fails(400, "invalid")["field"],
        "code"
    );
    assert_eq!(set_up(&code, "anna", "short").send().await.fails(400, "invalid")["field"], "password");
    assert_eq!(set_up(&code, "an:na", PASSWORD).send().await.fails(400, "invalid")["field"], "name");

    let done = set_up(&code.to_lowercase(), "anna", PASSWORD).send().await;
    assert_eq!(done.status, 201, "{}", done.text());
    let me = hub.get("/api/auth/me").header("cookie", &done.cookie()).send().await.json();
    assert_eq!((&me["data"]["name"], &me["data"]["role"]), (&json!("anna"), &json!("admin")));
    set_up(&code, "bert", PASSWORD).send().await.fails(409, "conflict");
    assert_eq!(hub.keeper.setup_code().await.unwrap(), None);
    assert_eq!(hub.get("/api/config").send().await.json()["setup_required"], false);
}

#[tokio::test]
async fn people_are_managed_and_an_admin_always_remains() {
    let hub = Hub::open().await;
    user(&hub, "anna", "admin").await;
    let anna = log_in(&hub, "anna", PASSWORD).await.cookie();
    let ask = |method: &str, path: &str, body: Value| {
        hub.ask(method, path).json(body).header("cookie", &anna).header("x-labkeeper", "1")
    };
    let made = ask("POST", "/api/users", json!({"name": "bert", "password": PASSWORD, "role": "viewer"}))
        .send()
        .await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert!(!made.text().contains("argon2"));
    ask("POST", "/api/users", json!({"name": "Bert", "password": PASSWORD, "role": "viewer"}))
        .send()
        .await
        .fails(409, "conflict");
    let bert = log_in(&hub, "bert", PASSWORD).await.cookie();
    assert_eq!(hub.get("/api/hardware").header("cookie", &bert).send().await.status, 200);

    assert_eq!(ask("PATCH", "/api/users/bert", json!({"role": "editor"})).send().await.status, 200);
    hub.get("/api/hardware").header("cookie", &bert).send().await.fails(401, "unauthorized");
    ask("PATCH", "/api/users/anna", json!({"role": "viewer"})).send().await.fails(409, "conflict");
    ask("DELETE", "/api/users/anna", json!({})).send().await.fails(409, "conflict");
    ask("DELETE", "/api/users/nobody", json!({})).send().await.fails(404, "not_found");
    assert_eq!(ask("DELETE", "/api/users/bert", json!({})).send().await.status, 200);
    log_in(&hub, "bert", PASSWORD).await.fails(401, "unauthorized");
}

#[tokio::test]
async fn everybody_changes_their_own_password() {
    let hub = Hub::open().await;
    user(&hub, "vera", "viewer").await;
    let cookie = log_in(&hub, "vera", PASSWORD).await.cookie();
    let change = |old: &str, new: &str| {
        let body = json!({"old": old, "new": new});
        hub.post("/api/auth/password", body).header("cookie", &cookie).header("x-labkeeper", "1")
    };
    assert_eq!(
        change("not my password", "ten lives of a cat").send().await.fails(400, "invalid")["field"],
        "old"
    );
    assert_eq!(change(PASSWORD, "short").send().await.fails(400, "invalid")["field"], "new");
    let done = change(PASSWORD, "ten lives of a cat").send().await;
    assert_eq!(done.status, 200, "{}", done.text());
    hub.get("/api/hardware").header("cookie", &cookie).send().await.fails(401, "unauthorized");
    log_in(&hub, "vera", PASSWORD).await.fails(401, "unauthorized");
    assert_eq!(log_in(&hub, "vera", "ten lives of a cat").await.status, 200);
}

#[tokio::test]
async fn a_token_opens_the_web_app_until_it_is_revoked() {
    let hub = Hub::with_token("correct-horse").await;
    let secret = token(&hub, "write").await;
    let cookie = hub.post("/api/auth/login", json!({"token": secret})).send().await.cookie();
    let me = async || hub.get("/api/auth/me").header("cookie", &cookie).send().await;
    assert_eq!(me().await.json()["data"]["role"], "editor");
    owner(&hub, "token_revoke", json!({"id": 1, "confirm": true})).await;
    me().await.fails(401, "unauthorized");

    let admin = hub.post("/api/auth/login", json!({"token": "correct-horse"})).send().await;
    assert_eq!(admin.json()["data"]["role"], "admin");
    assert_eq!(hub.get("/api/users").header("cookie", &admin.cookie()).send().await.status, 200);
}
