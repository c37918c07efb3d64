//! Which resource a body takes its limits from.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A type that requests send: a body, or an object inside of one.
///
/// ```
/// use domain::{request_body::{RequestBody, RequestForms}, tags::{Tag, TagCreate}};
///
/// let mut forms = RequestForms::default();
/// TagCreate::collect_forms(&mut forms);
/// assert_eq!(forms.resource_of("TagCreate"), Some("Tag"));
/// ```
pub trait RequestBody: ToSchema {
    /// Whose meaning, limits and nullability the properties of the same name take in the document.
    /// What only the resource has is a field that cannot be written. `Self` for a type that states
    /// everything itself.
    type Resource: ToSchema;

    /// Adds this form, and those of the objects inside of it that take limits from elsewhere.
    fn collect_forms(forms: &mut RequestForms) {
        forms.add::<Self>();
    }
}

/// The resource of each request form, by the names of their schemas. Types that state their own
/// limits are not in it.
#[derive(Debug, Clone, Default)]
pub struct RequestForms {
    resources: BTreeMap<String, String>,
}

impl RequestForms {
    /// Adds one form, without the objects inside of it.
    pub fn add<B: RequestBody + ?Sized>(&mut self) {
        let (form, resource) = (B::name(), B::Resource::name());
        if form != resource {
            self.resources.insert(form.into_owned(), resource.into_owned());
        }
    }

    /// The schema of the resource whose request form has this name.
    pub fn resource_of(&self, form: &str) -> Option<&str> {
        self.resources.get(form).map(String::as_str)
    }
}
