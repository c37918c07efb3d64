//! The tests through HTTP, one room per resource, and the sweeps over every operation of the document.

mod api_keys;
mod batches;
mod contacts;
mod demo;
mod documents;
mod events;
mod exports;
mod health;
mod idempotency;
mod imports;
mod jobs;
mod limits;
mod lists;
mod logos;
mod me;
mod members;
mod organizations;
mod overrides;
mod partners;
mod requests;
mod sessions;
mod sign_in;
mod sweeps;
mod tags;
mod tenancy;
mod tokens;
