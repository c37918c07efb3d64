//! Long work in tests: files go up, jobs are waited for, and what became of them is looked at.

use std::time::{Duration, Instant};

use domain::{access::Scope, ids::OrganizationId};
use persistence::{Store, Tx};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Answer, Client, Organization, instance};

/// Longer than any job of a test takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A job that has ended, with its items.
#[derive(Debug)]
pub struct Ended {
    pub job: Value,
    pub items: Vec<Value>,
}

impl Ended {
    /// The code of each item's problem, empty where there is none.
    pub fn codes(&self) -> Vec<&str> {
        self.items.iter().map(|item| item["problem"]["code"].as_str().unwrap_or_default()).collect()
    }
    /// The codes of an item's warnings.
    pub fn warnings(&self, item: usize) -> Vec<&str> {
        self.items[item]["warnings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|w| w["code"].as_str().unwrap())
            .collect()
    }
    /// `total, succeeded, failed, skipped`, of which the last three make up what is done.
    pub fn tally(&self) -> [i64; 4] {
        let progress = |name: &str| self.job["progress"][name].as_i64().unwrap_or(-1);
        let tally = ["total", "succeeded", "failed", "skipped"].map(progress);
        assert_eq!(progress("done"), tally[1] + tally[2] + tally[3], "{:#}", self.job);
        tally
    }
}

impl Client {
    /// Sends a form.
    pub async fn form(&self, path: &str, form: Form) -> Answer {
        self.send(Method::POST, path, |request| request.multipart(form)).await
    }

    /// Begins an import; `options` as a plain form field.
    pub async fn begin_import(&self, file: impl Into<Vec<u8>>, options: Value) -> Answer {
        let form = Form::new()
            .part("file", Part::bytes(file.into()).file_name("file"))
            .text("options", options.to_string());
        self.form("/v1/imports", form).await
    }

    /// Imports a file to the end, which must be a good one.
    pub async fn import(&self, file: impl Into<Vec<u8>>, options: Value) -> Ended {
        let accepted = self.begin_import(file, options).await.expect(202);
        let ended = self.wait(accepted.id()).await;
        assert_eq!(ended.job["status"], "succeeded", "{:#}", ended.job);
        ended
    }

    /// Exports to the end, which must be a good one, and fetches the file.
    pub async fn export(&self, request: Value) -> (Value, Answer) {
        let accepted = self.post("/v1/exports", request).await.expect(202);
        let ended = self.wait(accepted.id()).await;
        assert_eq!(ended.job["status"], "succeeded", "{:#}", ended.job);
        let file = self.get(&format!("/v1/jobs/{}/result", accepted.id())).await.expect(200);
        (ended.job, file)
    }

    /// Waits for the end of a job.
    pub async fn wait(&self, id: &str) -> Ended {
        let since = Instant::now();
        loop {
            let job = self.get(&format!("/v1/jobs/{id}")).await.expect(200);
            if !job.body["finished_at"].is_null() {
                let items = self.all(&format!("/v1/jobs/{id}/items?limit=100")).await;
                return Ended { job: job.body, items };
            }
            assert!(
                !job.header("retry-after").is_empty(),
                "an unfinished job says when to look again"
            );
            assert!(since.elapsed() < PATIENCE, "the job does not end: {:#}", job.body);
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// The whole partner of this name.
    pub async fn partner(&self, name: &str) -> Value {
        let query = json!({"filter": {"op": "eq", "field": "name", "value": name}});
        let found = self.post("/v1/partners/query", query).await.expect(200);
        let found = found.body["data"].as_array().unwrap().clone();
        assert_eq!(found.len(), 1, "partners called {name}: {found:#?}");
        self.get(&format!("/v1/partners/{}", found[0]["id"].as_str().unwrap()))
            .await
            .expect(200)
            .body
    }

    /// How many events of these types there are.
    pub async fn count_events(&self, types: &str) -> usize {
        self.all(&format!("/v1/events?types={types}&limit=100")).await.len()
    }
}

impl Organization {
    /// Reaches past the API, for what only time brings about.
    pub async fn in_database<T>(&self, work: impl AsyncFnOnce(&Tx<'_>) -> domain::Result<T>) -> T {
        let organization = self.owner.get("/v1/organization").await.expect(200);
        let id: OrganizationId = organization.id().parse().unwrap();
        let settings = persistence::Settings { url: instance().database_url.clone(), pool: 1 };
        let store = Store::connect(&settings).await.unwrap();
        store.write(&Scope::system(id, "test", Uuid::now_v7()), work).await.unwrap()
    }
}
