//! Questions that PVE's own code answered: separated tokens, `NoAccess`, propagation, pools, expiry.

use labkeeper_sim::access::{Access, Caller, Release};
use serde_json::Value;

const ASKED: &str = include_str!("../../../../fixtures/pve/rbac_in.json");
const ANSWERED: &str = include_str!("../../../../fixtures/pve/rbac_out.json");

#[test]
fn every_question_is_answered_as_pve_answers_it() {
    let asked: Value = serde_json::from_str(ASKED).unwrap();
    let answered: Vec<Value> = serde_json::from_str(ANSWERED).unwrap();
    let (access, pools) = Access::from_user_cfg(Release::V9, asked["cfg"].as_str().unwrap());
    assert_eq!(asked["queries"].as_array().unwrap().len(), answered.len());
    for row in answered {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let (who, path) = (text("auth"), text("path"));
        let privileges: Vec<&str> =
            row["privs"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let held: Vec<Value> = access.privileges(who, path, &pools).into_keys().map(Value::String).collect();
        assert_eq!(Value::Array(held), row["effective"], "{row}");
        let caller = Caller::named(who);
        let verdict = if row["any"] == 1 {
            access.require_any(&caller, path, &privileges, &pools)
        } else {
            access.require_all(&caller, path, &privileges, &pools)
        };
        assert_eq!(verdict.is_ok(), row["allowed"] == true, "{row}");
        if let Err(refusal) = verdict {
            assert_eq!(format!("{} {}\n", refusal.status, refusal.reason), text("error"));
        }
    }
}
