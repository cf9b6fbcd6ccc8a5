//! The engine that a bench is about: SQLite in the directory of its hub, or a schema of its own on a PostgreSQL server.

use std::path::Path;

use anyhow::Result;
use clap::Args;
use labkeeper_store::{Store, testing};

#[derive(Args, Clone)]
pub(crate) struct Engine {
    /// A PostgreSQL server to measure on, such as `postgres://labkeeper@127.0.0.1/postgres`; without it, SQLite
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl Engine {
    /// What a hub in that directory is told of its database: nothing, where it is a file there. The schema is made.
    pub(crate) async fn url(&self, dir: &Path) -> Result<Option<String>> {
        let Some(server) = &self.database else { return Ok(None) };
        Ok(Some(testing::schema_for(server, dir).await?))
    }

    /// The store of that directory.
    pub(crate) async fn open(&self, dir: &Path) -> Result<Store> {
        let path = dir.join("lab.db");
        Ok(match self.url(dir).await? {
            None => Store::open(&path).await?,
            Some(url) => Store::connect(&url, &path, None).await?,
        })
    }

    /// Has a server do what it does by itself within a minute of a large write; a file of SQLite needs nothing of that.
    pub(crate) async fn settle(&self) -> Result<()> {
        if let Some(server) = &self.database {
            testing::vacuum(server).await?;
        }
        Ok(())
    }

    /// Takes away what is not in the directory.
    pub(crate) async fn forget(&self, dir: &Path) -> Result<()> {
        if let Some(server) = &self.database {
            testing::drop_schema(server, dir).await?;
        }
        Ok(())
    }

    pub(crate) fn name(&self) -> &'static str {
        if self.database.is_some() { "PostgreSQL" } else { "SQLite" }
    }
}
