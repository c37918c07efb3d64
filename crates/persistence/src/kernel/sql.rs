//! SQL functions that Diesel does not bring.

diesel::define_sql_function! {
    /// The present instant by the clock of the database (`now()` stands still within a
    /// transaction).
    fn clock_timestamp() -> diesel::sql_types::Timestamptz;
}
