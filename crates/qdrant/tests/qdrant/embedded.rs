//! The matrix that vectors are kept in without a server, behind the same port: what the contract says of one holds for the other.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use labkeeper_core::ports::{Later, VectorServer};
use labkeeper_core::rank::index::Owner;
use labkeeper_core::rank::matrix::Matrix;
use labkeeper_core::rank::vector::RoundedVector;
use labkeeper_core::vectors::{
    Among, Label, Near, Neighbours, Point, PointId, Ready, Space, Standing, VectorError,
};

const PLACE: &str = "memory";

#[derive(Default)]
pub(crate) struct Embedded(Mutex<Option<Kept>>);

struct Kept {
    space: Space,
    matrix: Matrix<PointId>,
    labels: HashMap<PointId, Label>,
    noted: i64,
}

impl Embedded {
    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.0.lock().unwrap()
    }

    fn with<T>(&self, act: impl FnOnce(&mut Kept) -> Result<T, VectorError>) -> Result<T, VectorError> {
        self.lock().as_mut().ok_or_else(|| VectorError::Gone { place: PLACE.into() }).and_then(act)
    }
}

fn wrong(error: &impl ToString) -> VectorError {
    VectorError::Refused { place: PLACE.into(), status: 400, said: error.to_string() }
}

fn of_another_lab() -> VectorError {
    VectorError::NotOurs { place: PLACE.into(), what: "it is another lab's".into() }
}

fn lets(among: &Among, id: PointId, label: &Label) -> bool {
    let is_owner = |owner: &Owner| {
        let of_that_sort = match label.kind.as_str() {
            "memories" => matches!(owner, Owner::Memory(_)),
            "changes" => matches!(owner, Owner::Change(_)),
            _ => matches!(owner, Owner::Item(_)),
        };
        of_that_sort && owner.id() == label.id
    };
    (among.kinds.is_empty() || among.kinds.contains(&label.kind))
        && among.tags.iter().all(|tag| label.tags.contains(tag))
        && among.owners.as_ref().is_none_or(|owners| owners.iter().any(is_owner))
        && among.points.as_ref().is_none_or(|points| points.contains(&id))
}

fn ready<'a, T: Send + 'a>(answer: Result<T, VectorError>) -> Later<'a, Result<T, VectorError>> {
    Box::pin(std::future::ready(answer))
}

impl VectorServer for Embedded {
    fn place(&self) -> &str {
        PLACE
    }

    fn prepare<'a>(&'a self, space: &'a Space, replace: bool) -> Later<'a, Result<Ready, VectorError>> {
        let mut kept = self.lock();
        let answer = match &*kept {
            Some(known) if known.space == *space => Ok(Ready::Kept),
            Some(known) if known.space.lab != space.lab => Err(of_another_lab()),
            Some(known) if !replace => Err(VectorError::OtherSpace {
                place: PLACE.into(),
                found: known.space.model.clone(),
                expected: space.model.clone(),
            }),
            _ => {
                let matrix = Matrix::new(space.dimensions);
                *kept = Some(Kept { space: space.clone(), matrix, labels: HashMap::new(), noted: 0 });
                Ok(Ready::Made)
            }
        };
        ready(answer)
    }

    fn look<'a>(&'a self, lab: Option<&'a str>) -> Later<'a, Result<Option<Standing>, VectorError>> {
        let answer = match &*self.lock() {
            None => Ok(None),
            Some(kept) if lab.is_some_and(|lab| lab != kept.space.lab) => Err(of_another_lab()),
            Some(kept) => Ok(Some(Standing { points: kept.matrix.len(), noted: kept.noted })),
        };
        ready(answer)
    }

    fn held(&self) -> Later<'_, Result<Vec<(PointId, String)>, VectorError>> {
        ready(self.with(|kept| Ok(kept.labels.iter().map(|(id, label)| (*id, label.print())).collect())))
    }

    fn put<'a>(&'a self, points: &'a [Point]) -> Later<'a, Result<(), VectorError>> {
        ready(self.with(|kept| {
            for point in points {
                kept.matrix
                    .insert(point.id, &RoundedVector::round(&point.vector))
                    .map_err(|error| wrong(&error))?;
                kept.labels.insert(point.id, point.label.clone());
            }
            Ok(())
        }))
    }

    fn remove<'a>(&'a self, points: &'a [PointId]) -> Later<'a, Result<(), VectorError>> {
        ready(self.with(|kept| {
            for id in points {
                kept.matrix.remove(*id);
                kept.labels.remove(id);
            }
            Ok(())
        }))
    }

    fn nearest<'a>(&'a self, questions: &'a [Near]) -> Later<'a, Result<Vec<Neighbours>, VectorError>> {
        ready(self.with(|kept| {
            let answer = |near: &Near| {
                let question = kept.matrix.question(&near.vector).map_err(|error| wrong(&error))?;
                let keep = |id: PointId| lets(&near.among, id, &kept.labels[&id]);
                Ok(kept.matrix.nearest(&question, near.limit, keep))
            };
            questions.iter().map(answer).collect()
        }))
    }

    fn standing(&self) -> Later<'_, Result<Standing, VectorError>> {
        ready(self.with(|kept| Ok(Standing { points: kept.matrix.len(), noted: kept.noted })))
    }

    fn note(&self, event: i64) -> Later<'_, Result<(), VectorError>> {
        ready(self.with(|kept| {
            kept.noted = event;
            Ok(())
        }))
    }

    fn clear<'a>(&'a self, lab: &'a str) -> Later<'a, Result<(), VectorError>> {
        let mut kept = self.lock();
        if kept.as_ref().is_some_and(|known| known.space.lab != lab) {
            return ready(Err(of_another_lab()));
        }
        *kept = None;
        ready(Ok(()))
    }
}
