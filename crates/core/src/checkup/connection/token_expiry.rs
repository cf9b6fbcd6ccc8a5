//! For how long the token is good.

use super::check::Check;
use crate::checkup::finding::Finding;
use crate::checkup::level::Level;
use crate::checkup::time_left::Notice;
use crate::pve::{Lifetime, PveError, Rows, TokenId, UserRow};
use crate::stamp::Stamp;

/// Judges for how long the token is good.
pub fn token_expiry(token: &TokenId, seen: &Result<Rows<UserRow>, PveError>, now: Stamp) -> Finding {
    let rows = match seen {
        Ok(rows) => rows,
        Err(error) => return Check::TokenExpiry.unseen(error),
    };
    match rows.lifetime(token) {
        Some(Lifetime::Endless) => {
            Check::TokenExpiry.finds(Level::Ok, format!("the token {token} does not expire"))
        }
        Some(Lifetime::Until(end)) => {
            let (status, text) = Notice::default().of(end, now.0.div_euclid(1_000_000));
            let finding = Check::TokenExpiry.finds(status, format!("the token {token} {text}"));
            if status == Level::Ok {
                return finding;
            }
            finding.with_remedy(format!(
                "give it more time in Datacenter → Permissions → API Tokens (and its user in Users), or with `pveum user token modify {} {} --expire 0`",
                token.user(),
                token.as_str().rsplit_once('!').map_or("", |(_, name)| name),
            ))
        }
        None => Check::TokenExpiry
            .finds(Level::Unknown, format!("the token {token} may not see when it expires"))
            .with_remedy("give it PVEAuditor on /, or look in Datacenter → Permissions → API Tokens"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Stamp = Stamp(1_800_000_000_000_000);

    #[test]
    fn a_token_that_nobody_may_look_at_is_unknown() {
        let token: TokenId = "a@pve!bc".parse().unwrap();
        let rows = |json: &str| Ok(serde_json::from_str(json).unwrap());
        let judged = |seen| token_expiry(&token, &seen, NOW).status;
        assert_eq!(judged(rows("[]")), Level::Unknown);
        assert_eq!(
            judged(rows(r#"[{"userid": "a@pve", "tokens": [{"tokenid": "bc", "expire": 0}]}]"#)),
            Level::Ok
        );
        let soon = format!(
            r#"[{{"userid": "a@pve", "tokens": [{{"tokenid": "bc", "expire": {}}}]}}]"#,
            1_800_000_000 + 9 * 86_400 + 60
        );
        let found = token_expiry(&token, &rows(&soon), NOW);
        assert_eq!(found.status, Level::Warn);
        assert!(found.remedy.unwrap().contains("pveum user token modify a@pve bc --expire 0"));
    }
}
