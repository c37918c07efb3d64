//! The pages for links in mails when there is no web application (PARTNEROS_APP_URL): forms for
//! actions with a mailed token, and for other links a hint on where the record is in the API. For
//! people; not part of the document.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderName},
    web,
};

use crate::kernel::{html::escaped, state::State};

/// A page with the path `/{name}/{token or id}` or `/{name}`.
struct Page {
    name: &'static str,
    title: &'static str,
    text: &'static str,
    form: Option<Form>,
}

/// The form of a page. The token is the last part of the page's URL.
struct Form {
    /// The operation that the form calls.
    action: &'static str,
    fields: &'static [Field],
    button: &'static str,
    /// The message after a success.
    done: &'static str,
}

struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    /// Attributes of the input.
    rules: &'static str,
}

const fn new_password(name: &'static str, label: &'static str) -> Field {
    let rules = "minlength=\"12\" maxlength=\"128\" autocomplete=\"new-password\"";
    Field { name, label, kind: "password", rules }
}

const PAGES: &[Page] = &[
    Page {
        name: "invitations",
        title: "Join the organization",
        text: "Choose the password with which you will sign in.",
        form: Some(Form {
            action: "/v1/auth/invitation-acceptances",
            fields: &[
                Field {
                    name: "name",
                    label: "Your name",
                    kind: "text",
                    rules: "maxlength=\"200\" autocomplete=\"name\"",
                },
                new_password("password", "Password, at least 12 characters"),
            ],
            button: "Join",
            done: "You have joined the organization. You can now sign in with your e-mail address \
                   and password.",
        }),
    },
    Page {
        name: "password-resets",
        title: "Choose a new password",
        text: "You will be signed out everywhere.",
        form: Some(Form {
            action: "/v1/auth/password-changes",
            fields: &[new_password("new_password", "New password, at least 12 characters")],
            button: "Change the password",
            done: "Your password was changed. You can now sign in with it.",
        }),
    },
    Page {
        name: "registration-confirmations",
        title: "Confirm your registration",
        text: "Enter the password that you chose when registering, or a new one, which then \
               applies. If you did not register, close this page.",
        form: Some(Form {
            action: "/v1/auth/registration-confirmations",
            fields: &[new_password("password", "Password, at least 12 characters")],
            button: "Confirm",
            done: "Your organization is ready. You can now sign in with your e-mail address and \
                   password.",
        }),
    },
    Page {
        name: "deals",
        title: "A deal",
        text: "In the API, the deal is at GET /v1/deals/{id}.",
        form: None,
    },
    Page {
        name: "jobs",
        title: "A job",
        text: "In the API, the job is at GET /v1/jobs/{id}, and the result of each row at GET \
               /v1/jobs/{id}/items.",
        form: None,
    },
    Page {
        name: "application-submissions",
        title: "Applications",
        text: "In the API, applications are listed at GET /v1/application-submissions, and one is \
               at GET /v1/application-submissions/{id}.",
        form: None,
    },
    Page {
        name: "settings",
        title: "Notification settings",
        text: "In the API, PATCH /v1/me with {\"email_notifications\": false} turns notifications \
               by mail off.",
        form: None,
    },
    Page {
        name: "sign-in",
        title: "Sign in",
        text: "In the API, POST /v1/auth/sessions signs in, and POST /v1/auth/password-resets \
               requests a new password.",
        form: None,
    },
];

/// Allows nothing from other hosts, nothing inline except styles, and no framing.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
                      style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const SCRIPT: &str = r#"const form = document.querySelector("form");
const outcome = document.getElementById("outcome");
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = location.pathname.split("/").pop();
  const body = JSON.stringify({ token, ...Object.fromEntries(new FormData(form)) });
  const headers = { "content-type": "application/json" };
  outcome.textContent = "One moment, please.";
  try {
    const answer = await fetch(form.dataset.action, { method: "POST", headers, body });
    if (answer.ok) {
      outcome.textContent = form.dataset.done;
      form.remove();
      return;
    }
    const problem = await answer.json();
    outcome.textContent = problem.detail;
  } catch {
    outcome.textContent = "The server cannot be reached. Please try again.";
  }
});
"#;

fn find(path: &str) -> Option<&'static Page> {
    let mut parts = path.strip_prefix('/')?.split('/');
    let (name, rest) = (parts.next()?, parts.count());
    PAGES.iter().find(|page| page.name == name && rest <= 1)
}

/// Whether a path is one of these pages.
pub fn is_page(path: &str) -> bool {
    path == "/pages.js" || find(path).is_some()
}

/// Adds the pages to the application.
pub fn mount(config: &mut web::ServiceConfig) {
    config.route("/pages.js", web::get().to(async || secured("text/javascript", SCRIPT.into())));
    for page in PAGES {
        config.route(&format!("/{}", page.name), web::get().to(show));
        config.route(&format!("/{}/{{rest}}", page.name), web::get().to(show));
    }
}

async fn show(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let addresses = &state.addresses;
    if addresses.app_url != addresses.public_url {
        let there = format!("{}{}", addresses.app_url, request.path());
        return HttpResponse::SeeOther().insert_header((header::LOCATION, there)).finish();
    }
    match find(request.path()) {
        Some(page) => secured("text/html; charset=utf-8", rendered(page)),
        None => HttpResponse::NotFound().finish(),
    }
}

fn secured(kind: &'static str, body: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        // The URL contains a secret.
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((HeaderName::from_static("x-robots-tag"), "noindex"))
        .body(body)
}

fn rendered(page: &Page) -> String {
    let form = page.form.as_ref().map(rendered_form).unwrap_or_default();
    let (title, text) = (escaped(page.title), escaped(page.text));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head>\n\
         <body><main><h1>{title}</h1>\n<p>{text}</p>\n{form}\
         <p id=\"outcome\" role=\"status\"></p>\n\
         <p><small>No web application is configured for this server (PARTNEROS_APP_URL). \
         Its API is described at <a href=\"/docs/\">/docs</a>.</small></p></main>\n\
         <script src=\"/pages.js\"></script></body>\n</html>\n"
    )
}

const STYLE: &str = "body { margin: 0; padding: 24px; font: 16px/1.5 sans-serif; color: #1f2430 } \
                     main { max-width: 32em; margin: 0 auto } \
                     label, input, button { display: block; margin: 12px 0 4px } \
                     input, button { font: inherit; padding: 8px; width: 100%; \
                     box-sizing: border-box } small { color: #667085 }";

fn rendered_form(form: &Form) -> String {
    let fields: String = form.fields.iter().map(rendered_field).collect();
    format!(
        "<form data-action=\"{}\" data-done=\"{}\">{fields}<button>{}</button></form>\n",
        form.action, form.done, form.button
    )
}

fn rendered_field(field: &Field) -> String {
    let Field { name, label, kind, rules } = field;
    format!(
        "<label for=\"{name}\">{label}</label>\
         <input id=\"{name}\" name=\"{name}\" type=\"{kind}\" {rules} required>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{kernel::openapi::ApiDescription, routes};

    #[test]
    fn only_its_own_paths_are_pages() {
        for path in ["/invitations/pin_x", "/deals/deal_x", "/settings/notifications", "/sign-in"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["/", "/v1/deals/x", "/deals/x/y", "/openapi.json", "/invitation", ""] {
            assert!(!is_page(path), "{path}");
        }
    }

    #[test]
    fn forms_name_the_operations_that_exist() {
        let document = ApiDescription::of(routes::OPERATIONS).document;
        for form in PAGES.iter().filter_map(|page| page.form.as_ref()) {
            let operation = &document["paths"][form.action]["post"];
            let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let name = body.as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
            let properties = &document["components"]["schemas"][name]["properties"];
            assert!(properties["token"].is_object(), "{}: {body}", form.action);
            for field in form.fields {
                assert!(properties[field.name].is_object(), "{} {}", form.action, field.name);
            }
        }
    }
}
