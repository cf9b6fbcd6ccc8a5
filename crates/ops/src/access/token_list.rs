//! `token_list`.

use labkeeper_core::fault::Fault;
use labkeeper_core::stamp::Stamp;
use labkeeper_store::Token;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List the named tokens, revoked and expired ones too; never their secrets.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenList {}

/// A token without its secret.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TokenRow {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Scope.
    pub scope: String,
    /// When it was made.
    pub created_at: String,
    /// When it ends, if ever.
    pub expires_at: Option<String>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

/// The tokens.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tokens {
    /// Oldest first.
    pub data: Vec<TokenRow>,
    /// How many.
    pub count: usize,
}

impl Operation for TokenList {
    type Output = Tokens;
    const META: Meta =
        Meta::read("token_list", "List tokens", Toolset::Hub).admin().routes(&[Route::get("/api/tokens")]);

    async fn run(self, cx: &mut Cx) -> Result<Tokens, Fault> {
        let data: Vec<TokenRow> = cx.read().await?.tokens().await?.into_iter().map(row).collect();
        Ok(Tokens { count: data.len(), data })
    }
}

fn row(token: Token) -> TokenRow {
    TokenRow {
        id: token.id,
        name: token.name,
        scope: token.scope,
        created_at: token.created_at.text(),
        expires_at: token.expires_at.map(Stamp::text),
        last_used_at: token.last_used_at.map(Stamp::text),
        revoked_at: token.revoked_at.map(Stamp::text),
    }
}
