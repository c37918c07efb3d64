//! The tests through HTTP, one room per resource, and the sweeps over every operation of the document.

mod batches;
mod contacts;
mod documents;
mod events;
mod health;
mod lists;
mod logos;
mod overrides;
mod partners;
mod sweeps;
mod tags;
