//! The name of an API token. Its secret is another thing, see [`super::secret`].

use super::text_id::{made_of, text_id};

text_id! {
    /// `user@realm!name`, not secret. The name has at least two characters.
    TokenId, "^[^\\s:/!=,-][^\\s:/!=,]{0,63}@[A-Za-z][A-Za-z0-9._-]{1,31}![A-Za-z][A-Za-z0-9._-]{1,63}$",
    is_token_id,
    TokenId
}

impl TokenId {
    /// `user@realm`, whose rights bound those of the token.
    pub fn user(&self) -> &str {
        self.as_str().split_once('!').map_or(self.as_str(), |(user, _)| user)
    }
}

fn is_token_id(text: &str) -> bool {
    // The last of each: a user from a directory may have an @ in the name.
    let Some((owner, name)) = text.rsplit_once('!') else { return false };
    let Some((user, realm)) = owner.rsplit_once('@') else { return false };
    let dotted = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    made_of(user, 1..=64, |byte| in_user(byte) && *byte != b'-', in_user)
        && made_of(realm, 2..=32, u8::is_ascii_alphabetic, dotted)
        && made_of(name, 2..=64, u8::is_ascii_alphabetic, dotted)
}

/// What PVE allows in a user's name and a header can carry.
fn in_user(byte: &u8) -> bool {
    byte.is_ascii_graphic() && !b":/!=,".contains(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_user_realm_and_name() {
        for good in ["mcp@pve!ro", "root@pam!admin", "anna@example.org@ldap!lab.keeper"] {
            assert_eq!(good.parse::<TokenId>().unwrap().as_str(), good);
        }
        assert_eq!("mcp@pve!ro".parse::<TokenId>().unwrap().user(), "mcp@pve");
        for bad in [
            "mcp@pve",
            "mcp!ro",
            "mcp@pve!x",
            "@pve!ro",
            "mcp@!ro",
            "-a@pve!ro",
            "a b@pve!ro",
            "a@pve!ro=1",
            "a@pve!ro\r\n",
        ] {
            assert!(bad.parse::<TokenId>().is_err(), "{bad}");
        }
    }
}
