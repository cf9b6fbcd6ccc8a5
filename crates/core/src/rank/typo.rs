//! How many slips of the keyboard lie between two words.

/// How many slips are forgiven in a word of that many letters; short words have none to spare.
pub fn forgiven(letters: usize) -> usize {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// The letters a word has, as a set. Two words at most `n` slips apart differ in at most `2 n` bits, which is
/// cheaper to see than the slips.
pub fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |set, byte| {
        set | 1
            << match byte {
                b'a'..=b'z' => byte - b'a',
                b'0'..=b'9' => 26 + (byte - b'0'),
                other => 36 + other % 28,
            }
    })
}

/// Slips between two words: a letter too many, one missing, one wrong, or two neighbours swapped. `None` when there
/// are more than `most`.
pub fn slips(left: &str, right: &str, most: usize) -> Option<usize> {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > most {
        return None;
    }
    let mut before = vec![0; right.len() + 1];
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut here = Vec::with_capacity(above.len());
        here.push(row + 1);
        for (column, b) in right.iter().enumerate() {
            let replaced = above[column] + usize::from(a != b);
            let mut least = replaced.min(above[column + 1] + 1).min(here[column] + 1);
            if row > 0 && column > 0 && *a == right[column - 1] && left[row - 1] == *b {
                least = least.min(before[column - 1] + 1);
            }
            here.push(least);
        }
        if here.iter().all(|slips| *slips > most) {
            return None;
        }
        before = std::mem::replace(&mut above, here);
    }
    above.last().copied().filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_the_slips_people_make() {
        let table = [
            ("basment", "basement", 1),
            ("proxmxo", "proxmox", 1),
            ("jellyfinn", "jellyfin", 1),
            ("postgers", "postgres", 1),
            ("kuberntes", "kubernetes", 1),
            ("grafana", "grafana", 0),
            ("promethues", "prometheus", 1),
            ("hmoe", "home", 1),
        ];
        for (typed, meant, wanted) in table {
            assert_eq!(slips(typed, meant, 2), Some(wanted), "{typed}");
        }
        assert_eq!(slips("nas", "ups", 1), None);
        assert_eq!(slips("short", "shortest", 2), None);
    }

    proptest! {
        #[test]
        fn distance_is_the_same_both_ways(a in "[a-e]{0,9}", b in "[a-e]{0,9}") {
            prop_assert_eq!(slips(&a, &b, 2), slips(&b, &a, 2));
        }

        #[test]
        fn the_set_of_letters_never_hides_a_near_word(a in "[a-z0-9]{1,10}", b in "[a-z0-9]{1,10}") {
            if let Some(slips) = slips(&a, &b, 2) {
                prop_assert!((letters(&a) ^ letters(&b)).count_ones() as usize <= 2 * slips);
            }
        }

        #[test]
        fn one_letter_left_out_is_one_slip(word in "[a-z]{4,10}", at in 0usize..4) {
            let mut typed = word.clone();
            typed.remove(at);
            prop_assert_eq!(slips(&typed, &word, 1), Some(1));
        }
    }
}
