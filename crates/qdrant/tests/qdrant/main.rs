//! One contract for every place that vectors can be kept in: the matrix in memory, the client in front of the double, and, where
//! `LABKEEPER_TEST_QDRANT_URL` names one, in front of a real server (`LABKEEPER_TEST_QDRANT_API_KEY` with it, where it wants one).
//! Each test there makes a collection named `labkeeper-test-…` and deletes it again.
#![allow(clippy::unwrap_used, reason = "tests")]

mod contract;
mod embedded;
mod faults;
mod marks;
mod places;
