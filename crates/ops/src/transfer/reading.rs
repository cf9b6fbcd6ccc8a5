//! From an uploaded file to rows, whatever it is.

use std::path::Path;

use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::transfer::{self, Format, Incoming, Refusal, Source};
use labkeeper_store::{ForeignError, read_foreign_tables};

/// Reads a waiting upload.
///
/// # Errors
/// What the file is instead of an inventory, or what it lacks.
pub(crate) async fn read(path: &Path, file_name: Option<&str>) -> Result<Incoming, Fault> {
    let bytes = tokio::fs::read(path).await.map_err(|error| Fault::internal(&error))?;
    match transfer::read(&bytes, file_name).map_err(|refusal| refused(&refusal))? {
        Source::Ready(incoming) => Ok(*incoming),
        Source::Database => {
            let tables = read_foreign_tables(path).await.map_err(|error| alien(&error))?;
            transfer::read_tables(Format::HubDatabase, tables).map_err(|refusal| refused(&refusal))
        }
    }
}

pub(crate) fn refused(refusal: &Refusal) -> Fault {
    Fault::new(Code::Invalid, refusal.to_string()).with_field("content").with_hint("nothing was changed")
}

fn alien(error: &ForeignError) -> Fault {
    Fault::new(Code::Invalid, error.to_string()).with_field("content").with_hint("nothing was changed")
}
