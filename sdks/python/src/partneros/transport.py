"""How calls are sent: credentials, attempts, and answers.

`_Core` prepares calls and decides about answers without sending anything; the two transports send,
one with blocking calls and one without.
"""

from __future__ import annotations

import json
import random
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Literal, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

import anyio
import httpx

from .lists import AsyncList, List
from .problems import NoAnswerError, PartnerosError, ProblemError, error_of
from .values import AnswerInfo, FileContent, Result, Version, read_file, tag_of

Repeat: TypeAlias = Literal["always", "key", "delete", "refused", "never"]
"""When a call may be sent again.

`always`: whatever happened. `key`: the same, because it has an idempotency key. `delete`: the
same, and 404 to a repetition is a success. `refused`: only when the server did nothing.
"""

# Failures that may pass. 429 passes only if the server says when.
PASSING = {408, 429, 500, 502, 503, 504}
REFUSALS = {429, 503}
# No call waits longer than this for its next attempt.
LONGEST_WAIT = 60.0
PAGE_LIMIT = 200
# A token is renewed this long before it ends, so that no request arrives with one that has ended.
RENEW_BEFORE = 30.0
REFRESH = "/v1/auth/refreshes"

Self = TypeVar("Self", bound="_Core")


@dataclass
class _Call:
    method: str
    path: str
    url: str
    headers: dict[str, str]
    content: dict[str, Any]
    repeat: Repeat
    grants: bool
    attempt: int = 0
    renewed: bool = False
    may_be_done: bool = False


@dataclass
class _Access:
    token: str | None = None
    until: float = 0.0
    # Cookies of the sign-in, name and value.
    cookies: dict[str, str] = field(default_factory=dict)


class _Renew(Exception):
    """The access token has to be renewed, and the call sent again."""


class _Core:
    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 3,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._api_key = api_key
        self._timeout = timeout
        self._retries = retries
        self._headers = {"Accept": "application/json, */*;q=0.5", **(headers or {})}
        self._access = _Access()

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody has signed in with this client."""
        return self._access.token is not None

    def _forget(self) -> None:
        self._access = _Access()

    def _prepare(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        media_type: str = "application/json",
        query: Mapping[str, object] | None = None,
        if_match: Version | None = None,
        if_none_match: Version | None = None,
        idempotency_key: str | None = None,
        repeat: Repeat = "always",
        grants: bool = False,
    ) -> _Call:
        headers = dict(self._headers)
        if repeat == "key":
            headers["Idempotency-Key"] = idempotency_key or secrets.token_hex(16)
        if if_none_match is not None:
            headers["If-None-Match"] = tag_of(if_none_match)
        if if_match is not None:
            headers["If-Match"] = tag_of(if_match)
            # Once it was done, the resource has another version, and a repetition would be
            # refused for no good reason.
            if repeat == "always":
                repeat = "refused"
        if path == REFRESH:
            # What a browser would say of a page of the API itself.
            base = httpx.URL(self._base_url)
            headers.setdefault("Origin", f"{base.scheme}://{base.netloc.decode()}")
            headers["X-Requested-With"] = "partneros"
        content = {} if body is None else _content(body, media_type, headers)
        url = self._base_url + path + _query_string(query or {})
        return _Call(method, path, url, headers, content, repeat, grants)

    def _must_renew(self, call: _Call) -> bool:
        access = self._access
        is_used = self._api_key is None and access.token is not None and not call.grants
        return is_used and time.monotonic() >= access.until

    def _arguments(self, call: _Call) -> dict[str, Any]:
        """What is sent: the credentials are those of this moment."""
        headers = dict(call.headers)
        token = self._api_key or (None if call.grants else self._access.token)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if _is_auth(call) and self._access.cookies:
            pairs = (f"{name}={value}" for name, value in self._access.cookies.items())
            headers["Cookie"] = "; ".join(pairs)
        return {"method": call.method, "url": call.url, "headers": headers, **call.content}

    def _judge(self, call: _Call, answer: httpx.Response | httpx.TransportError) -> float | None:
        """None for a success, or the seconds to wait before the next attempt.

        Raises what ends the call.
        """
        error: PartnerosError
        wait = None
        if isinstance(answer, httpx.Response):
            self._keep_cookies(call, answer)
            if answer.is_success or answer.status_code == 304:
                return None
            wait = _seconds(answer.headers.get("retry-after"))
            problem = error_of(answer, wait)
            if call.repeat == "delete" and call.may_be_done and problem.status == 404:
                return None
            if problem.status == 401 and self._access.token and not (call.renewed or call.grants):
                call.renewed = True
                raise _Renew
            error = problem
            passes = _passes(call.repeat, problem)
            call.may_be_done |= problem.status >= 500 or problem.status == 408
        else:
            error = NoAnswerError(answer)
            error.__cause__ = answer
            passes = call.repeat != "refused"
            call.may_be_done = True
        if wait is None:
            # Half a second, then twice as long each time, by chance up to a half less so that
            # clients do not return together.
            wait = min(8.0, 0.5 * 2**call.attempt) * (1 - random.random() / 2)
        call.attempt += 1
        is_over = call.attempt > self._retries or wait > LONGEST_WAIT
        if call.repeat == "never" or not passes or is_over:
            raise error
        return wait

    def _keep_cookies(self, call: _Call, response: httpx.Response) -> None:
        if not _is_auth(call):
            return
        for cookie in response.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._access.cookies[name.strip()] = value.strip()

    def _read_json(self, call: _Call, response: httpx.Response) -> Any:
        if response.status_code == 304 or not response.content:
            return None
        value = json.loads(response.content)
        if not isinstance(value, dict):
            return value
        result = Result(value)
        headers = response.headers
        result.answer = AnswerInfo(
            response.status_code, headers.get("etag"), headers.get("request-id"), headers
        )
        if call.grants:
            self._access.token = result["access_token"]
            self._access.until = time.monotonic() + result["expires_in"] - RENEW_BEFORE
        return result


class Transport(_Core):
    """Sends calls, and waits for their answers. May be used by several threads."""

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 3,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.Client | None = None,
    ) -> None:
        """Makes a client.

        `base_url` is where the API is, without `/v1`. Without `api_key`, somebody signs in with
        `sign_in`. `timeout` is in seconds, for one attempt. `retries` is how often a call is
        repeated after a failure that may pass. `http_client` is for proxies and the like.
        """
        super().__init__(base_url, api_key, timeout=timeout, retries=retries, headers=headers)
        self._http = http_client or httpx.Client(cookies=_no_cookies(), timeout=timeout)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refresh(self, token: str | None) -> None:
        with self._lock:
            # Another thread may have renewed it meanwhile, and the cookie is good for one use.
            if self._access.token == token:
                # Sent again soon, the server answers with the same tokens.
                self._json("POST", REFRESH, grants=True)

    def _send(self, call: _Call) -> httpx.Response:
        while True:
            token = self._access.token
            if self._must_renew(call):
                self._refresh(token)
                token = self._access.token
            answer: httpx.Response | httpx.TransportError
            try:
                answer = self._http.request(**self._arguments(call), timeout=self._timeout)
            except httpx.TransportError as error:
                answer = error
            try:
                wait = self._judge(call, answer)
            except _Renew:
                self._refresh(token)
                continue
            if wait is None and isinstance(answer, httpx.Response):
                return answer
            time.sleep(wait or 0)

    def _json(self, method: str, path: str, **options: Any) -> Any:
        call = self._prepare(method, path, **options)
        return self._read_json(call, self._send(call))

    def _bytes(self, method: str, path: str, **options: Any) -> bytes:
        return self._send(self._prepare(method, path, **options)).content

    def _nothing(self, method: str, path: str, **options: Any) -> None:
        self._send(self._prepare(method, path, **options))

    def _list(self, method: str, path: str, **options: Any) -> List[Any, Any]:
        def read(cursor: str | None, whole: bool) -> Any:
            return self._json(method, path, **_at(options, cursor, whole))

        return List(read)


class AsyncTransport(_Core):
    """Sends calls without blocking, on asyncio or trio."""

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float = 30.0,
        retries: int = 3,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        """Makes a client; the arguments are those of the blocking one."""
        super().__init__(base_url, api_key, timeout=timeout, retries=retries, headers=headers)
        self._http = http_client or httpx.AsyncClient(cookies=_no_cookies(), timeout=timeout)
        self._lock = anyio.Lock()

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _refresh(self, token: str | None) -> None:
        async with self._lock:
            # Another task may have renewed it meanwhile, and the cookie is good for one use.
            if self._access.token == token:
                # Sent again soon, the server answers with the same tokens.
                await self._json("POST", REFRESH, grants=True)

    async def _send(self, call: _Call) -> httpx.Response:
        while True:
            token = self._access.token
            if self._must_renew(call):
                await self._refresh(token)
                token = self._access.token
            answer: httpx.Response | httpx.TransportError
            try:
                answer = await self._http.request(**self._arguments(call), timeout=self._timeout)
            except httpx.TransportError as error:
                answer = error
            try:
                wait = self._judge(call, answer)
            except _Renew:
                await self._refresh(token)
                continue
            if wait is None and isinstance(answer, httpx.Response):
                return answer
            await anyio.sleep(wait or 0)

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        call = self._prepare(method, path, **options)
        return self._read_json(call, await self._send(call))

    async def _bytes(self, method: str, path: str, **options: Any) -> bytes:
        return (await self._send(self._prepare(method, path, **options))).content

    async def _nothing(self, method: str, path: str, **options: Any) -> None:
        await self._send(self._prepare(method, path, **options))

    def _list(self, method: str, path: str, **options: Any) -> AsyncList[Any, Any]:
        async def read(cursor: str | None, whole: bool) -> Any:
            return await self._json(method, path, **_at(options, cursor, whole))

        return AsyncList(read)


def segment(value: str | int) -> str:
    """A part of a path."""
    return quote(str(value), safe="")


def _at(options: dict[str, Any], cursor: str | None, whole: bool) -> dict[str, Any]:
    """The options of a list at a page; its place is in the body of a query, else a parameter."""
    name = "body" if "body" in options else "query"
    given: Mapping[str, Any] = options.get(name) or {}
    at: dict[str, Any] = {} if cursor is None else {"cursor": cursor}
    if whole and given.get("limit") is None:
        at["limit"] = PAGE_LIMIT
    return {**options, name: {**given, **at}}


def _is_auth(call: _Call) -> bool:
    return call.path.startswith("/v1/auth/")


def _passes(repeat: Repeat, problem: ProblemError) -> bool:
    """Whether a refusal may pass by waiting."""
    if problem.status == 429 and problem.retry_after is None:
        return False
    if repeat == "refused":
        return problem.status in REFUSALS
    return problem.status in PASSING or problem.code == "idempotency_in_progress"


def _no_cookies() -> CookieJar:
    """Keeps nothing: the refresh cookie is kept by the client, and no other is of use."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


def _content(body: Any, media_type: str, headers: dict[str, str]) -> dict[str, Any]:
    if media_type == "multipart/form-data":
        return _form(body)
    if media_type.endswith("json"):
        headers["Content-Type"] = media_type
        return {"content": json.dumps(body, ensure_ascii=False, allow_nan=False).encode()}
    # The server looks at the content.
    headers["Content-Type"] = media_type.replace("*", "png")
    return {"content": read_file(body)[1]}


def _form(body: Mapping[str, Any]) -> dict[str, Any]:
    """Files as they are, everything else as JSON."""
    files: dict[str, Any] = {}
    data: dict[str, str] = {}
    for name, value in body.items():
        if isinstance(value, Mapping):
            data[name] = json.dumps(value, allow_nan=False)
        else:
            content: FileContent = value
            files[name] = read_file(content)
    return {"files": files, "data": data}


def _query_string(query: Mapping[str, object]) -> str:
    pairs = [(name, _parameter(name, value)) for name, value in query.items() if value is not None]
    return "?" + urlencode(pairs) if pairs else ""


def _parameter(name: str, value: object) -> str:
    """The values of a parameter, separated by commas; one inside a value is escaped.

    A search takes its text as it is.
    """
    if name == "q":
        return str(value)
    values = value if isinstance(value, (list, tuple, set, frozenset)) else [value]
    words = (str(item).lower() if isinstance(item, bool) else str(item) for item in values)
    return ",".join(word.replace("\\", "\\\\").replace(",", "\\,") for word in words)


def _seconds(header: str | None) -> float | None:
    if header is None:
        return None
    if header.isdigit():
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except ValueError:
        return None
