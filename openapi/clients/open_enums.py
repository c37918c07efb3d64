"""Copies a document with open enums, as `/openapi.json?open_enums=true` answers it."""

import json
import sys


def main(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as file:
        document = json.load(file)
    for schema in document["components"]["schemas"].values():
        if "enum" in schema:
            schema["x-extensible-enum"] = schema.pop("enum")
    with open(target, "w", encoding="utf-8") as file:
        json.dump(document, file)


main(*sys.argv[1:])
