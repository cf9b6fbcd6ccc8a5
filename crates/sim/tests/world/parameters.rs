//! What is given is looked at before anything else, in one place for every method.

use labkeeper_sim::access::Release;
use labkeeper_sim::permission::routes;
use labkeeper_sim::{Answer, Method};
use serde_json::{Value, json};

use crate::lab::{ask, get, lab, pass, post};

fn errors(answer: Answer) -> Value {
    let refusal = answer.unwrap_err();
    assert_eq!((refusal.status, &*refusal.reason), (400, "Parameter verification failed."));
    refusal.errors.into()
}

const UNKNOWN: &str = "property is not defined in schema and the schema does not allow additional properties";

#[test]
fn whatever_is_modelled_refuses_what_it_does_not_know() {
    let mut lab = lab(Release::V9);
    let (mut refusing, mut taking) = (0, Vec::new());
    for route in routes(Release::V9) {
        let path =
            route.template.replace("{node}", "pve1").replace("{storage}", "nas").replace("{name}", "tank");
        let path = if path.contains("/qemu/") {
            path.replace("{vmid}", "202")
        } else {
            path.replace("{vmid}", "108")
        };
        let path = path.replace("{service}", "sshd").replace("{userid}", "admin@pve").replace(['{', '}'], "");
        let answer = ask(&mut lab, "admin", route.method, &path, &[("nope", "1")]);
        match answer {
            Err(refusal) if refusal.errors.get("nope").is_some_and(|said| said == UNKNOWN) => refusing += 1,
            Err(refusal) if matches!(refusal.status, 403 | 501) => {}
            _ => taking.push(format!("{} {}", route.method.as_str(), route.template)),
        }
    }
    // The first two take what is a parameter of any sort of realm; the last needs to know who it is about to let anybody.
    assert_eq!(taking, ["POST /access/domains", "PUT /access/domains/{realm}", "POST /access/users"]);
    assert!(refusing > 100, "{refusing}");
}

#[test]
fn what_is_wrong_is_said_in_the_words_of_the_real_one() {
    let mut lab = lab(Release::V9);
    let snapshots = "/nodes/pve1/lxc/108/snapshot";
    for (given, wrong) in [
        (&[][..], json!({"snapname": "property is missing and it is not optional"})),
        (
            &[("snapname", "bad name")],
            json!({"snapname": "invalid format - invalid configuration ID 'bad name'\n"}),
        ),
        (&[("snapname", "one"), ("vmstate", "1")], json!({"vmstate": UNKNOWN})),
        (
            &[("snapname", "one"), ("vmid", "108")],
            json!({"vmid": "duplicate parameter (already defined in URI)"}),
        ),
    ] {
        assert_eq!(errors(post(&mut lab, snapshots, given)), wrong);
    }
    let tasks =
        |given: &[(&str, &str)]| ask(&mut lab.clone(), "admin", Method::Get, "/nodes/pve1/tasks", given);
    assert_eq!(errors(tasks(&[("limit", "-1")])), json!({"limit": "value must have a minimum value of 0"}));
    assert_eq!(
        errors(tasks(&[("start", "-5"), ("since", "x")])),
        json!({"start": "value must have a minimum value of 0", "since": "type check ('integer') failed - got 'x'"})
    );
    let path = "/nodes/pve1/lxc/99/status/current";
    let wrong = json!({"vmid": "invalid format - value does not look like a valid VM ID\n"});
    assert_eq!(errors(ask(&mut lab, "admin", Method::Get, path, &[])), wrong);
    let taken = ask(&mut lab, "admin", Method::Get, "/cluster/nextid", &[("vmid", "108")]);
    assert_eq!(errors(taken), json!({"vmid": "VM 108 already exists"}));
}

#[test]
fn what_a_kind_of_guest_does_not_take_is_refused_for_that_kind() {
    let mut lab = lab(Release::V9);
    let container = post(&mut lab, "/nodes/pve3/lxc/115/status/start", &[("timeout", "5")]);
    assert_eq!(errors(container), json!({"timeout": UNKNOWN}));
    let machine = post(&mut lab, "/nodes/pve1/qemu/207/status/start", &[("debug", "1")]);
    assert_eq!(errors(machine), json!({"debug": UNKNOWN}));
    let skips = post(&mut lab, "/nodes/pve1/qemu/207/status/start", &[("skiplock", "1")]);
    assert_eq!(errors(skips), json!({"skiplock": "Only root may use this option."}));
    assert!(post(&mut lab, "/nodes/pve1/qemu/207/status/start", &[("timeout", "5")]).is_ok());
}

#[test]
fn what_is_known_and_not_modelled_is_said_and_not_passed_over() {
    let mut lab = lab(Release::V9);
    let vzdump = [("vmid", "108"), ("storage", "nas")];
    for (path, given) in [
        ("/nodes/pve1/vzdump", ("prune-backups", "keep-last=1")),
        ("/nodes/pve1/vzdump", ("mode", "suspend")),
        ("/nodes/pve1/qemu/207/status/start", ("machine", "q35")),
    ] {
        let all = if path.ends_with("vzdump") { [&vzdump[..], &[given]].concat() } else { vec![given] };
        let refusal = post(&mut lab, path, &all).unwrap_err();
        assert_eq!(refusal.status, 501, "{refusal:?}");
        assert!(refusal.reason.contains("does not model"), "{refusal:?}");
    }
    pass(&mut lab, 1_000);
    assert!(lab.world.tasks.is_empty());
    assert_eq!(get(&mut lab, "/cluster/tasks"), json!([]));
}
