//! Beginning and ending web sessions, and making the first account.

use std::net::IpAddr;

use labkeeper_core::actor::{Role, Via};
use labkeeper_core::audit::Phase;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Outcome, Session, User};
use serde_json::json;

use super::attempts::Who;
use super::authenticate::session_of_token;
use super::caller::{Caller, Credential};
use super::password;
use super::record::AtTheDoor;
use super::secret::{self, hash, same};
use crate::keeper::Keeper;

/// How long a session lasts at most, in microseconds: twelve hours.
const LASTS: i64 = 12 * 3600 * 1_000_000;

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// What the cookie holds.
    pub secret: String,
    /// Who it is.
    pub caller: Caller,
    /// Seconds until it ends.
    pub lasts: i64,
}

impl Keeper {
    /// Begins a session with a name and password.
    ///
    /// # Errors
    /// [`Code::Unauthorized`] when they do not fit, [`Code::RateLimited`] after too many failures.
    pub async fn sign_in(&self, name: &str, password: &str, from: Option<IpAddr>) -> Result<SignedIn, Fault> {
        let door = AtTheDoor { name, via: Via::Rest, op: "sign_in", from };
        let who = [Who::address(from), Who::account(name)];
        let attempts = self.house().attempts(who, self.clock().now()).await?;
        let found = self.known_by(name, password).await;
        if !matches!(found, Ok(None)) {
            self.house().take_back(&attempts).await;
        }
        let Some(user) = found? else {
            let shown: String = name.chars().filter(|letter| !letter.is_control()).take(64).collect();
            AtTheDoor { name: &shown, ..door }.refused(self, "name or password is wrong").await?;
            return Err(Fault::new(Code::Unauthorized, "name or password is wrong"));
        };
        let (secret, session) = self.new_session()?;
        let session = Session { user: user.name.clone(), role: user.role.clone(), ..session };
        self.write_session(&door, &session, None).await?;
        self.begun(secret, from).await
    }

    /// Begins a session with a token.
    ///
    /// # Errors
    /// As [`Keeper::authenticate`].
    pub async fn sign_in_with_token(&self, token: &str, from: Option<IpAddr>) -> Result<SignedIn, Fault> {
        let hashed = hash(token);
        let caller = self.token_holder(token, &hashed, Via::Rest, from).await?;
        let known = self.store().read().await?.token_by_hash(&hashed).await?;
        let (secret, session) = self.new_session()?;
        let session = session_of_token(self, known.as_ref(), session);
        let door = AtTheDoor { name: &caller.actor.name, via: Via::Rest, op: "sign_in", from };
        self.write_session(&door, &session, None).await?;
        self.begun(secret, from).await
    }

    /// Makes the first account, an admin, with the code that was printed at start, and begins its session.
    ///
    /// # Errors
    /// [`Code::Conflict`] when somebody can log in already, [`Code::Invalid`] for a code that is not the one.
    pub async fn set_up(
        &self,
        code: &str,
        name: &str,
        password: &str,
        from: Option<IpAddr>,
    ) -> Result<SignedIn, Fault> {
        let done = || {
            Fault::new(Code::Conflict, "this hub is set up already")
                .with_hint("log in, or ask an admin for an account")
        };
        let expected = self.setup_code().await?.ok_or_else(done)?;
        let attempts = self.house().attempts([Who::address(from)], self.clock().now()).await?;
        let door = AtTheDoor { name: "set-up", via: Via::Rest, op: "set_up", from };
        let given = code.trim().to_uppercase();
        if !same(&hash(&given), &hash(&expected)) {
            door.refused(self, "wrong set-up code").await?;
            return Err(Fault::invalid("code", "that is not the code")
                .with_hint("labkeeper printed it where it was started; a restart prints a new one"));
        }
        self.house().take_back(&attempts).await;
        password::check_name(name)?;
        password::check("password", password, name)?;
        let password_hash = self.access().passwords.hash(password).await?;
        let (secret, session) = self.new_session()?;
        let user = User {
            name: name.into(),
            role: Role::Admin.as_str().into(),
            password_hash,
            created_at: session.created_at,
        };
        let session = Session { user: name.into(), role: user.role.clone(), ..session };
        self.write_session(&AtTheDoor { name, ..door }, &session, Some((&user, done()))).await?;
        self.access().spend_setup_code();
        self.begun(secret, from).await
    }

    /// Ends a session; it is no fault when there is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, secret: &str) -> Result<(), Fault> {
        let hashed = hash(secret);
        self.access().unseen(&hashed);
        let mut tx = self.store().write().await?;
        tx.end_session(&hashed).await?;
        tx.commit().await?;
        self.access().forget();
        Ok(())
    }

    /// Whose name and password that are; nobody's when either is wrong.
    async fn known_by(&self, name: &str, password: &str) -> Result<Option<User>, Fault> {
        let user = self.store().read().await?.users().await?.into_iter().find(|user| user.name == name);
        let stored = user.as_ref().map(|user| user.password_hash.as_str());
        let fits = self.access().passwords.verify(password, stored).await?;
        Ok(user.filter(|_| fits))
    }

    fn new_session(&self) -> Result<(String, Session), Fault> {
        let (secret, now) = (secret::session()?, self.clock().now());
        let session = Session {
            hash: hash(&secret),
            user: String::new(),
            role: String::new(),
            created_at: now,
            expires_at: Stamp(now.0 + LASTS),
        };
        Ok((secret, session))
    }

    async fn write_session(
        &self,
        door: &AtTheDoor<'_>,
        session: &Session,
        first: Option<(&User, Fault)>,
    ) -> Result<(), Fault> {
        let now = session.created_at;
        let intent = door.intent(now);
        let mut tx = self.store().write_durably().await?;
        if let Some((user, done)) = first {
            if !tx.users().await?.is_empty() {
                drop(tx);
                door.refused(self, &done.message).await?;
                return Err(done);
            }
            tx.put_user(user).await?;
        }
        tx.insert_session(session).await?;
        // Both at once: it is about rows of the hub alone, and whoever hangs up leaves nothing of it.
        let asked = tx.intent(&intent).await?;
        let outcome = Outcome { phase: Phase::Done, summary: json!({"user": session.user}), change_id: None };
        tx.outcome(now, &intent, asked, &outcome).await?;
        tx.commit().await?;
        self.access().forget();
        Ok(())
    }

    async fn begun(&self, secret: String, from: Option<IpAddr>) -> Result<SignedIn, Fault> {
        let caller = self.authenticate(&Credential::Session(secret.clone()), Via::Rest, from).await?;
        let now = self.clock().now();
        let lasts = caller.expires_at.map_or(LASTS, |end| end.0 - now.0) / 1_000_000;
        Ok(SignedIn { secret, caller, lasts })
    }
}
