//! What a question to the audit log asks of the texts of a record: words, or a part of a path. The engine answers with the numbers of the
//! records, nothing else.

use crate::sql::{Engine, Sql, sql};

/// Words that must all occur, whatever their case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words(Vec<String>);

impl Words {
    /// Reads a text of words; `None` when there is none in it. Parts of one word stay together: `web-17` is `web`
    /// followed by `17`.
    pub fn parse(text: &str) -> Option<Self> {
        let words = text.split(|c: char| c.is_whitespace() || c.is_control());
        let words: Vec<String> =
            words.filter(|word| word.contains(char::is_alphanumeric)).map(Into::into).collect();
        (!words.is_empty()).then_some(Self(words))
    }

    /// As SQLite's full-text index is asked.
    fn quoted(&self) -> String {
        let quoted: Vec<String> =
            self.0.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
        quoted.join(" ")
    }
}

/// One such question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// All of these words.
    Words(Words),
    /// This in the path of the file that it is about.
    Path(String),
}

impl Said {
    /// The numbers, as one text, of the records after that one that say so.
    pub(crate) fn records(&self, engine: Engine, after: i64) -> Sql {
        match (self, engine) {
            (Self::Words(words), Engine::Lite) => {
                sql("SELECT string_agg(rowid, ',') FROM audit_words WHERE audit_words MATCH $1 AND rowid > $2")
                    .bind(words.quoted())
                    .bind(after)
            }
            (Self::Words(words), Engine::Postgres) => {
                let mut query = sql("SELECT string_agg(CAST(seq AS TEXT), ',') FROM audit_words WHERE TRUE");
                for word in &words.0 {
                    query.push(" AND said @@ phraseto_tsquery('simple', words_of(").push_bind(word).push("))");
                }
                // Said only where it narrows: the planner may take it for the way.
                if after > 0 {
                    query.push(" AND seq > ").push_bind(after);
                }
                query
            }
            (Self::Path(path), _) => {
                sql("SELECT string_agg(CAST(seq AS TEXT), ',') FROM audit_paths WHERE instr(path, $1) > 0 AND seq > $2")
                    .bind(path)
                    .bind(after)
            }
        }
    }
}
