//! Finds the secrets of a page: one search for every word that may announce one, and for each the rule that knows it.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::announcements::{Rule, announcements};
use crate::format::commands;
use crate::format::entropy;
use crate::format::hints::Hints;
use crate::format::idioms;
use crate::format::kinds::KINDS;
use crate::format::lines::Line;
use crate::format::phrases::IDIOMS;
use crate::format::programs::{PROGRAMS, READERS};
use crate::format::tokens;
use crate::format::traits;
use crate::format::urls::{self, PATHS};
use crate::format::{
    blocks, directives, handed, hashes, headers, kube, lines, objects, proxmox, rows, servers, whole_file,
};
use crate::key::assignment::secrets_under;
use crate::key::name::key_at;
use crate::page::Page;
use crate::paths::Place;
use crate::placeholder;
use crate::span::Span;

/// The compiled search.
pub(crate) struct Scanner {
    search: AhoCorasick,
    rules: Vec<Rule>,
    lengths: Vec<usize>,
    extra: Vec<String>,
}

/// A word that announces something, and where.
struct Hit {
    at: usize,
    word: usize,
}

/// What is carried from one stretch of a text to the next.
#[derive(Default, Clone)]
pub(crate) struct Memory {
    lines: lines::Memory,
}

impl Scanner {
    /// `extra`: parts of names, in lower case, whose values are secrets too.
    pub(crate) fn new(extra: Vec<String>) -> Self {
        let announcements = announcements(&extra);
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(announcements.iter().map(|(word, _)| word.as_bytes()))
            .expect("some hundred short words make a small automaton");
        Self {
            search,
            lengths: announcements.iter().map(|(word, _)| word.len()).collect(),
            rules: announcements.into_iter().map(|(_, rule)| rule).collect(),
            extra,
        }
    }

    /// Whether a name, in lower case, is one of those that were asked for.
    pub(crate) fn is_extra(&self, name: &str) -> bool {
        self.extra.iter().any(|key| name.contains(key.as_str()))
    }

    /// The secrets of a page, in no order, and perhaps overlapping.
    pub(crate) fn secrets(&self, page: &Page<'_>, place: Place, memory: &mut Memory) -> Vec<Span> {
        let mut found = whole_file::secrets(place, page.text);
        found.extend(kube::manifests(page));
        let hits = self.announcing(page.text);
        page.note(page.text.len());
        self.line_by_line(page, &hits, &mut memory.lines, &mut found);
        self.announced(page, &hits, &mut found);
        let beside = entropy::beside(page, &found);
        found.extend(beside);
        found
    }

    /// Every word that announces something, in order of their ends. What a placeholder is called does not: it stands for a value,
    /// which said nothing.
    fn announcing(&self, text: &str) -> Vec<Hit> {
        let found = self.search.find_overlapping_iter(text);
        let mut hits = Vec::with_capacity(text.len() / 16);
        hits.extend(found.map(|hit| Hit { at: hit.start(), word: hit.pattern().as_usize() }));
        let placeholders = placeholder::find(text);
        if !placeholders.is_empty() {
            hits.retain(|hit| {
                let next = placeholders.partition_point(|placeholder| placeholder.end <= hit.at);
                placeholders.get(next).is_none_or(|placeholder| hit.at < placeholder.start)
            });
        }
        hits
    }

    fn line_by_line(&self, page: &Page<'_>, hits: &[Hit], memory: &mut lines::Memory, found: &mut Vec<Span>) {
        let mut next = 0;
        let mut before = [None, None];
        for (start, text, traits) in traits::lines(page.text) {
            // What stands behind the last line end is no line.
            if start > 0 && start == page.text.len() {
                break;
            }
            page.note(text.len());
            let mut hints = Hints::default();
            while let Some(hit) = hits.get(next).filter(|hit| hit.at <= start + text.len()) {
                match self.rules[hit.word] {
                    Rule::Key if !hints.has_key => (hints.has_key, hints.first_key) = (true, hit.at),
                    Rule::Login => hints.has_login = true,
                    Rule::User => hints.has_user = true,
                    Rule::Admin => hints.has_admin = true,
                    Rule::Slash => hints.has_slash = true,
                    Rule::Show => hints.has_show = true,
                    Rule::Dialer => hints.has_dialer = true,
                    _ => {}
                }
                next += 1;
            }
            found.extend(lines::secrets(memory, &Line { text, start, before, traits }, hints));
            before = [Some(text), before[0]];
        }
        if let Some(last) = before[0] {
            lines::leave(memory, last);
        }
    }

    fn announced(&self, page: &Page<'_>, hits: &[Hit], found: &mut Vec<Span>) {
        let mut public_until = 0;
        let mut key_until = 0;
        let mut object_until = 0;
        let mut secret = 0..0;
        for hit in hits {
            let at = hit.at;
            if at < public_until || secret.contains(&at) {
                continue;
            }
            let rule = self.rules[hit.word];
            let before = found.len();
            match rule {
                Rule::Key => {
                    if at < key_until {
                        continue;
                    }
                    if let Some(key) = key_at(page, at, &self.extra) {
                        key_until = key.end;
                        found.extend(secrets_under(page, &key));
                    }
                }
                Rule::Armour => match blocks::armoured_at(page, at) {
                    Some(blocks::Block::Public(end)) => public_until = end,
                    Some(blocks::Block::Secret(span)) => found.push(span),
                    None => {}
                },
                Rule::Telling if at < object_until => {}
                Rule::Telling => {
                    let (secrets, end) = objects::secrets_around(page, at);
                    object_until = end;
                    found.extend(secrets);
                }
                Rule::ArmourEnd => found.extend(blocks::headless_at(page, at)),
                _ => self.announce(page, rule, at, self.lengths[hit.word], found),
            }
            if let Some(last) = found[before..].last() {
                secret = last.start..last.end;
            }
        }
    }

    fn announce(&self, page: &Page<'_>, rule: Rule, at: usize, length: usize, found: &mut Vec<Span>) {
        match rule {
            Rule::Program(index) => found.extend(commands::arguments_at(page, &PROGRAMS[index], at)),
            Rule::Echo => found.extend(handed::echoed_at(page, at)),
            Rule::HereString => found.extend(handed::here_string_at(page, at)),
            Rule::Reader(index) => found.extend(commands::piped_at(page, at, READERS[index].1)),
            Rule::Literal => found.extend(commands::literal_at(page, at)),
            Rule::StaticMap => found.extend(commands::static_map_at(page, at)),
            Rule::Logins => found.extend(idioms::logins_below(page, at)),
            Rule::Inserted => found.extend(rows::inserted_at(page, at)),
            Rule::Cookie => found.extend(headers::cookies_at(page, at + length)),
            Rule::Directive => {
                let (start, line) = line_at(page, at);
                found.extend(directives::directive(line, start));
            }
            Rule::Address => {
                found.extend(urls::userinfo_at(page, at));
                found.extend(urls::notifier_at(page, at));
            }
            _ => found.extend(one(page, rule, at, length)),
        }
    }
}

/// The rules that find one secret at most.
fn one(page: &Page<'_>, rule: Rule, at: usize, length: usize) -> Option<Span> {
    match rule {
        Rule::Token(index) => tokens::token_at(page, &KINDS[index], at),
        Rule::Jwt => tokens::jwt_at(page, at),
        Rule::Telegram => tokens::telegram_at(page, at),
        Rule::Discord => tokens::discord_at(page, at),
        Rule::K3s => tokens::k3s_at(page, at),
        Rule::Crypt => hashes::crypt_at(page, at),
        Rule::WordedHash => hashes::worded_at(page, at),
        Rule::BracedHash => hashes::braced_at(page, at),
        Rule::GoSource => urls::go_source_at(page, at),
        Rule::Path(index) => urls::path_at(page, &PATHS[index], at),
        Rule::Putty => blocks::putty_at(page, at),
        Rule::PuttyMac => blocks::putty_mac_at(page, at),
        Rule::MasterKey => blocks::master_key_at(page, at),
        Rule::Borg => blocks::borg_at(page, at),
        Rule::OpenVpnUser => blocks::user_and_password_at(page, at),
        Rule::Authorization => headers::authorization_at(page, at, length),
        Rule::Bearer => headers::bearer_at(page, at, length),
        Rule::Basic => headers::basic_at(page, at + length),
        Rule::Ipsec => {
            let (start, line) = line_at(page, at);
            directives::ipsec(line, start, at - start + 2)
        }
        Rule::Ticket => proxmox::ticket_at(page, at),
        Rule::EncodedTicket => proxmox::encoded_ticket_at(page, at),
        Rule::ApiToken => proxmox::api_token_at(page, at),
        Rule::TokenId => proxmox::token_id_at(page, at),
        Rule::FreshToken => proxmox::fresh_token_at(page, at),
        Rule::RedisUser => servers::redis_user_at(page, at),
        Rule::RedisHash => servers::redis_hash_at(page, at),
        Rule::MailLogin => servers::mail_login_at(page, at),
        Rule::Idiom(index) => idioms::secret_at(page, &IDIOMS[index], at),
        Rule::At => urls::bare_login_at(page, at),
        Rule::Sent => idioms::sent_at(page, at),
        Rule::Encoded => blocks::encoded_at(page, at),
        Rule::Wifi => urls::wifi_at(page, at),
        Rule::Identified => servers::identified_at(page, at + length),
        _ => None,
    }
}

/// The line around `at`, as far as the window goes, and where that begins.
fn line_at<'t>(page: &Page<'t>, at: usize) -> (usize, &'t str) {
    let start = at - page.before(at).len();
    (start, &page.text[start..at + page.rest(at).len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes the rules read in `text`.
    fn read(scanner: &Scanner, text: &str) -> usize {
        let page = Page::new(text);
        scanner.secrets(&page, Place::Anywhere, &mut Memory::default());
        page.read()
    }

    #[test]
    fn words_are_found_in_any_case_and_over_each_other_in_order_of_their_ends() {
        let scanner = Scanner::new(vec!["asswo".to_owned(), "swo".to_owned()]);
        let text = "a PASSWORD, [[secret:token#0123]]";
        let hits: Vec<_> =
            scanner.announcing(text).iter().map(|hit| (hit.at, scanner.lengths[hit.word])).collect();
        let said: Vec<&str> = hits.iter().map(|(at, length)| &text[*at..at + length]).collect();
        assert!(["PASS", "ASSWO", "SWO"].iter().all(|word| said.contains(word)), "{said:?}");
        assert!(hits.is_sorted_by_key(|(at, length)| at + length), "{said:?}");
        assert!(
            hits.iter().all(|(at, _)| *at < 12),
            "what a placeholder is called announces nothing: {said:?}"
        );
    }

    #[test]
    fn work_grows_with_the_text_and_no_faster() {
        let scanner = Scanner::new(Vec::new());
        for bit in [
            "password: ",
            "password=\"",
            "token='",
            "a_secret_",
            "https://a:b@",
            "{\"name\":\"password\",",
            "-----BEGIN RSA PRIVATE KEY-----",
            "key: |\n",
            "$6$",
            "eyJ",
            "mysql -p",
            "echo x | sudo -S ",
            "kind: Secret\ndata:\n a: b\n",
            "full-tokenid",
            "cookie: a=b;",
            "authorization: ",
            "<password>",
            "x",
            "a,password\n",
            "{SSHA",
            "- pass:\n",
            "chpasswd:\n ",
            "\\\"token\\\":\\\"",
            "community ",
            "password for ",
            "codes: [1,",
            "\"data\":{\"kind\":\"Secret\",",
            "PVE:",
            "ghp_",
            "a:1:b:c:d",
            "[[secret:",
            "insert into t (a, password) values (1, 'x'), ",
            "(1, 'x'), ",
            "\"tokenid\":\"a@pve!b\",",
            "$token = \"",
            "{\"kty\":\"oct\",\"k\":\"",
            "\"kty\",",
            "\"random_password\"",
            "WIFI:",
            "login: admin / Kx93!fa and ",
            "root@a:~# cat password\n",
            "user  password  host\n",
            "- nas: admin / x\n",
            "password for the nas is now to ",
        ] {
            let short = bit.repeat(6_000 / bit.len());
            let (once, four_times) = (read(&scanner, &short), read(&scanner, &short.repeat(4)));
            assert!(
                four_times < once * 5,
                "{bit:?}: {once} bytes read, {four_times} of a text four times as long"
            );
        }
    }
}
