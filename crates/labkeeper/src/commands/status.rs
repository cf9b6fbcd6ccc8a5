//! `status`: where the hub is, what it holds, what is degraded.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use super::context::Context;
use crate::{local, render};

pub(super) async fn run(context: &Context) -> Result<ExitCode> {
    if let Some(url) = &context.config.remote_url {
        return remote(context, url).await;
    }
    let keeper = context.keeper().await?;
    let mut status = local::call(&keeper, "hub_status", json!({})).await?.output;
    status["data_dir"] = json!(context.config.data_dir);
    status["bind"] = json!(context.config.bind);
    if context.json {
        render::print_json(&status)?;
        return Ok(ExitCode::SUCCESS);
    }
    render::print(&format!(
        "labkeeper {} on {}",
        env!("CARGO_PKG_VERSION"),
        context.config.data_dir.display()
    ))?;
    if let Some(items) = status["items"].as_object() {
        let parts: Vec<String> = items.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        render::print(&parts.join(", "))?;
    }
    let model = if labkeeper_embed::MiniLm::open(&context.config.models_dir).is_ok() {
        "search by words and meaning"
    } else {
        "search by words only: labkeeper model install"
    };
    render::print(model)?;
    Ok(ExitCode::SUCCESS)
}

async fn remote(context: &Context, url: &str) -> Result<ExitCode> {
    let url = url.trim_end_matches('/');
    let token = context.config.remote_token.as_deref();
    let answer = crate::wire::http_client()?
        .get(format!("{url}/api/inventory/search?q="))
        .bearer_auth(token.unwrap_or_default())
        .send()
        .await;
    let state = match &answer {
        Ok(answer) if answer.status().is_success() => match token {
            Some(_) => "answers, and the token is good".to_string(),
            None => "answers, and asks for no token".to_string(),
        },
        Ok(answer) if matches!(answer.status().as_u16(), 401 | 403) => match token {
            Some(_) => "answers, but refuses the token".to_string(),
            None => "answers, but wants a token: set LABKEEPER_TOKEN or HOMELAB_TOKEN".to_string(),
        },
        Ok(answer) => format!("answers {}", answer.status()),
        Err(error) => format!("does not answer: {}", error.without_url_text()),
    };
    let good = answer.is_ok_and(|answer| answer.status().is_success());
    if context.json {
        render::print_json(&json!({"url": url, "token_set": token.is_some(), "ok": good, "state": state}))?;
    } else {
        render::print(&format!(
            "HOMELAB_URL : {url}\nToken set   : {}\nHub         : {state}",
            if token.is_some() { "yes" } else { "no" }
        ))?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A transport error in words, without repeating the address.
trait WithoutUrl {
    fn without_url_text(&self) -> String;
}

impl WithoutUrl for reqwest::Error {
    fn without_url_text(&self) -> String {
        let mut source: &dyn std::error::Error = self;
        while let Some(next) = source.source() {
            source = next;
        }
        source.to_string()
    }
}
