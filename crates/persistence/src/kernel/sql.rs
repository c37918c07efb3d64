//! SQL functions that Diesel does not provide.

diesel::define_sql_function! {
    /// The current instant by the clock of the database (`now()` is constant within a transaction).
    fn clock_timestamp() -> diesel::sql_types::Timestamptz;
}
