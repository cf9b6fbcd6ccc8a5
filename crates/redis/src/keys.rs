//! Under which names a hub's things lie on a server: no two hubs share any, and no name tells who is meant.

use labkeeper_core::audit::hex;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};

/// Made with a secret that lies in the hub's database only.
pub(crate) struct Keys {
    secret: hmac::Key,
    hub: String,
}

impl Keys {
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &secret);
        let hub = digest(&secret, "hub")[..32].to_owned();
        Self { secret, hub }
    }

    /// Where word is passed.
    pub(crate) fn channel(&self) -> String {
        format!("labkeeper:{}:events", self.hub)
    }

    /// Where that is counted.
    pub(crate) fn count(&self, name: &str) -> String {
        format!("labkeeper:{}:count:{}", self.hub, digest(&self.secret, &format!("count {name}")))
    }

    /// Where that answer is kept.
    pub(crate) fn answer(&self, name: &str) -> String {
        format!("labkeeper:{}:answer:{}", self.hub, digest(&self.secret, &format!("answer {name}")))
    }

    /// Somewhere to try out whether writes are taken, which nobody else has.
    pub(crate) fn trial(&self) -> String {
        let mut own = [0; 16];
        // Without chance two may meet there, and one of them tries once more.
        let _ = SystemRandom::new().fill(&mut own);
        format!("labkeeper:{}:trial:{}", self.hub, hex(&own))
    }
}

fn digest(secret: &hmac::Key, text: &str) -> String {
    hex(hmac::sign(secret, text.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hubs_share_no_name_and_no_name_tells_who_is_meant() {
        let (one, other) = (Keys::new([1; 32]), Keys::new([2; 32]));
        assert_ne!(one.channel(), other.channel());
        assert_ne!(one.count("account ann"), other.count("account ann"));
        assert_ne!(one.count("account ann"), one.count("account bob"));
        assert!(!one.count("account ann").contains("ann"));
        assert_ne!(one.answer("account ann"), one.count("account ann"));
        assert_ne!(one.answer("account ann"), other.answer("account ann"));
        assert!(!one.answer("account ann").contains("ann"));
        assert_eq!(one.count("account ann"), Keys::new([1; 32]).count("account ann"));
    }
}
