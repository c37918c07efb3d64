//! Gives events their numbers, in a transaction of its own after the one that wrote them: moves
//! them from `event_outbox` to `events`, in the order of commits. So no writer keeps the counter of
//! its organization locked while its commit reaches the disk (docs/events.md#order).
//!
//! Every process that has a [`Store`](crate::kernel::db::Store) moves what it writes, and looks now
//! and then for what a process left behind that has died. Whoever reads the log moves what waits
//! first.

use std::{sync::Arc, time::Duration};

use diesel::sql_types::{Array, BigInt, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::{Result, ids::OrganizationId};
use tokio::{sync::Notify, task::AbortHandle};

use crate::kernel::statement::{Bind, Statement};

/// Events of one organization that are moved at a time.
const BATCH: i64 = 1_000;
/// Events that are moved in one transaction, about.
const TRANSACTION: i64 = 5_000;
/// How many batches a reader moves before it reads. More events than that wait only when they are
/// written faster than they can be moved.
const READER_BATCHES: usize = 100;
/// How long events are gathered: numbering one alone costs as much as numbering ten together.
/// Nobody waits for this, since readers move events themselves.
const GATHERING: Duration = Duration::from_millis(100);
/// How often a process looks for events that another one has left behind.
const LOOK: Duration = Duration::from_secs(5);

/// The background task of a store that numbers events. It ends when this is dropped.
pub(crate) struct Numbering {
    wake: Arc<Notify>,
    task: AbortHandle,
}

impl Numbering {
    /// Starts the task; `number` is one call of [`number_waiting`].
    pub(crate) fn start<F>(number: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Numbered>> + Send,
    {
        let wake = Arc::new(Notify::new());
        let woken = Arc::clone(&wake);
        let task = tokio::spawn(async move {
            loop {
                tokio::time::timeout(LOOK, woken.notified()).await.ok();
                number_all(&number).await;
            }
        });
        Self { wake, task: task.abort_handle() }
    }

    /// Events were committed.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}

impl Drop for Numbering {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn number_all<F>(number: impl Fn() -> F)
where
    F: Future<Output = Result<Numbered>>,
{
    loop {
        tokio::time::sleep(GATHERING).await;
        match number().await {
            Ok(numbered) => {
                for failure in &numbered.failures {
                    tracing::error!(failure, "cannot number the events of an organization");
                }
                if !numbered.is_rest {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "cannot number events; trying again");
                return;
            }
        }
    }
}

/// What one call of [`number_waiting`] did.
pub(crate) struct Numbered {
    /// Whether events may be left.
    pub is_rest: bool,
    /// Organizations whose events could not be moved, and why.
    pub failures: Vec<String>,
}

/// Moves waiting events of all organizations.
///
/// # Errors
/// Those of the database.
pub(crate) async fn number_waiting(conn: &mut AsyncPgConnection) -> Result<Numbered> {
    let call = Statement::new("/* events.number_waiting */ SELECT * FROM number_waiting_events(")
        .with(Bind::Int(Some(BATCH)), ", ")
        .with(Bind::Int(Some(TRANSACTION)), ")");
    let (is_rest, failures) = call.answers::<(Bool, Array<Text>)>().get_result(conn).await?;
    Ok(Numbered { is_rest, failures })
}

/// Moves all events of an organization that were committed before.
///
/// # Errors
/// Those of the database.
pub(crate) async fn number(
    conn: &mut AsyncPgConnection,
    organization: OrganizationId,
) -> Result<()> {
    for _ in 0..READER_BATCHES {
        let call = Statement::new("/* events.number */ SELECT number_events(")
            .with(Bind::Id(Some(organization.0)), ", ")
            .with(Bind::Int(Some(BATCH)), ")");
        let moved: i64 = call.answers::<BigInt>().get_result(conn).await?;
        if moved < BATCH {
            break;
        }
    }
    Ok(())
}
