//! Whether the hub may listen where it is told to.

use std::net::SocketAddr;

use labkeeper_ops::access::AccessState;

/// Refuses to listen where others can reach a hub that asks nobody for a credential.
///
/// # Errors
/// A sentence that says what to do.
pub fn may_bind(address: SocketAddr, state: &AccessState, require_login: bool) -> Result<(), String> {
    if address.ip().is_loopback() || !state.is_empty() || require_login {
        return Ok(());
    }
    Err(format!(
        "refusing to listen on {address}: other machines could reach the hub, and nothing asks them who they are. \
         Set API_TOKEN, or add a person (`labkeeper user add NAME --role admin`) or a token (`labkeeper token create \
         NAME --scope write`), or require a login, or listen on 127.0.0.1"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_any_credential_only_this_machine_may_reach_the_hub() {
        let nobody = AccessState::default();
        let somebody = AccessState { users: 1, ..nobody };
        for (address, state, login, may) in [
            ("127.0.0.1:8080", nobody, false, true),
            ("127.8.8.8:80", nobody, false, true),
            ("[::1]:8080", nobody, false, true),
            ("0.0.0.0:8080", nobody, false, false),
            ("[::]:8080", nobody, false, false),
            ("192.168.1.2:8080", nobody, false, false),
            ("0.0.0.0:8080", somebody, false, true),
            ("0.0.0.0:8080", AccessState { api_token: true, ..nobody }, false, true),
            ("0.0.0.0:8080", nobody, true, true),
        ] {
            let verdict = may_bind(address.parse().unwrap(), &state, login);
            assert_eq!(verdict.is_ok(), may, "{address} {state:?}");
            assert!(verdict.err().is_none_or(|why| why.contains("API_TOKEN")));
        }
    }
}
