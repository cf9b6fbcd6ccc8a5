//! People, their sessions, and tokens. Secrets are stored only as hashes.

use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::event::Event;
use crate::sql::sql;
use crate::view::{View, WriteTx};

/// A person who can log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Login name.
    pub name: String,
    /// Role name.
    pub role: String,
    /// Argon2id, PHC string.
    pub password_hash: String,
    /// When they were added.
    pub created_at: Stamp,
}

/// A web session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's secret.
    pub hash: String,
    /// Whose.
    pub user: String,
    /// Role at login.
    pub role: String,
    /// When it began.
    pub created_at: Stamp,
    /// When it ends.
    pub expires_at: Stamp,
}

/// A named token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Scope name.
    pub scope: String,
    /// SHA-256 of the secret.
    pub hash: String,
    /// When it was made.
    pub created_at: Stamp,
    /// When it ends, if ever.
    pub expires_at: Option<Stamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Stamp>,
    /// When it was revoked.
    pub revoked_at: Option<Stamp>,
}

type TokenRow = (i64, String, String, String, i64, Option<i64>, Option<i64>, Option<i64>);

fn token_of(row: TokenRow) -> Token {
    let (id, name, scope, hash, created_at, expires_at, last_used_at, revoked_at) = row;
    Token {
        id,
        name,
        scope,
        hash,
        created_at: Stamp(created_at),
        expires_at: expires_at.map(Stamp),
        last_used_at: last_used_at.map(Stamp),
        revoked_at: revoked_at.map(Stamp),
    }
}

impl View {
    /// Everyone who can log in.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn users(&mut self) -> Result<Vec<User>> {
        let rows: Vec<(String, String, String, i64)> =
            sql("SELECT name, role, password_hash, created_at FROM users ORDER BY name")
                .fetch_all(self.conn())
                .await?;
        Ok(rows
            .into_iter()
            .map(|(name, role, password_hash, created_at)| User {
                name,
                role,
                password_hash,
                created_at: Stamp(created_at),
            })
            .collect())
    }

    /// The session of that hash, if it has not ended by `now`.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn session(&mut self, hash: &str, now: Stamp) -> Result<Option<Session>> {
        let row: Option<(String, String, String, i64, i64)> = sql(
            "SELECT hash, \"user\", role, created_at, expires_at FROM sessions WHERE hash = $1 AND expires_at > $2",
        )
        .bind(hash)
        .bind(now.0)
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(|(hash, user, role, created_at, expires_at)| Session {
            hash,
            user,
            role,
            created_at: Stamp(created_at),
            expires_at: Stamp(expires_at),
        }))
    }

    /// Every token, revoked ones too.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn tokens(&mut self) -> Result<Vec<Token>> {
        let rows: Vec<TokenRow> = sql(
            "SELECT id, name, scope, hash, created_at, expires_at, last_used_at, revoked_at FROM tokens ORDER BY id",
        )
        .fetch_all(self.conn())
        .await?;
        Ok(rows.into_iter().map(token_of).collect())
    }

    /// The token of that hash.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn token_by_hash(&mut self, hash: &str) -> Result<Option<Token>> {
        let row: Option<TokenRow> = sql(
            "SELECT id, name, scope, hash, created_at, expires_at, last_used_at, revoked_at FROM tokens WHERE hash = $1",
        )
        .bind(hash)
        .fetch_optional(self.conn())
        .await?;
        Ok(row.map(token_of))
    }

    /// A value of the hub itself.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn meta(&mut self, key: &str) -> Result<Option<String>> {
        let row: Option<(String,)> =
            sql("SELECT value FROM meta WHERE key = $1").bind(key).fetch_optional(self.conn()).await?;
        Ok(row.map(|(value,)| value))
    }
}

impl WriteTx {
    /// Adds a person or replaces their role and password.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn put_user(&mut self, user: &User) -> Result<()> {
        sql("INSERT INTO users (name, role, password_hash, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (name) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash")
        .bind(&user.name)
        .bind(&user.role)
        .bind(&user.password_hash)
        .bind(user.created_at.0)
        .execute(self.aside())
        .await?;
        Ok(())
    }

    /// Removes a person and ends their sessions.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn delete_user(&mut self, name: &str) -> Result<()> {
        self.end_sessions_of(name).await?;
        sql("DELETE FROM users WHERE name = $1").bind(name).execute(self.aside()).await?;
        Ok(())
    }

    /// Begins a session and drops those that have ended.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn insert_session(&mut self, session: &Session) -> Result<()> {
        sql("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(session.created_at.0)
            .execute(self.aside())
            .await?;
        sql(
            "INSERT INTO sessions (hash, \"user\", role, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&session.hash)
        .bind(&session.user)
        .bind(&session.role)
        .bind(session.created_at.0)
        .bind(session.expires_at.0)
        .execute(self.aside())
        .await?;
        Ok(())
    }

    /// Ends one session.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn end_session(&mut self, hash: &str) -> Result<()> {
        sql("DELETE FROM sessions WHERE hash = $1").bind(hash).execute(self.aside()).await?;
        Ok(())
    }

    /// Ends every session of a person.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn end_sessions_of(&mut self, user: &str) -> Result<()> {
        sql("DELETE FROM sessions WHERE \"user\" = $1").bind(user).execute(self.aside()).await?;
        Ok(())
    }

    /// Adds a token; answers its id.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn insert_token(&mut self, token: &Token) -> Result<i64> {
        let id =
            sql("INSERT INTO tokens (name, scope, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)")
                .bind(&token.name)
                .bind(&token.scope)
                .bind(&token.hash)
                .bind(token.created_at.0)
                .bind(token.expires_at.map(|stamp| stamp.0))
                .insert_once(self.aside())
                .await?;
        self.events.push(Event::about("token", "created", id));
        Ok(id)
    }

    /// Revokes a token for good.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn revoke_token(&mut self, id: i64, at: Stamp) -> Result<bool> {
        let done = sql("UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id)
            .bind(at.0)
            .execute(self.aside())
            .await?;
        self.events.push(Event::about("token", "deleted", id));
        Ok(done > 0)
    }

    /// Remembers that a token was used.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn touch_token(&mut self, id: i64, at: Stamp) -> Result<()> {
        sql("UPDATE tokens SET last_used_at = $2 WHERE id = $1")
            .bind(id)
            .bind(at.0)
            .execute(self.aside())
            .await?;
        Ok(())
    }

    /// Sets a value of the hub itself.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn set_meta(&mut self, key: &str, value: &str) -> Result<()> {
        sql("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
            .bind(key)
            .bind(value)
            .execute(self.aside())
            .await?;
        Ok(())
    }
}
