//! The tests through HTTP, one room per resource, and the sweeps over every operation of the document.

mod contacts;
mod documents;
mod health;
mod sweeps;
mod tags;
