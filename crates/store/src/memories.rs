//! Notes that an assistant or person keeps about the lab.

use labkeeper_core::change::{Image, Table};
use labkeeper_core::stamp::Stamp;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::error::StoreError;
use crate::event::Event;
use crate::image::image_map;
use crate::sql::sql;
use crate::view::{View, WriteTx};

/// A remembered note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Id.
    pub id: i64,
    /// The note.
    pub text: String,
    /// `decision`, `pattern`, `preference` or `note`.
    pub kind: String,
    /// Items it is about.
    pub links: Vec<i64>,
    /// Who wrote it.
    pub actor: String,
    /// When.
    pub created_at: Stamp,
}

type MemoryRow = (i64, String, String, String, String, i64);

fn memory_of(row: MemoryRow) -> Result<Memory> {
    let (id, text, kind, links, actor, created_at) = row;
    let links =
        serde_json::from_str(&links).map_err(|_| StoreError::Damaged(format!("links of memory {id}")))?;
    Ok(Memory { id, text, kind, links, actor, created_at: Stamp(created_at) })
}

impl View {
    /// One note.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn memory(&mut self, id: i64) -> Result<Option<Memory>> {
        let row: Option<MemoryRow> =
            sql("SELECT id, text, kind, links, actor, created_at FROM memories WHERE id = $1")
                .bind(id)
                .fetch_optional(self.conn())
                .await?;
        row.map(memory_of).transpose()
    }

    /// Every note, newest first.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn memories(&mut self) -> Result<Vec<Memory>> {
        let rows: Vec<MemoryRow> =
            sql("SELECT id, text, kind, links, actor, created_at FROM memories ORDER BY id DESC")
                .fetch_all(self.conn())
                .await?;
        rows.into_iter().map(memory_of).collect()
    }
}

impl WriteTx {
    /// Keeps a note; its `id` is given by the store.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn insert_memory(&mut self, memory: Memory) -> Result<Memory> {
        let (id,): (i64,) = sql(
            "INSERT INTO memories (text, kind, links, actor, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        )
        .bind(&memory.text)
        .bind(&memory.kind)
        .bind(serde_json::to_string(&memory.links).expect("ids serialise"))
        .bind(&memory.actor)
        .bind(memory.created_at.0)
        .fetch_one(self.aside())
        .await?;
        let memory = Memory { id, ..memory };
        self.images.push(Image { table: Table::Memories, id, before: None, after: Some(image_map(&memory)) });
        self.events.push(Event::about("memory", "created", id));
        Ok(memory)
    }

    pub(crate) async fn store_memory(&mut self, memory: &Memory) -> Result<()> {
        sql(
            "INSERT INTO memories (id, text, kind, links, actor, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(memory.id)
        .bind(&memory.text)
        .bind(&memory.kind)
        .bind(serde_json::to_string(&memory.links).expect("ids serialise"))
        .bind(&memory.actor)
        .bind(memory.created_at.0)
        .execute(self.aside())
        .await?;
        Ok(())
    }

    /// Forgets a note.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn delete_memory(&mut self, memory: &Memory) -> Result<()> {
        sql("DELETE FROM memories WHERE id = $1").bind(memory.id).execute(self.aside()).await?;
        self.images.push(Image {
            table: Table::Memories,
            id: memory.id,
            before: Some(image_map(memory)),
            after: None,
        });
        self.events.push(Event::about("memory", "deleted", memory.id));
        Ok(())
    }
}
