"""Values that calls take and give beside those of the document."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

FileContent: TypeAlias = bytes | os.PathLike[str] | IO[bytes]
"""The content of a file: bytes, the path of a file, or a file opened in binary mode."""

Version: TypeAlias = Mapping[str, object] | int | str
"""A version: a resource as it was read, its `version`, or an ETag."""


@dataclass(frozen=True)
class AnswerInfo:
    """What came with a result."""

    status: int
    etag: str | None
    """Pass it as `if_match` or `if_none_match`."""
    request_id: str | None
    """Mention it when you report a problem."""
    headers: Mapping[str, str]


class Result(dict[str, Any]):
    """A JSON object that came from the server, with what came along."""

    answer: AnswerInfo


def answer_of(result: object) -> AnswerInfo | None:
    """The status, ETag and headers that came with a result of a call."""
    return result.answer if isinstance(result, Result) else None


def tag_of(version: Version) -> str:
    """The ETag of a version."""
    if isinstance(version, str):
        return version
    if isinstance(version, int):
        return f'"{version}"'
    answer = answer_of(version)
    if answer is not None and answer.etag:
        return answer.etag
    if isinstance(version.get("version"), int):
        return f'"{version["version"]}"'
    raise TypeError("This object has no version and is no result of a call.")


def read_file(content: FileContent) -> tuple[str, bytes]:
    """The name and the bytes of a file: read at once, so that a call can be repeated."""
    if isinstance(content, bytes):
        return "file", content
    if isinstance(content, os.PathLike):
        path = Path(content)
        return path.name, path.read_bytes()
    name = getattr(content, "name", None)
    return Path(name).name if isinstance(name, str) else "file", content.read()
