"""Copies a document with the enums taken out of what only answers hold, for generators that refuse unknown words."""

import json
import sys
from typing import Any, Iterator

PREFIX = "#/components/schemas/"


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        target = value.get("$ref")
        if isinstance(target, str):
            yield target
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def main(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as file:
        document = json.load(file)
    schemas = document["components"]["schemas"]
    parameters = document["components"].get("parameters", {})
    asked: set[str] = set()
    open_ends: list[Any] = [parameters]
    for item in document["paths"].values():
        for operation in item.values():
            open_ends += [operation.get("requestBody"), operation.get("parameters")]
    while open_ends:
        for reference in references(open_ends.pop()):
            name = reference.removeprefix(PREFIX)
            if name in schemas and name not in asked:
                asked.add(name)
                open_ends.append(schemas[name])
    for name, schema in schemas.items():
        if name not in asked:
            schema.pop("enum", None)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(document, file)


main(*sys.argv[1:])
