//! Setting up a tier, or changing to another one.

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow};
use labkeeper_core::provision::rights::Rights;
use labkeeper_core::provision::{Goal, Provisioned, Provisioning, Reach, TokenSecret};
use labkeeper_core::pve::Secret;
use labkeeper_core::tier::Tier;
use labkeeper_proxmox::{Limits, Settings};
use serde_json::json;

use super::answers::Answers;
use super::clients::{self, Told};
use super::logins::{self, Logins};
use super::plan::Plan;
use super::restart::RESTART;
use super::{bootstrap, proof, shell_key, store};
use crate::cli::{HOW_TO_ROOT, SetupTier};
use crate::commands::consent::{agreed, refused};
use crate::commands::context::Context;
use crate::render::{self, DEGRADED};

pub(super) async fn run(context: &Context, answers: &Answers, tier: SetupTier) -> Result<ExitCode> {
    let mut wanted = wanted(answers, tier).await?;
    let plan = Plan::of(answers, &wanted);
    if answers.dry_run {
        plan.answer(&wanted.script(), context.json)?;
        return Ok(ExitCode::SUCCESS);
    }
    plan.show(context.json)?;
    if !agreed("Do it?", answers.yes)? {
        return Ok(refused());
    }
    context.config.prepare_data_dir()?;
    if answers.new_secret {
        shell_key::forget(&answers.files)?;
    }
    if let Goal::Tier { reach: Reach::Companion(key @ None), .. } = &mut wanted.goal {
        *key = Some(shell_key::make(&answers.files, &answers.name).await?);
    }
    let found = Provisioned::read(&bootstrap::carry_out(answers, &wanted, context.json).await?)?;
    let left = || left_behind(answers);
    let settings = settings(answers, tier.tier(), &wanted, &found).with_context(left)?;
    let rights = proof::of(&first_only(&settings), tier.tier(), answers.extras, &found.node)
        .await
        .with_context(left)?;
    if !rights.surplus.is_empty() {
        return too_much(context, answers, &settings, &rights);
    }
    let logins = keep(answers, tier, &settings, &found).await.with_context(left)?;
    let told = clients::tell(&context.config, answers.register, &settings).await?;
    let done =
        Done { settings: &settings, found: &found, rights: &rights, logins: logins.as_ref(), told: &told };
    report(context, answers, &done)
}

/// What a failure after the script leaves on the node, and how it goes.
fn left_behind(answers: &Answers) -> String {
    let (name, user) = (&answers.name, &answers.user);
    let way = match answers.present {
        Some(_) => format!("take it all away with `labkeeper setup --remove --name {name}`"),
        None => format!(
            "take it away there with  pveum user delete {user}  and without the line that ends in labkeeper:{name} in /root/.ssh/authorized_keys, \
             if there is one"
        ),
    };
    format!(
        "the node is set up, but nothing new was stored here: the user {user} with its token is there now. Run setup again when this is mended, \
         or {way}"
    )
}

/// A token whose secret is known here and works is kept, so that others who use it notice nothing.
async fn wanted(answers: &Answers, tier: SetupTier) -> Result<Provisioning> {
    let reach = match tier {
        SetupTier::Observe => Reach::Observe,
        SetupTier::Operate => Reach::Operate,
        SetupTier::Companion if answers.new_secret => Reach::Companion(None),
        SetupTier::Companion => Reach::Companion(shell_key::present(&answers.files).await?),
    };
    let extras = answers.extras;
    let goal = Goal::Tier { reach, extras, keep_token: false };
    let mut wanted = Provisioning { name: answers.name.clone(), user: answers.user.clone(), goal };
    let present = answers.present.as_ref().filter(|present| wanted.token().as_ref() == Some(&present.token));
    let keep_token = match present {
        _ if answers.new_secret => false,
        None => false,
        // A dry run asks nobody.
        Some(_) if answers.dry_run => true,
        Some(present) => !proof::is_dead(present).await,
    };
    wanted.goal = Goal::Tier { reach, extras, keep_token };
    Ok(wanted)
}

fn settings(answers: &Answers, tier: Tier, wanted: &Provisioning, found: &Provisioned) -> Result<Settings> {
    Ok(Settings {
        cluster: answers.name.clone(),
        endpoints: store::endpoints(&answers.api, found),
        token: wanted
            .token()
            .ok_or_else(|| anyhow!("the user {} is too long for a token's name", answers.user))?,
        secret: secret(answers, wanted, found)?,
        tier: Some(tier),
        extras: answers.extras,
        limits: Limits::default(),
    })
}

fn secret(answers: &Answers, wanted: &Provisioning, found: &Provisioned) -> Result<Secret> {
    let kept = || answers.present.as_ref().filter(|present| wanted.token().as_ref() == Some(&present.token));
    match &found.secret {
        TokenSecret::Made(secret) => Ok(secret.clone()),
        TokenSecret::Kept => kept().map(|present| present.secret.clone()).ok_or_else(|| {
            anyhow!(
                "the node kept a token whose secret is not known here: run the script that this call printed"
            )
        }),
        TokenSecret::Gone => Err(anyhow!(
            "the node's answer is that of a script that removes: run the one that this call printed"
        )),
    }
}

/// The node that was set up proves it; the others may be down.
fn first_only(settings: &Settings) -> Settings {
    let endpoints = settings.endpoints.iter().take(1).cloned().collect();
    Settings { endpoints, ..settings.clone() }
}

/// The logins are proved before anything is stored, and the key goes after nothing names it any more.
async fn keep(
    answers: &Answers,
    tier: SetupTier,
    settings: &Settings,
    found: &Provisioned,
) -> Result<Option<Logins>> {
    if tier != SetupTier::Companion {
        store::write(&answers.files, settings, &[])?;
        shell_key::forget(&answers.files)?;
        return Ok(None);
    }
    let logins = logins::prove(answers, found).await?;
    store::write(&answers.files, settings, &logins.proved)?;
    Ok(Some(logins))
}

/// Not done: the owner never agreed to that much.
fn too_much(context: &Context, answers: &Answers, settings: &Settings, rights: &Rights) -> Result<ExitCode> {
    let list = rights.surplus.iter().map(|surplus| format!("{} on {}", surplus.privilege, surplus.path));
    let list = list.collect::<Vec<_>>().join(", ");
    let problem = format!(
        "the token {} may more than its tier: {list}. Take away what grants that to {} or the token (Datacenter → Permissions, and the groups \
         of the user); {}",
        settings.token,
        settings.token.user(),
        left_behind(answers)
    );
    if context.json {
        render::print_json(
            &json!({"connection": settings.cluster.as_str(), "done": false, "problems": [problem]}),
        )?;
    }
    render::note(&problem);
    Ok(ExitCode::from(DEGRADED))
}

/// What came of it.
struct Done<'a> {
    settings: &'a Settings,
    found: &'a Provisioned,
    rights: &'a Rights,
    /// At companion only.
    logins: Option<&'a Logins>,
    told: &'a Told,
}

impl Done<'_> {
    /// Nodes that can be logged in to.
    fn nodes(&self) -> Vec<&str> {
        self.logins.iter().flat_map(|logins| &logins.proved).map(|shell| shell.node.as_str()).collect()
    }

    fn problems(&self) -> Vec<String> {
        let missing = (!self.rights.missing.is_empty()).then(|| {
            let list = self.rights.missing.iter().cloned().collect::<Vec<_>>().join(", ");
            format!("the token lacks {list}: something on the node takes it away (Datacenter → Permissions, role NoAccess)")
        });
        let left_out = self.logins.iter().flat_map(|logins| &logins.left_out).map(|(node, why)| {
            format!("{node} is left out, and nothing is done in its guests ({why}). Run setup again when that is mended")
        });
        missing.into_iter().chain(left_out).chain(self.told.problem.clone()).collect()
    }
}

fn report(context: &Context, answers: &Answers, done: &Done<'_>) -> Result<ExitCode> {
    let problems = done.problems();
    let tier = done.settings.tier.unwrap_or_default();
    let file = answers.files.settings();
    if context.json {
        render::print_json(&json!({
            "connection": answers.name.as_str(),
            "done": true,
            "tier": tier.as_str(),
            "node": done.found.node.as_str(),
            "release": done.found.release,
            "token": done.settings.token.as_str(),
            "token_made": matches!(done.found.secret, TokenSecret::Made(_)),
            "endpoints": done.settings.endpoints.iter().map(|endpoint| endpoint.address.to_string()).collect::<Vec<_>>(),
            "ssh_nodes": done.nodes(),
            "file": file,
            "claude_code": done.told.claude_code,
            "client_configuration": done.told.json,
            "problems": problems,
            "next": RESTART,
        }))?;
    } else {
        render::print(&sentences(answers, done, tier))?;
    }
    problems.iter().for_each(|problem| render::note(problem));
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(DEGRADED) })
}

fn sentences(answers: &Answers, done: &Done<'_>, tier: Tier) -> String {
    let mut lines = vec![format!(
        "{} is connected at {}: {} (Proxmox VE {}), token {}, stored in {}.",
        answers.name,
        tier.as_str(),
        done.found.node,
        done.found.release,
        done.settings.token,
        answers.files.settings().display()
    )];
    lines.push(match tier {
        Tier::Observe | Tier::Operate => "The node itself holds the token to that tier.".into(),
        Tier::Companion | Tier::Root => format!(
            "The node holds the token to what operate may; what is done with the SSH key, which opens {}, only labkeeper watches over. For root, {HOW_TO_ROOT}.",
            done.nodes().join(", ")
        ),
    });
    lines.push(RESTART.into());
    if done.told.claude_code {
        lines.push("Claude Code knows labkeeper now.".into());
    }
    if let Some(json) = &done.told.json {
        let json = serde_json::to_string_pretty(json).unwrap_or_default();
        lines.push(format!("\nFor Claude Desktop and other clients:\n{json}"));
    }
    lines.join("\n")
}
