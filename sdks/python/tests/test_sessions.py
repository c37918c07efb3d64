"""Signing in, staying signed in, and jobs."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from conftest import Answer, Reply, Seen, Server, problem

from partneros import AsyncPartneros, AuthenticationError, JobError, Partneros

Serve = Callable[[Answer], Server]


def grant(token: str, expires_in: int = 600) -> Reply:
    cookies = [f"__Host-prm_refresh=of-{token}; HttpOnly; Secure; Path=/", "__Host-prm_device=d"]
    return Reply(
        200,
        {"access_token": token, "expires_in": expires_in},
        headers=[("Set-Cookie", cookie) for cookie in cookies],
    )


def only_the_newest_token() -> Answer:
    """Grants t1, t2, ..., and takes no token but the newest, and not the first."""
    tokens: list[str] = []

    def answer(request: Seen, _: int) -> Reply:
        if request.path in ("/v1/auth/sessions", "/v1/auth/refreshes"):
            tokens.append(f"t{len(tokens) + 1}")
            return grant(tokens[-1])
        is_newest = request.headers.get("authorization") == f"Bearer {tokens[-1]}"
        return Reply(200, {}) if is_newest and len(tokens) > 1 else problem(401, "token_expired")

    return answer


def check_one_refresh(server: Server) -> None:
    (refresh,) = [request for request in server.seen if request.path == "/v1/auth/refreshes"]
    assert refresh.headers["cookie"] == "__Host-prm_refresh=of-t1; __Host-prm_device=d"
    assert refresh.headers["x-requested-with"]
    assert refresh.headers["origin"] == server.url.rstrip("/")
    assert "authorization" not in refresh.headers
    others = [request for request in server.seen if "/auth/" not in request.path]
    assert all("cookie" not in request.headers for request in others)


def test_a_token_that_ended_is_renewed_once_for_all_threads(serve: Serve) -> None:
    server = serve(only_the_newest_token())
    client = Partneros(server.url)
    client.sign_in({"email": "ada@acme.com", "password": "tall-grass-7-lanterns"})
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: client.get_me(), range(4)))
    check_one_refresh(server)


@pytest.mark.anyio
async def test_a_token_that_ended_is_renewed_once_for_all_tasks(serve: Serve) -> None:
    server = serve(only_the_newest_token())
    async with AsyncPartneros(server.url) as client:
        await client.sign_in({"email": "ada@acme.com", "password": "tall-grass-7-lanterns"})
        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(client.get_me)
    check_one_refresh(server)


def test_a_token_is_renewed_before_it_ends(serve: Serve) -> None:
    def answer(request: Seen, _: int) -> Reply:
        if request.path == "/v1/me":
            return Reply(200, {})
        return grant("t", 20 if request.path == "/v1/auth/sessions" else 600)

    server = serve(answer)
    client = Partneros(server.url)
    client.sign_in({"email": "ada@acme.com", "password": "tall-grass-7-lanterns"})
    client.get_me()
    client.get_me()
    paths = [request.path for request in server.seen]
    assert paths == ["/v1/auth/sessions", "/v1/auth/refreshes", "/v1/me", "/v1/me"]


def test_a_session_that_ended_is_an_error_and_can_be_signed_out(serve: Serve) -> None:
    def answer(request: Seen, _: int) -> Reply:
        is_sign_in = (request.method, request.path) == ("POST", "/v1/auth/sessions")
        return grant("t1") if is_sign_in else problem(401, "refresh_token_invalid")

    client = Partneros(serve(answer).url)
    client.sign_in({"email": "ada@acme.com", "password": "tall-grass-7-lanterns"})
    with pytest.raises(AuthenticationError):
        client.get_me()
    client.sign_out()
    assert not client.is_signed_in


RUNNING: dict[str, Any] = {
    "id": "job_1",
    "version": 1,
    "status": "running",
    "finished_at": None,
    "problem": None,
    "progress": {"done": 0},
}
ENDED = {"finished_at": "2026-11-22T11:20:07.123456Z"}


def test_a_job_is_waited_for_until_it_has_succeeded(serve: Serve) -> None:
    replies = [
        Reply(202, RUNNING),
        Reply(304),
        Reply(200, {**RUNNING, "version": 2, "progress": {"done": 5}}),
        Reply(200, {**RUNNING, **ENDED, "version": 3, "status": "succeeded"}),
    ]
    server = serve(lambda _, index: replies[index])
    client = Partneros(server.url, "prm_test_key")
    done: list[int] = []
    job = client.wait_for_job(
        client.create_export({"object": "partner", "format": "csv"}),
        on_progress=lambda job: done.append(job["progress"]["done"]),
    )
    assert job["status"] == "succeeded"
    assert done == [5, 0]
    tags = [request.headers["if-none-match"] for request in server.seen[1:]]
    assert tags == ['"1"', '"1"', '"2"']


def test_a_job_that_failed_or_does_not_end_in_time_is_an_error(serve: Serve) -> None:
    failed = {**RUNNING, **ENDED, "status": "failed", "problem": {"detail": "no rows"}}
    server = serve(lambda request, _: Reply(200, failed if "job_2" in request.path else RUNNING))
    client = Partneros(server.url, "prm_test_key")
    with pytest.raises(JobError, match="is failed: no rows"):
        client.wait_for_job("job_2")
    with pytest.raises(JobError, match="did not end in time"):
        client.wait_for_job("job_1", timeout=0)
