//! Reads the words inside of `#[operation(..)]`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::{
    Error, LitInt, LitStr, Result, Token, Type, parenthesized,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
};

const METHODS: [&str; 5] = ["get", "put", "post", "delete", "patch"];

/// Everything that the attribute says.
pub struct Attribute {
    pub method: Ident,
    pub path: LitStr,
    pub tag: Ident,
    pub access: Access,
    /// Types of query parameters that no argument of the handler has.
    pub query: Vec<Type>,
    /// The body, when it is not JSON.
    pub body: Option<Content>,
    pub responses: Vec<Response>,
    /// Variants of `Code`.
    pub errors: Vec<Ident>,
    /// Variants of `FieldCode`.
    pub field_errors: Vec<Ident>,
    pub cost: Option<LitInt>,
    /// A variant of `IfMatch`.
    pub if_match: Option<Ident>,
    pub etag: bool,
    pub no_store: bool,
    pub takes_key: bool,
}

/// Who may call the operation.
pub enum Access {
    /// Nobody needs a credential; the variant of `Bucket` that counts the calls of a network.
    Public { bucket: Option<Ident> },
    /// A user needs this role; API keys need what `keys` says.
    Credential { role: Ident, keys: KeyAccess },
}

/// What an API key needs.
pub enum KeyAccess {
    NoKey,
    AnyKey,
    Scopes(Vec<Ident>),
}

/// A success.
pub struct Response {
    pub status: u16,
    pub content: Content,
}

/// What a body holds: nothing, a type as JSON or in other media types, or bytes of a media type.
#[derive(Default)]
pub struct Content {
    pub body: Option<Type>,
    pub media_types: Vec<LitStr>,
    pub description: Option<LitStr>,
}

/// A word and what stands in parentheses behind it.
struct Item {
    word: Ident,
    arguments: Option<TokenStream>,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let word = input.parse()?;
        let mut arguments = None;
        if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            arguments = Some(content.parse()?);
        }
        Ok(Self { word, arguments })
    }
}

impl Item {
    fn error(&self, text: &str) -> Error {
        Error::new(self.word.span(), text)
    }

    /// What stands in the parentheses.
    fn read<T>(self, parser: impl Parser<Output = T>) -> Result<T> {
        match self.arguments {
            Some(tokens) => parser.parse2(tokens),
            None => Err(self.error(&format!("`{}` needs a value: `{}(..)`", self.word, self.word))),
        }
    }

    /// The one value in the parentheses.
    fn value<T: Parse>(self) -> Result<T> {
        self.read(T::parse)
    }

    /// The values in the parentheses, of which there is at least one.
    fn values<T: Parse>(self) -> Result<Vec<T>> {
        let span = self.word.span();
        let values = self.read(Punctuated::<T, Token![,]>::parse_terminated)?;
        if values.is_empty() {
            return Err(Error::new(span, "names nothing; leave it out"));
        }
        Ok(values.into_iter().collect())
    }

    /// A word that stands alone.
    fn flag(self) -> Result<bool> {
        match self.arguments {
            None => Ok(true),
            Some(_) => Err(self.error(&format!("`{}` takes no value", self.word))),
        }
    }
}

impl Parse for Content {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut content = Self::default();
        while !input.is_empty() {
            if input.peek(LitStr) {
                content.description = Some(input.parse()?);
            } else if input.peek(syn::Ident) && input.peek2(syn::token::Paren) {
                let media = Item::parse(input)?;
                if media.word != "media" {
                    return Err(media.error("expected a type, `media(..)` or a description"));
                }
                content.media_types = media.values()?;
            } else {
                content.body = Some(input.parse()?);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(content)
    }
}

impl Response {
    fn new(status: u16, item: Item) -> Result<Self> {
        let content = match item.arguments {
            Some(tokens) => syn::parse2(tokens)?,
            None => Content::default(),
        };
        Ok(Self { status, content })
    }
}

/// The words as they come, each at most once.
#[derive(Default)]
struct Words {
    seen: Vec<String>,
    route: Option<(Ident, LitStr)>,
    tag: Option<Ident>,
    public: bool,
    limit: Option<Ident>,
    unlimited: bool,
    role: Option<Ident>,
    keys: Option<KeyAccess>,
    query: Vec<Type>,
    body: Option<Content>,
    responses: Vec<Response>,
    errors: Vec<Ident>,
    field_errors: Vec<Ident>,
    cost: Option<LitInt>,
    if_match: Option<Ident>,
    etag: bool,
    no_store: bool,
    no_idempotency_key: Option<Span>,
}

impl Words {
    fn add(&mut self, item: Item) -> Result<()> {
        let word = item.word.to_string();
        if self.seen.contains(&word) {
            return Err(item.error(&format!("`{word}` is said twice")));
        }
        let span = item.word.span();
        match word.as_str() {
            method if METHODS.contains(&method) => {
                if self.route.is_some() {
                    return Err(item.error("an operation has one method and path"));
                }
                let method = item.word.clone();
                self.route = Some((method, item.value()?));
            }
            "tag" => self.tag = Some(item.value()?),
            "public" => self.public = item.flag()?,
            "limit" => self.limit = Some(item.value()?),
            "unlimited" => self.unlimited = item.flag()?,
            "role" => self.role = Some(item.value()?),
            "scope" | "no_api_key" | "any_api_key" if self.keys.is_some() => {
                return Err(item.error("what API keys need is said twice"));
            }
            "scope" => self.keys = Some(KeyAccess::Scopes(item.values()?)),
            "no_api_key" => self.keys = item.flag().map(|_| Some(KeyAccess::NoKey))?,
            "any_api_key" => self.keys = item.flag().map(|_| Some(KeyAccess::AnyKey))?,
            "query" => self.query = item.values()?,
            "body" => self.body = Some(item.value()?),
            "ok" => self.responses.push(Response::new(200, item)?),
            "created" => self.responses.push(Response::new(201, item)?),
            "accepted" => self.responses.push(Response::new(202, item)?),
            "no_content" => self.responses.push(Response::new(204, item)?),
            "multi_status" => self.responses.push(Response::new(207, item)?),
            "errors" => self.errors = item.values()?,
            "field_errors" => self.field_errors = item.values()?,
            "cost" => self.cost = Some(item.value()?),
            "if_match" => self.if_match = Some(item.value()?),
            "etag" => self.etag = item.flag()?,
            "no_store" => self.no_store = item.flag()?,
            "no_idempotency_key" => self.no_idempotency_key = item.flag().map(|_| Some(span))?,
            _ => return Err(item.error(&format!("`{word}` is not a word of `operation`"))),
        }
        self.seen.push(word);
        Ok(())
    }

    fn access(&mut self) -> Result<Access> {
        let missing = |text: &str| Error::new(Span::call_site(), text);
        if self.public {
            if self.role.is_some() || self.keys.is_some() {
                return Err(missing("a public operation asks for no role, scope or API key"));
            }
            if self.unlimited && self.limit.is_some() {
                return Err(missing("say either `limit(..)` or `unlimited`"));
            }
            let bucket = match self.limit.take() {
                None if self.unlimited => None,
                None => Some(Ident::new("PublicRequests", Span::call_site())),
                limit => limit,
            };
            return Ok(Access::Public { bucket });
        }
        if self.unlimited || self.limit.is_some() {
            return Err(missing("`limit(..)` and `unlimited` are for public operations"));
        }
        let role = self.role.take().ok_or_else(|| {
            missing("nothing says who may call it: say `role(..)`, or `public` for everybody")
        })?;
        let keys = self.keys.take().ok_or_else(|| {
            missing("say what API keys need: `scope(..)`, `any_api_key` or `no_api_key`")
        })?;
        Ok(Access::Credential { role, keys })
    }
}

impl Parse for Attribute {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut words = Words::default();
        for item in Punctuated::<Item, Token![,]>::parse_terminated(input)? {
            words.add(item)?;
        }
        let missing = |text: &str| Error::new(Span::call_site(), text);
        let access = words.access()?;
        let (method, path) =
            words.route.ok_or_else(|| missing("say method and path, such as `get(\"/tags\")`"))?;
        if let Some(span) = words.no_idempotency_key.filter(|_| method != "post") {
            return Err(Error::new(span, "only POST takes an Idempotency-Key"));
        }
        if words.responses.is_empty() {
            return Err(missing("say what it answers, such as `ok(Tag)` or `no_content`"));
        }
        Ok(Self {
            takes_key: method == "post" && words.no_idempotency_key.is_none(),
            method,
            path,
            tag: words.tag.ok_or_else(|| missing("say its tag: `tag(..)`"))?,
            access,
            query: words.query,
            body: words.body,
            responses: words.responses,
            errors: words.errors,
            field_errors: words.field_errors,
            cost: words.cost,
            if_match: words.if_match,
            etag: words.etag,
            no_store: words.no_store,
        })
    }
}
