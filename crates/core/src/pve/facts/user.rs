//! Who may sign in, and until when.

use serde::{Deserialize, Serialize};

use super::rows::Rows;
use crate::pve::lenient;
use crate::pve::token_id::TokenId;

/// A row of `/access/users`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRow {
    /// `user@realm`.
    pub userid: String,
    /// Until when it may sign in, in seconds since 1970; 0 for ever.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub expire: Option<i64>,
    /// Its tokens, where they were asked for.
    #[serde(default, deserialize_with = "lenient::part")]
    pub tokens: Rows<TokenRow>,
}

/// A token of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its name, without the user's.
    pub tokenid: String,
    /// Until when it is accepted, in seconds since 1970; 0 for as long as its user is.
    #[serde(default, deserialize_with = "lenient::seconds")]
    pub expire: Option<i64>,
}

/// How long a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// Until that moment, in seconds since 1970.
    Until(i64),
    /// For ever.
    Endless,
}

impl Rows<UserRow> {
    /// How long a token is good for: no longer than its user. `None` when it is not among these.
    pub fn lifetime(&self, token: &TokenId) -> Option<Lifetime> {
        let user = self.iter().find(|row| row.userid == token.user())?;
        let name = token.as_str().rsplit_once('!')?.1;
        let token = user.tokens.iter().find(|row| row.tokenid == name)?;
        let ends = [user.expire, token.expire].into_iter().flatten().filter(|end| *end > 0).min();
        Some(ends.map_or(Lifetime::Endless, Lifetime::Until))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_no_longer_than_its_user() {
        let rows: Rows<UserRow> = serde_json::from_str(
            r#"[{"userid": "root@pam"}, {"userid": "a@pve", "expire": 500, "tokens": [{"tokenid": "early", "expire": 100},
                {"tokenid": "late", "expire": 900}, {"tokenid": "plain", "expire": "0"}]},
                {"userid": "b@pve", "expire": 0, "tokens": [{"tokenid": "plain", "privsep": 1}]}]"#,
        )
        .unwrap();
        let lifetime = |token: &str| rows.lifetime(&token.parse().unwrap());
        assert_eq!(lifetime("a@pve!early"), Some(Lifetime::Until(100)));
        assert_eq!(lifetime("a@pve!late"), Some(Lifetime::Until(500)));
        assert_eq!(lifetime("a@pve!plain"), Some(Lifetime::Until(500)));
        assert_eq!(lifetime("b@pve!plain"), Some(Lifetime::Endless));
        assert_eq!((lifetime("b@pve!other"), lifetime("root@pam!other")), (None, None));
    }
}
