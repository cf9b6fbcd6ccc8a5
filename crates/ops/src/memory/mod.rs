//! Notes that assistants and people keep about the lab, and calling them to mind.

pub mod add;
pub mod forget;
pub mod recall;
pub mod row;
pub mod search;
