"""A client for the partneros API.

    from partneros import Partneros

    with Partneros("https://partners.example.com", api_key="prm_live_...") as client:
        for partner in client.list_partners(type=["reseller"], sort=["-revenue"]):
            print(partner["name"])

`partneros.types` has the schemas of the API.
"""

from .client import AsyncPartneros, Partneros
from .fields import and_, at_least, not_, or_
from .generated import types
from .generated.fields import deal_field, partner_field
from .lists import AsyncList, List
from .problems import (
    AuthenticationError,
    BadRequestError,
    ConflictError,
    GoneError,
    JobError,
    NoAnswerError,
    NotFoundError,
    PartnerosError,
    PermissionDeniedError,
    ProblemError,
    RateLimitError,
    ServerError,
    ValidationError,
    VersionMismatchError,
)
from .values import AnswerInfo, FileContent, Version, answer_of

__all__ = [
    "AnswerInfo",
    "AsyncList",
    "AsyncPartneros",
    "AuthenticationError",
    "BadRequestError",
    "ConflictError",
    "FileContent",
    "GoneError",
    "JobError",
    "List",
    "NoAnswerError",
    "NotFoundError",
    "Partneros",
    "PartnerosError",
    "PermissionDeniedError",
    "ProblemError",
    "RateLimitError",
    "ServerError",
    "ValidationError",
    "Version",
    "VersionMismatchError",
    "and_",
    "answer_of",
    "at_least",
    "deal_field",
    "not_",
    "or_",
    "partner_field",
    "types",
]
