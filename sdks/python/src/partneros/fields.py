"""What a field can be compared with, and groups of conditions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from .generated.types import FilterNode

T = TypeVar("T", contravariant=True)


class NullableField(Protocol):
    """A field of which one can ask only whether it is there."""

    def is_null(self, value: bool = True) -> FilterNode:
        """Whether it is null; an empty list counts as null."""


class ChoiceField(NullableField, Protocol[T]):
    """A field with one value of a few."""

    def eq(self, value: T) -> FilterNode: ...

    def ne(self, value: T) -> FilterNode:
        """Also met by null."""

    def in_(self, values: Sequence[T]) -> FilterNode: ...

    def not_in(self, values: Sequence[T]) -> FilterNode:
        """Also met by null."""


class OrderedField(ChoiceField[T], Protocol[T]):
    """A number, an amount in minor units, a day, an instant or a tier.

    Days and instants may be durations from now, such as `-P30D`.
    """

    def gt(self, value: T) -> FilterNode: ...

    def gte(self, value: T) -> FilterNode: ...

    def lt(self, value: T) -> FilterNode: ...

    def lte(self, value: T) -> FilterNode: ...

    def between(self, first: T, last: T) -> FilterNode:
        """Both bounds included."""


class TextField(ChoiceField[str], Protocol):
    """A text; compared without regard to case."""

    def contains(self, text: str) -> FilterNode: ...

    def starts_with(self, text: str) -> FilterNode: ...


class ListField(NullableField, Protocol[T]):
    """A field with several values."""

    def eq(self, values: Sequence[T]) -> FilterNode:
        """The same values, in any order."""

    def ne(self, values: Sequence[T]) -> FilterNode: ...

    def any(self, values: Sequence[T]) -> FilterNode:
        """At least one of these."""

    def all(self, values: Sequence[T]) -> FilterNode:
        """All of these."""

    def none(self, values: Sequence[T]) -> FilterNode:
        """None of these; also met by an empty list."""


class AnyField:
    """Every operator. The protocols above say which of them a field has."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _leaf(self, op: str, value: Any) -> FilterNode:
        return {"op": op, "field": self._name, "value": value}

    def is_null(self, value: bool = True) -> FilterNode:
        return self._leaf("is_null", value)

    def eq(self, value: Any) -> FilterNode:
        return self._leaf("eq", value)

    def ne(self, value: Any) -> FilterNode:
        return self._leaf("ne", value)

    def in_(self, values: Any) -> FilterNode:
        return self._leaf("in", list(values))

    def not_in(self, values: Any) -> FilterNode:
        return self._leaf("not_in", list(values))

    def gt(self, value: Any) -> FilterNode:
        return self._leaf("gt", value)

    def gte(self, value: Any) -> FilterNode:
        return self._leaf("gte", value)

    def lt(self, value: Any) -> FilterNode:
        return self._leaf("lt", value)

    def lte(self, value: Any) -> FilterNode:
        return self._leaf("lte", value)

    def between(self, first: Any, last: Any) -> FilterNode:
        return self._leaf("between", [first, last])

    def contains(self, text: Any) -> FilterNode:
        return self._leaf("contains", text)

    def starts_with(self, text: Any) -> FilterNode:
        return self._leaf("starts_with", text)

    def any(self, values: Any) -> FilterNode:
        return self._leaf("any", list(values))

    def all(self, values: Any) -> FilterNode:
        return self._leaf("all", list(values))

    def none(self, values: Any) -> FilterNode:
        return self._leaf("none", list(values))


def and_(*filters: FilterNode) -> FilterNode:
    """All of these hold."""
    return {"op": "and", "filters": list(filters)}


def or_(*filters: FilterNode) -> FilterNode:
    """At least one of these holds."""
    return {"op": "or", "filters": list(filters)}


def not_(condition: FilterNode) -> FilterNode:
    """This does not hold."""
    return {"op": "not", "filters": [condition]}


def at_least(count: int, *filters: FilterNode) -> FilterNode:
    """At least so many of these hold."""
    return {"op": "at_least", "count": count, "filters": list(filters)}
