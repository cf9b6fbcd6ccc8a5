//! From a credential to an actor.

use std::net::IpAddr;

use labkeeper_core::actor::{Actor, Grant, Role, Scope, Via};
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::principal::Principal;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::{Session, Token};

use super::attempts::{Who, too_many};
use super::caller::{Caller, Credential, is_live};
use super::record::AtTheDoor;
use super::secret::{hash, same};
use crate::keeper::Keeper;

/// A session unused for so long has ended; microseconds.
const IDLE: i64 = 30 * 60 * 1_000_000;
/// A token's last use is noted to the minute.
const MINUTE: i64 = 60 * 1_000_000;
/// From this length on a token cannot be guessed, so its holder need not wait for somebody else's mistakes.
const UNGUESSABLE: usize = 32;
/// What sessions that were begun with a token carry instead of a person's name; no login name has a colon.
const BY_TOKEN: &str = "token:";

impl Keeper {
    /// Who that credential is. `from` is the address it came from.
    ///
    /// # Errors
    /// [`Code::Forbidden`] for a token nobody has, [`Code::Unauthorized`] for a session that has ended,
    /// [`Code::RateLimited`] (`details.retry_after` in seconds) after too many failures from that address.
    pub async fn authenticate(
        &self,
        credential: &Credential,
        via: Via,
        from: Option<IpAddr>,
    ) -> Result<Caller, Fault> {
        let version = self.store().watch().borrow().seq;
        let (key, hashed) = match credential {
            Credential::Token(secret) => ("token", hash(secret)),
            Credential::Session(secret) => ("session", hash(secret)),
        };
        let key = format!("{key} {hashed}");
        let mut caller = match self.access().known(version, &key) {
            Some(caller) => caller,
            None => {
                let caller = match credential {
                    Credential::Token(secret) => self.token_holder(secret, &hashed, via, from).await?,
                    Credential::Session(_) => self.session_holder(&hashed).await?,
                };
                self.access().remember(version, key, caller.clone());
                caller
            }
        };
        let now = self.clock().now();
        if let Credential::Session(_) = credential {
            let idle = self.access().seen(&hashed, now).is_some_and(|before| now.0 - before.0 > IDLE);
            if idle || caller.expires_at.is_some_and(|end| end <= now) {
                self.access().unseen(&hashed);
                self.sign_out(match credential {
                    Credential::Token(secret) | Credential::Session(secret) => secret,
                })
                .await?;
                return Err(ended());
            }
        }
        caller.actor.via = via;
        Ok(caller)
    }

    pub(super) async fn token_holder(
        &self,
        secret: &str,
        hashed: &str,
        via: Via,
        from: Option<IpAddr>,
    ) -> Result<Caller, Fault> {
        let now = self.clock().now();
        let found = self.store().read().await?.token_by_hash(hashed).await?;
        if let Some(token) = found.filter(|token| same(&token.hash, hashed) && is_live(token, now)) {
            self.note_use(&token, now);
            return holder_of(&token, via);
        }
        let address = Who::address(from);
        // Only now, and a wrong one is counted without waiting for anything: none of many that come at once overtakes those before it.
        if let Some(expected) = self.settings().api_token.as_ref().filter(|token| same(&hash(token), hashed))
        {
            if expected.len() < UNGUESSABLE
                && let Some(seconds) = self.house().must_wait(&address, now).await
            {
                return Err(too_many(seconds));
            }
            return Ok(api_token_holder(via));
        }
        self.house().attempt(address, now).await?;
        let shown: String = secret.chars().take(3).filter(|_| secret.starts_with("lk_")).collect();
        AtTheDoor {
            name: if shown.is_empty() { "unknown" } else { "unknown token" },
            via,
            op: "authenticate",
            from,
        }
        .refused(self, "no such token")
        .await?;
        Err(Fault::new(Code::Forbidden, "Forbidden").with_hint("the token is unknown, expired or revoked"))
    }

    async fn session_holder(&self, hashed: &str) -> Result<Caller, Fault> {
        let now = self.clock().now();
        let mut view = self.store().read().await?;
        let session = view
            .session(hashed, now)
            .await?
            .filter(|session| same(&session.hash, hashed))
            .ok_or_else(ended)?;
        let name = format!("web-{}", &hashed[..12]);
        let mut caller = match session.user.strip_prefix(BY_TOKEN) {
            None => {
                let role = Role::parse(&session.role).ok_or_else(ended)?;
                let actor = Actor {
                    name: session.user.clone(),
                    principal: Principal::Person(session.user.clone()),
                    via: Via::Rest,
                    grant: role.grant(),
                    session: None,
                    person: true,
                };
                Caller { actor, role, expires_at: None }
            }
            Some("api") => match &self.settings().api_token {
                Some(token) if same(&session.role, &hash(&hash(token))) => api_token_holder(Via::Rest),
                _ => return Err(ended()),
            },
            Some(id) => {
                let tokens = view.tokens().await?;
                let token = tokens.iter().find(|token| token.id.to_string() == id && is_live(token, now));
                holder_of(token.ok_or_else(ended)?, Via::Rest)?
            }
        };
        caller.actor.session = Some(name);
        caller.expires_at =
            Some(caller.expires_at.map_or(session.expires_at, |end| end.min(session.expires_at)));
        Ok(caller)
    }

    /// Nobody waits for this, and nothing is lost when it fails.
    fn note_use(&self, token: &Token, now: Stamp) {
        if token.last_used_at.is_some_and(|last| now.0 - last.0 < MINUTE) {
            return;
        }
        let (keeper, id) = (self.clone(), token.id);
        let place = self.house().at_work().enter("noting the use of a token", now);
        tokio::spawn(async move {
            let _at_work = place;
            let noted = async {
                let mut tx = keeper.store().write().await?;
                tx.touch_token(id, now).await?;
                tx.commit().await
            };
            if let Err(error) = noted.await {
                tracing::warn!(token.id = id, %error, "could not note that a token was used");
            }
        });
    }
}

/// The session that a credential other than a password begins: whose, and what makes it end early.
pub(super) fn session_of_token(keeper: &Keeper, token: Option<&Token>, mut session: Session) -> Session {
    match token {
        Some(token) => {
            session.user = format!("{BY_TOKEN}{}", token.id);
            session.role.clone_from(&token.scope);
        }
        None => {
            session.user = format!("{BY_TOKEN}api");
            // Ends with the API_TOKEN it was begun with.
            session.role =
                keeper.settings().api_token.as_deref().map(|token| hash(&hash(token))).unwrap_or_default();
        }
    }
    session
}

fn api_token_holder(via: Via) -> Caller {
    let (name, principal) = ("API_TOKEN".into(), Principal::ApiToken);
    let actor = Actor { name, principal, via, grant: Grant::FULL, session: None, person: false };
    Caller { actor, role: Role::Admin, expires_at: None }
}

fn holder_of(token: &Token, via: Via) -> Result<Caller, Fault> {
    let scope = Scope::parse(&token.scope).ok_or_else(|| Fault::internal(&"a token of unknown scope"))?;
    let role = match scope {
        Scope::Read | Scope::Observe => Role::Viewer,
        Scope::Write => Role::Editor,
        Scope::Operate | Scope::Companion | Scope::Root => Role::Operator,
    };
    let (name, principal) = (token.name.clone(), Principal::Token(token.id));
    let actor = Actor { name, principal, via, grant: scope.grant(), session: None, person: false };
    Ok(Caller { actor, role, expires_at: token.expires_at })
}

fn ended() -> Fault {
    Fault::new(Code::Unauthorized, "Unauthorized").with_hint("the session has ended: log in again")
}
