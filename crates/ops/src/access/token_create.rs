//! `token_create`.

use labkeeper_core::actor::Scope;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::stamp::Stamp;
use labkeeper_store::Token;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::caller::is_live;
use super::secret;
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Plan, Route, Toolset};

/// Make a named token for a client. The secret is in the answer and nowhere else: it is shown once.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenCreate {
    /// What it is for; shown in journal and audit as who did something.
    pub name: String,
    /// What its holder may do.
    pub scope: Scope,
    /// When it ends: `90d`, `12h`, `8w`, `1y`. Never when left out.
    #[serde(default)]
    pub expires: Option<String>,
}

/// A token with its secret.
#[derive(Debug, Serialize, JsonSchema)]
pub struct NewToken {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Scope.
    pub scope: Scope,
    /// The secret, shown this once.
    pub token: String,
    /// When it was made.
    pub created_at: String,
    /// When it ends, if ever.
    pub expires_at: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneNewToken {
    /// The token.
    pub data: NewToken,
}

impl Operation for TokenCreate {
    type Output = OneNewToken;
    const META: Meta = Meta::write("token_create", "Make a token", Toolset::Hub)
        .admin()
        .irreversible()
        .routes(&[Route::post("/api/tokens").created()]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Fault::invalid("name", "a token's name has 1 to 100 printable characters"));
        }
        let ends = self.expires.as_deref().map(lifetime).transpose()?;
        let tokens = cx.read().await?.tokens().await?;
        if tokens.iter().any(|token| token.name == name && is_live(token, cx.now)) {
            return Err(Fault::new(Code::Conflict, format!("there is a token \"{name}\" already"))
                .with_field("name")
                .with_hint("revoke it first, or take another name"));
        }
        let ends = ends.map(|lasts| Stamp(cx.now.0 + lasts).text());
        Ok(Plan::allow(format!("make a token \"{name}\" of scope {}", self.scope.as_str()))
            .with(json!({"scope": self.scope, "expires_at": ends})))
    }

    async fn run(self, cx: &mut Cx) -> Result<OneNewToken, Fault> {
        let at = cx.now;
        let secret = secret::token()?;
        let expires_at = self.expires.as_deref().map(lifetime).transpose()?.map(|lasts| Stamp(at.0 + lasts));
        let mut token = Token {
            id: 0,
            name: self.name.trim().into(),
            scope: self.scope.as_str().into(),
            hash: secret::hash(&secret),
            created_at: at,
            expires_at,
            last_used_at: None,
            revoked_at: None,
        };
        token.id = cx.tx()?.insert_token(&token).await?;
        Ok(OneNewToken {
            data: NewToken {
                id: token.id,
                name: token.name,
                scope: self.scope,
                token: secret,
                created_at: at.text(),
                expires_at: expires_at.map(Stamp::text),
            },
        })
    }
}

/// `90d` in microseconds.
fn lifetime(text: &str) -> Result<i64, Fault> {
    const HOUR: i64 = 3600 * 1_000_000;
    let wrong = || {
        Fault::invalid("expires", format!("expires: \"{text}\" is no length of time"))
            .with_hint("90d, 12h, 8w or 1y")
    };
    let text = text.trim();
    let unit = match text.chars().last() {
        Some('h') => HOUR,
        Some('d') => 24 * HOUR,
        Some('w') => 7 * 24 * HOUR,
        Some('y') => 365 * 24 * HOUR,
        _ => return Err(wrong()),
    };
    let count: i64 = text[..text.len() - 1].trim().parse().map_err(|_| wrong())?;
    // Longer than a century means never, and would run over the end of what a stamp can say.
    if !(1..=876_000).contains(&(count.saturating_mul(unit) / HOUR)) {
        return Err(wrong());
    }
    Ok(count * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_numbers_with_a_unit() {
        assert_eq!(lifetime("12h").unwrap(), 12 * 3600 * 1_000_000);
        assert_eq!(lifetime(" 90d ").unwrap(), lifetime("2160h").unwrap());
        for wrong in ["", "d", "0d", "-1d", "90", "ninety d", "9999999999999y", "1µ"] {
            assert_eq!(lifetime(wrong).unwrap_err().field.as_deref(), Some("expires"), "{wrong}");
        }
    }
}
