//! Between plan and decision: whose word the owner wants for what the plan's verdict says, from this caller.

use labkeeper_core::approval::Approvals;

use crate::cx::Cx;
use crate::operation::{Meta, Plan, Verdict};

pub(crate) fn weigh(cx: &Cx, meta: &Meta, tainted_by: Option<String>, mut plan: Plan) -> Plan {
    let caller = Caller {
        is_person: cx.actor.is_person(),
        tainted_by,
        approvals: cx.house.settings().safety.approvals,
    };
    let acts_by_text = (meta.raw_shell && !plan.only_reads) || plan.runs_later;
    plan.verdict = caller.weighed(plan.verdict, acts_by_text);
    plan
}

struct Caller {
    is_person: bool,
    tainted_by: Option<String>,
    approvals: Approvals,
}

impl Caller {
    fn weighed(&self, verdict: Verdict, acts_by_text: bool) -> Verdict {
        let verdict = match (verdict, &self.tainted_by) {
            (Verdict::Allow, Some(by)) if acts_by_text => Verdict::Approve(vec![tainted(by)]),
            (Verdict::Confirm(mut reasons), Some(by)) if acts_by_text => {
                reasons.push(tainted(by));
                Verdict::Approve(reasons)
            }
            (verdict, _) => verdict,
        };
        match (verdict, self.approvals) {
            // A person's word is what is wanted, and here is a person.
            (Verdict::Approve(reasons), _) if self.is_person => Verdict::Confirm(reasons),
            (Verdict::Approve(reasons), Approvals::Agent) => Verdict::Confirm(reasons),
            (Verdict::Confirm(reasons), Approvals::Strict) if !self.is_person => Verdict::Approve(reasons),
            (verdict, _) => verdict,
        }
    }
}

/// Whoever reads what strangers wrote may do what strangers want.
fn tainted(by: &str) -> String {
    format!(
        "this session has read text that others wrote (by {by}), and what it now runs, or has run later, may change something: a person decides"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(is_person: bool, tainted: bool, approvals: Approvals) -> Caller {
        Caller { is_person, tainted_by: tainted.then(|| "pct_read_file".into()), approvals }
    }

    fn weighed(caller: &Caller, verdict: Verdict, acts_by_text: bool) -> &'static str {
        caller.weighed(verdict, acts_by_text).as_str()
    }

    fn why() -> Vec<String> {
        vec!["why".into()]
    }

    #[test]
    fn after_strangers_were_read_a_person_decides_about_commands_that_change_something() {
        let agent = caller(false, true, Approvals::Human);
        assert_eq!(weighed(&agent, Verdict::Allow, true), "approve");
        assert_eq!(weighed(&agent, Verdict::Confirm(why()), true), "approve");
        assert_eq!(weighed(&agent, Verdict::Allow, false), "allow", "reading goes on");
        assert_eq!(weighed(&caller(false, false, Approvals::Human), Verdict::Allow, true), "allow");
    }

    #[test]
    fn what_is_denied_stays_denied() {
        for approvals in [Approvals::Agent, Approvals::Human, Approvals::Strict] {
            for is_person in [true, false] {
                assert_eq!(weighed(&caller(is_person, true, approvals), Verdict::Deny(why()), true), "deny");
            }
        }
    }

    #[test]
    fn the_owner_shifts_the_table() {
        let (agent, strict) =
            (caller(false, false, Approvals::Agent), caller(false, false, Approvals::Strict));
        assert_eq!(weighed(&agent, Verdict::Approve(why()), false), "confirm");
        assert_eq!(weighed(&strict, Verdict::Confirm(why()), false), "approve");
        assert_eq!(weighed(&strict, Verdict::Allow, false), "allow");
    }

    #[test]
    fn a_person_is_not_sent_to_a_person() {
        for approvals in [Approvals::Agent, Approvals::Human, Approvals::Strict] {
            assert_eq!(weighed(&caller(true, false, approvals), Verdict::Approve(why()), true), "confirm");
            assert_eq!(weighed(&caller(true, false, approvals), Verdict::Confirm(why()), true), "confirm");
        }
    }
}
