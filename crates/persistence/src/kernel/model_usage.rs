//! The organization's use of the language model by day (UTC), for the daily limit and for reports
//! of its cost.

use chrono::{NaiveDate, Utc};
use diesel::{prelude::*, upsert::on_constraint};
use diesel_async::RunQueryDsl;
use domain::{Result, schema::model_usage};

use crate::kernel::db::Tx;

fn today() -> NaiveDate {
    Utc::now().date_naive()
}

/// The tokens used today, of prompts and answers together.
///
/// # Errors
/// Database errors only.
pub async fn spent_today(tx: &Tx<'_>) -> Result<i64> {
    let both = model_usage::prompt_tokens + model_usage::completion_tokens;
    let spent: Option<i64> =
        model_usage::table.find(today()).select(both).first(&mut tx.conn()).await.optional()?;
    Ok(spent.unwrap_or(0))
}

/// Adds usage to today's row. Any number of workers may do so at once; call it late in the
/// transaction, and once for all usage, to keep the row locked for a short time only.
///
/// # Errors
/// Database errors only.
pub async fn add(
    tx: &Tx<'_>,
    prompt_tokens: i64,
    completion_tokens: i64,
    requests: i64,
) -> Result<()> {
    if requests == 0 {
        return Ok(());
    }
    diesel::insert_into(model_usage::table)
        .values((
            model_usage::day.eq(today()),
            model_usage::prompt_tokens.eq(prompt_tokens),
            model_usage::completion_tokens.eq(completion_tokens),
            model_usage::requests.eq(requests),
        ))
        .on_conflict(on_constraint("model_usage_pkey"))
        .do_update()
        .set((
            model_usage::prompt_tokens.eq(model_usage::prompt_tokens + prompt_tokens),
            model_usage::completion_tokens.eq(model_usage::completion_tokens + completion_tokens),
            model_usage::requests.eq(model_usage::requests + requests),
        ))
        .execute(&mut tx.conn())
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::testing;

    #[test]
    fn what_is_used_adds_up_for_each_organization_alone() {
        testing::run(async |store, scope| {
            let spent = store.write(&scope, async |tx| {
                assert_eq!(spent_today(tx).await?, 0);
                add(tx, 0, 0, 0).await?;
                add(tx, 1_000, 100, 1).await?;
                add(tx, 500, 20, 2).await?;
                spent_today(tx).await
            });
            assert_eq!(spent.await.unwrap(), 1_620);
        });
        testing::run(async |store, scope| {
            assert_eq!(store.read(&scope, async |tx| spent_today(tx).await).await.unwrap(), 0);
        });
    }
}
