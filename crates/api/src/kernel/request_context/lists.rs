//! The list parameters of a request.

use domain::{
    Code, Error,
    lists::{Conditions, List, ListQuery, ListRequest, invalid_parameters},
};
use serde_json::Value;

use super::RequestContext;

impl RequestContext {
    /// The requested page of a list.
    ///
    /// # Errors
    /// `invalid_parameter` with all errors, `invalid_cursor`.
    pub fn list_request(&self, list: &List) -> Result<ListRequest, Error> {
        self.list_request_of(list, &self.list_parameters()?)
    }

    /// The same with parameters that the handler has changed.
    ///
    /// # Errors
    /// `invalid_parameter` with all errors, `invalid_cursor`.
    pub fn list_request_of(&self, list: &List, query: &ListQuery) -> Result<ListRequest, Error> {
        let path: Vec<&str> = self.request.match_info().iter().map(|(_, id)| id).collect();
        let conditions = Conditions::among(&self.admitted.pairs, list).below(path.join("/"));
        let read = ListRequest::from_parameters(query, &conditions, list, chrono::Utc::now());
        if self.admitted.list_faults.is_empty() {
            return read;
        }
        let mut faults = match read {
            Err(Error::Problem(problem)) if problem.code == Code::InvalidParameter => {
                problem.errors
            }
            _ => Vec::new(),
        };
        faults.extend(self.admitted.list_faults.iter().cloned());
        Err(invalid_parameters(faults))
    }

    /// The parameters that every list has, for a list without a catalogue.
    ///
    /// # Errors
    /// `invalid_parameter` with all errors.
    pub fn list_query(&self) -> Result<ListQuery, Error> {
        if self.admitted.list_faults.is_empty() {
            self.list_parameters()
        } else {
            Err(invalid_parameters(self.admitted.list_faults.clone()))
        }
    }

    /// The parameters that every list has, without those that are not valid.
    pub fn list_parameters(&self) -> Result<ListQuery, Error> {
        let mut query = self.admitted.query.clone();
        query.retain(|name, _| ListQuery::PARAMETERS.contains(&name.as_str()));
        serde_json::from_value(Value::Object(query)).map_err(Error::internal)
    }
}
