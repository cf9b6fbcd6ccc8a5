//! Asking the audit log: which records match, and how many of what. Answered from narrow tables that a trigger keeps
//! beside it (`0005_audit_index.sql`), so that a long log costs little more than a short one.

use std::collections::BTreeMap;

use labkeeper_core::audit::{Phase, Record};
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::audit::{AuditRow, columns, record_of};
use crate::error::StoreError;
use crate::sql::{Engine, Sql, sql};
use crate::view::View;

/// Which records; what is not given does not narrow.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Only of this operation.
    pub op: Option<String>,
    /// Only about this guest.
    pub vmid: Option<u32>,
    /// Only of calls that destroy or overwrite something.
    pub large: bool,
    /// Only by this actor.
    pub actor: Option<String>,
    /// Only in this phase.
    pub phase: Option<Phase>,
    /// Not before.
    pub since: Option<Stamp>,
    /// Not after.
    pub until: Option<Stamp>,
    /// Only about a file whose path has this in it.
    pub path: Option<String>,
    /// Only with these words in what the summary says.
    pub words: Option<Words>,
}

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

/// What all matching records are, beyond the page that is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditSummary {
    /// How many.
    pub total: i64,
    /// How many of each operation.
    pub by_op: BTreeMap<String, i64>,
    /// How many about each guest.
    pub by_vmid: BTreeMap<i64, i64>,
    /// When the first happened.
    pub first: Option<Stamp>,
    /// When the last happened.
    pub last: Option<Stamp>,
}

/// A page of records with their stored hashes, newest first, and what all that match are.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The page.
    pub records: Vec<(Record, String)>,
    /// All that match.
    pub summary: AuditSummary,
}

/// One sort of records behind a number, as a line of text: the engine hands over one long text much faster than thousands of rows.
macro_rules! tally {
    ($number:literal) => {
        concat!($number, " || ' ' || t.vmid || ' ' || t.op")
    };
}

/// How an engine makes one text of the values of many rows: what stands before the value, and after it.
type Joined = (&'static str, &'static str);

fn lines(engine: Engine) -> Joined {
    match engine {
        Engine::Lite => ("group_concat(", ", char(10))"),
        Engine::Postgres => ("string_agg(", ", chr(10))"),
    }
}

fn list(engine: Engine) -> Joined {
    match engine {
        Engine::Lite => ("group_concat(", ")"),
        Engine::Postgres => ("string_agg(CAST(", " AS TEXT), ',')"),
    }
}

impl Sql {
    fn push_joined(&mut self, (before, after): Joined, value: &'static str) -> &mut Self {
        self.push(before).push(value).push(after)
    }
}

/// The way to the matching rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// Those of each matching sort.
    Sort,
    /// Those of that time.
    Time,
    /// One after the other, from the newest on.
    Newest,
}

/// Up to so many records it is cheaper to collect them by their sort and order them than to look for them from the
/// newest on.
const FEW: i64 = 3_000;

impl AuditFilter {
    /// Whether the tallies alone can answer: nothing is asked that differs between records of one sort.
    fn is_of_sorts(&self) -> bool {
        !self.has_times() && self.path.is_none() && self.words.is_none()
    }

    fn narrows_sorts(&self) -> bool {
        self.op.is_some() || self.vmid.is_some() || self.large || self.actor.is_some() || self.phase.is_some()
    }

    fn push_sorts(&self, query: &mut Sql) {
        query.push(" WHERE TRUE");
        if let Some(op) = &self.op {
            query.push(" AND op = ").push_bind(op.clone());
        }
        if let Some(vmid) = self.vmid {
            query.push(" AND vmid = ").push_bind(i64::from(vmid));
        }
        if self.large {
            query.push(" AND large");
        }
        if let Some(actor) = &self.actor {
            query.push(" AND actor = ").push_bind(actor.clone());
        }
        if let Some(phase) = self.phase {
            query.push(" AND phase = ").push_bind(phase.as_str());
        }
    }

    /// Whether nothing but the time is asked.
    fn is_of_times(&self) -> bool {
        !self.narrows_sorts() && self.path.is_none() && self.words.is_none()
    }

    fn has_times(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// That time, where `at` is what holds it.
    fn push_times(&self, query: &mut Sql, at: &'static str) {
        if let Some(since) = self.since {
            query.push(" AND ").push(at).push(" >= ").push_bind(since.0);
        }
        if let Some(until) = self.until {
            query.push(" AND ").push(at).push(" <= ").push_bind(until.0);
        }
    }

    /// Where the matching rows of `audit_index` come from. Words lead the way themselves.
    fn push_source(&self, query: &mut Sql, by: By, engine: Engine) {
        match (&self.words, engine) {
            (None, _) => {
                query.push(" FROM audit_index i WHERE TRUE");
            }
            (Some(words), Engine::Lite) => {
                // The order of a `CROSS JOIN` stands.
                query
                    .push(" FROM audit_words w CROSS JOIN audit_index i ON i.seq = w.rowid WHERE audit_words MATCH ")
                    .push_bind(words.quoted());
            }
            (Some(words), Engine::Postgres) => {
                query.push(" FROM audit_words w JOIN audit_index i ON i.seq = w.seq WHERE TRUE");
                for word in &words.0 {
                    query
                        .push(" AND w.said @@ phraseto_tsquery('simple', words_of(")
                        .push_bind(word)
                        .push("))");
                }
            }
        }
        // A `+` keeps the engine from an index that is not the way.
        if self.narrows_sorts() {
            query.push(if by == By::Sort { " AND tally IN" } else { " AND +tally IN" });
            query.push(" (SELECT id FROM audit_tallies");
            self.push_sorts(query);
            query.push(")");
        }
        self.push_times(query, if by == By::Time { "at" } else { "+at" });
        if let Some(path) = &self.path {
            query
                .push(" AND i.seq IN (SELECT seq FROM audit_paths WHERE instr(path, ")
                .push_bind(path.clone());
            query.push(") > 0)");
        }
    }
}

impl View {
    /// Records that match and are older than `before`, newest first, at most `limit`; and what all that match are.
    ///
    /// # Errors
    /// When the engine fails or a record cannot be read.
    pub async fn audit(
        &mut self,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<AuditPage> {
        let (summary, most) = if filter.is_of_sorts() {
            let summary = self.audit_sums(filter).await?;
            let total = summary.total;
            (summary, total)
        } else {
            let most = self.audit_most(filter).await?;
            let by = if most <= FEW { By::Sort } else { By::Time };
            (self.audit_counts(filter, by).await?, most)
        };
        let by = if most <= FEW && filter.narrows_sorts() { By::Sort } else { By::Newest };
        let records = if summary.total == 0 {
            Vec::new()
        } else {
            self.audit_records(filter, by, before, limit).await?
        };
        Ok(AuditPage { records, summary })
    }

    /// How many records there are.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn audit_length(&mut self) -> Result<i64> {
        // They are numbered without a gap.
        let query = sql("SELECT COALESCE(MAX(seq), 0) FROM audit");
        Ok(query.fetch_scalar(self.conn()).await?)
    }

    async fn audit_records(
        &mut self,
        filter: &AuditFilter,
        by: By,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<(Record, String)>> {
        let engine = self.engine();
        let mut query = sql(concat!("SELECT ", columns!(), " FROM audit WHERE seq IN (SELECT i.seq"));
        filter.push_source(&mut query, by, engine);
        if let Some(before) = before {
            query.push(" AND i.seq < ").push_bind(before);
        }
        if filter.has_times() && by == By::Newest && filter.words.is_none() {
            let (oldest, newest) = self.audit_range(filter).await?;
            query.push(" AND i.seq BETWEEN ").push_bind(oldest).push(" AND ").push_bind(newest);
        }
        query.push(match (&filter.words, by) {
            (Some(_), _) => engine.choose(" ORDER BY w.rowid DESC LIMIT ", " ORDER BY w.seq DESC LIMIT "),
            (None, By::Sort) => " ORDER BY +i.seq DESC LIMIT ",
            (None, _) => " ORDER BY i.seq DESC LIMIT ",
        });
        query.push_bind(limit).push(") ORDER BY seq DESC");
        let rows: Vec<AuditRow> = query.fetch_all(self.conn()).await?;
        rows.into_iter().map(record_of).collect()
    }

    /// The summary from the tallies alone.
    async fn audit_sums(&mut self, filter: &AuditFilter) -> Result<AuditSummary> {
        let mut query = sql("SELECT ");
        query
            .push_joined(lines(self.engine()), tally!("records"))
            .push(", MIN(first_at), MAX(last_at) FROM audit_tallies t");
        filter.push_sorts(&mut query);
        let (tallies, first, last): (Option<String>, Option<i64>, Option<i64>) =
            query.fetch_one(self.conn()).await?;
        summed(tallies.as_deref(), (first, last), |records| records)
    }

    /// The summary from the matching records, one by one. They are counted here: grouping them there costs three times
    /// as much.
    async fn audit_counts(&mut self, filter: &AuditFilter, by: By) -> Result<AuditSummary> {
        let (records, ends) = if filter.is_of_times() {
            (self.audit_span(filter).await?, self.audit_ends(filter).await?)
        } else {
            let mut query = sql("SELECT ");
            query.push_joined(list(self.engine()), "tally").push(", MIN(at), MAX(at)");
            filter.push_source(&mut query, by, self.engine());
            let (records, first, last): (Option<String>, Option<i64>, Option<i64>) =
                query.fetch_one(self.conn()).await?;
            (records, (first, last))
        };
        let Some(records) = records else { return Ok(AuditSummary::default()) };
        let counts = counted(&records);
        let found = counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(id, _)| id);
        let found: Vec<usize> = found.collect();
        let mut query = sql("SELECT ");
        query
            .push_joined(lines(self.engine()), tally!("t.id"))
            .push(" FROM audit_tallies t WHERE t.id IN (SELECT CAST(value AS BIGINT) FROM json_each(")
            .push_bind(serde_json::to_string(&found).expect("numbers serialise"))
            .push("))");
        let tallies: Option<String> = query.fetch_scalar(self.conn()).await?;
        let records_of =
            |id: i64| usize::try_from(id).ok().and_then(|id| counts.get(id)).map_or(0, |n| i64::from(*n));
        summed(tallies.as_deref(), ends, records_of)
    }

    /// The sorts of all records of that time: whole blocks of them, and those at its edges one by one.
    async fn audit_span(&mut self, filter: &AuditFilter) -> Result<Option<String>> {
        let (engine, list) = (self.engine(), list(self.engine()));
        let mut query = sql("WITH whole AS (SELECT block, tallies FROM audit_blocks WHERE TRUE");
        filter.push_times(&mut query, "first_at");
        filter.push_times(&mut query, "last_at");
        query.push(") SELECT ").push_joined(list, "list").push(" FROM (SELECT ").push_joined(list, "tallies");
        query.push(" AS list FROM whole UNION ALL SELECT ").push_joined(list, "i.tally");
        query.push(" FROM audit_blocks b");
        // The order of a `CROSS JOIN` stands, and the other engine finds it by itself.
        query.push(engine.choose(" CROSS JOIN", " JOIN"));
        query.push(
            " audit_index i ON i.seq BETWEEN b.block * 4096 AND b.block * 4096 + 4095 \
             WHERE b.block NOT IN (SELECT block FROM whole)",
        );
        // Of a block that lies outside nothing needs to be read.
        if let Some(since) = filter.since {
            query.push(" AND b.last_at >= ").push_bind(since.0);
        }
        if let Some(until) = filter.until {
            query.push(" AND b.first_at <= ").push_bind(until.0);
        }
        filter.push_times(&mut query, "+i.at");
        query.push(" UNION ALL SELECT ").push_joined(list, "i.tally").push(
            " FROM audit_index i \
             WHERE i.seq >= (SELECT COALESCE(MAX(block) + 1, 0) * 4096 FROM audit_blocks)",
        );
        filter.push_times(&mut query, "+i.at");
        query.push(") AS parts");
        Ok(query.fetch_scalar(self.conn()).await?)
    }

    /// When the first and the last record of that time was written.
    async fn audit_ends(&mut self, filter: &AuditFilter) -> Result<(Option<i64>, Option<i64>)> {
        let mut query = sql("SELECT (SELECT MIN(at) FROM audit_index WHERE TRUE");
        filter.push_times(&mut query, "at");
        query.push("), (SELECT MAX(at) FROM audit_index WHERE TRUE");
        filter.push_times(&mut query, "at");
        query.push(")");
        Ok(query.fetch_one(self.conn()).await?)
    }

    /// How many records there are of the sorts that match; never less than match.
    async fn audit_most(&mut self, filter: &AuditFilter) -> Result<i64> {
        if !filter.narrows_sorts() {
            return Ok(i64::MAX);
        }
        let mut query = sql("SELECT CAST(COALESCE(SUM(records), 0) AS BIGINT) FROM audit_tallies");
        filter.push_sorts(&mut query);
        Ok(query.fetch_scalar(self.conn()).await?)
    }

    /// The numbers between which all records of that time are: clocks are set back, so times are not in order.
    async fn audit_range(&mut self, filter: &AuditFilter) -> Result<(Option<i64>, Option<i64>)> {
        let mut query = sql("SELECT MIN(seq), MAX(seq) FROM audit_index WHERE TRUE");
        filter.push_times(&mut query, "at");
        Ok(query.fetch_one(self.conn()).await?)
    }
}

/// How often each number is in a list. They are the ids of tallies: small on one engine, and no larger than the log is long on
/// the other, which numbers what it only tried to put there too.
fn counted(list: &str) -> Vec<u32> {
    let mut counts: Vec<u32> = Vec::new();
    for number in list.split(',').filter_map(|number| number.parse::<usize>().ok()) {
        if counts.len() <= number {
            counts.resize(number + 1, 0);
        }
        counts[number] += 1;
    }
    counts
}

/// Adds up lines of [`tally!`], whose first number says how many records there are of that sort.
fn summed(
    tallies: Option<&str>,
    (first, last): (Option<i64>, Option<i64>),
    records_of: impl Fn(i64) -> i64,
) -> Result<AuditSummary> {
    let mut summary =
        AuditSummary { first: first.map(Stamp), last: last.map(Stamp), ..AuditSummary::default() };
    for line in tallies.unwrap_or_default().lines() {
        let read = line.split_once(' ').and_then(|(records, rest)| {
            let (vmid, op) = rest.split_once(' ')?;
            Some((records_of(records.parse().ok()?), vmid.parse::<i64>().ok()?, op))
        });
        let (records, vmid, op) = read.ok_or_else(|| StoreError::Damaged(format!("the tally \"{line}\"")))?;
        summary.total += records;
        match summary.by_op.get_mut(op) {
            Some(sum) => *sum += records,
            None => {
                summary.by_op.insert(op.into(), records);
            }
        }
        if vmid != 0 {
            *summary.by_vmid.entry(vmid).or_default() += records;
        }
    }
    Ok(summary)
}
