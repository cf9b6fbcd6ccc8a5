//! What every place for vectors promises.

use std::collections::{BTreeMap, BTreeSet};

use labkeeper_core::ports::VectorServer;
use labkeeper_core::rank::index::Owner;
use labkeeper_core::vectors::{
    Among, Label, Near, Neighbours, Point, PointId, Ready, Space, Standing, VectorError,
};

use crate::places::{self, Place};

/// Each of them on each place.
macro_rules! contract {
    ($($name:ident),+ $(,)?) => {
        mod in_memory {
            $(#[tokio::test] async fn $name() { super::kept(super::places::embedded(), async |place| super::$name(place).await).await; })+
        }
        mod on_the_double {
            $(#[tokio::test] async fn $name() {
                super::kept(super::places::double(stringify!($name)).await, async |place| super::$name(place).await).await;
            })+
        }
        mod on_a_live_server {
            $(#[tokio::test] async fn $name() {
                if let Some(place) = super::places::live(stringify!($name)).await {
                    super::kept(place, async |place| super::$name(place).await).await;
                }
            })+
        }
    };
}

contract!(
    a_new_place_is_empty_and_is_kept_the_second_time,
    the_nearest_are_those_of_plain_arithmetic,
    only_those_among_which_was_asked_are_found,
    several_questions_are_answered_in_their_order,
    putting_twice_is_putting_once_and_a_new_label_counts,
    everything_held_is_listed_page_by_page,
    what_was_removed_is_not_found_and_may_be_removed_again,
    a_vector_of_another_size_is_refused,
    another_model_empties_a_place_only_when_told_to,
    the_place_of_another_lab_is_left_alone,
    a_note_is_kept,
    a_place_that_was_given_up_is_gone_until_it_is_made_again,
);

async fn kept(place: Place, test: impl AsyncFnOnce(&dyn VectorServer)) {
    place.server.clear(LAB).await.unwrap();
    test(&*place.server).await;
    place.server.clear(LAB).await.unwrap();
}

const LAB: &str = "lab";
const SIZE: usize = 24;

fn space() -> Space {
    Space { model: "toy/1".into(), dimensions: SIZE, lab: LAB.into() }
}

/// Unit vectors that differ, the same on every run.
fn vector(number: u64) -> Vec<f32> {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
    };
    let raw: Vec<f32> = (0..SIZE).map(|_| next()).collect();
    let length = raw.iter().map(|value| value * value).sum::<f32>().sqrt();
    raw.iter().map(|value| value / length).collect()
}

fn id(number: u64) -> PointId {
    PointId::of(Owner::Item(number as i64), "00")
}

/// Kinds and tags go round, so that each occurs with each.
fn point(number: u64) -> Point {
    let kind = ["vms", "apps", "memories"][(number % 3) as usize];
    let tags = [("even", number.is_multiple_of(2)), ("fourth", number.is_multiple_of(4))];
    let tags = tags.into_iter().filter(|(_, has)| *has).map(|(tag, _)| tag.to_owned()).collect();
    Point {
        id: id(number),
        vector: vector(number),
        label: Label { kind: kind.into(), id: number as i64, tags },
    }
}

fn near(vector: Vec<f32>, limit: usize) -> Near {
    Near { vector, among: Among::default(), limit, exact: true }
}

fn ids(found: &Neighbours) -> BTreeSet<PointId> {
    found.iter().map(|(id, _)| *id).collect()
}

async fn filled(place: &dyn VectorServer, numbers: std::ops::Range<u64>) {
    place.prepare(&space(), true).await.unwrap();
    let points: Vec<Point> = numbers.map(point).collect();
    for batch in points.chunks(256) {
        place.put(batch).await.unwrap();
    }
}

async fn one(place: &dyn VectorServer, near: Near) -> Neighbours {
    place.nearest(&[near]).await.unwrap().remove(0)
}

async fn a_new_place_is_empty_and_is_kept_the_second_time(place: &dyn VectorServer) {
    assert_eq!(place.look(Some(LAB)).await, Ok(None));
    assert_eq!(place.prepare(&space(), false).await, Ok(Ready::Made));
    assert_eq!(place.standing().await, Ok(Standing { points: 0, noted: 0 }));
    assert_eq!(place.held().await, Ok(Vec::new()));
    assert_eq!(one(place, near(vector(1), 5)).await, Vec::new());
    place.put(&[point(1)]).await.unwrap();
    assert_eq!(place.prepare(&space(), true).await, Ok(Ready::Kept));
    assert_eq!(place.standing().await.unwrap().points, 1, "it is kept with what is in it");
    assert_eq!(place.look(Some(LAB)).await, Ok(Some(Standing { points: 1, noted: 0 })));
}

async fn the_nearest_are_those_of_plain_arithmetic(place: &dyn VectorServer) {
    filled(place, 0..300).await;
    for asked in [1_000, 1_001, 7] {
        let question = vector(asked);
        let cosine = |number: u64| -> f32 { vector(number).iter().zip(&question).map(|(a, b)| a * b).sum() };
        let plain: BTreeMap<PointId, f32> = (0..300).map(|number| (id(number), cosine(number))).collect();
        let mut best: Vec<f32> = plain.values().copied().collect();
        best.sort_by(|a, b| b.total_cmp(a));
        let found = one(place, near(question.clone(), 20)).await;
        assert_eq!(found.len(), 20);
        assert_eq!(ids(&found).len(), 20);
        assert!(found.is_sorted_by(|a, b| a.1 >= b.1), "{found:?}");
        // A matrix rounds its rows to bytes.
        for ((id, score), best) in found.iter().zip(best) {
            assert!((score - plain[id]).abs() < 0.01, "{score} for {}", plain[id]);
            assert!((score - best).abs() < 0.01, "{score} where {best} was to be had");
        }
    }
    assert_eq!(one(place, near(vector(7), 1)).await[0].0, id(7), "nothing is nearer than itself");
    assert_eq!(one(place, near(vector(7), 1_000)).await.len(), 300);
}

async fn only_those_among_which_was_asked_are_found(place: &dyn VectorServer) {
    filled(place, 0..60).await;
    let found = async |among: Among| ids(&one(place, Near { among, ..near(vector(500), 100) }).await);
    let such =
        |test: fn(u64) -> bool| (0..60).filter(|number| test(*number)).map(id).collect::<BTreeSet<_>>();
    let kinds = |kinds: &[&str]| kinds.iter().map(ToString::to_string).collect::<Vec<_>>();

    let vms = Among { kinds: kinds(&["vms"]), ..Among::default() };
    assert_eq!(found(vms.clone()).await, such(|number| number % 3 == 0));
    let either = Among { kinds: kinds(&["vms", "apps"]), ..Among::default() };
    assert_eq!(found(either).await, such(|number| number % 3 < 2));
    let both_tags = Among { tags: kinds(&["even", "fourth"]), ..Among::default() };
    assert_eq!(found(both_tags).await, such(|number| number % 4 == 0));
    let all_of_it = Among { tags: kinds(&["even"]), ..vms.clone() };
    assert_eq!(found(all_of_it).await, such(|number| number % 6 == 0));
    // Number 2 is a note, so it is no item's.
    let owners = vec![Owner::Item(2), Owner::Item(3), Owner::Memory(5), Owner::Item(999)];
    let owned = Among { owners: Some(owners), ..Among::default() };
    assert_eq!(found(owned.clone()).await, such(|number| number == 3 || number == 5));
    assert_eq!(found(Among { kinds: kinds(&["vms"]), ..owned }).await, such(|number| number == 3));
    let named = Among { points: Some(vec![id(4), id(9), id(999)]), ..Among::default() };
    assert_eq!(found(named).await, such(|number| number == 4 || number == 9));
    for nothing in [
        Among { kinds: kinds(&["networks"]), ..Among::default() },
        Among { tags: kinds(&["odd"]), ..Among::default() },
        Among { owners: Some(Vec::new()), ..Among::default() },
        Among { points: Some(Vec::new()), ..Among::default() },
    ] {
        assert_eq!(found(nothing.clone()).await, BTreeSet::new(), "{nothing:?}");
    }
}

async fn several_questions_are_answered_in_their_order(place: &dyn VectorServer) {
    filled(place, 0..20).await;
    let asked: Vec<Near> = [3, 11, 5].map(|number| near(vector(number), 1)).into();
    let answers = place.nearest(&asked).await.unwrap();
    assert_eq!(answers.iter().map(|found| found[0].0).collect::<Vec<_>>(), [id(3), id(11), id(5)]);
    assert!(answers.iter().all(|found| (found[0].1 - 1.0).abs() < 0.01), "{answers:?}");
}

async fn putting_twice_is_putting_once_and_a_new_label_counts(place: &dyn VectorServer) {
    filled(place, 0..3).await;
    let mut changed = point(0);
    changed.label.tags = vec!["new".into()];
    place.put(&[changed.clone(), point(1)]).await.unwrap();
    assert_eq!(place.standing().await.unwrap().points, 3);
    let held: BTreeMap<PointId, String> = place.held().await.unwrap().into_iter().collect();
    assert_eq!(held[&id(0)], changed.label.print());
    assert_ne!(held[&id(0)], point(0).label.print());
    assert_eq!(held[&id(1)], point(1).label.print());
    let tagged = |tag: &str| Among { tags: vec![tag.into()], ..Among::default() };
    assert_eq!(ids(&one(place, Near { among: tagged("new"), ..near(vector(9), 9) }).await), [id(0)].into());
    assert_eq!(ids(&one(place, Near { among: tagged("even"), ..near(vector(9), 9) }).await), [id(2)].into());
}

async fn everything_held_is_listed_page_by_page(place: &dyn VectorServer) {
    filled(place, 0..4_100).await;
    let held = place.held().await.unwrap();
    assert_eq!(held.len(), 4_100);
    let held: BTreeMap<PointId, String> = held.into_iter().collect();
    let wanted: BTreeMap<PointId, String> =
        (0..4_100).map(|number| (id(number), point(number).label.print())).collect();
    assert!(held == wanted, "a point is missing or labelled otherwise");
}

async fn what_was_removed_is_not_found_and_may_be_removed_again(place: &dyn VectorServer) {
    filled(place, 0..5).await;
    for _ in 0..2 {
        place.remove(&[id(1), id(3), id(77)]).await.unwrap();
        assert_eq!(ids(&one(place, near(vector(1), 9)).await), [id(0), id(2), id(4)].into());
        assert_eq!(place.standing().await.unwrap().points, 3);
    }
    place.remove(&[]).await.unwrap();
    place.put(&[]).await.unwrap();
    assert_eq!(place.standing().await.unwrap().points, 3);
}

async fn a_vector_of_another_size_is_refused(place: &dyn VectorServer) {
    filled(place, 0..2).await;
    let short = Point { vector: vec![1.0; SIZE - 1], ..point(2) };
    let refused = place.put(&[short]).await.unwrap_err();
    assert!(matches!(refused, VectorError::Refused { status: 400, .. }), "{refused:?}");
    let refused = place.nearest(&[near(vec![1.0; SIZE + 1], 3)]).await.unwrap_err();
    assert!(matches!(refused, VectorError::Refused { status: 400, .. }), "{refused:?}");
    assert_eq!(place.standing().await.unwrap().points, 2);
}

async fn another_model_empties_a_place_only_when_told_to(place: &dyn VectorServer) {
    filled(place, 0..4).await;
    for other in [
        Space { model: "toy/2".into(), ..space() },
        Space { dimensions: SIZE * 2, model: "toy/3".into(), ..space() },
    ] {
        let refused = place.prepare(&other, false).await.unwrap_err();
        assert!(matches!(refused, VectorError::OtherSpace { .. }), "{refused:?}");
        assert!(refused.to_string().contains(&other.model), "{refused}");
    }
    assert_eq!(place.standing().await.unwrap().points, 4, "refusing touches nothing");
    let other = Space { model: "toy/2".into(), dimensions: 3, ..space() };
    assert_eq!(place.prepare(&other, true).await, Ok(Ready::Made));
    assert_eq!(place.standing().await, Ok(Standing { points: 0, noted: 0 }));
    place.put(&[Point { vector: vec![0.0, 1.0, 0.0], ..point(1) }]).await.unwrap();
    assert_eq!(place.prepare(&other, false).await, Ok(Ready::Kept));
}

async fn the_place_of_another_lab_is_left_alone(place: &dyn VectorServer) {
    filled(place, 0..4).await;
    let other = Space { lab: "elsewhere".into(), ..space() };
    for replace in [false, true] {
        let refused = place.prepare(&other, replace).await.unwrap_err();
        assert!(matches!(refused, VectorError::NotOurs { .. }), "{refused:?}");
    }
    assert!(matches!(place.look(Some("elsewhere")).await, Err(VectorError::NotOurs { .. })));
    assert!(matches!(place.clear("elsewhere").await, Err(VectorError::NotOurs { .. })));
    assert_eq!(place.look(None).await.unwrap().unwrap().points, 4);
}

async fn a_note_is_kept(place: &dyn VectorServer) {
    filled(place, 0..2).await;
    place.note(41).await.unwrap();
    place.note(42).await.unwrap();
    assert_eq!(place.standing().await, Ok(Standing { points: 2, noted: 42 }));
    assert_eq!(place.prepare(&space(), true).await, Ok(Ready::Kept), "and it is still ours");
}

async fn a_place_that_was_given_up_is_gone_until_it_is_made_again(place: &dyn VectorServer) {
    filled(place, 0..2).await;
    place.clear(LAB).await.unwrap();
    place.clear(LAB).await.unwrap();
    let gone = |error: VectorError| assert!(matches!(error, VectorError::Gone { .. }), "{error:?}");
    gone(place.nearest(&[near(vector(1), 3)]).await.unwrap_err());
    gone(place.put(&[point(1)]).await.unwrap_err());
    gone(place.remove(&[id(1)]).await.unwrap_err());
    gone(place.held().await.unwrap_err());
    gone(place.standing().await.unwrap_err());
    gone(place.note(1).await.unwrap_err());
    assert_eq!(place.prepare(&space(), false).await, Ok(Ready::Made));
    place.put(&[point(1)]).await.unwrap();
    assert_eq!(ids(&one(place, near(vector(1), 3)).await), [id(1)].into());
}
