"""Lists, page by page and row by row."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
Page = TypeVar("Page")


class List(Generic[Row, Page]):
    """A list. Iterating goes over every row, whatever the number of pages.

    Nothing is sent before. A row that keeps its place in the order is met exactly once.
    """

    def __init__(self, read: Callable[[str | None, bool], Any]) -> None:
        self._read = read

    def first_page(self) -> Page:
        """The first page alone, with `next_cursor` and `total_count`."""
        page: Page = self._read(None, False)
        return page

    def pages(self) -> Iterator[Page]:
        """Every page: for `last_sequence`, `erased_ids` or `total_count`."""
        cursor = None
        while True:
            page = self._read(cursor, True)
            yield page
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def __iter__(self) -> Iterator[Row]:
        page: Any
        for page in self.pages():
            yield from page["data"]


class AsyncList(Generic[Row, Page]):
    """A list. `async for` goes over every row, whatever the number of pages.

    Nothing is sent before. A row that keeps its place in the order is met exactly once.
    """

    def __init__(self, read: Callable[[str | None, bool], Awaitable[Any]]) -> None:
        self._read = read

    async def first_page(self) -> Page:
        """The first page alone, with `next_cursor` and `total_count`."""
        page: Page = await self._read(None, False)
        return page

    async def pages(self) -> AsyncIterator[Page]:
        """Every page: for `last_sequence`, `erased_ids` or `total_count`."""
        cursor = None
        while True:
            page = await self._read(cursor, True)
            yield page
            cursor = page["next_cursor"]
            if cursor is None:
                return

    async def __aiter__(self) -> AsyncIterator[Row]:
        page: Any
        async for page in self.pages():
            for row in page["data"]:
                yield row
