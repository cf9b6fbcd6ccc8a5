//! What is wanted on a node, and the script that brings it about.
//!
//! The script is a constant text under a list of settings. Only the settings differ, each is a typed name in single quotes, and no type has a
//! quote among its characters: nothing that a person types can become a command.

use std::fmt::Write as _;

use super::rights::{Extras, Wish, role_privileges};
use super::ssh_key::SshPublicKey;
use super::user::PveUser;
use crate::pve::{ClusterName, TokenId};
use crate::tier::Tier;

/// The script below its settings.
const BODY: &str = include_str!("node.sh");

/// What is wanted on a node, or on the cluster that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioning {
    /// What the connection is called here; the comment of its SSH key.
    pub name: ClusterName,
    /// The user that has the tokens.
    pub user: PveUser,
    /// What is to be there afterwards.
    pub goal: Goal,
}

/// What is to be there afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// User and token of a tier, and nothing of the other tiers.
    Tier {
        /// How far it reaches.
        reach: Reach,
        /// What it may beyond that.
        extras: Extras,
        /// Leave a token that is there: its secret is known here. Otherwise it is made anew.
        keep_token: bool,
    },
    /// Nothing of labkeeper's.
    Nothing,
}

/// The tiers that can be set up. Root is none of them: its owner switches it on, where labkeeper runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Reads.
    Observe,
    /// Starts, stops, makes snapshots.
    Operate,
    /// Logs in with this key as well. `None` when it is made later; the script then does nothing.
    Companion(Option<SshPublicKey>),
}

impl Reach {
    /// The tier.
    pub fn tier(self) -> Tier {
        match self {
            Self::Observe => Tier::Observe,
            Self::Operate => Tier::Operate,
            Self::Companion(_) => Tier::Companion,
        }
    }

    /// The role that goes with it beside `PVEAuditor`.
    pub fn own_role(self) -> Option<&'static str> {
        match self {
            Self::Observe => None,
            Self::Operate => Some("LabkeeperOperate"),
            Self::Companion(_) => Some("LabkeeperCompanion"),
        }
    }
}

impl Provisioning {
    /// The token that will be there; `None` when none will be, or when its name would be longer than Proxmox takes.
    pub fn token(&self) -> Option<TokenId> {
        match self.goal {
            Goal::Tier { reach, .. } => self.user.token(reach.tier().as_str()),
            Goal::Nothing => None,
        }
    }

    /// For `bash -s` on the node, as root.
    pub fn script(&self) -> String {
        let mut script = format!("# labkeeper setup: the connection \"{}\"\n\n", self.name);
        for (name, value) in self.settings() {
            let _ = writeln!(script, "{name}='{value}'");
        }
        script.push('\n');
        script.push_str(BODY);
        script
    }

    /// The same, to be pasted into a shell that a person sits at: a failure ends the script and not that shell.
    pub fn script_to_paste(&self) -> String {
        format!("bash <<'LABKEEPER_SETUP'\n{}LABKEEPER_SETUP\n", self.script())
    }

    fn settings(&self) -> [(&'static str, String); 8] {
        let (reach, extras) = match self.goal {
            Goal::Tier { reach, extras, .. } => (Some(reach), extras),
            Goal::Nothing => (None, Extras::default()),
        };
        let privileges = |release| {
            let held = reach.map(|reach| role_privileges(Wish { tier: reach.tier(), extras }, release));
            let held = held.unwrap_or_default();
            held.into_iter().collect::<Vec<_>>().join(",")
        };
        let keep = matches!(self.goal, Goal::Tier { keep_token: true, .. });
        let key = match reach {
            Some(Reach::Companion(Some(key))) => key.to_string(),
            _ => String::new(),
        };
        [
            ("TIER", reach.map_or("none", |reach| reach.tier().as_str()).into()),
            ("USER_ID", self.user.to_string()),
            ("NAME", self.name.to_string()),
            ("ROLE", reach.and_then(Reach::own_role).unwrap_or_default().into()),
            ("PRIVILEGES_8", privileges(8)),
            ("PRIVILEGES_9", privileges(9)),
            ("KEEP_TOKEN", if keep { "yes" } else { "no" }.into()),
            ("PUBLIC_KEY", key),
        ]
    }

    /// What the script does, in sentences for its owner.
    pub fn steps(&self) -> Vec<String> {
        let user = &self.user;
        let Goal::Tier { reach, extras, keep_token } = self.goal else {
            return vec![
                format!("remove the user {user} with its tokens and everything it was granted"),
                "remove the roles LabkeeperOperate and LabkeeperCompanion, unless somebody else uses them"
                    .into(),
                format!("remove the key labkeeper:{} from root's authorized_keys", self.name),
            ];
        };
        let tier = reach.tier();
        let mut roles = "PVEAuditor".to_string();
        let mut steps = vec![format!("create the user {user}, unless it is there")];
        if let Some(role) = reach.own_role() {
            let held: Vec<_> = role_privileges(Wish { tier, extras }, 9).into_iter().collect();
            steps.push(format!("create the role {role} with {} and nothing else", held.join(", ")));
            let _ = write!(roles, " and {role}");
        }
        steps.push(format!(
            "grant {roles} on / to the user and to its token {}, which is bound to what both may",
            tier.as_str()
        ));
        steps.push(if keep_token {
            format!("keep the token {user}!{}, or make it when it is gone", tier.as_str())
        } else {
            format!("make the token {user}!{}; one of that name that is there stops working", tier.as_str())
        });
        steps.push("remove labkeeper's tokens and roles of other tiers".into());
        steps.push(match reach {
            Reach::Companion(_) => format!(
                "put the public key labkeeper:{} into root's authorized_keys, which on a cluster all nodes share; where it is already, its \
                 line stays as it is",
                self.name
            ),
            Reach::Observe | Reach::Operate => {
                format!("remove the key labkeeper:{} from root's authorized_keys, if it is there", self.name)
            }
        });
        if matches!(reach, Reach::Companion(_)) {
            steps.push(
                "look up the SSH host keys of the other nodes of its cluster; where only the RSA key is written down, ask that node over the \
                 cluster's own ssh"
                    .into(),
            );
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGOtf4PNTjKEzKQP/e2uQtsGshcxEPIhhgsIP4FQFsMv";

    fn home(goal: Goal) -> Provisioning {
        Provisioning { name: "home".parse().unwrap(), user: PveUser::default(), goal }
    }

    fn at(reach: Reach) -> Provisioning {
        home(Goal::Tier { reach, extras: Extras::default(), keep_token: false })
    }

    #[test]
    fn each_tier_has_its_settings() {
        let observe = at(Reach::Observe).script();
        for line in ["TIER='observe'", "ROLE=''", "PRIVILEGES_9=''", "KEEP_TOKEN='no'", "PUBLIC_KEY=''"] {
            assert!(observe.lines().any(|here| here == line), "{line}");
        }
        let companion = home(Goal::Tier {
            reach: Reach::Companion(Some(KEY.parse().unwrap())),
            extras: Extras::default(),
            keep_token: true,
        });
        let script = companion.script();
        for line in [
            "ROLE='LabkeeperCompanion'",
            "PRIVILEGES_8='VM.PowerMgmt,VM.Snapshot,VM.Snapshot.Rollback'",
            "KEEP_TOKEN='yes'",
            &format!("PUBLIC_KEY='{KEY}'"),
        ] {
            assert!(script.lines().any(|here| here == line), "{line}");
        }
        assert_eq!(companion.token().unwrap().as_str(), "labkeeper@pve!companion");
        assert_eq!(home(Goal::Nothing).token(), None);
        assert!(home(Goal::Nothing).script().contains("TIER='none'"));
    }

    #[test]
    fn backups_are_in_the_script_where_they_were_switched_on() {
        let goal = |backups| Goal::Tier {
            reach: Reach::Companion(None),
            extras: Extras { backups },
            keep_token: false,
        };
        assert!(
            home(goal(true))
                .script()
                .contains("PRIVILEGES_9='Datastore.AllocateSpace,SDN.Use,VM.Backup,VM.PowerMgmt,")
        );
        assert!(home(goal(true)).steps().join("\n").contains("VM.Backup"));
        assert!(!home(goal(false)).script().contains("VM.Backup"));
    }

    #[test]
    fn the_plan_names_what_is_made_and_what_is_taken_away() {
        let steps = at(Reach::Operate).steps().join("\n");
        for word in
            ["labkeeper@pve!operate", "LabkeeperOperate", "VM.PowerMgmt", "remove the key labkeeper:home"]
        {
            assert!(steps.contains(word), "{word}: {steps}");
        }
        assert!(home(Goal::Nothing).steps().join("\n").contains("remove the user labkeeper@pve"));
    }

    proptest! {
        /// Whatever is taken for a name, a user or a key stays inside its quotes, and the rest is the same text.
        #[test]
        fn no_input_breaks_out(
            name in "\\PC{0,20}|[a-z0-9'\"$`;&|<>() \n@!-]{1,20}",
            user in "\\PC{0,20}|[a-z0-9'\"$`;&|<>() \n!-]{1,20}@[a-z'$\n]{2,8}",
            key in "(ssh-ed25519 )?[A-Za-z0-9+/='\"$`; \n]{0,100}",
        ) {
            let mut wanted = at(Reach::Companion(None));
            if let Ok(name) = name.parse() {
                wanted.name = name;
            }
            if let Ok(user) = user.parse() {
                wanted.user = user;
            }
            if let Ok(key) = key.parse() {
                let (reach, extras) = (Reach::Companion(Some(key)), Extras { backups: true });
                wanted.goal = Goal::Tier { reach, extras, keep_token: true };
            }
            let script = wanted.script();
            let head = script.strip_suffix(BODY).unwrap();
            for line in head.lines().skip(1).filter(|line| !line.is_empty()) {
                let (setting, value) = line.split_once("='").unwrap();
                prop_assert!(setting.bytes().all(|byte| byte.is_ascii_uppercase() || b"_89".contains(&byte)));
                let value = value.strip_suffix('\'').unwrap();
                prop_assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._-@+/=,".contains(&byte)), "{}", value);
            }
            prop_assert_eq!(head.lines().count(), 11);
            prop_assert!(!wanted.script_to_paste().trim_end_matches("LABKEEPER_SETUP\n").contains("\nLABKEEPER_SETUP"));
        }
    }
}
