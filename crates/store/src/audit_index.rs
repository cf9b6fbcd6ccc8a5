//! Asking the audit log: which records match, and how many of what.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use labkeeper_core::audit::{Phase, Record};
use labkeeper_core::stamp::Stamp;

use crate::Result;
use crate::audit_columns::Columns;
use crate::audit_rows::{AuditRow, columns, record_of};
use crate::audit_words::{Said, Words};
use crate::error::StoreError;
use crate::open::Store;
use crate::sql::{Sql, sql};
use crate::view::View;

/// Which records; what is not given does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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

impl AuditFilter {
    /// The sorts that match: number, guest and operation, a line each. An engine hands over one long text much faster than
    /// thousands of rows.
    fn sorts(&self) -> Sql {
        let mut query =
            sql("SELECT string_agg(id || ' ' || vmid || ' ' || op, '\n') FROM audit_sorts WHERE TRUE");
        if let Some(op) = &self.op {
            query.push(" AND op = ").push_bind(op);
        }
        if let Some(vmid) = self.vmid {
            query.push(" AND vmid = ").push_bind(vmid);
        }
        if self.large {
            query.push(" AND large");
        }
        if let Some(actor) = &self.actor {
            query.push(" AND actor = ").push_bind(actor);
        }
        if let Some(phase) = self.phase {
            query.push(" AND phase = ").push_bind(phase.as_str());
        }
        query
    }

    /// What is asked of the texts.
    fn said(&self) -> impl Iterator<Item = Said> + use<> {
        let words = self.words.clone().map(Said::Words);
        words.into_iter().chain(self.path.clone().map(Said::Path))
    }

    fn is_of_all(&self) -> bool {
        *self == Self::default()
    }

    fn times(&self) -> RangeInclusive<i64> {
        self.since.map_or(i64::MIN, |at| at.0)..=self.until.map_or(i64::MAX, |at| at.0)
    }
}

impl Store {
    /// Records that match and are older than `before`, newest first, at most `limit`; and what all that match are.
    ///
    /// # Errors
    /// When the engine fails or a record cannot be read.
    pub async fn audit(&self, filter: &AuditFilter, before: Option<i64>, limit: usize) -> Result<AuditPage> {
        let known = self.audit_columns().claim().await;
        let mut view = self.snapshot().await?;
        let columns = known.upto(&mut view).await?;
        let sorts: Option<String> = filter.sorts().fetch_scalar(view.conn()).await?;
        let sorts = Sorts::parse(sorts.as_deref().unwrap_or_default())?;
        let mut among = Vec::new();
        for said in filter.said().take_while(|_| !sorts.known.is_empty()) {
            among.push(self.audit_found().find(said, &columns, &mut view).await?);
        }
        let found = Search { filter, sorts: &sorts, before, limit }.through(&columns, &among);
        let records = view.audit_records(&found.page).await?;
        let summary = sorts.summary(&found);
        let lost = columns.times.len() - usize::try_from(summary.total).unwrap_or_default();
        if filter.is_of_all() && lost > 0 {
            tracing::warn!(
                lost,
                "the index of the audit log lacks records: `labkeeper audit verify` reads the log itself"
            );
        }
        Ok(AuditPage { records, summary })
    }
}

impl View {
    /// How many records there are.
    ///
    /// # Errors
    /// When the engine fails.
    pub async fn audit_length(&mut self) -> Result<i64> {
        // They are numbered without a gap.
        let query = sql("SELECT COALESCE(MAX(seq), 0) FROM audit");
        Ok(query.fetch_scalar(self.conn()).await?)
    }

    /// Those of these numbers, newest first.
    async fn audit_records(&mut self, page: &[usize]) -> Result<Vec<(Record, String)>> {
        let numbers = serde_json::to_string(page).expect("numbers serialise");
        let query = concat!(
            "SELECT ",
            columns!(),
            " FROM audit WHERE seq IN (SELECT CAST(value AS BIGINT) FROM json_each($1)) ORDER BY seq DESC"
        );
        let rows: Vec<AuditRow> = sql(query).bind(numbers).fetch_all(self.conn()).await?;
        rows.into_iter().map(record_of).collect()
    }
}

/// The sorts that match: one is an operation, guest, actor, phase and size.
#[derive(Default)]
struct Sorts {
    /// Number, guest (0 is none) and operation.
    known: Vec<(usize, i64, String)>,
    /// By number, whether it is one of them.
    wanted: Vec<bool>,
}

impl Sorts {
    fn parse(lines: &str) -> Result<Self> {
        let mut sorts = Self::default();
        for line in lines.lines() {
            let read = line.split_once(' ').and_then(|(number, rest)| {
                let (vmid, op) = rest.split_once(' ')?;
                Some((number.parse::<u32>().ok()? as usize, vmid.parse().ok()?, op.to_owned()))
            });
            let sort =
                read.ok_or_else(|| StoreError::Damaged(format!("the sort \"{line}\" of audit records")))?;
            if sorts.wanted.len() <= sort.0 {
                sorts.wanted.resize(sort.0 + 1, false);
            }
            sorts.wanted[sort.0] = true;
            sorts.known.push(sort);
        }
        Ok(sorts)
    }

    /// Adds up what was found of each.
    fn summary(self, found: &Found) -> AuditSummary {
        let (first, last) = found.ends.map(|(first, last)| (Stamp(first), Stamp(last))).unzip();
        let mut summary = AuditSummary { first, last, ..AuditSummary::default() };
        for (number, vmid, op) in self.known.into_iter().filter(|(number, ..)| found.counts[*number] > 0) {
            let records = found.counts[number];
            summary.total += records;
            *summary.by_op.entry(op).or_default() += records;
            if vmid != 0 {
                *summary.by_vmid.entry(vmid).or_default() += records;
            }
        }
        summary
    }
}

/// What is looked for.
struct Search<'a> {
    filter: &'a AuditFilter,
    sorts: &'a Sorts,
    before: Option<i64>,
    limit: usize,
}

/// What matches.
struct Found {
    /// How many of each sort.
    counts: Vec<i64>,
    /// The earliest and the latest time.
    ends: Option<(i64, i64)>,
    /// The numbers of those to show, newest first.
    page: Vec<usize>,
}

impl Search<'_> {
    /// Looks at all records, or at those that are in every list of `among`.
    fn through(&self, columns: &Columns, among: &[Arc<Vec<u32>>]) -> Found {
        let mut found = Found { counts: vec![0; self.sorts.wanted.len()], ends: None, page: Vec::new() };
        let times = self.filter.times();
        let mut look = |number: usize| {
            let (at, sort) = (columns.times[number - 1], columns.sorts[number - 1] as usize);
            if times.contains(&at) && self.sorts.wanted.get(sort) == Some(&true) {
                self.note(&mut found, number, at, sort);
            }
        };
        let all = 1..=columns.times.len();
        match among {
            [] => all.rev().for_each(look),
            [first, others @ ..] => {
                let in_all = |number: &&u32| others.iter().all(|other| other.binary_search(number).is_ok());
                for number in first.iter().rev().filter(in_all) {
                    let number = *number as usize;
                    if all.contains(&number) {
                        look(number);
                    }
                }
            }
        }
        found
    }

    fn note(&self, found: &mut Found, number: usize, at: i64, sort: usize) {
        found.counts[sort] += 1;
        let (first, last) = found.ends.unwrap_or((at, at));
        found.ends = Some((first.min(at), last.max(at)));
        let is_older =
            self.before.is_none_or(|before| i64::try_from(number).is_ok_and(|number| number < before));
        if is_older && found.page.len() < self.limit {
            found.page.push(number);
        }
    }
}
