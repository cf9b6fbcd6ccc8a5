//! `user_list`.

use labkeeper_core::fault::Fault;
use labkeeper_store::User;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};

/// List the people who can log in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserList {}

/// A person.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Person {
    /// Login name.
    pub name: String,
    /// Role: viewer, editor, operator or admin.
    pub role: String,
    /// When they were added.
    pub created_at: String,
}

/// The people.
#[derive(Debug, Serialize, JsonSchema)]
pub struct People {
    /// By name.
    pub data: Vec<Person>,
    /// How many.
    pub count: usize,
}

/// One of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OnePerson {
    /// The person.
    pub data: Person,
}

impl Operation for UserList {
    type Output = People;
    const META: Meta =
        Meta::read("user_list", "List people", Toolset::Hub).admin().routes(&[Route::get("/api/users")]);

    async fn run(self, cx: &mut Cx) -> Result<People, Fault> {
        let data: Vec<Person> = cx.read().await?.users().await?.into_iter().map(person).collect();
        Ok(People { count: data.len(), data })
    }
}

pub(super) fn person(user: User) -> Person {
    Person { name: user.name, role: user.role, created_at: user.created_at.text() }
}
