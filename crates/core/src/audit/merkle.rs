//! The tree over the log, as RFC 6962 has it: one root stands for all records, and a record is shown to be under it with a path of
//! a few hashes. A leaf's data is the 32 bytes of the record's own hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::digest::{Hash, sha256};

/// Hash of a leaf.
pub fn leaf_hash(data: &[u8]) -> Hash {
    sha256(&[&[0], data])
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The right edge of a tree: all that is needed to let it grow and to know its root. It has as many hashes as the size has ones in
/// binary.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete trees that it is made of, the largest first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut right = leaf;
        // Each one at the end of the size is a complete tree of that height, which closes with the new one.
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("there is a tree for each one in the size");
            right = node_hash(&left, &right);
        }
        self.peaks.push(right);
        self.size += 1;
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all of them.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return sha256(&[]) };
        peaks.fold(*last, |right, left| node_hash(left, &right))
    }

    /// Its hashes one after the other in Base64, for keeping.
    pub fn to_text(&self) -> String {
        BASE64.encode(self.peaks.concat())
    }

    /// What [`Frontier::to_text`] kept, of a tree of that size; `None` when it is of another.
    pub fn from_text(size: u64, text: &str) -> Option<Self> {
        let bytes = BASE64.decode(text).ok()?;
        let (peaks, rest) = bytes.as_chunks::<32>();
        let fits = rest.is_empty() && peaks.len() == size.count_ones() as usize;
        fits.then(|| Self { size, peaks: peaks.to_vec() })
    }
}

/// The hashes beside the way from that leaf to the root, the lowest first; `None` when there is no such leaf.
pub fn inclusion_path(index: usize, leaves: Vec<Hash>) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let (mut at, mut row, mut path) = (index, leaves, Vec::new());
    while row.len() > 1 {
        path.extend(row.get(at ^ 1));
        row = row
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node_hash(left, right),
                // One without a neighbour moves up as it is.
                alone => alone[0],
            })
            .collect();
        at /= 2;
    }
    Some(path)
}

/// The root that this path leads to from that leaf of a tree of that size; `None` when it has not the length for it.
pub fn root_by_path(index: u64, size: u64, leaf: Hash, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut at, mut last, mut root, mut path) = (index, size - 1, leaf, path.iter());
    while last > 0 {
        // The last of an odd row has no neighbour.
        if at % 2 == 1 {
            root = node_hash(path.next()?, &root);
        } else if at < last {
            root = node_hash(&root, path.next()?);
        }
        (at, last) = (at / 2, last / 2);
    }
    path.next().is_none().then_some(root)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::digest::hex;
    use super::*;

    /// The root as the definition has it: split at the largest power of two below the size.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(leaves.len().div_ceil(2).next_power_of_two());
                node_hash(&defined(left), &defined(right))
            }
        }
    }

    fn grown(leaves: &[Hash]) -> Frontier {
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        frontier
    }

    /// The eight inputs that certificate-transparency implementations are tested with, and the roots over the first 0 to 8 of them.
    #[test]
    fn the_known_roots_come_out() {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::default();
        assert_eq!(hex(&frontier.root()), roots[0]);
        for (input, root) in inputs.iter().zip(&roots[1..]) {
            frontier.push(leaf_hash(input));
            assert_eq!(hex(&frontier.root()), *root, "over {}", frontier.size());
        }
    }

    proptest! {
        #[test]
        fn the_edge_is_enough_to_know_the_root(data in proptest::collection::vec(any::<[u8; 3]>(), 0..200), cut in 0..200usize) {
            let leaves: Vec<Hash> = data.iter().map(|data| leaf_hash(data)).collect();
            let (before, after) = leaves.split_at(cut.min(leaves.len()));
            let kept = grown(before);
            let mut taken_up = Frontier::from_text(kept.size(), &kept.to_text()).unwrap();
            prop_assert_eq!(&taken_up, &kept);
            after.iter().for_each(|leaf| taken_up.push(*leaf));
            prop_assert_eq!(taken_up.root(), defined(&leaves));
            prop_assert_eq!(taken_up.peaks.len(), leaves.len().count_ones() as usize);
        }

        #[test]
        fn every_leaf_has_a_path_and_no_other_leaf_place_or_path_leads_to_the_root(count in 1..70u64, at in any::<u64>(), bend in any::<usize>()) {
            let leaves: Vec<Hash> = (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let (root, index) = (grown(&leaves).root(), at % count);
            let leaf = leaves[index as usize];
            let path = inclusion_path(index as usize, leaves.clone()).unwrap();
            prop_assert_eq!(root_by_path(index, count, leaf, &path), Some(root));
            prop_assert_ne!(root_by_path(index, count, leaf_hash(b"other"), &path), Some(root));
            prop_assert_ne!(root_by_path((index + 1) % count, count, leaf, &path), if count == 1 { None } else { Some(root) });
            let longer: Vec<Hash> = path.iter().copied().chain([root]).collect();
            prop_assert_eq!(root_by_path(index, count, leaf, &longer), None);
            if !path.is_empty() {
                prop_assert_eq!(root_by_path(index, count, leaf, &path[1..]), None);
                let mut bent = path.clone();
                let which = bend % bent.len();
                bent[which][0] ^= 1;
                prop_assert_ne!(root_by_path(index, count, leaf, &bent), Some(root));
            }
        }
    }

    #[test]
    fn what_is_not_there_has_no_path() {
        assert_eq!(inclusion_path(0, Vec::new()), None);
        assert_eq!(inclusion_path(1, vec![leaf_hash(b"")]), None);
        assert_eq!(root_by_path(1, 1, leaf_hash(b""), &[]), None);
        assert_eq!(Frontier::from_text(3, &Frontier { size: 1, peaks: vec![[0; 32]] }.to_text()), None);
        assert_eq!(Frontier::from_text(1, "AAAA"), None);
    }
}
