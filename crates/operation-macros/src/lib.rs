//! `#[operation(..)]`: what an operation of the API demands and answers, written once, as Rust.

mod attribute;
mod expansion;

use proc_macro::TokenStream;

/// Makes an operation of a handler: its route, its part of the OpenAPI document, and its
/// `OperationSpec`, which the gate enforces. The module `operation` of the API crate lists the
/// words.
///
/// Roles, scopes, tags, codes and limits are variants of enums, so a wrong one does not compile.
/// Parameters and the body are taken from the types of the handler's arguments: `Path<T>`,
/// `Query<T>` and `Json<T>`.
#[proc_macro_attribute]
pub fn operation(attribute: TokenStream, handler: TokenStream) -> TokenStream {
    expansion::operation(attribute.into(), handler.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
