//! Tokens that say themselves whose they are, by how they begin.

use std::ops::Range;

use crate::key::harmless::is_stand_in;
use crate::key::judge::{is_random, is_uuid};
use crate::page::{Page, run};
use crate::span::Span;

/// The characters of a token after its beginning.
#[derive(Debug, Clone, Copy)]
enum Alphabet {
    /// Letters and digits.
    Letters,
    /// And `-` and `_`.
    Url,
    /// And `.`.
    Dotted,
    /// Letters, digits, `+`, `/`, `=`, `-`, `_`.
    Base64,
    Hex,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Letters => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'='),
            Self::Hex => byte.is_ascii_hexdigit(),
        }
    }
}

/// One kind of token.
pub(crate) struct Kind {
    /// How it begins; also what the text is searched for.
    pub(crate) beginning: &'static str,
    alphabet: Alphabet,
    /// Fewest characters after the beginning.
    least: usize,
    name: &'static str,
}

const fn kind(beginning: &'static str, alphabet: Alphabet, least: usize, name: &'static str) -> Kind {
    Kind { beginning, alphabet, least, name }
}

use Alphabet::{Base64, Dotted, Hex, Letters, Url};

/// Every kind with a beginning of its own. Longer beginnings stand before the shorter ones that they begin with.
pub(crate) const KINDS: &[Kind] = &[
    kind("github_pat_", Url, 30, "github_token"),
    kind("ghp_", Letters, 20, "github_token"),
    kind("gho_", Letters, 20, "github_token"),
    kind("ghu_", Letters, 20, "github_token"),
    kind("ghs_", Letters, 20, "github_token"),
    kind("ghr_", Letters, 20, "github_token"),
    kind("glpat-", Dotted, 16, "gitlab_token"),
    kind("glrt-", Dotted, 16, "gitlab_runner_token"),
    kind("gldt-", Url, 16, "gitlab_deploy_token"),
    kind("glcbt-", Url, 16, "gitlab_job_token"),
    kind("glptt-", Url, 16, "gitlab_trigger_token"),
    kind("glsoat-", Url, 16, "gitlab_token"),
    kind("glft-", Url, 16, "gitlab_feed_token"),
    kind("glagent-", Url, 16, "gitlab_agent_token"),
    kind("GR1348941", Url, 16, "gitlab_runner_token"),
    kind("xoxb-", Url, 16, "slack_token"),
    kind("xoxp-", Url, 16, "slack_token"),
    kind("xoxa-", Url, 16, "slack_token"),
    kind("xoxr-", Url, 16, "slack_token"),
    kind("xoxs-", Url, 16, "slack_token"),
    kind("xoxc-", Url, 16, "slack_token"),
    kind("xoxd-", Base64, 16, "slack_cookie"),
    kind("xoxe-", Url, 16, "slack_token"),
    kind("xoxe.", Dotted, 16, "slack_token"),
    kind("xapp-", Url, 16, "slack_token"),
    kind("AKIA", Letters, 16, "aws_access_key"),
    kind("ASIA", Letters, 16, "aws_access_key"),
    kind("AIza", Url, 30, "google_api_key"),
    kind("ya29.", Dotted, 20, "google_access_token"),
    kind("GOCSPX-", Url, 20, "google_client_secret"),
    kind("1//0", Url, 40, "google_refresh_token"),
    kind("sk_live_", Letters, 16, "stripe_key"),
    kind("sk_test_", Letters, 16, "stripe_key"),
    kind("rk_live_", Letters, 16, "stripe_key"),
    kind("rk_test_", Letters, 16, "stripe_key"),
    kind("whsec_", Base64, 20, "webhook_secret"),
    kind("sk-ant-api03-", Url, 20, "anthropic_key"),
    kind("sk-ant-admin01-", Url, 20, "anthropic_key"),
    kind("sk-ant-", Url, 20, "anthropic_key"),
    kind("sk-proj-", Url, 20, "openai_key"),
    kind("sk-svcacct-", Url, 20, "openai_key"),
    kind("sk-or-v1-", Url, 20, "openrouter_key"),
    kind("sk-", Letters, 32, "api_key"),
    kind("gsk_", Letters, 32, "groq_key"),
    kind("xai-", Letters, 40, "xai_key"),
    kind("pplx-", Letters, 32, "perplexity_key"),
    kind("r8_", Letters, 32, "replicate_token"),
    kind("hf_", Letters, 30, "huggingface_token"),
    kind("SG.", Dotted, 40, "sendgrid_key"),
    kind("dop_v1_", Hex, 40, "digitalocean_token"),
    kind("doo_v1_", Hex, 40, "digitalocean_token"),
    kind("dor_v1_", Hex, 40, "digitalocean_token"),
    kind("npm_", Letters, 30, "npm_token"),
    kind("pypi-AgEIcHlwaS5vcmc", Url, 30, "pypi_token"),
    kind("pypi-AgENdGVzdC5weXBpLm9yZw", Url, 30, "pypi_token"),
    kind("pypi-", Url, 60, "pypi_token"),
    kind("squ_", Hex, 40, "sonar_token"),
    kind("sqp_", Hex, 40, "sonar_token"),
    kind("sqa_", Hex, 40, "sonar_token"),
    kind("privkey:", Hex, 64, "private_key"),
    kind("dp.st.prd.", Letters, 32, "doppler_token"),
    kind("dp.st.dev.", Letters, 32, "doppler_token"),
    kind("dckr_pat_", Url, 20, "docker_token"),
    kind("dckr_oat_", Url, 20, "docker_token"),
    kind("tskey-auth-", Url, 16, "tailscale_key"),
    kind("tskey-api-", Url, 16, "tailscale_key"),
    kind("tskey-client-", Url, 16, "tailscale_key"),
    kind("tskey-", Url, 16, "tailscale_key"),
    kind("tk_", Letters, 29, "ntfy_token"),
    kind("glsa_", Url, 30, "grafana_token"),
    kind("glc_", Base64, 32, "grafana_token"),
    kind("AGE-SECRET-KEY-1", Letters, 50, "age_key"),
    kind("AGE-PLUGIN-", Url, 30, "age_key"),
    kind("rubygems_", Hex, 40, "rubygems_key"),
    kind("syt_", Base64, 20, "matrix_token"),
    kind("mct_", Base64, 20, "matrix_token"),
    kind("ATATT3xFfGF0", Base64, 60, "atlassian_token"),
    kind("ATCTT3xFfGF0", Base64, 60, "atlassian_token"),
    kind("figd_", Url, 30, "figma_token"),
    kind("lin_api_", Letters, 32, "linear_key"),
    kind("sntrys_", Base64, 40, "sentry_token"),
    kind("sntryu_", Hex, 40, "sentry_token"),
    kind("PMAK-", Url, 40, "postman_key"),
    kind("shpat_", Hex, 30, "shopify_token"),
    kind("shpss_", Hex, 30, "shopify_secret"),
    kind("sq0csp-", Url, 30, "square_secret"),
    kind("sq0atp-", Url, 20, "square_token"),
    kind("dp.pt.", Letters, 32, "doppler_token"),
    kind("dp.st.", Dotted, 32, "doppler_token"),
    kind("pul-", Hex, 40, "pulumi_token"),
    kind("NRAK-", Letters, 24, "newrelic_key"),
    kind("NRII-", Url, 24, "newrelic_key"),
    kind("ops_", Base64, 60, "onepassword_token"),
    kind("hvs.", Url, 20, "vault_token"),
    kind("hvb.", Url, 20, "vault_token"),
    kind("hvr.", Url, 20, "vault_token"),
    kind("cio", Letters, 32, "cargo_token"),
    kind("FLWSECK-", Url, 30, "flutterwave_key"),
    kind("key-", Hex, 32, "mailgun_key"),
    kind("xkeysib-", Url, 40, "brevo_key"),
    kind("xsmtpsib-", Url, 40, "brevo_key"),
    kind("re_", Url, 30, "resend_key"),
    kind("rnd_", Letters, 28, "render_key"),
    kind("nfp_", Letters, 36, "netlify_token"),
    kind("vercel_", Letters, 20, "vercel_token"),
    kind("sbp_", Hex, 40, "supabase_token"),
    kind("pscale_tkn_", Dotted, 30, "planetscale_token"),
    kind("fo1_", Url, 40, "fly_token"),
    kind("FlyV1 ", Base64, 40, "fly_token"),
    kind("apify_api_", Letters, 30, "apify_token"),
    kind("cfut_", Letters, 36, "cloudflare_token"),
    kind("cfat_", Letters, 36, "cloudflare_token"),
    kind("v1.0-", Base64, 140, "cloudflare_origin_key"),
    kind("claim-", Url, 20, "plex_claim"),
    kind("hskey-", Url, 20, "headscale_key"),
    kind("ABSK", Base64, 60, "aws_bedrock_key"),
    kind("amzn.mws.", Url, 30, "amazon_key"),
    kind("SWMTKN-1-", Url, 40, "swarm_token"),
    kind("eyJhIjoi", Base64, 40, "cloudflared_token"),
    kind("CCIPAT_", Url, 30, "circleci_token"),
    kind("bkua_", Letters, 30, "buildkite_token"),
    kind("ntn_", Letters, 40, "notion_token"),
    kind("secret_", Letters, 40, "notion_token"),
    kind("SWMKEY-1-", Url, 40, "swarm_key"),
    kind("grub.pbkdf2.sha512.", Dotted, 64, "password_hash"),
    kind("WPA*01*", Hex, 32, "wifi_hash"),
    kind("WPA*02*", Hex, 32, "wifi_hash"),
    kind("AQ", Base64, 38, "ceph_key"),
    kind("o.", Letters, 32, "pushbullet_token"),
    kind("s.", Letters, 24, "vault_token"),
    kind("JDJhJD", Base64, 60, "password_hash"),
    kind("JDJ5JD", Base64, 60, "password_hash"),
    kind("JDJiJD", Base64, 60, "password_hash"),
];

/// The token of `kind` that begins at `at`, without its beginning.
pub(crate) fn token_at(page: &Page<'_>, kind: &Kind, at: usize) -> Option<Span> {
    let longer = |other: &Kind| {
        other.beginning.len() > kind.beginning.len() && page.text[at..].starts_with(other.beginning)
    };
    if !begins_word(page, at) || !page.text[at..].starts_with(kind.beginning) {
        return None;
    }
    if KINDS.iter().any(longer) {
        return None;
    }
    let start = at + kind.beginning.len();
    let text = page.ahead(start, 4096);
    let length = run(text, |byte| kind.alphabet.has(byte));
    page.note(length);
    let body = text[..length].trim_end_matches(['.', '-']);
    let exact = exact_id(kind) && body.len() != 16;
    let is_word = kind.least < 40
        && body.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'));
    // Beside the word "id" it is one.
    let is_named_id = exact_id(kind)
        && page
            .before(at)
            .trim_end_matches(['"', '\'', ' ', ':', '=', '\\', '\t', '>'])
            .to_ascii_lowercase()
            .ends_with("id");
    let is_token = !is_named_id
        && body.len() >= kind.least
        && !exact
        && !is_word
        && !is_stand_in(body)
        && !is_uuid(body)
        && (kind.beginning != "AQ" || body.len() == 38 && body.ends_with("=="))
        && (kind.beginning.len() > 2
            || kind.beginning == "AQ"
            || is_random(body) && body.len() == kind.least);
    // The id of an AWS key has no part that could go alone.
    let start = if exact_id(kind) { at } else { start };
    is_token.then(|| Span::new(start..start + body.len() + if start == at { 4 } else { 0 }, kind.name))
}

/// Keys of AWS have an id of exactly this form.
fn exact_id(kind: &Kind) -> bool {
    matches!(kind.beginning, "AKIA" | "ASIA")
}

fn begins_word(page: &Page<'_>, at: usize) -> bool {
    !page.byte_before(at).is_some_and(|byte| byte.is_ascii_alphanumeric())
}

/// How much of a value's beginning only says what kind of token it is.
pub(crate) fn public_prefix(value: &str) -> usize {
    let first = value.bytes().next();
    let begins = |kind: &&Kind| kind.beginning.bytes().next() == first && value.starts_with(kind.beginning);
    let is_shown = |kind: &&Kind| {
        !exact_id(kind)
            && !matches!(kind.beginning, "eyJhIjoi" | "SWMTKN-1-")
            && (kind.beginning.len() >= 4 || kind.beginning.ends_with(['-', '_', '.']))
    };
    let lengths = KINDS.iter().filter(begins).filter(is_shown).map(|kind| kind.beginning.len());
    lengths.max().unwrap_or_default()
}

/// How the ids of users of Discord begin in base64.
pub(crate) const DISCORD: &[&str] = &["MT", "MD", "Mz", "Mj", "Nj", "NT", "Nz", "ND", "OD", "OT"];

/// The token of a bot: its id, when it was made, and what proves it.
pub(crate) fn discord_at(page: &Page<'_>, at: usize) -> Option<Span> {
    if !begins_word(page, at) || !DISCORD.iter().any(|begin| page.text[at..].starts_with(begin)) {
        return None;
    }
    let text = page.ahead(at, 96);
    let length = run(text, |byte| Dotted.has(byte));
    page.note(length);
    let mut parts = text[..length].split('.');
    let (id, made, proof) = (parts.next()?, parts.next()?, parts.next()?);
    let fits =
        (23..=28).contains(&id.len()) && (5..=7).contains(&made.len()) && (27..=50).contains(&proof.len());
    (fits && parts.next().is_none()).then(|| Span::new(at..at + length, "discord_token"))
}

/// A JSON Web Token that begins at `at`: three parts with dots, or the two of one that was cut.
pub(crate) fn jwt_at(page: &Page<'_>, at: usize) -> Option<Span> {
    if !begins_word(page, at) || !page.text[at..].starts_with("eyJ") {
        return None;
    }
    let text = page.ahead(at, 8192);
    let length = run(text, |byte| Dotted.has(byte) || byte == b'=');
    page.note(length);
    let token = text[..length].trim_end_matches('.');
    let parts = token.split('.').count();
    let fits =
        parts >= 2 && token.len() >= 40 && token.split('.').next().is_some_and(|head| head.len() >= 12);
    (fits && !is_stand_in(token)).then(|| Span::new(at..at + token.len(), "jwt"))
}

/// A Telegram bot's token around the `:AA` at `at`: digits before, the secret behind.
pub(crate) fn telegram_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let before = &page.text.as_bytes()[at.saturating_sub(12)..at];
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let text = page.ahead(at + 1, 64);
    let length = run(text, |byte| Url.has(byte));
    let fits = (8..=11).contains(&digits) && (30..=40).contains(&length) && text.starts_with("AA");
    fits.then(|| Span::new(at - digits..at + 1 + length, "telegram_bot_token"))
}

/// `K10<hash>::server:<secret>`, the token of a k3s cluster, whole.
pub(crate) fn k3s_at(page: &Page<'_>, at: usize) -> Option<Span> {
    let text = page.ahead(at, 512);
    let inner = text.strip_prefix("K10")?;
    let hash = run(inner, |byte| byte.is_ascii_hexdigit());
    let secret = inner[hash..].strip_prefix("::")?;
    let length = run(secret, |byte| Url.has(byte) || matches!(byte, b':' | b'.'));
    let whole: Range<usize> = at..at + 3 + hash + 2 + length;
    (hash >= 32 && length >= 8).then(|| Span::new(whole, "k3s_token"))
}
