//! What users, groups, roles and tokens may be called, in the real one's words when they may not.

/// A full token name into user and short name; `None` for a user's name and for what is neither.
pub fn split_token(name: &str) -> Option<(&str, &str)> {
    let (user, token) = name.split_once('!')?;
    (check_user_name(user).is_ok() && is_token_name(token)).then_some((user, token))
}

/// Whether a token may have that short name.
pub fn is_token_name(name: &str) -> bool {
    starts_with_letter(name) && name.len() > 1
}

/// Whether a realm may have that name.
pub fn is_realm_name(name: &str) -> bool {
    starts_with_letter(name) && name.len() > 1
}

/// The realm of a well-formed user id.
///
/// # Errors
/// What is wrong with it.
pub fn check_user_name(name: &str) -> Result<&str, String> {
    let length = name.chars().count();
    if length < 3 {
        return Err(format!("user name '{name}' is too short"));
    }
    if length > 64 {
        return Err(format!("user name '{name}' is too long ({length} > 64)"));
    }
    let forbidden = |letter: char| letter.is_whitespace() || matches!(letter, ':' | '/');
    name.rsplit_once('@')
        .filter(|(user, realm)| !user.is_empty() && !user.contains(forbidden) && is_realm_name(realm))
        .map(|(_, realm)| realm)
        .ok_or_else(|| format!("value '{name}' does not look like a valid user name"))
}

/// # Errors
/// What is wrong with the name of a group.
pub fn check_group_name(name: &str) -> Result<(), String> {
    if is_plain(name) { Ok(()) } else { Err(format!("group name '{name}' contains invalid characters")) }
}

/// # Errors
/// What is wrong with the name of a role.
pub fn check_role_name(name: &str) -> Result<(), String> {
    if is_plain(name) { Ok(()) } else { Err(format!("role name '{name}' contains invalid characters")) }
}

fn starts_with_letter(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && is_plain(name)
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert_eq!(check_user_name("anna@pve"), Ok("pve"));
        assert_eq!(check_user_name("anna@home@ldap"), Ok("ldap"));
        assert_eq!(split_token("anna@pve!ro"), Some(("anna@pve", "ro")));
        for no_token in ["anna@pve", "anna@pve!r", "anna!ro", "@pve!ro", "anna@pve!1st"] {
            assert_eq!(split_token(no_token), None, "{no_token}");
        }
        assert_eq!(check_user_name(""), Err("user name '' is too short".into()));
        assert_eq!(check_user_name("anna"), Err("value 'anna' does not look like a valid user name".into()));
    }
}
