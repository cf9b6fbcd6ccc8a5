//! A look at the server of vectors from outside of a call, for doctors.

use labkeeper_core::vectors::{Standing, VectorError};

use super::delivery;
use crate::keeper::Keeper;

impl Keeper {
    /// Which server keeps the vectors and how it stands with this lab, without changing anything there. `None` where they are in memory.
    pub async fn look_at_vectors(&self) -> Option<(String, Result<Option<Standing>, VectorError>)> {
        delivery::look(self.house()).await
    }
}
