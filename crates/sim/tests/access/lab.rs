//! The node that was recorded, as far as access goes, and asking it things.

use std::collections::BTreeMap;

use labkeeper_sim::access::{Access, Caller, PoolMembers, Release};
use labkeeper_sim::permission::{self, Found};
use labkeeper_sim::{Answer, Ask, Method, Refusal, access_api};

/// Any moment after the expired token's.
pub(crate) const NOW: i64 = 1_764_000_000;

/// What its `/access` said to root, as a `user.cfg`.
const USER_CFG: &str = "\
user:root@pam:1:0::::::
token:root@pam!admin:0:0::
token:root@pam!sep:0:1::
user:mcp@pve:1:0::::::
token:mcp@pve!ro:0:1::
token:mcp@pve!op:0:1::
token:mcp@pve!full:0:0::
token:mcp@pve!none:0:1::
token:mcp@pve!expired:1000000000:1::
user:off@pve:0:0::::::
token:off@pve!tk:0:0::
pool:lab::101,200:local:
role:MCPOperate:VM.Audit,VM.PowerMgmt:
acl:1:/:mcp@pve:PVEAuditor,MCPOperate:
acl:1:/:mcp@pve!ro:PVEAuditor:
acl:1:/:mcp@pve!op:MCPOperate,PVEAuditor:
";

/// A node's access and its pools.
pub(crate) struct Lab {
    pub(crate) access: Access,
    pub(crate) pools: PoolMembers,
}

impl Lab {
    pub(crate) fn recorded() -> Self {
        Self::of(Release::V9)
    }

    pub(crate) fn of(release: Release) -> Self {
        let (mut access, pools) = Access::from_user_cfg(release, USER_CFG);
        for name in ["root", "rootsep", "full", "op", "ro", "none", "expired", "off"] {
            access.set_secret(full_name(name), "right").unwrap();
        }
        Self { access, pools }
    }

    /// Credential, route and permission, as in front of every method. Answers the caller and the route.
    pub(crate) fn admitted(&self, ask: &Ask) -> Result<Passed, Refusal> {
        let release = self.access.release();
        let is_open = permission::is_open(release, ask.method, &ask.path);
        let caller = if is_open && ask.authorization.is_none() {
            Caller::nobody()
        } else {
            self.access.authenticate(ask.authorization.as_deref(), NOW)?
        };
        let Found::Route(route, path) = permission::find(release, ask.method, &ask.path) else {
            let what = format!("Method '{} {}' not implemented", ask.method.as_str(), ask.path);
            return Err(Refusal::new(501, what));
        };
        route.check(&self.access, &caller, &path, &ask.parameters, &self.pools)?;
        Ok(Passed { caller, route, path })
    }

    /// As a method is answered that is of `/access`.
    pub(crate) fn answer(&mut self, ask: &Ask) -> Answer {
        let passed = self.admitted(ask)?;
        let Self { access, pools } = self;
        let answer =
            access_api::answer(access, &passed.caller, ask, passed.route.template, &passed.path, pools);
        answer.expect("it is modelled")
    }

    /// Asks as the one of that name.
    pub(crate) fn ask(&mut self, token: &str, request: &str, parameters: &[(&str, &str)]) -> Answer {
        self.answer(&ask(token, request, parameters))
    }
}

pub(crate) struct Passed {
    pub(crate) caller: Caller,
    pub(crate) route: &'static permission::Route,
    pub(crate) path: BTreeMap<String, String>,
}

/// `request` is such as `GET /access/users`; `token` one of the recording's, or a full name.
pub(crate) fn ask(token: &str, request: &str, parameters: &[(&str, &str)]) -> Ask {
    let (method, path) = request.split_once(' ').unwrap();
    let methods = [Method::Get, Method::Post, Method::Put, Method::Delete];
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Ask {
        method: methods.into_iter().find(|known| known.as_str() == method).unwrap(),
        path: path.to_owned(),
        parameters: parameters.collect(),
        authorization: credential(token),
    }
}

fn credential(token: &str) -> Option<String> {
    let secret = if token == "bad" { "wrong" } else { "right" };
    (token != "_anon").then(|| format!("PVEAPIToken={}={secret}", full_name(token)))
}

/// The full names of the tokens that the recording was made with.
pub(crate) fn full_name(token: &str) -> &str {
    match token {
        "root" => "root@pam!admin",
        "rootsep" => "root@pam!sep",
        "full" => "mcp@pve!full",
        "op" => "mcp@pve!op",
        "ro" | "bad" => "mcp@pve!ro",
        "none" => "mcp@pve!none",
        "expired" => "mcp@pve!expired",
        "off" => "off@pve!tk",
        "unknown" => "mcp@pve!nosuch",
        full => full,
    }
}
