"""What calls send, how often, and what comes of the answers."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Answer, Reply, Seen, Server, problem

from partneros import (
    AsyncPartneros,
    ConflictError,
    NoAnswerError,
    NotFoundError,
    Partneros,
    PartnerosError,
    RateLimitError,
    ServerError,
    ValidationError,
    VersionMismatchError,
    answer_of,
)

Serve = Callable[[Answer], Server]
AT_ONCE = ("Retry-After", "0")
PARTNER = {"id": "ptn_1", "version": 3, "name": "Acme"}


def client_of(server: Server, **options: Any) -> Partneros:
    return Partneros(server.url, "prm_test_key", **options)


def three_pages(request: Seen, _: int) -> Reply:
    start = int(request.query.get("cursor", 0))
    following = str(start + 2) if start < 4 else None
    return Reply(200, {"data": [{"id": start}, {"id": start + 1}], "next_cursor": following})


def test_iterating_over_a_list_meets_every_row_of_every_page(serve: Serve) -> None:
    server = serve(three_pages)
    rows: list[Any] = list(client_of(server).list_tags(sort=["-name"]))
    assert [row["id"] for row in rows] == [0, 1, 2, 3, 4, 5]
    assert [request.query for request in server.seen] == [
        {"sort": "-name", "limit": "200"},
        {"sort": "-name", "cursor": "2", "limit": "200"},
        {"sort": "-name", "cursor": "4", "limit": "200"},
    ]


def test_the_first_page_is_one_request(serve: Serve) -> None:
    server = serve(three_pages)
    assert client_of(server).list_tags(limit=2).first_page()["next_cursor"] == "2"
    assert [request.query for request in server.seen] == [{"limit": "2"}]


def test_the_cursor_of_a_query_is_in_its_body(serve: Serve) -> None:
    def answer(_: Seen, index: int) -> Reply:
        return Reply(200, {"data": [PARTNER], "next_cursor": "next" if index == 0 else None})

    server = serve(answer)
    assert len(list(client_of(server).query_partners({"q": "acme", "limit": 1}))) == 2
    bodies = [json.loads(request.body) for request in server.seen]
    assert bodies == [{"q": "acme", "limit": 1}, {"q": "acme", "limit": 1, "cursor": "next"}]


def test_a_post_whose_answer_was_lost_is_sent_again_with_the_same_key(serve: Serve) -> None:
    server = serve(lambda _, index: None if index == 0 else Reply(201, PARTNER))
    client = client_of(server)
    assert client.create_partner({"name": "Acme", "type": "reseller"}) == PARTNER
    first, second = (request.headers["idempotency-key"] for request in server.seen)
    assert first == second and len(first) == 32
    client.create_partner({"name": "Acme", "type": "reseller"}, idempotency_key="mine")
    assert server.seen[2].headers["idempotency-key"] == "mine"


CALLS: dict[str, Callable[[Partneros], object]] = {
    "get": lambda client: client.get_partner("ptn_1"),
    "patch": lambda client: client.update_partner("ptn_1", {"name": "Acme"}),
    "patch_if_match": lambda client: client.update_partner("ptn_1", {}, if_match=3),
    "delete": lambda client: client.delete_partner("ptn_1"),
    "post_with_key": lambda client: client.create_partner({"name": "Acme", "type": "reseller"}),
    "post_that_reads": lambda client: client.aggregate_partners({"metrics": [{"op": "count"}]}),
    "post_once": lambda client: client.request_password_reset({"email": "ada@acme.com"}),
}
ALL = set(CALLS)
KNOWN = ALL - {"post_once"}
SAFE = KNOWN - {"patch_if_match"}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("reply", "repeated"),
    [
        pytest.param(None, SAFE, id="dropped"),
        pytest.param(problem(408, "request_timeout", AT_ONCE), SAFE, id="408"),
        pytest.param(problem(429, "quota_exceeded", AT_ONCE), KNOWN, id="429-with-a-time"),
        pytest.param(problem(429, "quota_exceeded"), set(), id="429-without-a-time"),
        pytest.param(
            problem(429, "quota_exceeded", ("Retry-After", "3600")), set(), id="429-for-an-hour"
        ),
        pytest.param(problem(500, "internal_error", AT_ONCE), SAFE, id="500"),
        pytest.param(Reply(502, text="<html>", headers=[AT_ONCE]), SAFE, id="502-of-a-proxy"),
        pytest.param(problem(503, "unavailable", AT_ONCE), KNOWN, id="503"),
        pytest.param(Reply(504, headers=[AT_ONCE]), SAFE, id="504"),
        pytest.param(problem(400, "invalid_parameter"), set(), id="400"),
        pytest.param(problem(403, "insufficient_scope"), set(), id="403"),
        pytest.param(problem(404, "not_found"), set(), id="404"),
        pytest.param(problem(409, "domain_taken"), set(), id="409"),
        pytest.param(problem(409, "idempotency_in_progress", AT_ONCE), SAFE, id="409-in-progress"),
        pytest.param(problem(422, "validation_failed"), set(), id="422"),
    ],
)
def test_a_call_is_repeated_only_where_that_is_safe(
    serve: Serve, call: str, reply: Reply | None, repeated: set[str]
) -> None:
    server = serve(lambda *_: reply)
    with pytest.raises(PartnerosError):
        CALLS[call](client_of(server, retries=1))
    assert len(server.seen) == (2 if call in repeated else 1)


def test_a_call_gives_up_after_as_many_attempts_as_it_may_make(serve: Serve) -> None:
    server = serve(lambda *_: Reply(503, text="no upstream", headers=[AT_ONCE]))
    with pytest.raises(ServerError) as raised:
        client_of(server, retries=2).get_me()
    assert raised.value.problem["detail"] == "no upstream"
    assert len(server.seen) == 3


def test_retry_after_is_waited_for(serve: Serve) -> None:
    refusal = problem(429, "quota_exceeded", ("Retry-After", "1"))
    server = serve(lambda _, index: refusal if index == 0 else Reply(200, {}))
    start = time.monotonic()
    client_of(server).get_me()
    assert time.monotonic() - start >= 1


def test_a_deletion_that_was_done_although_its_answer_was_lost_succeeds(serve: Serve) -> None:
    server = serve(lambda _, index: None if index == 0 else problem(404, "not_found"))
    client = client_of(server)
    client.delete_partner("ptn_1", if_match=3)
    with pytest.raises(NotFoundError):
        client.delete_partner("ptn_1")


def test_null_is_sent_and_what_is_absent_is_not(serve: Serve) -> None:
    server = serve(lambda *_: Reply(200, PARTNER))
    body: Any = {"subtype": None, "employees": 55}
    client_of(server).update_partner("ptn_1", body, if_match=PARTNER, write_mode="manual")
    (request,) = server.seen
    assert json.loads(request.body) == {"subtype": None, "employees": 55}
    assert request.query == {"write_mode": "manual"}
    assert request.headers["content-type"] == "application/merge-patch+json"
    assert request.headers["if-match"] == '"3"'


def test_a_result_is_the_etag_of_the_next_call(serve: Serve) -> None:
    def answer(request: Seen, _: int) -> Reply:
        if request.headers.get("if-none-match") == '"3.7"':
            return Reply(304)
        return Reply(200, PARTNER, headers=[("ETag", '"3.7"'), ("Request-Id", "req_7")])

    server = serve(answer)
    client = client_of(server)
    read = client.get_partner("ptn_1")
    info = answer_of(read)
    assert info is not None and info.request_id == "req_7"
    assert client.get_partner("ptn_1", if_none_match=read) is None
    client.update_partner("ptn_1", {}, if_match=read)
    assert server.seen[2].headers["if-match"] == '"3.7"'
    with pytest.raises(TypeError):
        client.update_partner("ptn_1", {}, if_match={"name": "Acme"})


def test_problems_are_errors_of_a_class_for_their_status(serve: Serve) -> None:
    fault = {"code": "out_of_range", "pointer": "#/employees", "parameter": None, "header": None}
    replies = [
        problem(409, "domain_taken"),
        problem(412, "version_mismatch", meta={"current_version": 4}),
        problem(
            422,
            "validation_failed",
            errors=[fault, {**fault, "pointer": "#/quarterly_weights/q1"}],
        ),
        problem(429, "quota_exceeded"),
    ]
    client = client_of(serve(lambda _, index: replies[index]))
    with pytest.raises(ConflictError):
        client.update_partner("ptn_1", {})
    with pytest.raises(VersionMismatchError) as mismatch:
        client.update_partner("ptn_1", {})
    assert mismatch.value.problem["meta"]["current_version"] == 4
    with pytest.raises(ValidationError) as invalid:
        client.update_partner("ptn_1", {})
    assert len(invalid.value.faults) == 2
    at_employees = invalid.value.fault_at("employees")
    assert at_employees is not None and at_employees["code"] == "out_of_range"
    assert invalid.value.fault_at("quarterly_weights.q1") is not None
    assert invalid.value.fault_at("name") is None
    with pytest.raises(RateLimitError):
        client.update_partner("ptn_1", {})


def test_values_and_properties_that_this_version_does_not_list_are_kept(serve: Serve) -> None:
    newer = {**PARTNER, "type": "franchise", "mascot": {"name": "Rex"}}
    server = serve(lambda *_: Reply(200, newer))
    client = client_of(server)
    read = client.get_partner("ptn_1")
    assert read == newer and read["type"] != "reseller"
    body: Any = {"type": read["type"]}
    client.update_partner("ptn_1", body)
    assert json.loads(server.seen[1].body) == {"type": "franchise"}


def test_parameters_keep_commas_and_searches_their_text(serve: Serve) -> None:
    server = serve(lambda *_: Reply(200, {"data": [], "next_cursor": None}))
    client = client_of(server)
    client.list_partners(
        name=["a,b", "c\\d"], name_contains="e,f", q="g,h", employees_gte=5, in_intelligence=True
    ).first_page()
    assert server.seen[0].query == {
        "name": "a\\,b,c\\\\d",
        "name_contains": "e\\,f",
        "q": "g,h",
        "employees_gte": "5",
        "in_intelligence": "true",
    }
    client.list_partner_events("a/b?c").first_page()
    assert server.seen[1].path == "/v1/partners/a%2Fb%3Fc/events"


def test_a_file_is_sent_whole_by_every_attempt(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda _, index: None if index == 0 else Reply(202, {"id": "job_1"}))
    path = tmp_path / "partners.csv"
    path.write_text("Name\nAcme\n")
    client = client_of(server)
    client.create_import({"file": path, "options": {"object": "partner"}})
    client.create_import({"file": io.BytesIO(b"Name\nAcme\n"), "options": {"object": "partner"}})
    assert len(server.seen) == 3
    assert b'filename="partners.csv"' in server.seen[1].body
    for request in server.seen:
        assert b"\r\n\r\nName\nAcme\n\r\n" in request.body
        assert b'name="options"\r\n\r\n{"object": "partner"}\r\n' in request.body


def test_an_attempt_that_takes_too_long_ends(serve: Serve) -> None:
    def slow(_: Seen, __: int) -> Reply:
        time.sleep(0.3)
        return Reply(200, {})

    with pytest.raises(NoAnswerError) as raised:
        client_of(serve(slow), timeout=0.05, retries=0).get_me()
    assert raised.value.timed_out


@pytest.mark.anyio
async def test_the_asynchronous_client_does_the_same(serve: Serve) -> None:
    server = serve(three_pages)
    async with AsyncPartneros(server.url, "prm_test_key") as client:
        rows: list[Any] = [tag async for tag in client.list_tags()]
        assert [row["id"] for row in rows] == [0, 1, 2, 3, 4, 5]
        assert (await client.list_tags().first_page())["next_cursor"] == "2"

    server = serve(lambda _, index: None if index == 0 else Reply(201, PARTNER))
    async with AsyncPartneros(server.url, "prm_test_key") as client:
        assert await client.create_partner({"name": "Acme", "type": "reseller"}) == PARTNER
    first, second = (request.headers["idempotency-key"] for request in server.seen)
    assert first == second

    server = serve(lambda *_: problem(404, "not_found"))
    async with AsyncPartneros(server.url, "prm_test_key") as client:
        with pytest.raises(NotFoundError):
            await client.get_partner("ptn_1")
