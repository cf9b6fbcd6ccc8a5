//! Every word that announces a secret, with the rule that knows it.

use crate::format::kinds::KINDS;
use crate::format::phrases::IDIOMS;
use crate::format::programs::{PROGRAMS, READERS};
use crate::format::urls::PATHS;
use crate::format::{hashes, hints, objects, printed, tokens};
use crate::key::nouns::STEMS;

/// What a found word announces.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    Key,
    Token(usize),
    Jwt,
    Telegram,
    Discord,
    K3s,
    Crypt,
    WordedHash,
    BracedHash,
    Address,
    GoSource,
    Path(usize),
    Armour,
    ArmourEnd,
    Putty,
    PuttyMac,
    MasterKey,
    Borg,
    OpenVpnUser,
    Program(usize),
    Reader(usize),
    Literal,
    StaticMap,
    Authorization,
    Bearer,
    Basic,
    Cookie,
    Directive,
    Ipsec,
    Ticket,
    EncodedTicket,
    ApiToken,
    TokenId,
    FreshToken,
    RedisUser,
    RedisHash,
    MailLogin,
    Identified,
    Inserted,
    Idiom(usize),
    Sent,
    At,
    Echo,
    HereString,
    Logins,
    Encoded,
    Telling,
    Wifi,
    Login,
    User,
    Slash,
    Admin,
    Show,
    Dialer,
}

/// Every rule with the words that announce it.
pub(crate) fn announcements(extra: &[String]) -> Vec<(String, Rule)> {
    let mut all: Vec<(String, Rule)> = Vec::new();
    let mut add =
        |words: &[&str], rule: Rule| all.extend(words.iter().map(|word| ((*word).to_owned(), rule)));
    add(STEMS, Rule::Key);
    for (index, kind) in KINDS.iter().enumerate() {
        add(&[kind.beginning], Rule::Token(index));
    }
    for (index, path) in PATHS.iter().enumerate() {
        add(&[path.lead], Rule::Path(index));
    }
    for (index, program) in PROGRAMS.iter().enumerate() {
        add(&[program.name], Rule::Program(index));
    }
    for (index, idiom) in IDIOMS.iter().enumerate() {
        add(&[idiom.phrase], Rule::Idiom(index));
    }
    for (index, (reader, _)) in READERS.iter().enumerate() {
        add(&[reader], Rule::Reader(index));
    }
    add(hashes::CRYPT, Rule::Crypt);
    add(hashes::WORDS, Rule::WordedHash);
    add(hashes::BRACES, Rule::BracedHash);
    add(&["eyJ"], Rule::Jwt);
    add(&[":AA"], Rule::Telegram);
    add(tokens::DISCORD, Rule::Discord);
    add(&["K10"], Rule::K3s);
    add(&["://"], Rule::Address);
    add(&["@tcp(", "@unix("], Rule::GoSource);
    add(&["-----BEGIN "], Rule::Armour);
    add(&["-----END "], Rule::ArmourEnd);
    add(&["Private-Lines:"], Rule::Putty);
    add(&["Private-MAC:"], Rule::PuttyMac);
    add(&["MK dump:"], Rule::MasterKey);
    add(&["BORG_KEY "], Rule::Borg);
    add(&["<auth-user-pass>"], Rule::OpenVpnUser);
    add(&["--from-literal"], Rule::Literal);
    add(&["static:"], Rule::StaticMap);
    add(&["authorization"], Rule::Authorization);
    add(&["bearer ", "bearer, "], Rule::Bearer);
    add(&["basic "], Rule::Basic);
    add(&["cookie"], Rule::Cookie);
    add(
        &[
            "community",
            "com2sec",
            "trapsink",
            "trap2sink",
            "informsink",
            "createuser",
            "usm-user",
            "snmp-server user",
            "snmp-server host",
        ],
        Rule::Directive,
    );
    add(&[": psk", ": eap", ": xauth", ": rsa", ": ntlm", ": pkcs", ": ecdsa"], Rule::Ipsec);
    add(&["PVE:", "PBS:", "PMG:", "PDM:", "PVEVNC:"], Rule::Ticket);
    add(&["%3A%3A"], Rule::EncodedTicket);
    add(&["APIToken=", "APIToken:"], Rule::ApiToken);
    add(&["@pam!", "@pve!", "@pbs!"], Rule::TokenId);
    add(&["full-tokenid"], Rule::FreshToken);
    add(&["on >"], Rule::RedisUser);
    add(&["on #"], Rule::RedisHash);
    add(&["send \"", "sendline(", ".write(b\""], Rule::Sent);
    add(&["@"], Rule::At);
    add(&["echo ", "printf "], Rule::Echo);
    add(&["<<<"], Rule::HereString);
    add(&["chpasswd:"], Rule::Logins);
    add(&["LS0tLS1CRUdJTi", "IwojIDIwNDggYml0"], Rule::Encoded);
    add(&["AUTH PLAIN "], Rule::MailLogin);
    add(objects::TELLING, Rule::Telling);
    add(&["WIFI:"], Rule::Wifi);
    add(hints::LOGINS, Rule::Login);
    add(hints::USERS, Rule::User);
    add(hints::ADMINS, Rule::Admin);
    add(hints::BETWEEN, Rule::Slash);
    add(printed::SHOWS, Rule::Show);
    add(&["tpd"], Rule::Dialer);
    add(&["identified by ", "identified with "], Rule::Identified);
    add(&["insert into "], Rule::Inserted);
    all.extend(extra.iter().map(|key| (key.clone(), Rule::Key)));
    all
}
