//! The database behind the server under test, as the owner of the tables sees it: to look at what
//! no answer shows, and to let time pass. The owner stands behind the wall like everybody, so most
//! of it is inside of one organization.

use domain::ids::OrganizationId;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::instance;

/// A connection with this URL.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// A connection as the owner of the tables, inside of an organization.
pub async fn owner(organization: Option<OrganizationId>) -> Client {
    let client = connect(&instance().owner_url).await;
    if let Some(organization) = organization {
        client
            .execute(
                "SELECT set_config('app.organization_id', $1, false)",
                &[&organization.0.to_string()],
            )
            .await
            .unwrap();
    }
    client
}

/// Lets the time of a mail allowance pass. The keys are those of `persistence`.
pub async fn forget_mails(key: &str) {
    let sql =
        format!("DELETE FROM mail_allowances WHERE key = sha256(convert_to('{key}', 'UTF8'))");
    texts(None, &sql).await;
}

/// The first column of what SQL answers, as text.
pub async fn texts(organization: Option<OrganizationId>, sql: &str) -> Vec<Option<String>> {
    let messages = owner(organization)
        .await
        .simple_query(sql)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let rows = messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).map(str::to_owned)),
        _ => None,
    });
    rows.collect()
}
