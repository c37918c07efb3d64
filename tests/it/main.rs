//! The tests through HTTP, one room per resource, and the sweeps over every operation of the document.

mod batches;
mod api_keys;
mod contacts;
mod documents;
mod events;
mod health;
mod lists;
mod logos;
mod overrides;
mod partners;
mod idempotency;
mod limits;
mod me;
mod members;
mod organizations;
mod requests;
mod sessions;
mod sign_in;
mod sweeps;
mod tags;
mod tokens;
