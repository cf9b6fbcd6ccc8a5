//! The servers that a hub may be given: a bucket for old contents of files, one for vectors, and one through which its processes pass
//! word. Of one that it has not there is nothing to say.

use labkeeper_core::checkup::{Finding, Level};
use labkeeper_core::vectors::VectorError;
use labkeeper_ops::keeper::Keeper;
use labkeeper_store::BucketSettings;

use super::check::Check;

/// Asks each for all that it is used for, and leaves nothing behind. A keeper that stands in for a hub whose database does not open is not
/// `itself`.
pub(super) async fn check(keeper: &Keeper, itself: bool) -> Vec<Finding> {
    let (bucket, vectors, redis) = tokio::join!(bucket(keeper), vectors(keeper, itself), redis(keeper));
    [bucket, vectors, redis].into_iter().flatten().collect()
}

/// Trying it out would begin to use it, with a key that is made beside the database.
pub(super) fn bucket_without_database(bucket: &BucketSettings) -> Finding {
    let finding = format!("{bucket:?} was not looked at, for the database was not opened");
    Check::Bucket.finds(Level::Unknown, finding).with_remedy("run this again once it opens")
}

async fn bucket(keeper: &Keeper) -> Option<Finding> {
    let shelf = keeper.store().shelf();
    let bucket = shelf.bucket()?;
    if let Err(error) = bucket.try_out().await {
        let finding = Check::Bucket.finds(Level::Crit, error.to_string());
        let remedy = "do what it says: until then no file of the lab can be written from here";
        return Some(finding.with_remedy(remedy));
    }
    let works =
        |how| Check::Bucket.ok(format!("{bucket} can be listed, read, written and deleted in: {how}"));
    if !bucket.encrypts() {
        return Some(works("contents lie open there"));
    }
    let finding = works(match bucket.has_given_key() {
        true => "contents are encrypted with blobs.key of the configuration",
        false => "contents are encrypted with the file blobs.key beside the database",
    });
    Some(finding.with_detail("without that key nothing there can be read: keep a copy of it elsewhere"))
}

async fn vectors(keeper: &Keeper, itself: bool) -> Option<Finding> {
    let (place, looked) = keeper.look_at_vectors().await?;
    Some(match looked {
        Ok(Some(standing)) => {
            Check::Vectors.ok(format!("{place} answers and holds {} texts", standing.points))
        }
        Ok(None) => Check::Vectors
            .ok(format!("{place} answers; the collection is made when a hub first has something for it")),
        Err(VectorError::NotOurs { .. }) if !itself => Check::Vectors
            .finds(Level::Unknown, format!("{place} answers; whose the collection is was not looked at, for the database was not opened"))
            .with_remedy("run this again once it opens"),
        Err(error @ (VectorError::NotOurs { .. } | VectorError::Denied { .. })) => Check::Vectors
            .finds(Level::Crit, error.to_string())
            .with_remedy("until then search goes by words; nothing there is changed"),
        Err(error) => Check::Vectors.finds(Level::Warn, error.to_string()).with_remedy(
            "until then search goes by words; `labkeeper serve` fills it by itself when it is there again",
        ),
    })
}

async fn redis(keeper: &Keeper) -> Option<Finding> {
    let (place, tried) = keeper.try_relay().await?;
    Some(match tried {
        Ok(()) => Check::Redis.ok(format!("{place} passes word, counts and keeps answers")),
        Err(error) => Check::Redis.finds(Level::Warn, error.to_string()).with_remedy(
            "until then each process counts, looks for writes and keeps answers by itself; it is used again by itself when it works",
        ),
    })
}
