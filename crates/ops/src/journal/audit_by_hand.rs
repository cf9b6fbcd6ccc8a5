//! What the owner at the machine asks the audit log beyond what an operation does: with evidence of his own, and for a proof.

use labkeeper_core::audit::{Line, Proof, PublicKey};
use labkeeper_core::fault::{Code, Fault};

use super::audit_verify::{Question, Verification, verify};
use crate::keeper::Keeper;

impl Keeper {
    /// Verifies the log beside that evidence. `watch` is told how many records were checked.
    ///
    /// # Errors
    /// When something cannot be read, or `watch` stops it.
    pub async fn verify_audit(
        &self,
        question: Question,
        watch: impl FnMut(i64) -> Result<(), Fault> + Send,
    ) -> Result<Verification, Fault> {
        verify(self.house(), question, watch).await
    }

    /// A proof that this record is under the newest checkpoint; one is signed when none covers it yet.
    ///
    /// # Errors
    /// When there is no such record, or the log cannot be signed.
    pub async fn prove_audit(&self, seq: i64) -> Result<Proof, Fault> {
        let mut view = self.store().read().await?;
        let record = view.audit_after(seq - 1, 1).await?.pop().filter(|(record, _)| record.seq == seq);
        let Some((record, hash)) = record else {
            let length = view.audit_length().await?;
            return Err(Fault::new(
                Code::NotFound,
                format!("there is no record {seq}: the log has {length}"),
            ));
        };
        drop(view);
        self.store().sign_audit(self.clock().now(), true).await?;
        let mut view = self.store().snapshot().await?;
        let unsigned = || {
            let said = format!("record {seq} is under no checkpoint");
            Fault::new(Code::Unavailable, said)
                .with_hint("see to audit.key: `labkeeper doctor` says what is wrong")
        };
        let kept =
            view.newest_audit_checkpoint().await?.filter(|kept| kept.size >= seq).ok_or_else(unsigned)?;
        let leaves = view.audit_leaves(kept.size).await?;
        let key: PublicKey = kept.key.parse().map_err(|error| Fault::internal(&error))?;
        Proof::of(&Line { record, hash }, leaves, kept.note, &key).ok_or_else(unsigned)
    }
}
