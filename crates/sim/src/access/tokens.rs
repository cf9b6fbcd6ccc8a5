//! Adding, changing and removing tokens.

use super::acl::Holder;
use super::directory::Access;
use super::names::split_token;
use super::user::Token;
use crate::answer::Refusal;

/// What is to be said of a token; `None` leaves a thing as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenChange {
    /// Has only what is granted to it.
    pub separated: Option<bool>,
    /// Seconds since 1970; 0 is for ever.
    pub expire: Option<i64>,
    /// What it is for.
    pub comment: Option<String>,
}

impl Access {
    /// A new token, separated unless said otherwise. Answers its secret.
    ///
    /// # Errors
    /// 500 without the user, 400 when there is such a token.
    pub fn add_token(&mut self, user: &str, name: &str, with: TokenChange) -> Result<String, Refusal> {
        if self.user(user)?.tokens.contains_key(name) {
            return Err(Refusal::parameter("tokenid", "Token already exists."));
        }
        let secret = self.secrets.next();
        let token = Token { separated: true, secret: Some(secret.clone()), ..Token::default() };
        self.put(user, name, changed(token, with));
        Ok(secret)
    }

    /// Changes a token; its secret stays.
    ///
    /// # Errors
    /// 500 when there is none.
    pub fn change_token(&mut self, user: &str, name: &str, with: TokenChange) -> Result<&Token, Refusal> {
        let token = self.token(user, name).map_err(|refusal| during("updating token info", &refusal))?;
        let token = changed(token.clone(), with);
        self.put(user, name, token);
        self.token(user, name)
    }

    /// Removes a token and all that was granted to it.
    ///
    /// # Errors
    /// 500 when there is none.
    pub fn remove_token(&mut self, user: &str, name: &str) -> Result<(), Refusal> {
        self.token(user, name).map_err(|refusal| during("deleting token", &refusal))?;
        if let Some(user) = self.users.get_mut(user) {
            user.tokens.remove(name);
        }
        let full = format!("{user}!{name}");
        self.acl.forget(|holder| matches!(holder, Holder::Token(token) if *token == full));
        Ok(())
    }

    /// # Errors
    /// 500 when there is none.
    pub fn token(&self, user: &str, name: &str) -> Result<&Token, Refusal> {
        let token = self.user(user)?.tokens.get(name);
        token.ok_or_else(|| Refusal::died(format!("no such token '{name}' for user '{user}'")))
    }

    /// Says which secret a token has, by its full name; `user.cfg` does not.
    ///
    /// # Errors
    /// 500 when there is no such token.
    pub fn set_secret(&mut self, full: &str, secret: &str) -> Result<(), Refusal> {
        let (user, name) = split_token(full).unwrap_or((full, ""));
        let token = Token { secret: Some(secret.to_owned()), ..self.token(user, name)?.clone() };
        self.put(user, name, token);
        Ok(())
    }

    fn put(&mut self, user: &str, name: &str, token: Token) {
        if let Some(user) = self.users.get_mut(user) {
            user.tokens.insert(name.to_owned(), token);
        }
    }
}

fn changed(token: Token, with: TokenChange) -> Token {
    Token {
        separated: with.separated.unwrap_or(token.separated),
        expire: with.expire.unwrap_or(token.expire),
        comment: with.comment.unwrap_or(token.comment),
        secret: token.secret,
    }
}

fn during(what: &str, refusal: &Refusal) -> Refusal {
    Refusal::died(format!("{what} failed: {}", refusal.reason))
}
