"""A small server on loopback that answers as a test says, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    status: int
    json: Any = None
    text: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)


Answer = Callable[[Seen, int], Reply | None]
"""How a request is answered, by its number; None ends the connection without an answer."""


def problem(status: int, code: str, *headers: tuple[str, str], **more: Any) -> Reply:
    """A problem as the server writes it."""
    body = {
        "type": f"https://docs.example.com/problems/{code}",
        "title": code,
        "status": status,
        "detail": code,
        "instance": "/v1",
        "code": code,
        "request_id": "req_1",
        "meta": {},
        "errors": [],
    }
    return Reply(status, {**body, **more}, headers=list(headers))


@dataclass
class Server:
    url: str
    seen: list[Seen]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def serve() -> Iterator[Callable[[Answer], Server]]:
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> Server:
        seen: list[Seen] = []
        lock = threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def handle_any(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length)
                address = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = dict(parse_qsl(address.query))
                request = Seen(self.command, address.path, query, headers, body)
                with lock:
                    seen.append(request)
                    reply = answer(request, len(seen) - 1)
                if reply is None:
                    self.close_connection = True
                    return
                text = json.dumps(reply.json) if reply.json is not None else reply.text
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                if reply.status != 304:
                    self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return Server(f"http://127.0.0.1:{server.server_address[1]}/", seen)

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
