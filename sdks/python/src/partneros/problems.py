"""Errors: what the API refuses, and what never reached it."""

from __future__ import annotations

import json
from typing import cast

import httpx

from .generated.types import Fault, Job, Problem


class PartnerosError(Exception):
    """Every error of this package."""


class NoAnswerError(PartnerosError):
    """No answer came: no connection, a lost one, or one that took too long."""

    timed_out: bool
    """Whether a time limit was reached."""

    def __init__(self, cause: httpx.TransportError) -> None:
        super().__init__(f"no answer: {cause or type(cause).__name__}")
        self.timed_out = isinstance(cause, httpx.TimeoutException)


class JobError(PartnerosError):
    """A job that failed, was canceled, or did not end in time."""

    def __init__(self, job: Job) -> None:
        state = "did not end in time" if job["finished_at"] is None else f"is {job['status']}"
        problem = job["problem"]
        reason = f": {problem['detail']}" if problem else ""
        super().__init__(f"job {job['id']} {state}{reason}")
        self.job = job


class ProblemError(PartnerosError):
    """An answer that is a problem (RFC 9457). Go by `code`, or by the class of a status."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(f"{problem['status']} {problem['code']}: {problem['detail']}")
        self.problem = problem
        self.code: str = problem["code"]
        """One of `ProblemCode`, or a newer one."""
        self.status = problem["status"]
        self.faults: list[Fault] = problem["errors"]
        """Every fault of the request, each with its place."""
        self.request_id = problem["request_id"]
        self.retry_after = retry_after
        """Seconds after which trying again makes sense; None where waiting does not help."""

    def fault_at(self, place: str) -> Fault | None:
        """The fault of a property of the body (`employees`), a parameter or a header."""
        pointer = "#/" + place.replace(".", "/")
        for fault in self.faults:
            places = (fault["pointer"], fault["parameter"], fault["header"])
            if place in places or fault["pointer"] == pointer:
                return fault
        return None


class BadRequestError(ProblemError):
    """400: a parameter, header or the JSON of the body is not valid."""


class AuthenticationError(ProblemError):
    """401: no credential, or one that is not valid any more."""


class PermissionDeniedError(ProblemError):
    """403: the role or the scopes do not suffice."""


class NotFoundError(ProblemError):
    """404: not there, or of another organization."""


class ConflictError(ProblemError):
    """409: the request is right, and the present state forbids it."""


class GoneError(ProblemError):
    """410: it existed, and is gone."""


class VersionMismatchError(ProblemError):
    """412: the resource has another version than `if_match`. Read it again, and repeat."""


class ValidationError(ProblemError):
    """422: the body is not valid; `faults` has all that is wrong."""


class RateLimitError(ProblemError):
    """429: a limit; `problem["meta"]["quota_name"]` says which."""


class ServerError(ProblemError):
    """5xx."""


_BY_STATUS: dict[int, type[ProblemError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    410: GoneError,
    412: VersionMismatchError,
    422: ValidationError,
    429: RateLimitError,
}


def error_of(response: httpx.Response, retry_after: float | None) -> ProblemError:
    """The error for an answer that is no success.

    What is between client and server may answer without a problem document.
    """
    status = response.status_code
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else ProblemError)
    return kind(_problem_in(response) or _problem_of(response), retry_after)


def _problem_in(response: httpx.Response) -> Problem | None:
    try:
        value = json.loads(response.content)
    except ValueError:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("code"), str):
        return None
    if not isinstance(value.get("errors"), list):
        return None
    return cast(Problem, value)


def _problem_of(response: httpx.Response) -> Problem:
    status = response.status_code
    nothing = f"The answer has the status {status} and no content."
    return {
        "type": "about:blank",
        "title": response.reason_phrase or f"Status {status}",
        "status": status,
        "detail": response.text[:200] or response.reason_phrase or nothing,
        "instance": response.url.path,
        "code": f"http_{status}",
        "request_id": response.headers.get("request-id", ""),
        "meta": {},
        "errors": [],
    }
