//! Paths of the tree in which things are granted. They look like those of the API and are others: `/vms/100`.

/// With one slash before each part and none at the end; `None` when a part has letters that no path has.
pub fn normalise(path: &str) -> Option<String> {
    if path.is_empty() {
        return None;
    }
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    parts.iter().all(|part| is_name(part)).then(|| format!("/{}", parts.join("/")))
}

/// Whether something can be granted there: the real one knows which paths there are, not which of them exist.
pub fn is_acl_path(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => true,
        ["access", rest @ ..] => matches!(rest, [] | ["groups" | "realm"] | ["groups" | "realm", _]),
        ["vms", rest @ ..] => match rest {
            [] => true,
            [vmid] => {
                vmid.len() > 2 && !vmid.starts_with('0') && vmid.bytes().all(|byte| byte.is_ascii_digit())
            }
            _ => false,
        },
        ["nodes" | "storage", rest @ ..] => rest.len() < 2,
        ["pool", rest @ ..] => rest.len() < 4,
        ["mapping", rest @ ..] => rest.len() < 3,
        ["sdn", rest @ ..] => match rest {
            [] => true,
            ["zones", below @ ..] => below.len() < 4,
            ["controllers" | "dns" | "ipams" | "fabrics", below @ ..] => below.len() < 2,
            _ => false,
        },
        _ => false,
    }
}

/// The path and everything above it, from `/` down.
pub(super) fn down_to(path: &str) -> impl Iterator<Item = &str> {
    let below = path.match_indices('/').skip(1).map(|(at, _)| &path[..at]);
    let last = (path != "/").then_some(path);
    std::iter::once("/").chain(below).chain(last)
}

fn is_name(part: &str) -> bool {
    part.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_alike() {
        assert_eq!(normalise("vms//100/").as_deref(), Some("/vms/100"));
        assert_eq!(normalise("//").as_deref(), Some("/"));
        assert_eq!(normalise("-").as_deref(), Some("/-"));
        assert_eq!(normalise("/vms/a b"), None);
        assert_eq!(normalise(""), None);
    }

    #[test]
    fn a_path_is_walked_from_the_root() {
        assert_eq!(down_to("/").collect::<Vec<_>>(), ["/"]);
        assert_eq!(down_to("/pool/a/b").collect::<Vec<_>>(), ["/", "/pool", "/pool/a", "/pool/a/b"]);
    }

    #[test]
    fn only_known_paths_can_be_granted() {
        for good in
            ["/", "/vms", "/vms/100", "/pool/a/b", "/access/groups/ops", "/sdn/zones/z/v", "/storage/local"]
        {
            assert!(is_acl_path(good), "{good}");
        }
        for bad in ["/vms/99", "/vms/x", "/nowhere", "/access/users", "/nodes/pve1/lxc", "/sdn/vnets"] {
            assert!(!is_acl_path(bad), "{bad}");
        }
    }
}
