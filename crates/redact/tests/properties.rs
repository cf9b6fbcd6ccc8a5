//! What holds for every text: redacting twice is redacting once, what was taken out can be put back, pieces make no difference.

use std::sync::LazyLock;

use labkeeper_redact::{Redactor, Session, Stream};
use proptest::prelude::*;

/// Bits of text as files and logs have them, so that what is put together at random has secrets in it.
const BITS: &[&str] = &[
    "password: ",
    "DB_PASSWORD=",
    "hunter22",
    "\"token\": \"",
    "\"",
    "'",
    "\n",
    "\n  - ",
    " ",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "-----BEGIN OPENSSH PRIVATE KEY-----\n",
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n",
    "-----END OPENSSH PRIVATE KEY-----\n",
    "https://bob:S3cretPw9@git.lan/",
    "Authorization: Bearer ",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdefghijklmnopqrstuv",
    "$6$saltsalt$",
    "abcdefghijklmnopqrstuvABCDEFGHIJ0123456789",
    ": ",
    "=",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\\\"",
    "\\n",
    "root",
    "mysql -uroot -p",
    "é",
    "\t",
    "kind: Secret\n",
    "data:\n",
    "username,password\n",
    "bob,S3cretPw9\n",
    "cookie: sid=0123456789abcdef0123; a=b\n",
    "[[secret:x#0123]]",
    "# ",
    "0123456789",
    "key",
];

fn texts() -> impl Strategy<Value = String> {
    let bit = prop_oneof![8 => prop::sample::select(BITS).prop_map(str::to_owned), 1 => "[ -~\n]{0,12}"];
    // What was glued together by chance is no text that anybody wrote.
    let gap = prop::sample::select(vec!["", " ", "\n", "\n  ", ", "]);
    prop::collection::vec((bit, gap), 0..24)
        .prop_map(|bits| bits.into_iter().map(|(bit, gap)| bit + gap).collect())
}

/// Compiled once: without optimisation that takes a while.
static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| Redactor::new(&[]));

fn session() -> Session {
    Session::new([9; 32])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn redacting_again_changes_nothing(text in texts()) {
        let redactor = &*REDACTOR;
        let mut session = session();
        let once = redactor.text(&mut session, &text, None).into_string();
        let twice = redactor.text(&mut session, &once, None).into_string();
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn what_was_taken_out_can_be_put_back(text in texts()) {
        let text = text.replace("[[secret:", "[[");
        let redactor = &*REDACTOR;
        let mut session = session();
        let shown = redactor.text(&mut session, &text, None).into_string();
        prop_assert_eq!(session.restore(&shown).unwrap(), text);
    }

    #[test]
    fn pieces_make_no_difference(text in texts(), length in 1_usize..40, often in 1_usize..400) {
        let text = text.repeat(often);
        let text = &text[..text.len().min(200_000) - (0..4).find(|back| text.is_char_boundary(text.len().min(200_000) - back)).unwrap()];
        let redactor = &*REDACTOR;
        let whole = redactor.text(&mut session(), text, None);
        let mut session = session();
        let mut stream = Stream::new(redactor, None);
        let mut out = String::new();
        let mut count = 0;
        let characters: Vec<char> = text.chars().collect();
        for piece in characters.chunks(length * 97) {
            let shown = stream.push(&mut session, &piece.iter().collect::<String>());
            count += shown.redactions();
            out.push_str(shown.as_str());
        }
        let rest = stream.finish(&mut session);
        out.push_str(rest.as_str());
        prop_assert_eq!(out.as_str(), whole.as_str());
        prop_assert_eq!(count + rest.redactions(), whole.redactions());
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), path in any::<Option<String>>()) {
        let redactor = &*REDACTOR;
        let _ = redactor.text(&mut session(), &text, path.as_deref());
    }
}

/// What a placeholder hides may have told the rules something, and what it is called tells them nothing.
#[test]
fn what_a_second_look_would_take_out_is_taken_out_or_stays() {
    for text in [
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789, root abcdefghijklmnopqrstuvABCDEFGHIJ0123456789",
        "TWINE_PASSWORD=pypi-AgEIcHlwaS5vcmcnTKZrtGZxdiMLWm6LnWAeqXl0RPclTmZNcyFoc3Y-hYHPnFzI5RuP4SRjiLFKHgeFcuO97zAVpG3Tvb_I",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789$6$saltsalt$abcdefghijklmnopqrstuvABCDEFGHIJ0123456789",
        "username,password\nmysql -uroot -pDB_PASSWORD=, https://bob:S3cretPw9@git.lan/, root",
        "password: \n  - DB_PASSWORD=\nabcdefghijklmnopqrstuvABCDEFGHIJ0123456789",
        "Authorization: Bearer DB_PASSWORD= password: \nhunter22",
        "root$6$saltsalt$, Authorization: Bearer DB_PASSWORD==",
        "password: [, 0123456789, : ]$6$saltsalt$]",
        "kind: Secret\ndata:\n -----BEGIN OPENSSH PRIVATE KEY-----\n ghp_abcdefghijklmnopqrstuvwxyz0123456789\nghp_abcdefghijklmnopqrstuvwxyz0123456789\n  -----END OPENSSH PRIVATE KEY-----\n",
    ] {
        let mut session = session();
        let once = REDACTOR.text(&mut session, text, None).into_string();
        assert_eq!(REDACTOR.text(&mut session, &once, None).into_string(), once, "{text:?}");
    }
}

#[test]
fn a_long_word_beside_a_secret_goes_though_nothing_names_it() {
    let word = "ri2v354LG5on9Qr61ARqXu8ckSruxb3N8peAPdz1";
    let shown = |text: &str| REDACTOR.text(&mut session(), text, None).into_string();
    let token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
    assert!(!shown(&format!("{token}, root {word}")).contains(word));
    // Nothing there is secret; it says that it is public; it goes on where the secret ends; it is the other half of the key.
    assert!(shown(&format!("build, root {word}")).contains(word));
    assert!(shown(&format!("{token}, sha1 {word}")).contains(word));
    assert!(
        shown("https://api.telegram.org/bot6612345678:AAHk3l4m5n6o7p8q9r0s1t2u3v4w5x6y7z8/sendMessage")
            .ends_with("/sendMessage")
    );
    let public = "K7WEqZTAQcGw0lcuzfFksZ7LCmIQbQbOuWTfkDGBhan=";
    let dump = format!("wg0\tACW3Nh7j4ED9BL53tQ1IKgUkV6FkNO6zbN4s/fmlIUm=\t{public}\t51820\toff");
    assert!(shown(&dump).contains(public) && !shown(&dump).contains("ACW3Nh"));
}

#[test]
fn what_stands_right_behind_a_name_is_not_passed_over() {
    for text in [
        "ip http client password cobalt639, \"id\": \"0f840397-32f7-4260-ac6f-532783e9ac28\"",
        "\tpassword cobalt639 \"x-hub-signature-secret\": \"falcon_meadow_28\"",
        "key_password cobalt639 const transporter = nodemailer.createTransport({pass:\"Brief!taube9\"});",
        "GOTIFY_TOKEN=cobalt639 OAUTH2_PROXY_COOKIE_SECRET=Rh97uWaYoV9FwxSVEvrqNAJ3v1Qi7Hob_sdkl8Nw0G4=",
    ] {
        let shown = REDACTOR.text(&mut session(), text, None).into_string();
        assert!(!shown.contains("cobalt639"), "{shown:?}");
    }
}

#[test]
fn a_key_goes_though_some_of_it_was_taken_out_before() {
    let text = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n[[secret:x#0123]]\n-----END OPENSSH PRIVATE KEY-----\n";
    assert!(!REDACTOR.text(&mut session(), text, None).as_str().contains("b3Blbn"));
}

#[test]
fn a_key_over_the_border_of_two_stretches_goes_whole() {
    let redactor = &*REDACTOR;
    let line = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz\n";
    for filler in [65_400, 65_450, 65_480, 65_500, 65_530] {
        let text = format!(
            "{}\n-----BEGIN OPENSSH PRIVATE KEY-----\n{}-----END OPENSSH PRIVATE KEY-----\nafter\n",
            "x".repeat(filler),
            line.repeat(24)
        );
        let mut session = session();
        let mut stream = Stream::new(redactor, None);
        let mut out = String::new();
        for piece in text.as_bytes().chunks(1000) {
            out.push_str(stream.push(&mut session, std::str::from_utf8(piece).unwrap()).as_str());
        }
        out.push_str(stream.finish(&mut session).as_str());
        assert!(!out.contains("b3Blbn"), "after {filler}");
        assert!(out.ends_with("-----END OPENSSH PRIVATE KEY-----\nafter\n"));
    }
}
