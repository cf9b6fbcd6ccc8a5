//! Who a credential belongs to. A refused one gets the same answer whatever is wrong with it; the door answers it late.

use super::caller::Caller;
use super::directory::Access;
use super::names::split_token;
use super::user::is_over;
use crate::answer::Refusal;

const SCHEME: &str = "PVEAPIToken=";

impl Access {
    /// Who sends that header `Authorization` at that moment (seconds since 1970).
    ///
    /// # Errors
    /// 401: without a token `No ticket`, with one that is not good `Authentication failed!`.
    pub fn authenticate(&self, authorization: Option<&str>, now: i64) -> Result<Caller, Refusal> {
        let credential = authorization.and_then(|header| header.trim().strip_prefix(SCHEME));
        let credential = credential.ok_or_else(|| Refusal::new(401, "No ticket"))?;
        self.owner_of(credential, now).ok_or_else(|| Refusal::new(401, "Authentication failed!"))
    }

    /// `None` for a wrong secret, an unknown token, and a token or user that is disabled or has expired.
    fn owner_of(&self, credential: &str, now: i64) -> Option<Caller> {
        let (name, secret) = credential.split_once('=')?;
        let (user, token) = split_token(name)?;
        let user = self.users.get(user).filter(|user| user.enabled && !is_over(user.expire, now))?;
        let token = user.tokens.get(token).filter(|token| !is_over(token.expire, now))?;
        (token.secret.as_deref()? == secret).then(|| Caller::named(name))
    }
}
