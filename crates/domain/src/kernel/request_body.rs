//! The resource from which a request body takes its limits.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// A type that requests contain: a body, or an object inside one.
///
/// ```
/// use domain::{request_body::{RequestBody, RequestForms}, tags::{Tag, TagCreate}};
///
/// let mut forms = RequestForms::default();
/// TagCreate::collect_forms(&mut forms);
/// assert_eq!(forms.resource_of("TagCreate"), Some("Tag"));
/// ```
pub trait RequestBody: ToSchema {
    /// The resource whose properties give description, limits and nullability to those of the same
    /// name. Properties that only the resource has cannot be written. `Self` for a type that
    /// declares all limits itself.
    type Resource: ToSchema;

    /// Adds this form and those of the objects inside it that take limits from a resource.
    fn collect_forms(forms: &mut RequestForms) {
        forms.add::<Self>();
    }
}

/// The resource of each request form, by schema name. Types that declare their own limits are not
/// included.
#[derive(Debug, Clone, Default)]
pub struct RequestForms {
    resources: BTreeMap<String, String>,
}

impl RequestForms {
    /// Adds one form, without the objects inside it.
    pub fn add<B: RequestBody + ?Sized>(&mut self) {
        let (form, resource) = (B::name(), B::Resource::name());
        if form != resource {
            self.resources.insert(form.into_owned(), resource.into_owned());
        }
    }

    /// The resource of the request form with this schema name.
    pub fn resource_of(&self, form: &str) -> Option<&str> {
        self.resources.get(form).map(String::as_str)
    }
}
