//! The double's door: HTTP on loopback, an answer in Qdrant's envelope, and the faults.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{any, get, post, put};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::collection::{Collection, Refusal};
use super::faults::Faults;
use super::requests::{Batch, CountPoints, Create, Index, PointIds, Retrieve, Scroll, SetPayload, Upsert};

#[derive(Default)]
struct World {
    collections: BTreeMap<String, Collection>,
    faults: Faults,
    key: Option<String>,
    requests: usize,
    /// What was put aside for later.
    kept: Option<BTreeMap<String, Collection>>,
}

type Shared = Arc<Mutex<World>>;

/// A running server. It ends with this value; [`Double::stop`] and [`Double::start`] are for one that goes and comes.
pub struct Double {
    world: Shared,
    address: std::net::SocketAddr,
    running: watch::Sender<bool>,
    tasks: Mutex<JoinSet<()>>,
}

impl Double {
    /// A server without anything in it.
    ///
    /// # Errors
    /// When loopback has no port for it.
    pub async fn new() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let double = Self {
            world: Shared::default(),
            address: listener.local_addr()?,
            running: watch::Sender::new(true),
            tasks: Mutex::default(),
        };
        double.serve(listener);
        Ok(double)
    }

    /// Where it answers.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on only those with this key are let in.
    pub fn lock(&self, key: &str) {
        self.world().key = Some(key.into());
    }

    /// From now on it misbehaves like that.
    pub fn fail(&self, faults: Faults) {
        self.world().faults = faults;
    }

    /// Everything in it is gone.
    pub fn forget_everything(&self) {
        self.world().collections.clear();
    }

    /// Remembers what it holds now, for [`Double::put_back`].
    pub fn put_aside(&self) {
        let mut world = self.world();
        world.kept = Some(world.collections.clone());
    }

    /// Holds again what it held then, as after a snapshot was restored.
    pub fn put_back(&self) {
        let mut world = self.world();
        world.collections = world.kept.clone().unwrap_or_default();
    }

    /// How many requests came so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.world().requests
    }

    /// Nobody listens any more, and every connection is closed.
    pub async fn stop(&self) {
        self.running.send_replace(false);
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
    }

    /// Listens again where it did.
    ///
    /// # Errors
    /// When the port was taken meanwhile.
    pub async fn start(&self) -> std::io::Result<()> {
        let listener = TcpListener::bind(self.address).await?;
        self.running.send_replace(true);
        self.serve(listener);
        Ok(())
    }

    fn serve(&self, listener: TcpListener) {
        let routes = routes(Arc::clone(&self.world));
        let mut running = self.running.subscribe();
        let stopped = async move {
            let _ = running.wait_for(|running| !running).await;
        };
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.spawn(async move {
            // It ends with the last connection, and those that are idle are closed.
            let _ = axum::serve(listener, routes).with_graceful_shutdown(stopped).await;
        });
    }

    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }
}

fn lock(world: &Shared) -> MutexGuard<'_, World> {
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

fn routes(world: Shared) -> Router {
    Router::new()
        .route("/collections/{name}", get(info).put(create).delete(drop_collection))
        .route("/collections/{name}/index", put(below))
        .route("/collections/{name}/points", put(below).post(below))
        .route("/collections/{name}/points/{*what}", post(below))
        .fallback(any(async || refusal((404, String::new()))))
        .layer(from_fn_with_state(Arc::clone(&world), misbehave))
        .with_state(world)
}

async fn misbehave(State(world): State<Shared>, request: Request, next: Next) -> Response {
    let (faults, key) = {
        let mut world = lock(&world);
        world.requests += 1;
        (world.faults.clone(), world.key.clone())
    };
    if let Some(slow) = faults.slow {
        tokio::time::sleep(slow).await;
    }
    if faults.resets {
        // A body that breaks off before its first byte closes the connection in the middle of the answer.
        let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("reset")) });
        return Response::new(axum::body::Body::from_stream(broken));
    }
    if faults.broken {
        return refusal((500, "Service internal error: task panicked".into()));
    }
    let given =
        |headers: &HeaderMap| headers.get("api-key").and_then(|key| key.to_str().ok().map(str::to_owned));
    if key.is_some() && given(request.headers()) != key {
        return (StatusCode::UNAUTHORIZED, "Must provide an API key or an Authorization bearer token")
            .into_response();
    }
    next.run(request).await
}

async fn info(State(world): State<Shared>, Path(name): Path<String>) -> Response {
    answer(known(&mut lock(&world), &name).map(|collection| collection.info()))
}

async fn create(State(world): State<Shared>, Path(name): Path<String>, body: Bytes) -> Response {
    let mut world = lock(&world);
    if world.collections.contains_key(&name) {
        return refusal((409, format!("Wrong input: Collection `{name}` already exists!")));
    }
    answer(read::<Create>(&body).and_then(|asked| Collection::new(&asked.vectors)).map(|collection| {
        world.collections.insert(name, collection);
        Value::Bool(true)
    }))
}

async fn drop_collection(State(world): State<Shared>, Path(name): Path<String>) -> Response {
    let was_there = lock(&world).collections.remove(&name).is_some();
    answer(Ok(Value::Bool(was_there)))
}

/// Everything below a collection, by the end of its path.
async fn below(State(world): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, 32 << 20).await else {
        return refusal((413, "Payload Too Large".into()));
    };
    let path = parts.uri.path().trim_start_matches("/collections/").to_owned();
    let (name, what) = path.split_once('/').unwrap_or((&path, ""));
    let waits = parts.uri.query().is_some_and(|query| query.split('&').any(|part| part == "wait=true"));
    let mut world = lock(&world);
    let late = world.faults.late || !waits;
    let done = known(&mut world, name).and_then(|collection| {
        let changes = matches!(
            (&parts.method, what),
            (&Method::PUT, _) | (&Method::POST, "points/delete" | "points/payload")
        );
        if changes && late {
            return Ok(json!({"operation_id": 0, "status": "acknowledged"}));
        }
        act(collection, &parts.method, what, &body)
    });
    answer(done)
}

fn act(collection: &mut Collection, method: &Method, what: &str, body: &[u8]) -> Result<Value, Refusal> {
    match (method, what) {
        (&Method::PUT, "index") => {
            let asked: Index = read(body)?;
            Ok(collection.index(asked.field_name))
        }
        (&Method::PUT, "points") => collection.upsert(read::<Upsert>(body)?.points),
        (&Method::POST, "points") => {
            let asked: Retrieve = read(body)?;
            no_vectors(asked.with_vector)?;
            collection.retrieve(&asked.ids, asked.with_payload.as_ref())
        }
        (&Method::POST, "points/delete") => collection.delete(&read::<PointIds>(body)?.points),
        (&Method::POST, "points/payload") => collection.set_payload(&read::<SetPayload>(body)?),
        (&Method::POST, "points/count") => Ok(collection.count(read::<CountPoints>(body)?.filter.as_ref())),
        (&Method::POST, "points/scroll") => {
            let asked: Scroll = read(body)?;
            no_vectors(asked.with_vector)?;
            collection.scroll(&asked)
        }
        (&Method::POST, "points/query/batch") => {
            let searches = read::<Batch>(body)?.searches;
            let found: Result<Vec<Value>, Refusal> = searches
                .iter()
                .map(|search| no_vectors(search.with_vector).and_then(|()| collection.search(search)))
                .collect();
            Ok(found?.into())
        }
        _ => Err((404, String::new())),
    }
}

/// The double shows no vectors; whoever asks for them is told so rather than answered wrongly.
fn no_vectors(wanted: Option<bool>) -> Result<(), Refusal> {
    if wanted == Some(true) { Err((501, "the double shows no vectors".into())) } else { Ok(()) }
}

fn known<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Collection, Refusal> {
    let missing = || (404, format!("Not found: Collection `{name}` doesn't exist!"));
    world.collections.get_mut(name).ok_or_else(missing)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| (400, format!("Format error in JSON body: {error}")))
}

fn answer(done: Result<Value, Refusal>) -> Response {
    match done {
        Ok(result) => Json(json!({"result": result, "status": "ok", "time": 0.000_1})).into_response(),
        Err(refused) => refusal(refused),
    }
}

fn refusal((status, words): Refusal) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if words.is_empty() {
        return status.into_response();
    }
    (status, Json(json!({"status": {"error": words}, "time": 0.000_1}))).into_response()
}
