//! Release 8: other roles, other methods, and a guest agent that no auditor reaches.

use labkeeper_sim::access::Release;

use crate::lab::{Lab, ask};

#[test]
fn the_guest_agent_needs_vm_monitor() {
    let lab = Lab::of(Release::V8);
    for request in ["GET /nodes/pve1/qemu/200/agent/get-osinfo", "POST /nodes/pve1/qemu/200/agent/exec"] {
        let refusal = lab.admitted(&ask("ro", request, &[])).err().unwrap();
        assert_eq!(refusal.reason, "Permission check failed (/vms/200, VM.Monitor)");
        assert!(lab.admitted(&ask("root", request, &[])).is_ok());
    }
    assert!(Lab::recorded().admitted(&ask("ro", "GET /nodes/pve1/qemu/200/agent/get-osinfo", &[])).is_ok());
}

#[test]
fn methods_of_release_9_are_not_there() {
    let lab = Lab::of(Release::V8);
    let refusal = lab.admitted(&ask("root", "GET /cluster/ha/rules", &[])).err().unwrap();
    assert_eq!(refusal.status, 501);
    assert!(lab.admitted(&ask("root", "GET /cluster/ha/groups", &[])).is_ok());
    assert!(lab.admitted(&ask("root", "GET /nodes/pve1/scan/glusterfs", &[])).is_ok());
}

#[test]
fn root_has_the_privileges_of_its_release() {
    let mut lab = Lab::of(Release::V8);
    let answer = lab.ask("root", "GET /access/permissions", &[("path", "/")]).unwrap();
    let held = answer["/"].as_object().unwrap();
    assert_eq!(held.len(), 42);
    assert!(held.contains_key("VM.Monitor"));
}
