//! Changing who may what through the API, and what the change does to requests.

use labkeeper_sim::Refusal;
use labkeeper_sim::access::Caller;
use serde_json::{Value, json};

use crate::lab::{Lab, ask};

const GUEST: &str = "GET /nodes/pve1/lxc/101/config";

fn said(refusal: &Refusal) -> String {
    let wrong: Vec<String> = refusal.errors.iter().map(|(name, why)| format!(" {name}: {why}")).collect();
    format!("{} {}{}", refusal.status, refusal.reason, wrong.join(""))
}

fn refused(answer: Result<Value, Refusal>) -> String {
    said(&answer.unwrap_err())
}

impl Lab {
    /// Asks with the secret that a new token was given.
    fn may(&self, token: &str, secret: &str, request: &str) -> bool {
        let mut ask = ask("ro", request, &[]);
        ask.authorization = Some(format!("PVEAPIToken={token}={secret}"));
        self.admitted(&ask).is_ok()
    }
}

#[test]
fn a_new_token_may_nothing_until_it_is_granted_something() {
    let mut lab = Lab::recorded();
    let path = "/access/users/mcp@pve/token/new";
    let made = lab.ask("root", &format!("POST {path}"), &[("comment", "for a test")]).unwrap();
    assert_eq!(made["full-tokenid"], "mcp@pve!new");
    assert_eq!(made["info"], json!({"privsep": 1, "comment": "for a test"}));
    let secret = made["value"].as_str().unwrap();
    assert!(!lab.may("mcp@pve!new", secret, GUEST));

    let grant = [("path", "/vms"), ("roles", "PVEVMUser"), ("tokens", "mcp@pve!new")];
    lab.ask("root", "PUT /access/acl", &grant).unwrap();
    assert!(lab.may("mcp@pve!new", secret, GUEST));
    assert!(!lab.may("mcp@pve!new", "00000000-0000-4000-8000-000000000000", GUEST));
    let console = lab.access.may(&Caller::named("mcp@pve!new"), "/vms/101", &["VM.Console"], &lab.pools);
    assert!(!console, "the role has it, but the user does not");

    lab.ask("root", "PUT /access/acl", &[&grant[..], &[("delete", "1")]].concat()).unwrap();
    assert!(!lab.may("mcp@pve!new", secret, GUEST));
    lab.ask("root", &format!("DELETE {path}"), &[]).unwrap();
    let gone = lab.ask("root", &format!("GET {path}"), &[]);
    assert_eq!(refused(gone), "500 no such token 'new' for user 'mcp@pve'");
}

#[test]
fn a_token_that_is_not_separated_has_what_its_user_has() {
    let mut lab = Lab::recorded();
    let made = lab
        .ask("root", "POST /access/users/mcp@pve/token/whole", &[("privsep", "0"), ("expire", "0")])
        .unwrap();
    assert_eq!(made["info"], json!({"privsep": "0", "expire": "0"}), "what was given comes back as text");
    let secret = made["value"].as_str().unwrap().to_owned();
    assert!(lab.may("mcp@pve!whole", &secret, GUEST));
    let changed = lab.ask("root", "PUT /access/users/mcp@pve/token/whole", &[("privsep", "1")]).unwrap();
    assert_eq!(changed, json!({"expire": 0, "privsep": "1"}));
    assert!(!lab.may("mcp@pve!whole", &secret, GUEST));
}

#[test]
fn a_disabled_user_takes_the_tokens_along() {
    let mut lab = Lab::recorded();
    assert!(lab.admitted(&ask("ro", GUEST, &[])).is_ok());
    lab.ask("root", "PUT /access/users/mcp@pve", &[("enable", "0")]).unwrap();
    assert_eq!(said(&lab.admitted(&ask("ro", GUEST, &[])).err().unwrap()), "401 Authentication failed!");
    lab.ask("root", "DELETE /access/users/mcp@pve", &[]).unwrap();
    assert_eq!(lab.access.acl().iter().count(), 0);
}

#[test]
fn a_group_is_granted_things_and_its_member_has_them_unless_granted_others() {
    let mut lab = Lab::recorded();
    lab.ask("root", "POST /access/groups", &[("groupid", "ops"), ("comment", "they operate")]).unwrap();
    lab.ask(
        "root",
        "POST /access/users",
        &[("userid", "anna@pve"), ("groups", "ops"), ("email", "a@b.example")],
    )
    .unwrap();
    lab.ask("root", "PUT /access/acl", &[("path", "/vms"), ("roles", "PVEVMUser"), ("groups", "ops")])
        .unwrap();
    let groups = lab.ask("root", "GET /access/groups", &[]).unwrap();
    assert_eq!(groups, json!([{"comment": "they operate", "groupid": "ops", "users": "anna@pve"}]));
    let anna = Caller::named("anna@pve");
    assert!(lab.access.may(&anna, "/vms/101", &["VM.PowerMgmt"], &lab.pools));
    lab.ask(
        "root",
        "PUT /access/acl",
        &[("path", "/vms"), ("roles", "PVETemplateUser"), ("users", "anna@pve")],
    )
    .unwrap();
    assert!(!lab.access.may(&anna, "/vms/101", &["VM.PowerMgmt"], &lab.pools));
    assert!(lab.access.may(&anna, "/vms/101", &["VM.Clone"], &lab.pools));
    lab.ask("root", "DELETE /access/groups/ops", &[]).unwrap();
    assert!(lab.access.acl().iter().all(|grant| grant.holder.name() != "ops"));
}

#[test]
fn who_manages_a_guest_can_hand_out_no_more_than_they_have() {
    let mut lab = Lab::recorded();
    let setup = [("path", "/vms/102"), ("roles", "PVEVMAdmin"), ("users", "mcp@pve")];
    lab.ask("root", "PUT /access/acl", &setup).unwrap();
    let grant = |role: &'static str| [("path", "/vms/102"), ("roles", role), ("tokens", "mcp@pve!none")];
    assert!(lab.ask("full", "PUT /access/acl", &grant("PVEVMUser")).is_ok());
    let more = lab.ask("full", "PUT /access/acl", &grant("PVEAuditor"));
    assert_eq!(
        refused(more),
        r#"400 Parameter verification failed. role: "Cannot add role 'PVEAuditor' - requires 'Permissions.Modify' or superset of privileges.""#
    );
    // What a pool gives goes no further down, and neither must what is handed out of it.
    let pooled = [("path", "/vms/101"), ("roles", "PVEVMAdmin"), ("users", "mcp@pve")];
    lab.ask("root", "PUT /access/acl", &pooled).unwrap();
    let further = [("path", "/vms/101"), ("roles", "PVEAuditor"), ("tokens", "mcp@pve!none")];
    assert!(
        refused(lab.ask("full", "PUT /access/acl", &further))
            .contains("'PVEAuditor' with propagation - requires")
    );
    assert!(lab.ask("full", "PUT /access/acl", &[&further[..], &[("propagate", "0")]].concat()).is_ok());
    let elsewhere = lab.ask(
        "full",
        "PUT /access/acl",
        &[("path", "/vms/200"), ("roles", "PVEVMUser"), ("users", "mcp@pve")],
    );
    assert_eq!(refused(elsewhere), "403 Permission check failed (/vms/200, Permissions.Modify|VM.Allocate)");
}

#[test]
fn roles_of_the_release_stay_as_they_are() {
    let mut lab = Lab::recorded();
    lab.ask("root", "POST /access/roles", &[("roleid", "Own"), ("privs", "VM.Audit VM.Console")]).unwrap();
    lab.ask("root", "PUT /access/roles/Own", &[("privs", "VM.Backup"), ("append", "1")]).unwrap();
    let own = lab.ask("none", "GET /access/roles/Own", &[]).unwrap();
    assert_eq!(own, json!({"VM.Audit": 1, "VM.Backup": 1, "VM.Console": 1}));
    let built_in = lab.ask("root", "DELETE /access/roles/PVEAdmin", &[]);
    assert_eq!(refused(built_in), "500 delete role failed: auto-generated role 'PVEAdmin' cannot be deleted");
    let unknown = lab.ask("root", "POST /access/roles", &[("roleid", "Other"), ("privs", "VM.Fly")]);
    assert_eq!(
        refused(unknown),
        r#"400 Parameter verification failed. privs: "invalid format - invalid privilege 'VM.Fly'\n""#
    );
}

#[test]
fn what_is_wrong_is_said_of_every_parameter() {
    let mut lab = Lab::recorded();
    let wrong = lab.ask("root", "PUT /access/acl", &[("propagate", "yes"), ("nope", "1")]).unwrap_err();
    let names: Vec<&str> = wrong.errors.keys().map(String::as_str).collect();
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.errors["propagate"], "type check ('boolean') failed - got 'yes'");
    assert_eq!(wrong.errors["path"], "property is missing and it is not optional");
    assert_eq!(names.len(), 4, "{names:?}");
    let nowhere = [("path", "/nowhere"), ("roles", "PVEAuditor"), ("users", "mcp@pve")];
    let nowhere = lab.ask("root", "PUT /access/acl", &nowhere);
    assert_eq!(refused(nowhere), r#"400 Parameter verification failed. path: "invalid ACL path '/nowhere'""#);
    let twice = lab.ask("root", "POST /access/users/mcp@pve/token/ro", &[]);
    assert_eq!(refused(twice), r#"400 Parameter verification failed. tokenid: "Token already exists.""#);
}

#[test]
fn somebody_elses_permissions_are_for_auditors() {
    let mut lab = Lab::recorded();
    let of_ro = [("userid", "mcp@pve!ro"), ("path", "/vms/101")];
    let seen = lab.ask("op", "GET /access/permissions", &of_ro).unwrap();
    assert_eq!(seen["/vms/101"].as_object().unwrap().len(), 7);
    let hidden = lab.ask("none", "GET /access/permissions", &of_ro);
    assert_eq!(refused(hidden), "403 Permission check failed (/access, Sys.Audit)");
}

#[test]
fn only_the_owner_of_a_task_or_an_auditor_sees_it() {
    let lab = Lab::recorded();
    let path = "GET /nodes/pve1/tasks/UPID:pve1:0000162B:000A0085:6B023709:qmstop:200:mcp@pve!none:/status";
    let inside = |token: &str| {
        let ask = ask(token, path, &[]);
        let passed = lab.admitted(&ask).ok().unwrap();
        passed.route.check_inside(&lab.access, &passed.caller, &passed.path, &ask.parameters, &lab.pools)
    };
    assert!(inside("none").is_ok());
    assert!(inside("ro").is_ok());
    assert_eq!(said(&inside("rootsep").unwrap_err()), "403 Permission check failed (/nodes/pve1, Sys.Audit)");
}

#[test]
fn realms_come_and_go_but_for_the_built_in() {
    let mut lab = Lab::recorded();
    let realm = [("realm", "home"), ("type", "ldap"), ("server1", "ldap.example"), ("comment", "the family")];
    lab.ask("root", "POST /access/domains", &realm).unwrap();
    let listed = lab.ask("_anon", "GET /access/domains", &[]).unwrap();
    assert_eq!(listed[0], json!({"realm": "home", "type": "ldap", "comment": "the family"}));
    lab.ask("root", "DELETE /access/domains/home", &[]).unwrap();
    let nameless = lab.ask("root", "POST /access/domains", &[("type", "ldap")]).unwrap_err();
    assert_eq!(nameless.errors["realm"], "property is missing and it is not optional");
    let gone = lab.ask("root", "GET /access/domains/home", &[]);
    assert_eq!(refused(gone), "500 domain 'home' does not exist");
}

#[test]
fn of_a_list_with_one_that_is_not_there_nothing_is_granted() {
    let mut lab = Lab::recorded();
    let before = lab.ask("root", "GET /access/acl", &[]).unwrap();
    for (roles, users) in [
        ("PVEAuditor,NoSuchRole", "mcp@pve"),
        ("PVEAuditor", "mcp@pve,nobody@pve"),
        ("PVEVMUser,Nope", "off@pve"),
    ] {
        let parameters = [("path", "/storage/other"), ("roles", roles), ("users", users)];
        let refused = lab.ask("root", "PUT /access/acl", &parameters).unwrap_err();
        assert!(refused.reason.starts_with("ACL update failed: "), "{refused:?}");
        assert_eq!(lab.ask("root", "GET /access/acl", &[]).unwrap(), before);
    }
}
