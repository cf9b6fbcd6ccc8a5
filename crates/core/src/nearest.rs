//! The nearest known name to a mistyped one, for errors that say what was probably meant.

/// The candidate closest to `name` if it is close enough to be worth suggesting.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| {
            *distance <= allowed(candidate) || candidate.contains(&wanted as &str)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn allowed(candidate: &str) -> usize {
    (candidate.chars().count() / 3).max(1)
}

/// Optimal string alignment distance: insert, delete, replace, swap of neighbours.
pub fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut current = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let mut cost = (previous[j] + usize::from(a != b)).min(previous[j + 1] + 1).min(current[j] + 1);
            let swapped = i > 0 && j > 0 && *a == right[j - 1] && left[i - 1] == *b;
            if swapped {
                cost = cost.min(before[j - 1] + 1);
            }
            current.push(cost);
        }
        before = std::mem::replace(&mut previous, current);
    }
    previous[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_what_was_meant_and_nothing_far_away() {
        let known = ["hostname", "ip_address", "mac_address"];
        assert_eq!(nearest("hostnam", known), Some("hostname"));
        assert_eq!(nearest("ip_adress", known), Some("ip_address"));
        assert_eq!(nearest("zzz", known), None);
    }

    #[test]
    fn a_swap_of_neighbours_counts_once() {
        assert_eq!(distance("proxmxo", "proxmox"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
