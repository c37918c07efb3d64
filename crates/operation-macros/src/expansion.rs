//! Writes what `#[operation(..)]` stands for: the annotation of the document, the route, the spec.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{FnArg, GenericArgument, ItemFn, PathArguments, Result, Type};

use crate::attribute::{Access, Attribute, Content, KeyAccess, Response};

/// The handler with everything that belongs to it.
///
/// # Errors
/// When the attribute or the handler cannot be read.
pub fn operation(attribute: TokenStream, handler: TokenStream) -> Result<TokenStream> {
    let attribute: Attribute = syn::parse2(attribute)?;
    let handler: ItemFn = syn::parse2(handler)?;
    let document = document(&attribute, &handler);
    let spec = spec(&attribute, &handler);
    let (method, path) = (&attribute.method, &attribute.path);
    Ok(quote! {
        #document
        #[::actix_web::#method(#path)]
        #handler
        #spec
    })
}

/// `#[utoipa::path(..)]`: what the document says of parameters, body and responses.
fn document(attribute: &Attribute, handler: &ItemFn) -> TokenStream {
    let (method, path) = (&attribute.method, &attribute.path);
    let name = &handler.sig.ident;
    let id = operation_id(name);
    let arguments = arguments_of(handler, "Path").chain(arguments_of(handler, "Query"));
    let parameters = arguments.chain(&attribute.query);
    let json = json_body(handler).map(|body| quote!(request_body = #body,));
    let body = json.or_else(|| attribute.body.as_ref().map(request_body));
    let responses = attribute.responses.iter().map(response);
    quote! {
        #[::utoipa::path(
            #method,
            path = #path,
            operation_id = #id,
            impl_for = #name,
            params(#(#parameters),*),
            #body
            responses(#(#responses),*)
        )]
    }
}

fn request_body(content: &Content) -> TokenStream {
    let body = body_type(content);
    let media_types = &content.media_types;
    quote!(request_body(content((#body = #(#media_types),*))),)
}

fn response(response: &Response) -> TokenStream {
    let Response { status, content } = response;
    let status = proc_macro2::Literal::u16_unsuffixed(*status);
    let description = content.description.as_ref().map(|text| quote!(, description = #text));
    let body = body_type(content);
    let media_types = &content.media_types;
    if !media_types.is_empty() {
        return quote!((status = #status, content(#((#body = #media_types)),*) #description));
    }
    match &content.body {
        Some(body) => quote!((status = #status, body = #body #description)),
        None => quote!((status = #status #description)),
    }
}

/// The type of a body; bytes when only media types are said.
fn body_type(content: &Content) -> TokenStream {
    match &content.body {
        Some(body) => quote!(#body),
        None => quote!(Vec<u8>),
    }
}

/// `impl Operation for handler`: what the gate and the document are made from.
fn spec(attribute: &Attribute, handler: &ItemFn) -> TokenStream {
    let name = &handler.sig.ident;
    let id = operation_id(name);
    let Attribute { tag, errors, field_errors, takes_key, etag, no_store, .. } = attribute;
    let access = access(&attribute.access);
    let cost = attribute.cost.as_ref().map_or(quote!(1), |cost| quote!(#cost));
    let if_match = match &attribute.if_match {
        Some(word) => quote!(::core::option::Option::Some(::api::operation::IfMatch::#word)),
        None => quote!(::core::option::Option::None),
    };
    let collect_forms = match json_body(handler) {
        Some(body) => quote!(<#body as ::api::operation::RequestBody>::collect_forms),
        None => quote!(|_| {}),
    };
    quote! {
        impl ::api::operation::Operation for #name {
            const SPEC: &'static ::api::operation::OperationSpec =
                &::api::operation::OperationSpec {
                    id: #id,
                    tag: ::api::operation::Tag::#tag,
                    access: #access,
                    errors: &[#(::api::operation::Code::#errors),*],
                    field_errors: &[#(::api::operation::FieldCode::#field_errors),*],
                    cost: #cost,
                    takes_key: #takes_key,
                    if_match: #if_match,
                    etag: #etag,
                    no_store: #no_store,
                    collect_forms: #collect_forms,
                };
        }

        // Constants of traits are only evaluated where they are used; here the compiler does it
        // beside the handler.
        const _: &::api::operation::OperationSpec =
            <#name as ::api::operation::Operation>::SPEC;
    }
}

fn access(access: &Access) -> TokenStream {
    match access {
        Access::Public { bucket } => {
            let bucket = match bucket {
                Some(bucket) => {
                    quote!(::core::option::Option::Some(::api::operation::Bucket::#bucket))
                }
                None => quote!(::core::option::Option::None),
            };
            quote!(::api::operation::Access::Public { bucket: #bucket })
        }
        Access::Credential { role, keys } => {
            let keys = match keys {
                KeyAccess::NoKey => quote!(::api::operation::KeyAccess::NoKey),
                KeyAccess::AnyKey => quote!(::api::operation::KeyAccess::AnyKey),
                KeyAccess::Scopes(scopes) => quote! {
                    ::api::operation::KeyAccess::Scopes(
                        &[#(::api::operation::AccessScope::#scopes),*]
                    )
                },
            };
            quote!(::api::operation::Access::credential(::api::operation::Role::#role, #keys))
        }
    }
}

fn json_body(handler: &ItemFn) -> Option<&Type> {
    arguments_of(handler, "Json").next()
}

/// `T` of every argument `wrapper<T>` of the handler, in the order of the arguments.
fn arguments_of<'a>(handler: &'a ItemFn, wrapper: &'a str) -> impl Iterator<Item = &'a Type> {
    handler.sig.inputs.iter().filter_map(move |argument| {
        let FnArg::Typed(argument) = argument else { return None };
        let Type::Path(path) = argument.ty.as_ref() else { return None };
        let last = path.path.segments.last().filter(|last| last.ident == wrapper)?;
        let PathArguments::AngleBracketed(generics) = &last.arguments else { return None };
        generics.args.iter().find_map(|generic| match generic {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        })
    })
}

/// `update_partner` as `updatePartner`.
fn operation_id(name: &Ident) -> String {
    let mut id = String::new();
    for (index, word) in name.to_string().split('_').enumerate() {
        let mut characters = word.chars();
        if let Some(first) = characters.next().filter(|_| index > 0) {
            id.push(first.to_ascii_uppercase());
            id.push_str(characters.as_str());
        } else {
            id.push_str(word);
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(attribute: &str) -> Result<String> {
        let handler = quote! {
            pub async fn update_tag(
                context: RequestContext,
                id: web::Path<TagId>,
                body: Json<TagUpdate>,
            ) {}
        };
        operation(attribute.parse()?, handler).map(|tokens| tokens.to_string())
    }

    fn refusal(attribute: &str) -> String {
        match expanded(attribute) {
            Err(error) => error.to_string(),
            Ok(tokens) => panic!("{attribute} is accepted: {tokens}"),
        }
    }

    #[test]
    fn parameters_and_body_are_those_of_the_handler() {
        let text = "patch(\"/tags/{id}\"), tag(Tags), role(Admin), scope(TagsWrite), ok(Tag)";
        let tokens = expanded(text).expect("is complete");
        for part in [
            "operation_id = \"updateTag\"",
            "params (TagId)",
            "request_body = TagUpdate",
            "responses ((status = 200 , body = Tag))",
            ":: actix_web :: patch (\"/tags/{id}\")",
            ":: AccessScope :: TagsWrite",
            "< TagUpdate as :: api :: operation :: RequestBody >",
        ] {
            assert!(tokens.contains(part), "{part} is missing: {tokens}");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let complete = "post(\"/tags\"), tag(Tags), role(Admin), scope(TagsWrite), ok(Tag)";
        assert!(expanded(complete).is_ok());
        let without = |part: &str| refusal(&complete.replace(part, ""));
        assert!(without("post(\"/tags\"), ").contains("method and path"));
        assert!(without("tag(Tags), ").contains("its tag"));
        assert!(without("role(Admin), ").contains("who may call it"));
        assert!(without("scope(TagsWrite), ").contains("what API keys need"));
        assert!(without(", ok(Tag)").contains("what it answers"));
        let with = |part: &str| refusal(&format!("{complete}, {part}"));
        assert!(with("role(Owner)").contains("`role` is said twice"));
        assert!(with("any_api_key").contains("API keys need is said twice"));
        assert!(with("get(\"/tags\")").contains("one method and path"));
        assert!(with("errors()").contains("names nothing"));
        assert!(with("cost").contains("needs a value"));
        assert!(with("etag(true)").contains("takes no value"));
        assert!(with("scopes(TagsWrite)").contains("is not a word"));
        assert!(with("public").contains("asks for no role"));
        assert!(with("limit(PublicForms)").contains("for public operations"));
        let get = complete.replace("post", "get");
        assert!(refusal(&format!("{get}, no_idempotency_key")).contains("only POST"));
    }
}
