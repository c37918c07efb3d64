//! The wall between organizations: of what the schema is made, under whom the server runs, and what
//! canceled requests leave behind (docs/ARCHITECTURE.md, migrations/README.md).

use std::{collections::BTreeSet, time::Duration};

use api::{config::Database, database::DatabaseAccess, server::Server};
use harness::{Organization, database, instance, settings, unique};
use serde_json::json;
use tokio_postgres::error::SqlState;

/// Tables that are outside of the wall, and why they may be.
const WITHOUT_WALL: [(&str, &str); 7] = [
    ("__diesel_schema_migrations", "which migrations ran"),
    ("email_directory", "not granted to the application; asked through functions"),
    ("api_key_directory", "not granted to the application; asked through functions"),
    ("form_token_directory", "not granted to the application; asked through functions"),
    ("mail_allowances", "not granted to the application; asked through functions"),
    ("server_keys", "ids and instants of the deployment's keys, which tell nothing of them"),
    ("revocations", "ids and instants, read by every instance"),
];

/// The columns that hold the organization of a table: the first of its own, or of what it refers
/// to.
const TENANT_TABLES: &str = "SELECT c.oid, c.relname, a.attnum FROM pg_class c JOIN pg_namespace n \
    ON n.oid = c.relnamespace \
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' \
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname NOT IN \
    ('email_directory', 'api_key_directory', 'form_token_directory')";

/// What breaks a rule, by the first column of this query over the catalogue.
async fn breaks(sql: &str) -> Vec<String> {
    database::texts(None, sql).await.into_iter().flatten().collect()
}

async fn nothing_breaks(rule: &str, sql: &str) {
    let found = breaks(&format!("WITH tenant AS ({TENANT_TABLES}) {sql}")).await;
    assert!(found.is_empty(), "{rule}: {found:?}");
}

#[tokio::test]
async fn every_table_is_behind_the_wall_but_those_that_are_listed() {
    let walled = "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace \
        WHERE n.nspname = 'public' AND relkind IN ('r', 'p')";
    let force = "relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE \
        polrelid = c.oid \
        AND polname = 'organization' AND polpermissive AND polcmd = '*' AND polroles = '{0}' \
        AND pg_get_expr(polqual, polrelid) LIKE '(organization_id = ( SELECT \
        current_organization()%' \
        AND pg_get_expr(polqual, polrelid) = pg_get_expr(polwithcheck, polrelid))";
    let open: BTreeSet<String> =
        breaks(&format!("{walled} AND NOT ({force})")).await.into_iter().collect();
    assert_eq!(open, WITHOUT_WALL.iter().map(|(name, _)| (*name).to_owned()).collect());
    assert!(
        breaks(&format!("{walled} AND {force}")).await.len() > 15,
        "the query finds the tables"
    );
}

#[tokio::test]
async fn the_organization_is_in_every_key() {
    nothing_breaks(
        "organization_id is not null and comes from the transaction",
        "SELECT relname FROM tenant t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = \
            t.attnum \
         LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = t.attnum \
         WHERE NOT attnotnull OR atttypid <> 'uuid'::regtype OR pg_get_expr(adbin, adrelid) IS \
         DISTINCT FROM 'current_organization()'",
    )
    .await;
    nothing_breaks(
        "a primary key begins with organization_id",
        "SELECT relname FROM tenant t WHERE NOT EXISTS (SELECT FROM pg_index i WHERE indrelid = \
            t.oid AND indisprimary AND indkey[0] = attnum)",
    )
    .await;
    nothing_breaks(
        "unique indexes begin with organization_id",
        "SELECT indexrelid::regclass FROM tenant t JOIN pg_index i ON indrelid = t.oid WHERE \
            indisunique AND indkey[0] <> attnum",
    )
    .await;
    nothing_breaks(
        "foreign keys between tenant tables carry organization_id",
        "SELECT conname FROM tenant t JOIN pg_constraint c ON conrelid = t.oid JOIN tenant o ON \
            o.oid = confrelid \
         WHERE contype = 'f' AND NOT (conkey[1] = t.attnum AND confkey[1] = o.attnum)",
    )
    .await;
    nothing_breaks(
        "tables refer to nothing that is outside of the wall",
        "SELECT conname FROM tenant t JOIN pg_constraint c ON conrelid = t.oid \
         WHERE contype = 'f' AND confrelid NOT IN (SELECT oid FROM tenant)",
    )
    .await;
    nothing_breaks(
        "indexes of other columns than the search's begin with organization_id",
        "SELECT indexrelid::regclass FROM tenant t JOIN pg_index i ON indrelid = t.oid WHERE \
            indkey[0] <> attnum",
    )
    .await;
}

#[tokio::test]
async fn other_policies_are_for_the_owner_of_functions_alone() {
    nothing_breaks(
        "policies that show more",
        "SELECT polname || ' on ' || relname FROM tenant t JOIN pg_policy p ON polrelid = t.oid \
         WHERE polname <> 'organization' AND polpermissive AND polroles <> \
         ARRAY['partneros_definer'::regrole::oid]",
    )
    .await;
    nothing_breaks(
        "the owner inherits what the definer may see, and is held back by a policy of its own",
        "SELECT relname FROM tenant t WHERE NOT EXISTS (SELECT FROM pg_policy p WHERE polrelid = \
            t.oid \
         AND NOT polpermissive AND polcmd = '*' AND polroles = \
         ARRAY['partneros_owner'::regrole::oid] \
         AND pg_get_expr(polqual, polrelid) LIKE '(organization_id = ( SELECT \
         current_organization()%' \
         AND pg_get_expr(polqual, polrelid) = pg_get_expr(polwithcheck, polrelid))",
    )
    .await;
}

#[tokio::test]
async fn constraints_and_indexes_have_the_names_that_answers_are_made_of() {
    nothing_breaks(
        "names of constraints",
        "SELECT conname FROM tenant t JOIN pg_constraint c ON conrelid = t.oid JOIN (VALUES ('p', \
            'pkey'), ('u', 'key'), ('c', 'check'), \
         ('f', 'fkey')) AS kinds (kind, suffix) ON kind = contype::text WHERE conname NOT LIKE \
         relname || '\\_%' || suffix \
         AND conname <> relname || '_' || suffix",
    )
    .await;
    nothing_breaks(
        "names of indexes",
        "SELECT indexrelid::regclass FROM tenant t JOIN pg_index i ON indrelid = t.oid JOIN \
            pg_class x ON x.oid = indexrelid \
         WHERE x.relname NOT LIKE t.relname || '\\_%'",
    )
    .await;
}

#[tokio::test]
async fn types_are_those_that_the_wall_can_use() {
    nothing_breaks("no enum types", "SELECT typname FROM pg_type WHERE typtype = 'e'").await;
    nothing_breaks(
        "instants have a time zone, amounts are integers",
        "SELECT relname || '.' || attname FROM tenant t JOIN pg_attribute a ON a.attrelid = t.oid \
            AND a.attnum > 0 \
         WHERE NOT attisdropped AND atttypid IN ('timestamp'::regtype, 'money'::regtype, \
         'float4'::regtype, 'float8'::regtype, \
         'numeric'::regtype, 'json'::regtype)",
    )
    .await;
}

#[tokio::test]
async fn the_owner_of_the_tables_sees_no_organization_unasked() {
    let org = Organization::new().await;
    let partner = json!({"name": "Acme", "type": "reseller"});
    org.owner.post("/v1/partners", partner).await.expect(201);
    let tables = breaks(&format!("SELECT relname FROM ({TENANT_TABLES}) AS tenant")).await;
    assert!(tables.len() > 15, "the query finds the tables");
    for table in tables {
        let seen = breaks(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(seen, ["0"], "{table}");
    }
    assert_eq!(org.sql("SELECT count(*) FROM partners").await, [Some("1".into())]);
}

/// Whoever can run SQL as the application makes a view called like a table that a function of the
/// definer reads, and behind the view a function that would run with the definer's rights.
#[tokio::test]
async fn the_application_cannot_slip_objects_under_the_functions_of_the_definer() {
    let app = database::connect(&instance().database_url).await;
    app.batch_execute("SET ROLE partneros_app").await.unwrap();
    for attempt in [
        "CREATE FUNCTION pg_temp.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE TEMPORARY TABLE organizations (organization_id uuid, timezone text)",
        "CREATE TEMPORARY VIEW organizations AS SELECT NULL::uuid AS organization_id",
        "CREATE FUNCTION public.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SET ROLE partneros_definer",
    ] {
        let refused = app.batch_execute(attempt).await.unwrap_err();
        assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{attempt}");
    }
}

#[tokio::test]
async fn the_role_of_the_server_is_weak() {
    let roles = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'partneros\\_%'";
    assert_eq!(
        breaks(&format!("{roles} ORDER BY 1")).await,
        ["partneros_app", "partneros_definer", "partneros_owner"]
    );
    nothing_breaks(
        "no role bypasses the wall",
        &format!("{roles} AND (rolsuper OR rolbypassrls OR rolreplication OR rolcreatedb)"),
    )
    .await;
    nothing_breaks(
        "nobody signs in as the owner of functions",
        &format!("{roles} AND rolname = 'partneros_definer' AND rolcanlogin"),
    )
    .await;
    nothing_breaks(
        "the application is nobody else",
        &format!(
            "{roles} AND rolname <> 'partneros_app' AND pg_has_role('partneros_app', oid, 'MEMBER')"
        ),
    )
    .await;
    nothing_breaks(
        "the application owns nothing",
        "SELECT relname FROM pg_class WHERE relowner = 'partneros_app'::regrole",
    )
    .await;
    nothing_breaks(
        "the application makes nothing",
        "SELECT 'schema public' WHERE has_schema_privilege('partneros_app', 'public', 'CREATE')",
    )
    .await;
    // TRUNCATE goes through the wall.
    nothing_breaks(
        "the application may read and write rows, and no more",
        "SELECT relname || ' ' || privilege FROM pg_class CROSS JOIN unnest(ARRAY['TRUNCATE', \
            'REFERENCES', 'TRIGGER']) AS privilege \
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND \
         has_table_privilege('partneros_app', pg_class.oid, privilege)",
    )
    .await;
    nothing_breaks(
        "directories are asked through functions",
        "SELECT relname FROM pg_class WHERE relname IN ('email_directory', 'api_key_directory', \
            'form_token_directory') \
         AND has_any_column_privilege('partneros_app', oid, 'SELECT, INSERT, UPDATE')",
    )
    .await;
    nothing_breaks(
        "events are only appended",
        "SELECT privilege FROM unnest(ARRAY['UPDATE', 'DELETE']) AS privilege WHERE \
            has_table_privilege('partneros_app', 'events', privilege)",
    )
    .await;
}

#[tokio::test]
async fn functions_that_look_over_the_wall_are_held_together() {
    nothing_breaks(
        "SECURITY DEFINER functions belong to the role that is no more than their owner, and find \
            their own tables",
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef \
         AND (proowner <> 'partneros_definer'::regrole \
         OR NOT coalesce('search_path=pg_catalog, public, pg_temp' = ANY(proconfig), false))",
    )
    .await;
    nothing_breaks(
        "nobody makes objects that they could take for their own",
        "SELECT privilege FROM (VALUES \
         ('TEMPORARY for everybody', EXISTS (SELECT FROM pg_database d, \
         aclexplode(coalesce(datacl, acldefault('d', datdba))) a \
          WHERE datname = current_database() AND a.grantee = 0 AND a.privilege_type = \
          'TEMPORARY')), \
         ('TEMPORARY for the application', has_database_privilege('partneros_app', \
         current_database(), 'TEMPORARY')), \
         ('CREATE for everybody', EXISTS (SELECT FROM pg_namespace n, aclexplode(nspacl) a \
          WHERE nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE')), \
         ('CREATE for the definer', has_schema_privilege('partneros_definer', 'public', \
         'CREATE')), \
         ('CREATE for the application', has_schema_privilege('partneros_app', 'public', 'CREATE')) \
         ) AS held (privilege, is_held) WHERE is_held",
    )
    .await;
    nothing_breaks(
        "and are for the application alone",
        "SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND prosecdef \
            AND prorettype <> 'trigger'::regtype \
         AND EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl \
         WHERE acl.grantee = 0)",
    )
    .await;
}

/// See docs/decisions/0331-notify-after-the-commit.md.
#[tokio::test]
async fn no_function_notifies_inside_of_a_transaction() {
    nothing_breaks(
        "NOTIFY makes the commits of all organizations wait for each other",
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
         AND prosrc ~* '\\mpg_notify\\M|\\mnotify\\M'",
    )
    .await;
}

#[tokio::test]
async fn nothing_is_seen_without_an_organization() {
    let org = Organization::new().await;
    org.owner.post("/v1/tags", json!({"category": "services", "name": "Cloud"})).await.expect(201);
    let app = database::connect(&instance().database_url).await;
    for table in breaks(&format!("SELECT relname FROM ({TENANT_TABLES}) AS t")).await {
        let seen = app.query(&format!("SELECT FROM {table}"), &[]).await;
        assert!(seen.is_ok_and(|rows| rows.is_empty()), "{table}");
    }
    let write = app
        .execute(
            "INSERT INTO tags (id, category, name) VALUES (gen_random_uuid(), 'services', 'x')",
            &[],
        )
        .await;
    assert!(write.is_err(), "nor written");
    // Even for the owner of the tables.
    assert!(breaks("SELECT name FROM tags").await.is_empty());
}

#[tokio::test]
async fn nobody_writes_into_another_organization() {
    let (own, other) = (Organization::new().await, Organization::new().await);
    let theirs = other
        .owner
        .post("/v1/tags", json!({"category": "services", "name": "Cloud"}))
        .await
        .expect(201);
    let id = theirs.id().parse::<domain::ids::TagId>().unwrap().0;
    let app = database::connect(&instance().database_url).await;
    app.execute("SELECT set_config('app.organization_id', $1, false)", &[&own.id.0.to_string()])
        .await
        .unwrap();
    assert_eq!(
        app.execute(&format!("UPDATE tags SET name = 'x' WHERE id = '{id}'"), &[]).await.unwrap(),
        0
    );
    assert_eq!(app.execute(&format!("DELETE FROM tags WHERE id = '{id}'"), &[]).await.unwrap(), 0);
    let smuggled = format!(
        "INSERT INTO tags (organization_id, id, category, name) VALUES ('{}', gen_random_uuid(), \
            'services', 'x')",
        other.id.0
    );
    assert!(app.execute(&smuggled, &[]).await.is_err());
    let moved = format!("UPDATE members SET organization_id = '{}'", other.id.0);
    assert!(app.execute(&moved, &[]).await.is_err());
}

#[tokio::test]
async fn the_server_refuses_to_start_as_somebody_who_bypasses_the_wall() {
    let cluster = embedded_postgres::find_running(&instance().folder)
        .unwrap()
        .expect("the cluster under test");
    let superuser = cluster.url("postgres", "partneros");
    let role = unique("strong").replace('-', "_");
    let make = format!("CREATE ROLE {role} LOGIN BYPASSRLS; GRANT partneros_app TO {role}");
    database::connect(&superuser).await.batch_execute(&make).await.unwrap();
    for url in [superuser.clone(), cluster.url(&role, "partneros")] {
        let external = Database::External { url, owner_url: instance().owner_url.clone() };
        let settings = settings(&instance().folder, external);
        let database = DatabaseAccess::open(&settings).await.unwrap();
        let refused = Server::start(&settings, database).await.err().expect("it refuses to start");
        assert!(format!("{refused:#}").contains("bypass row-level security"), "{refused:#}");
    }
    database::connect(&superuser).await.batch_execute(&format!("DROP ROLE {role}")).await.unwrap();
}

#[tokio::test]
async fn canceled_requests_leave_no_transaction_open() {
    let (org, other) = (Organization::new().await, Organization::new().await);
    let requests = (0..150_u64).map(|number| {
        let client = org.owner.clone();
        async move {
            let write = async {
                client
                    .post(
                        "/v1/tags",
                        json!({"category": "services", "name": format!("Tag {number}")}),
                    )
                    .await
            };
            tokio::time::timeout(Duration::from_micros(number * 300), write).await.ok();
        }
    });
    futures_util::future::join_all(requests).await;
    let watcher = database::owner(None).await;
    let now: String =
        watcher.query_one("SELECT clock_timestamp()::text", &[]).await.unwrap().get(0);
    let open = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'partneros_app' AND state LIKE \
            'idle in transaction%' AND xact_start < '{now}'"
    );
    let start = std::time::Instant::now();
    while watcher.query_one(&open, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "a transaction is left open");
    }
    // What was done is whole: a tag and its event, or neither. The owner is a member of the role
    // that owns the functions, and so sees the events of all organizations.
    let whole = "SELECT (SELECT count(*) FROM tags) = (SELECT count(*) FROM \
        (SELECT organization_id, type FROM events \
        UNION ALL SELECT organization_id, type FROM event_outbox) AS log \
        WHERE type = 'tag.created' AND organization_id = current_organization())";
    assert_eq!(org.sql(whole).await, [Some("t".to_owned())]);
    assert!(other.owner.all("/v1/tags").await.is_empty());
    assert_eq!(harness::Client::public().get("/readyz").await.expect(200).body["status"], "ok");
}
