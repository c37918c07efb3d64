//! Organizations with partners, made once per data folder.

use std::{fs, time::Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    Options,
    database::{self, OWNER, SUPERUSER, psql},
    http::call,
    server::{Folder, Server},
};

const PASSWORD: &str = "tall-grass-7-lanterns";

/// An organization of the bench and its owner.
#[derive(Debug, Clone)]
pub struct Organization {
    /// The UUID in the database.
    pub id: String,
    pub partners: u64,
    email: String,
}

/// All of them.
#[derive(Debug)]
pub struct Data {
    /// The one that is measured.
    pub main: Organization,
    /// As large; the walls between them cost what they cost.
    pub other: Organization,
    /// A hundredth, at least 1000.
    pub small: Organization,
    /// A tenth, each of its partners with ten deals: what insights are measured on.
    pub program: Organization,
    /// Ten times as large, when it was asked for.
    pub million: Option<Organization>,
    /// Sixteen small ones, to write in at the same time.
    pub many: Vec<Organization>,
}

/// Makes what a folder lacks. The next server logs its statements.
pub fn prepare(folder: &Folder, options: &Options) -> Result<Data> {
    let server = Server::start(folder)?;
    let file = folder.path.join("organizations.json");
    let mut known: Value = fs::read_to_string(&file)
        .ok()
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or(json!({}));
    let mut made = false;
    let mut one = |name: &str, partners: u64, deals: u64, seed: f64| -> Result<Organization> {
        let email = format!("{name}-{partners}@example.com");
        if let Some(id) = known[&email].as_str() {
            return Ok(Organization { id: id.to_owned(), partners, email });
        }
        let organization = fill(&server, name, partners, deals, seed, email)?;
        known[&organization.email] = json!(organization.id);
        fs::write(&file, known.to_string())?;
        made = true;
        Ok(organization)
    };
    let data = Data {
        main: one("main", options.partners, 0, 0.1)?,
        other: one("other", options.partners, 0, 0.2)?,
        small: one("small", (options.partners / 100).max(1_000), 0, 0.3)?,
        program: one("program", (options.partners / 10).max(1_000), 10, 0.5)?,
        million: if options.million {
            Some(one("million", options.partners * 10, 0, 0.4)?)
        } else {
            None
        },
        many: (0..16)
            .map(|n| one(&format!("many{n}"), 1_000, 0, 0.6))
            .collect::<Result<Vec<_>>>()?,
    };
    if made {
        eprintln!("vacuum and analyze");
        psql(folder, SUPERUSER, &[], "VACUUM (ANALYZE); CHECKPOINT;")?;
    }
    database::log_statements(&server)?;
    server.stop()?;
    Ok(data)
}

fn fill(
    server: &Server<'_>,
    name: &str,
    partners: u64,
    deals: u64,
    seed: f64,
    email: String,
) -> Result<Organization> {
    eprintln!("organization `{name}` with {partners} partners");
    let started = Instant::now();
    let body = json!({
        "organization_name": name,
        "currency": "USD",
        "name": "Olga Owner",
        "email": email,
        "password": PASSWORD
    });
    call(&server.address, "POST", "/v1/auth/registrations", None, &body)?;
    let id = psql(
        server.folder,
        SUPERUSER,
        &[],
        &format!("SELECT organization_id FROM members WHERE email = '{email}'"),
    )?;
    let id = id.trim().to_owned();
    let variables = [
        format!("organization={id}"),
        format!("partners={partners}"),
        format!("seed={seed}"),
        format!("deals={deals}"),
    ];
    psql(server.folder, OWNER, &variables, include_str!("data.sql"))?;
    eprintln!("  made in {:.0} s", started.elapsed().as_secs_f64());
    Ok(Organization { id, partners, email })
}

impl Organization {
    /// Signs its owner in; the token is good for ten minutes.
    pub fn token(&self, server: &Server<'_>) -> Result<String> {
        let body = json!({"email": self.email, "password": PASSWORD});
        let grant = call(&server.address, "POST", "/v1/auth/sessions", None, &body)?;
        Ok(grant["access_token"].as_str().context("no access token")?.to_owned())
    }
}
