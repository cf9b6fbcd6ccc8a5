//! Who may come in, and what they may do there.

use axum::Extension;
use labkeeper_core::actor::Actor;
use labkeeper_ops::operation::Need;
use labkeeper_rest::Options;
use labkeeper_store::testing;
use serde_json::json;

use crate::door::{PASSWORD, log_in, owner, token, user};
use crate::hub::Hub;

#[tokio::test]
async fn with_a_token_set_everything_but_the_entrance_asks_for_it() {
    let hub = Hub::with_token("correct-horse").await;
    for open in ["/api/health", "/api/config", "/livez", "/readyz", "/", "/favicon.svg"] {
        let status = hub.get(open).send().await.status;
        assert!(status == 200 || (open == "/favicon.svg" && status == 404), "{open} {status}");
    }
    assert_eq!(hub.get("/api/config").send().await.json()["requiresAuth"], true);
    for closed in [
        "/api/hardware",
        "/api/nonsense",
        "/api/events",
        "/api/openapi.json",
        "/api/docs-ui",
        "/metrics",
        "/mcp/more",
        "/api/auth/me",
    ] {
        let told = hub.get(closed).send().await;
        assert_eq!(told.fails(401, "unauthorized")["error"], "Unauthorized", "{closed}");
        assert!(told.header("www-authenticate").starts_with("Bearer"), "{closed}");
        let basic = hub.get(closed).header("authorization", "Basic Y29ycmVjdDpob3JzZQ==").send().await;
        basic.fails(401, "unauthorized");
        let wrong = hub.get(closed).bearer("correct-horsf").header("x-forwarded-for", closed).send().await;
        assert_eq!(wrong.fails(403, "forbidden")["error"], "Forbidden", "{closed}");
    }
    assert_eq!(hub.get("/api/hardware").bearer("correct-horse ").send().await.status, 200);
    let me = hub.get("/api/auth/me").bearer("correct-horse").send().await.json();
    assert_eq!((&me["data"]["role"], &me["data"]["via"]), (&json!("admin"), &json!("token")));
}

#[tokio::test]
async fn no_route_of_the_document_is_open_by_accident() {
    let hub = Hub::with_token("correct-horse").await;
    let document = hub.get("/api/openapi.json").bearer("correct-horse").send().await.json();
    let mut open = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let concrete: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
            let told = hub.ask(&method.to_uppercase(), &concrete.join("/")).json(json!({})).send().await;
            if operation["security"] == json!([]) {
                open.push(path.as_str());
                assert_ne!(told.status, 403, "{method} {path}");
            } else {
                told.fails(401, "unauthorized");
            }
        }
    }
    open.sort_unstable();
    let known = [
        "/api/auth/login",
        "/api/auth/logout",
        "/api/auth/setup",
        "/api/config",
        "/api/health",
        "/livez",
        "/readyz",
    ];
    assert_eq!(open, known);
}

#[tokio::test]
async fn whoever_may_only_read_is_refused_every_write_and_all_management() {
    let hub = Hub::open().await;
    let reader = token(&hub, "read").await;
    let before = hub.get("/api/inventory").bearer(&reader).send().await.text();
    let mut refused = 0;
    for entry in hub.keeper.registry().iter().filter(|entry| entry.meta.need != Need::Read) {
        for route in entry.meta.routes {
            let path = route.path.replace("{type}", "vms");
            let concrete: Vec<&str> =
                path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect();
            let method = serde_json::to_value(route.method).unwrap();
            let ask = hub.ask(method.as_str().unwrap(), &concrete.join("/")).json(json!({})).bearer(&reader);
            ask.send().await.fails(403, "forbidden");
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused}");
    assert_eq!(hub.get("/api/inventory").bearer(&reader).send().await.text(), before);
}

#[tokio::test]
async fn each_scope_and_role_may_do_what_it_says() {
    let hub = Hub::open().await;
    for scope in ["read", "write", "observe", "operate", "companion", "root"] {
        let bearer = token(&hub, scope).await;
        let write = !matches!(scope, "read" | "observe");
        assert_eq!(hub.get("/api/hardware").bearer(&bearer).send().await.status, 200, "{scope}");
        let made = hub.post("/api/hardware", json!({"name": scope})).bearer(&bearer).send().await;
        if write {
            assert_eq!(made.status, 201, "{scope}: {}", made.text());
        } else {
            made.fails(403, "forbidden");
        }
        let more =
            hub.post("/api/tokens", json!({"name": "more", "scope": "root"})).bearer(&bearer).send().await;
        more.fails(403, "forbidden");
        hub.get("/api/users").bearer(&bearer).send().await.fails(403, "forbidden");
    }
    for (role, write, admin) in
        [("viewer", 403, 403), ("editor", 201, 403), ("operator", 201, 403), ("admin", 201, 200)]
    {
        user(&hub, role, role).await;
        let cookie = log_in(&hub, role, PASSWORD).await.cookie();
        let ask = hub
            .post("/api/hardware", json!({"name": role}))
            .header("cookie", &cookie)
            .header("x-labkeeper", "1");
        assert_eq!(ask.send().await.status, write, "{role}");
        assert_eq!(hub.get("/api/users").header("cookie", &cookie).send().await.status, admin, "{role}");
    }
    let audit = owner(&hub, "query_audit", json!({"phase": "refused"})).await;
    assert!(audit.to_string().contains("inventory_create"), "{audit}");
}

#[tokio::test]
async fn a_token_is_shown_once_used_expires_and_is_revoked() {
    let hub = Hub::with_token("the owner's own token").await;
    let ask = hub
        .post("/api/tokens", json!({"name": "backup", "scope": "read", "expires": "1d"}))
        .bearer("the owner's own token");
    let made = ask.send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    let (secret, id) =
        (made.json()["data"]["token"].as_str().unwrap().to_string(), made.json()["data"]["id"].clone());
    assert!(secret.starts_with("lk_"));
    assert_eq!(hub.get("/api/hardware").bearer(&secret).send().await.status, 200);
    let listed = hub.get("/api/tokens").bearer("the owner's own token").send().await;
    assert!(!listed.text().contains(&secret[3..]) && listed.json()["data"][0]["name"] == "backup");
    if testing::server().is_none() {
        let stored = std::fs::read(hub.folder.path().join("hub.db-wal")).unwrap();
        assert!(!stored.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }

    hub.clock.advance_minutes(24 * 60 + 1);
    owner(&hub, "inventory_create", json!({"type": "misc", "data": {"name": "tick"}})).await;
    hub.get("/api/hardware").bearer(&secret).send().await.fails(403, "forbidden");

    let other = token(&hub, "write").await;
    assert_eq!(hub.get("/api/hardware").bearer(&other).send().await.status, 200);
    let path = "/api/tokens/2";
    assert_ne!(id, 2);
    let revoked = hub.ask("DELETE", path).bearer("the owner's own token").send().await;
    assert_eq!(revoked.status, 200, "{}", revoked.text());
    hub.get("/api/hardware").bearer(&other).send().await.fails(403, "forbidden");
}

#[tokio::test]
async fn the_last_use_of_a_token_is_noted_to_the_minute() {
    let hub = Hub::open().await;
    let secret = token(&hub, "read").await;
    let mut committed = hub.keeper.store().watch();
    committed.borrow_and_update();
    hub.get("/api/hardware").bearer(&secret).send().await;
    let used = async || owner(&hub, "token_list", json!({})).await["data"][0]["last_used_at"].clone();
    for _ in 0..1000 {
        if used().await == "2026-11-22T00:00:00" {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("never noted: {}", used().await);
}

#[tokio::test]
async fn an_open_hub_answers_only_to_its_own_names_and_pages() {
    let hub = Hub::with(None, Options { hosts: vec!["hub.lan".into()], ..Options::default() }).await;
    for (host, status) in [
        ("localhost:8080", 200),
        ("127.0.0.1:8080", 200),
        ("[::1]:8080", 200),
        ("hub.lan", 200),
        ("evil.example", 403),
        ("localhost.evil.example:8080", 403),
        ("192.168.1.10:8080", 403),
    ] {
        for path in ["/api/hardware", "/", "/api/config"] {
            let told = hub.get(path).header("host", host).send().await;
            assert_eq!(told.status, status, "{host} {path}");
            if status == 403 {
                told.fails(403, "forbidden");
            }
        }
    }
    let before = hub.get("/api/misc").send().await.json()["count"].clone();
    for origin in ["http://evil.example", "null", "http://localhost:3000", "http://localhost"] {
        let told = hub.post("/api/misc", json!({"name": "x"})).header("origin", origin).send().await;
        told.fails(403, "forbidden");
        hub.get("/api/misc").header("origin", origin).send().await.fails(403, "forbidden");
    }
    assert_eq!(hub.get("/api/misc").send().await.json()["count"], before);
    assert_eq!(hub.get("/livez").header("host", "10.1.2.3").send().await.status, 200);
}

#[tokio::test]
async fn the_first_credential_closes_an_open_hub() {
    let hub = Hub::open().await;
    assert_eq!(hub.get("/api/config").send().await.json()["requiresAuth"], false);
    assert_eq!(hub.get("/api/hardware").send().await.status, 200);
    assert_eq!(hub.get("/api/hardware").bearer("whatever a client was set up with").send().await.status, 200);
    let secret = token(&hub, "read").await;
    hub.get("/api/hardware").send().await.fails(401, "unauthorized");
    assert_eq!(hub.get("/api/hardware").bearer(&secret).send().await.status, 200);
    assert_eq!(hub.get("/api/config").send().await.json()["requiresAuth"], true);
}

#[tokio::test]
async fn where_others_can_reach_it_a_hub_is_never_open() {
    let hub =
        Hub::with(None, Options { listen: "0.0.0.0:8080".parse().unwrap(), ..Options::default() }).await;
    hub.get("/api/hardware").send().await.fails(401, "unauthorized");
    assert_eq!(hub.get("/api/config").send().await.json()["setup_required"], true);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_written_down() {
    let hub = Hub::with_token("secret").await;
    for _ in 0..10 {
        hub.get("/api/hardware").bearer("guess").send().await.fails(403, "forbidden");
    }
    let told = hub.get("/api/hardware").bearer("another guess").send().await;
    told.fails(429, "rate_limited");
    assert_eq!(told.header("retry-after"), "300");
    hub.post("/api/auth/login", json!({"token": "guess"})).send().await.fails(429, "rate_limited");
    let unguessable = token(&hub, "read").await;
    assert_eq!(hub.get("/api/hardware").bearer(&unguessable).send().await.status, 200);
    let audit = owner(&hub, "query_audit", json!({"phase": "refused"})).await;
    assert_eq!(audit["data"].as_array().unwrap().len(), 10, "{audit}");
    assert!(!audit.to_string().contains("guess"), "{audit}");

    hub.clock.advance_minutes(5);
    assert_eq!(hub.get("/api/hardware").bearer("secret").send().await.status, 200);
}

/// How many of so many wrong ones that come at once are heard, and not told to wait.
async fn heard<'a>(many: usize, ask: impl Fn(usize) -> crate::hub::Ask<'a>) -> usize {
    let told = futures::future::join_all((0..many).map(|number| ask(number).send())).await;
    told.iter().filter(|told| told.status != 429).count()
}

#[tokio::test]
async fn guesses_that_come_at_once_are_no_more_than_those_one_after_the_other() {
    let hub = Hub::open().await;
    user(&hub, "anna", "editor").await;
    let guess = |number| json!({"name": "anna", "password": format!("is it this one, {number}?")});
    assert_eq!(heard(60, |number| hub.post("/api/auth/login", guess(number))).await, 10);
    hub.clock.advance_minutes(5);
    let cookie = log_in(&hub, "anna", PASSWORD).await.cookie();
    let guess = |number| json!({"old": format!("is it this one, {number}?"), "new": "ten lives of a cat"});
    let ask = |number| {
        hub.post("/api/auth/password", guess(number)).header("cookie", &cookie).header("x-labkeeper", "1")
    };
    assert_eq!(heard(60, ask).await, 30);
}

#[tokio::test]
async fn the_right_one_among_many_tokens_that_are_tried_at_once_is_not_heard() {
    let hub = Hub::with_token("secret").await;
    let guess = |number| if number == 59 { "secret".to_owned() } else { format!("guess {number}") };
    let ask = |number| hub.get("/api/hardware").bearer(&guess(number)).send();
    let told = futures::future::join_all((0..60).map(ask)).await;
    assert_eq!(told.iter().filter(|told| told.status == 403).count(), 10);
    told[59].fails(429, "rate_limited");
    hub.clock.advance_minutes(5);
    assert_eq!(hub.get("/api/hardware").bearer("secret").send().await.status, 200);
}

#[tokio::test]
async fn a_login_forgives_nobody_elses_guesses_and_a_person_their_typos() {
    let hub = Hub::open().await;
    user(&hub, "anna", "editor").await;
    user(&hub, "mallory", "viewer").await;
    for _ in 0..12 {
        assert_eq!(log_in(&hub, "anna", PASSWORD).await.status, 200, "who comes in is not counted");
    }
    for _ in 0..3 {
        log_in(&hub, "anna", "nine lives of a cta").await.fails(401, "unauthorized");
    }
    assert_eq!(log_in(&hub, "anna", PASSWORD).await.status, 200);
    for number in 3..10 {
        log_in(&hub, &format!("guess{number}"), "is it this one?").await.fails(401, "unauthorized");
        if number % 3 == 1 {
            assert_eq!(log_in(&hub, "mallory", PASSWORD).await.status, 200);
        }
    }
    log_in(&hub, "anna", "is it this one?").await.fails(429, "rate_limited");
}

#[tokio::test]
async fn what_lies_behind_the_gate_learns_who_calls() {
    let who = axum::routing::post(async |actor: Option<Extension<Actor>>| match actor {
        Some(Extension(actor)) => format!("{} by {}", actor.name, actor.via.as_str()),
        None => "nobody: the MCP endpoint itself says how to come in".into(),
    });
    let mut hub = Hub::open().await;
    let extra = axum::Router::new().route("/mcp", who);
    hub.app = labkeeper_rest::app(hub.keeper.clone(), hub.options.clone(), extra).unwrap();
    assert_eq!(hub.ask("POST", "/mcp").send().await.text(), "local by mcp");
    hub.ask("POST", "/mcp").header("host", "evil.example").send().await.fails(403, "forbidden");
    hub.ask("POST", "/mcp").header("origin", "http://evil.example").send().await.fails(403, "forbidden");
    let secret = token(&hub, "operate").await;
    assert!(hub.ask("POST", "/mcp").send().await.text().starts_with("nobody"));
    // A wrong token makes nobody: the endpoint answers 401, as OAuth clients expect.
    assert!(hub.ask("POST", "/mcp").bearer("lk_wrong").send().await.text().starts_with("nobody"));
    assert_eq!(hub.ask("POST", "/mcp").bearer(&secret).send().await.text(), "for operate by mcp");
}
