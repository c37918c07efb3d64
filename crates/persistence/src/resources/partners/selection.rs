//! The partners of a job: listed by id, or found by a filter or a view, in the order of their ids.

use diesel::sql_types::Uuid;
use diesel_async::RunQueryDsl;
use domain::{
    Place, Result, ids::PartnerId, lists::ListRequest, partners::PARTNER, selection::Selection,
    timestamp::Timestamp, views::ViewObject,
};

use crate::{
    kernel::{
        db::Tx,
        listing,
        statement::{Bind, Statement},
    },
    resources::{partners::SOURCE, views},
};

/// A selection whose view is resolved.
#[derive(Debug, Clone)]
pub enum SelectedPartners {
    /// In ascending order. Some may not exist.
    Ids(Vec<PartnerId>),
    /// The live partners of a list.
    Found(Box<ListRequest>),
}

/// Resolves the view of a selection.
///
/// # Errors
/// 422 `not_found_reference` for a view that does not exist, or that the caller cannot see.
pub async fn resolve(tx: &Tx<'_>, selection: &Selection) -> Result<SelectedPartners> {
    let mut list = ListRequest::all(1);
    match selection {
        Selection::Ids(ids) => return Ok(SelectedPartners::Ids(ids.clone())),
        Selection::All => {}
        Selection::Filter(node) => list.filter = Some(node.clone()),
        Selection::View(id) => {
            let place = Place::Pointer("#/view_id".into());
            list.narrow(&views::selection(tx, *id, ViewObject::Partner, &place).await?);
        }
    }
    Ok(SelectedPartners::Found(Box::new(list)))
}

impl SelectedPartners {
    /// Every live partner.
    pub fn all() -> Self {
        Self::Found(Box::new(ListRequest::all(1)))
    }

    /// Excludes partners that were created later, so that a job ends, and its progress reaches the
    /// total. Listed ids are kept.
    pub fn made_until(mut self, at: Timestamp) -> Self {
        if let Self::Found(list) = &mut self {
            list.narrow_to_made_until(PARTNER, at);
        }
        self
    }

    /// The WHERE clause of a query for the partners.
    pub(crate) fn conditions(&self, out: &mut Statement) {
        match self {
            Self::Ids(ids) => {
                let ids = ids.iter().map(|id| id.0).collect();
                out.sql("deleted_at IS NULL AND id = ANY(").bind(Bind::Ids(ids)).sql(")");
            }
            Self::Found(list) => listing::conditions(list, SOURCE, out),
        }
    }

    /// The number of partners; listed ids are all counted, whether they exist or not.
    ///
    /// # Errors
    /// Database errors only.
    pub async fn count(&self, tx: &Tx<'_>) -> Result<i64> {
        match self {
            Self::Ids(ids) => Ok(ids.len() as i64),
            Self::Found(list) => listing::count(tx, list, SOURCE).await,
        }
    }

    /// The next partners after this one, at most `limit`; all listed ids, whether they exist or
    /// not.
    ///
    /// # Errors
    /// Database errors only.
    pub async fn after(
        &self,
        tx: &Tx<'_>,
        after: Option<PartnerId>,
        limit: i64,
    ) -> Result<Vec<PartnerId>> {
        if let Self::Ids(ids) = self {
            let rest = ids.iter().filter(|id| after.is_none_or(|after| **id > after));
            return Ok(rest.take(limit.max(0) as usize).copied().collect());
        }
        let mut select = Statement::new("SELECT id FROM partners WHERE ");
        self.conditions(&mut select);
        if let Some(after) = after {
            select.sql(" AND id > ").bind(Bind::Id(Some(after.0)));
        }
        select.sql(" ORDER BY id LIMIT ").bind(Bind::Int(Some(limit)));
        Ok(select.answers::<Uuid>().load(&mut tx.conn()).await?)
    }
}
