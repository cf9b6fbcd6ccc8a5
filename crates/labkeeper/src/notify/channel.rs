//! One way to people: an address as it is configured, and what is sent there. Addresses are a URL, or written as Apprise writes
//! them: a service as the scheme, its keys as the parts.

use std::fmt;

use labkeeper_core::ports::Notice;
use reqwest::Url;
use serde_json::{Value, json};

/// In which form a plain URL is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlainForm {
    /// As ntfy takes it.
    Ntfy,
    /// `{title, text, link}`.
    Json,
}

/// A way to people.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Channel {
    url: Url,
    form: Form,
    /// As it is configured: whoever has that may write there too.
    written: String,
}

/// What the service there takes.
#[derive(Clone, PartialEq, Eq)]
enum Form {
    Ntfy,
    Json,
    Gotify { key: String },
    Discord,
    Slack,
    Telegram { chat: String },
    Pushover { user: String, token: String },
}

/// What is sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

/// In which form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    Text(String),
    Json(Value),
}

impl fmt::Debug for Channel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address opens it: whoever has it may write there.
        out.debug_struct("Channel").finish_non_exhaustive()
    }
}

/// The service and where it is; neither is a secret.
impl fmt::Display for Channel {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = match self.form {
            Form::Ntfy => "ntfy",
            Form::Json => "webhook",
            Form::Gotify { .. } => "Gotify",
            Form::Discord => "Discord",
            Form::Slack => "Slack",
            Form::Telegram { .. } => "Telegram",
            Form::Pushover { .. } => "Pushover",
        };
        let host = self.url.host_str().unwrap_or_default();
        match self.url.port() {
            Some(port) => write!(out, "{service} at {host}:{port}"),
            None => write!(out, "{service} at {host}"),
        }
    }
}

impl Channel {
    /// `None` when it is no address of a service that is known.
    pub(crate) fn parse(text: &str, plain: PlainForm) -> Option<Self> {
        let written = text.trim().to_owned();
        let (scheme, rest) = written.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        if matches!(scheme.as_str(), "http" | "https") {
            let url = Url::parse(&written).ok()?;
            let form = if plain == PlainForm::Json { Form::Json } else { Form::Ntfy };
            return url.has_host().then_some(Self { url, form, written });
        }
        let mut parts = rest.split('/').filter(|part| !part.is_empty());
        let at =
            |scheme: &str, rest: &str| Url::parse(&format!("{scheme}://{rest}")).ok().filter(Url::has_host);
        let (url, form) = match scheme.as_str() {
            // A topic alone is one of the public server.
            "ntfy" | "ntfys" if parts.clone().count() == 1 => {
                (at("https", &format!("ntfy.sh/{rest}"))?, Form::Ntfy)
            }
            "ntfy" => (at("http", rest)?, Form::Ntfy),
            "ntfys" => (at("https", rest)?, Form::Ntfy),
            "json" => (at("http", rest)?, Form::Json),
            "jsons" => (at("https", rest)?, Form::Json),
            "gotify" | "gotifys" => {
                let (place, key) = rest.trim_end_matches('/').rsplit_once('/')?;
                let secure = if scheme.ends_with('s') { "https" } else { "http" };
                (at(secure, &format!("{place}/message"))?, Form::Gotify { key: key.into() })
            }
            "discord" => {
                let (id, token) = (parts.next()?, parts.next()?);
                (at("https", &format!("discord.com/api/webhooks/{id}/{token}"))?, Form::Discord)
            }
            "slack" => {
                let keys: Vec<&str> = parts.by_ref().take(3).collect();
                let [first, second, third] = keys[..] else { return None };
                (at("https", &format!("hooks.slack.com/services/{first}/{second}/{third}"))?, Form::Slack)
            }
            "tgram" => {
                let (bot, chat) = (parts.next()?, parts.next()?.to_owned());
                (at("https", &format!("api.telegram.org/bot{bot}/sendMessage"))?, Form::Telegram { chat })
            }
            "pover" => {
                let (user, token) = rest.trim_end_matches('/').split_once('@')?;
                let form = Form::Pushover { user: user.into(), token: token.into() };
                (at("https", "api.pushover.net/1/messages.json")?, form)
            }
            _ => return None,
        };
        // A part that is no part of a path would lead elsewhere.
        (url.query().is_none() && url.fragment().is_none()).then_some(Self { url, form, written })
    }

    /// Where it is sent.
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// Takes a token of the owner's own as `Authorization`; services with keys in their address do not.
    pub(crate) fn takes_bearer(&self) -> bool {
        matches!(self.form, Form::Ntfy | Form::Json)
    }

    /// What no model may read.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let own = match &self.form {
            Form::Gotify { key } => Some(key.clone()),
            Form::Pushover { token, .. } => Some(token.clone()),
            _ => None,
        };
        [self.url.to_string(), self.written.clone()].into_iter().chain(own).collect()
    }

    /// The notice as it is taken there.
    pub(crate) fn message(&self, notice: &Notice) -> Message {
        let link = notice.link.as_deref();
        let whole = || {
            let link = link.map(|link| format!("\n{link}")).unwrap_or_default();
            format!("{}\n{}{link}", notice.title, notice.text)
        };
        let plain = |value: Value| Message { headers: Vec::new(), body: Body::Json(value) };
        match &self.form {
            Form::Ntfy => {
                let headers = [("Title", notice.title.clone()), ("Priority", "high".into())];
                let link = link.map(|link| ("Click", link.to_owned()));
                Message {
                    headers: headers.into_iter().chain(link).collect(),
                    body: Body::Text(notice.text.clone()),
                }
            }
            Form::Json => plain(json!({"title": notice.title, "text": notice.text, "link": link})),
            Form::Gotify { key } => Message {
                headers: vec![("X-Gotify-Key", key.clone())],
                body: Body::Json(json!({
                    "title": notice.title,
                    "message": notice.text,
                    "priority": 7,
                    "extras": {"client::notification": {"click": {"url": link}}}
                })),
            },
            Form::Discord => plain(json!({"content": whole(), "allowed_mentions": {"parse": []}})),
            Form::Slack => plain(json!({"text": whole()})),
            Form::Telegram { chat } => plain(
                json!({"chat_id": chat, "text": whole(), "link_preview_options": {"is_disabled": true}}),
            ),
            Form::Pushover { user, token } => plain(json!({
                "user": user,
                "token": token,
                "title": notice.title,
                "message": notice.text,
                "url": link
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn notice() -> Notice {
        Notice {
            title: "nas is down".into(),
            text: "It does not answer.".into(),
            link: Some("https://hub/x".into()),
        }
    }

    fn parse(text: &str) -> Channel {
        Channel::parse(text, PlainForm::Ntfy).unwrap()
    }

    #[test]
    fn each_way_of_writing_leads_to_its_service() {
        for (text, url) in [
            ("https://ntfy.sh/lab", "https://ntfy.sh/lab"),
            ("ntfy://lab", "https://ntfy.sh/lab"),
            ("ntfy://10.0.0.2:8080/lab", "http://10.0.0.2:8080/lab"),
            ("ntfys://push.lan/lab", "https://push.lan/lab"),
            ("json://10.0.0.2/hook", "http://10.0.0.2/hook"),
            ("jsons://hub.lan/hook", "https://hub.lan/hook"),
            ("gotifys://push.lan/kEy", "https://push.lan/message"),
            ("gotify://push.lan:81/sub/kEy", "http://push.lan:81/sub/message"),
            ("discord://123/abc", "https://discord.com/api/webhooks/123/abc"),
            ("slack://T1/B2/c3", "https://hooks.slack.com/services/T1/B2/c3"),
            ("tgram://12:ab/-99/", "https://api.telegram.org/bot12:ab/sendMessage"),
            ("pover://user@token", "https://api.pushover.net/1/messages.json"),
        ] {
            assert_eq!(parse(text).url().as_str(), url, "{text}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_refused() {
        for text in [
            "",
            "lab",
            "ftp://x/y",
            "mailto://a@b",
            "discord://123",
            "slack://a/b",
            "pover://user",
            "gotify://x",
        ] {
            assert!(Channel::parse(text, PlainForm::Ntfy).is_none(), "{text}");
        }
        assert!(Channel::parse("discord://1/2?x=1#y", PlainForm::Ntfy).is_none(), "nothing but keys");
    }

    #[test]
    fn each_service_gets_what_it_takes_and_nothing_of_another() {
        let ntfy = parse("ntfys://push.lan/lab").message(&notice());
        assert_eq!(ntfy.body, Body::Text("It does not answer.".into()));
        assert!(ntfy.headers.contains(&("Click", "https://hub/x".into())));
        let Body::Json(telegram) = parse("tgram://12:ab/-99").message(&notice()).body else {
            panic!("no JSON")
        };
        assert_eq!(telegram["chat_id"], "-99");
        assert_eq!(telegram["text"], "nas is down\nIt does not answer.\nhttps://hub/x");
        let gotify = parse("gotifys://push.lan/kEy");
        assert_eq!(gotify.message(&notice()).headers, [("X-Gotify-Key", "kEy".to_owned())]);
        assert!(gotify.secrets().contains(&"kEy".to_owned()) && !gotify.takes_bearer());
        assert_eq!(format!("{gotify:?}"), "Channel { .. }");
    }
}
