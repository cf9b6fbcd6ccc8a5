//! Items and links: reading them, changing them, asking what stands on what.

pub mod bulk;
pub mod create;
pub mod delete;
pub mod document_move;
pub mod edit_many;
pub mod everything;
pub mod find_by_name;
pub mod get;
pub mod icon_upload;
pub mod impact;
pub mod kinds;
pub mod link_create;
pub mod link_delete;
pub mod list;
pub mod members;
mod mentions;
pub mod merge;
mod page;
pub mod rows;
mod selection;
pub mod show;
pub mod update;
pub mod write;
