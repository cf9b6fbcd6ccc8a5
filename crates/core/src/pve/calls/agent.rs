//! Questions to the agent inside a virtual machine. One that is silent is [`super::super::Complaint::AgentSilent`].
//!
//! On version 9 an auditor may ask; on 8 `VM.Monitor` is needed, which an auditor does not have.

use crate::pve::call::Call;
use crate::pve::facts::{AgentAnswer, GuestInterface, HostName, OsInfo, Rows};
use crate::pve::guest::{GuestAt, GuestKind};
use crate::pve::need::Need;
use crate::pve::path::ApiPath;
use crate::pve::request::Method;

/// A guest that is known to be a virtual machine: containers have no agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineAt(GuestAt);

impl MachineAt {
    /// `None` for a container.
    pub fn of(at: &GuestAt) -> Option<Self> {
        (at.kind == GuestKind::Qemu).then(|| Self(at.clone()))
    }
}

/// What is answered with nothing that anybody needs.
pub type Nothing = serde::de::IgnoredAny;

/// Whether the agent answers.
pub fn ping(at: &MachineAt) -> Call<Nothing> {
    Call::new(Method::Post, ApiPath::guest(&at.0).word("agent/ping")).harmless().needs(ask(at))
}

/// The operating system.
pub fn os_info(at: &MachineAt) -> Call<AgentAnswer<OsInfo>> {
    Call::get(ApiPath::guest(&at.0).word("agent/get-osinfo")).needs(ask(at))
}

/// What the guest calls itself.
pub fn host_name(at: &MachineAt) -> Call<AgentAnswer<HostName>> {
    Call::get(ApiPath::guest(&at.0).word("agent/get-host-name")).needs(ask(at))
}

/// The addresses that it has.
pub fn interfaces(at: &MachineAt) -> Call<AgentAnswer<Rows<GuestInterface>>> {
    Call::get(ApiPath::guest(&at.0).word("agent/network-get-interfaces")).needs(ask(at))
}

fn ask(at: &MachineAt) -> Need {
    const ANY_OF: &[&str] = &["VM.GuestAgent.Audit", "VM.GuestAgent.Unrestricted", "VM.Monitor"];
    Need::refused(format!("/vms/{}", at.0.vmid), ANY_OF)
}
