//! Explicit membership of networks, in the predecessor's shape: `network_members`, `_add`, `_remove`.

use labkeeper_core::fault::Fault;
use labkeeper_core::inventory::{ItemId, Kind, Link, Rel};
use labkeeper_store::{NewLink, View};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::link_create::connect;
use super::write::item_of_kind;
use crate::cx::Cx;
use crate::done::Done;
use crate::operation::{Body, Meta, Operation, Plan, Route, Toolset};

/// List the explicit members of a network.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkMembers {
    /// Which network.
    pub id: ItemId,
}

/// One membership.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Member {
    /// Id of the membership; also the id of its link.
    pub id: i64,
    /// The network.
    pub network_id: ItemId,
    /// Kind of the member.
    pub member_type: Kind,
    /// The member.
    pub member_id: ItemId,
    /// Its address there.
    pub ip_on_network: Option<String>,
    /// When it was made.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

/// Memberships.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Members {
    /// Members of the network.
    pub data: Vec<Member>,
}

/// One membership.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OneMember {
    /// The membership.
    pub data: Member,
}

impl Operation for NetworkMembers {
    type Output = Members;
    const META: Meta = Meta::read("network_members", "List members of a network", Toolset::Inventory)
        .routes(&[Route::get("/api/networks/{id}/members")]);

    async fn run(self, cx: &mut Cx) -> Result<Members, Fault> {
        let mut view = cx.read().await?;
        item_of_kind(&mut view, Kind::Networks, self.id).await?;
        let mut data = Vec::new();
        for link in view.links_of(self.id).await? {
            if link.rel == Rel::MemberOf && link.to_id == self.id {
                data.push(member(&mut view, &link).await?);
            }
        }
        Ok(Members { data })
    }
}

async fn member(view: &mut View, link: &Link) -> Result<Member, Fault> {
    let of = view.item(link.from_id).await?.ok_or_else(|| Fault::internal(&"a link without its item"))?;
    let ip = link.data.as_ref().and_then(|data| data.get("ip_on_network")).and_then(Value::as_str);
    Ok(Member {
        id: link.id,
        network_id: link.to_id,
        member_type: of.kind,
        member_id: of.id,
        ip_on_network: ip.map(str::to_string),
        created_at: link.created_at.text(),
        updated_at: link.updated_at.text(),
    })
}

/// Say that an item is a member of a network, with its address there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkMemberAdd {
    /// Which network.
    pub id: ItemId,
    /// Kind of the member.
    pub member_type: Kind,
    /// The member.
    pub member_id: ItemId,
    /// Its address there.
    #[serde(default)]
    pub ip_on_network: Option<String>,
}

impl Operation for NetworkMemberAdd {
    type Output = OneMember;
    const META: Meta = Meta::write("network_member_add", "Add a member to a network", Toolset::Inventory)
        .not_a_tool()
        .routes(&[Route::post("/api/networks/{id}/members").created().body(Body::Fields)]);

    async fn plan(&self, cx: &mut Cx) -> Result<Plan, Fault> {
        let mut view = cx.read().await?;
        let network = item_of_kind(&mut view, Kind::Networks, self.id).await?;
        let member = item_of_kind(&mut view, self.member_type, self.member_id)
            .await
            .map_err(|fault| fault.with_field("member_id"))?;
        Ok(Plan::allow(format!("make {} a member of {}", member.name, network.name)))
    }

    async fn run(self, cx: &mut Cx) -> Result<OneMember, Fault> {
        let at = cx.now;
        let ip = match self.ip_on_network.as_deref().filter(|text| !text.trim().is_empty()) {
            Some(text) => Some(
                labkeeper_core::inventory::address::ip(text)
                    .map_err(|wants| Fault::invalid("ip_on_network", format!("ip_on_network {wants}")))?,
            ),
            None => None,
        };
        let tx = cx.tx()?;
        let new = NewLink {
            from_id: self.member_id,
            rel: Rel::MemberOf,
            to_id: self.id,
            label: None,
            data: ip.map(|ip| json!({"ip_on_network": ip})),
            source: "asserted".into(),
            created_at: at,
            updated_at: at,
        };
        let link = connect(tx, new, at).await?;
        Ok(OneMember { data: member(tx, &link).await? })
    }
}

/// Take an item out of a network.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkMemberRemove {
    /// Which network.
    pub id: ItemId,
    /// Kind of the member.
    pub member_type: Kind,
    /// The member.
    pub member_id: ItemId,
}

impl Operation for NetworkMemberRemove {
    type Output = Done;
    const META: Meta =
        Meta::write("network_member_remove", "Remove a member from a network", Toolset::Inventory)
            .not_a_tool()
            .destructive()
            .routes(&[Route::delete("/api/networks/{id}/members/{member_type}/{member_id}")]);

    async fn run(self, cx: &mut Cx) -> Result<Done, Fault> {
        let tx = cx.tx()?;
        let links = tx.links_of(self.id).await?;
        let link = links
            .into_iter()
            .find(|link| link.rel == Rel::MemberOf && link.to_id == self.id && link.from_id == self.member_id)
            .ok_or_else(|| {
                Fault::not_found(format!("item {} is not a member of network {}", self.member_id, self.id))
            })?;
        tx.delete_link(&link).await?;
        Ok(Done { message: "Removed" })
    }
}
