//! Where rows, words, vectors and old contents may lie outside the data directory.

use super::key::{Key, key, secret};

pub(super) const KEYS: &[Key] = &[
    secret(
        "database.url",
        &["DATABASE_URL"],
        "`sqlite:////path/to/file`, or `postgres://user:password@host:5432/database` for a PostgreSQL server; `labkeeper.db` in the data directory when empty.",
    ),
    secret(
        "redis.url",
        &["REDIS_URL"],
        "Redis server through which the processes of one hub tell each other of writes and count failed logins together, such as `redis://redis:6379`; each by itself when empty.",
    ),
    key(
        "blobs.url",
        &["S3_URL"],
        "",
        "Bucket for what files in the lab were before they were written, `s3://bucket/prefix`; the folder `blobs` beside the database when empty.",
    ),
    key(
        "blobs.endpoint",
        &["S3_ENDPOINT"],
        "",
        "Server of that bucket, such as `https://s3.example.net`; Amazon's of the region when empty.",
    ),
    key("blobs.region", &["S3_REGION"], "us-east-1", "Its region."),
    key(
        "blobs.access_key_id",
        &["S3_ACCESS_KEY_ID"],
        "",
        "Access key that may list, read, write and delete there.",
    ),
    secret("blobs.secret_access_key", &["S3_SECRET_ACCESS_KEY"], "Its secret."),
    key(
        "blobs.allow_http",
        &["S3_ALLOW_HTTP"],
        "false",
        "Whether a server that is not on this machine may be spoken to without TLS.",
    ),
    key(
        "blobs.encrypt",
        &["S3_ENCRYPT"],
        "false",
        "Whether contents are encrypted before they are put into the bucket. Who loses the key loses them.",
    ),
    secret(
        "blobs.key",
        &["S3_ENCRYPTION_KEY"],
        "The key for that, 64 hexadecimal digits; the file `blobs.key` beside the database, which is made once, when empty.",
    ),
    key(
        "blobs.timeout_seconds",
        &["S3_TIMEOUT_SECONDS"],
        "30",
        "How long one content may take to be kept there or read, in seconds; after that the file is not written.",
    ),
    key(
        "search.models_dir",
        &["LABKEEPER_MODELS"],
        "",
        "Where the model for search by meaning lies; `models/` in the data directory when empty.",
    ),
    secret(
        "search.qdrant_url",
        &["QDRANT_URL"],
        "Qdrant server that keeps the vectors of search by meaning, such as `http://qdrant:6333`; in memory when empty.",
    ),
    key(
        "search.qdrant_collection",
        &["QDRANT_COLLECTION"],
        "labkeeper",
        "Its collection for this lab. It is made when it is not there; one that labkeeper did not make for this lab is left alone.",
    ),
    secret("search.qdrant_api_key", &["QDRANT_API_KEY"], "Key for that server."),
];
