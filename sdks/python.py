"""Writes the generated part of the Python SDK."""

from __future__ import annotations

import json
import keyword
import textwrap

from document import (
    Document,
    FilterField,
    Operation,
    Parameter,
    Schema,
    is_nullable,
    one_line,
    reference,
    simple_type,
)

HEADER = "# Generated from openapi/openapi.json by sdks/generate.py. Do not edit.\n"

KINDS = {
    "text": "TextField",
    "ordered": "OrderedField",
    "choice": "ChoiceField",
    "list": "ListField",
    "object": "NullableField",
}

WORDS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
WIDTH = 99


def files(document: Document) -> dict[str, str]:
    return {
        "__init__.py": '"""Types and operations, generated from the OpenAPI document."""\n',
        "types.py": _types(document),
        "fields.py": _fields(document),
        "operations.py": _operations(document, is_async=False),
        "async_operations.py": _operations(document, is_async=True),
    }


def docstring(text: str, indent: str) -> str:
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    if text.endswith('"'):
        text += " "
    short = f'{indent}"""{text}"""\n'
    if "\n" not in text and len(short) <= WIDTH + 1:
        return short
    paragraphs = [
        textwrap.wrap(p, WIDTH - 3 - len(indent), break_on_hyphens=False, break_long_words=False)
        for p in text.split("\n\n")
    ]
    lines = [line for paragraph in paragraphs for line in [*paragraph, ""]][:-1]
    body = "".join(f"{indent}{line}".rstrip() + "\n" for line in lines[1:])
    return f'{indent}"""{lines[0]}\n{body}{indent}"""\n'


def type_of(schema: Schema, document: Document, *, is_open: bool, prefix: str = "") -> str:
    """The type of a value. In answers enums are open: a newer server may have more values."""
    if schema.get("format") == "binary":
        return "FileContent"
    target = reference(schema)
    if target:
        text = prefix + target
        if is_open and document.enum(schema):
            text += " | str"
    elif "enum" in schema:
        text = f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]"
    else:
        kind = simple_type(schema)
        if kind == "array":
            inner = type_of(schema["items"], document, is_open=is_open, prefix=prefix)
            text = f"list[{inner}]"
        elif kind == "object":
            values = schema.get("additionalProperties")
            inner = "Any"
            if isinstance(values, dict) and values:
                inner = type_of(values, document, is_open=is_open, prefix=prefix)
            text = f"dict[str, {inner}]"
        else:
            text = "Any" if kind is None else WORDS[kind]
    return f"{text} | None" if is_nullable(schema) else text


def _types(document: Document) -> str:
    head = [
        HEADER,
        '"""The schemas of the API. In answers enums are open, so that new values are no error."""\n\n',
        "from __future__ import annotations\n\n",
        "from collections.abc import Sequence\n",
        "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict\n\n",
        "from ..values import FileContent\n",
    ]
    aliases: list[str] = []
    classes: list[str] = []
    for name, schema in sorted(document.schemas.items()):
        is_open = name in document.answered
        description = one_line(schema.get("description", name))
        if "properties" not in schema:
            # Aliases are evaluated, so those that name classes would have to follow them.
            kind = type_of(schema, document, is_open=is_open)
            aliases.append(f"\n{_alias(name, kind, schema)}{docstring(description, '')}")
            continue
        classes.append(f"\n\nclass {name}(TypedDict):\n{docstring(description, '    ')}")
        required = schema.get("required", [])
        if any(keyword.iskeyword(key) for key in schema["properties"]):
            classes[-1] = _functional(name, schema, document, is_open=is_open)
            classes.append(docstring(description, ""))
            continue
        for key, value in schema["properties"].items():
            kind = type_of(value, document, is_open=is_open)
            kind = kind if key in required else f"NotRequired[{kind}]"
            classes.append(f"\n    {key}: {kind}\n")
            if value.get("description"):
                classes.append(docstring(one_line(value["description"]), "    "))
    codes = "".join(f'    "{code}",\n' for code in document.problem_codes)
    aliases.append(f"\nProblemCode: TypeAlias = Literal[\n{codes}]\n")
    aliases.append('"""The codes of problems that the document lists."""\n')
    for group, parameters in document.filter_groups.items():
        classes.append(f"\n\nclass {group}(TypedDict, total=False):\n")
        classes.append('    """Conditions as parameters of a list; all of them must be met."""\n')
        classes.append(_parameters(parameters, document))
    for operation in document.operations:
        if any(keyword.iskeyword(parameter.name) for parameter in operation.query):
            # Passed as `**{"class": [...]}`.
            properties = {parameter.name: parameter.schema for parameter in operation.query}
            schema = {"properties": properties, "required": list(properties)}
            kind = _functional(f"{operation.name}Query", schema, document, is_open=False)
            classes.append(kind.removesuffix(")\n") + "    total=False,\n)\n")
            classes.append(f'"""The parameters of `{operation.snake}`."""\n')
        elif operation.query or operation.filter_group:
            base = operation.filter_group or "TypedDict"
            classes.append(f"\n\nclass {operation.name}Query({base}, total=False):\n")
            classes.append(f'    """The parameters of `{operation.snake}`."""\n')
            classes.append(_parameters(operation.query, document))
    return "".join(head + aliases + classes)


def _functional(name: str, schema: Schema, document: Document, *, is_open: bool) -> str:
    """A TypedDict with a property that is a keyword of Python, such as `from`."""
    lines = []
    for key, value in schema["properties"].items():
        kind = type_of(value, document, is_open=is_open)
        kind = kind if key in schema.get("required", []) else f"NotRequired[{kind}]"
        lines.append(f'        "{key}": "{kind}",\n')
    return f'\n\n{name} = TypedDict(\n    "{name}",\n    {{\n{"".join(lines)}    }},\n)\n'


def _alias(name: str, kind: str, schema: Schema) -> str:
    line = f"{name}: TypeAlias = {kind}\n"
    if len(line) <= WIDTH + 1 or "enum" not in schema:
        return line
    values = "".join(f"    {json.dumps(value)},\n" for value in schema["enum"])
    return f"{name}: TypeAlias = Literal[\n{values}]\n"


def _parameters(parameters: list[Parameter], document: Document) -> str:
    out = []
    for parameter in parameters:
        if parameter.required:
            raise ValueError(f"the query parameter {parameter.name} is required")
        kind = type_of(parameter.schema, document, is_open=False)
        if kind.startswith("list["):
            kind = f"Sequence[{kind[5:]}"
        out.append(f"\n    {parameter.name}: {kind}\n")
        out.append(docstring(parameter.description, "    "))
    return "".join(out)


def _fields(document: Document) -> str:
    out = [
        HEADER,
        '"""The fields that filters know, and how each is compared."""\n\n',
        "from __future__ import annotations\n\n",
        "from typing import Any, Literal, overload\n\n",
        "from ..fields import ",
        ", ".join(["AnyField", *sorted(set(KINDS.values()))]),
        "\nfrom . import types\n",
    ]
    descriptions = {
        "partner": 'A field of partners: `partner_field("fit_score").gte(70)`.',
        "deal": 'A field of deals, or of a deal\'s partner: `deal_field("partner.tier").eq("gold")`.',
    }
    for resource, fields in document.filter_fields.items():
        by_type: dict[str, list[FilterField]] = {}
        for field in fields:
            kind = KINDS[field.kind]
            if field.kind not in ("text", "object"):
                inner = type_of(field.schema, document, is_open=False, prefix="types.")
                kind += f"[{inner.removesuffix(' | None')}]"
            by_type.setdefault(kind, []).append(field)
        for kind, members in by_type.items():
            names = "".join(f'        "{member.name}",\n' for member in members)
            out.append("\n\n@overload\n")
            out.append(
                f"def {resource}_field(\n    name: Literal[\n{names}    ],\n) -> {kind}: ...\n"
            )
        out.append(f"\n\ndef {resource}_field(name: str) -> Any:\n")
        out.append(docstring(descriptions[resource], "    "))
        out.append("    return AnyField(name)\n")
    return "".join(out)


def _operations(document: Document, *, is_async: bool) -> str:
    transport = "AsyncTransport" if is_async else "Transport"
    pages = "AsyncList" if is_async else "List"
    name = "AsyncOperations" if is_async else "Operations"
    out = [
        HEADER,
        '"""Every operation of the API; a method is called like the operation of the document."""\n\n',
        "from __future__ import annotations\n\n",
        "from typing import Unpack, overload\n\n",
        f"from ..lists import {pages}\n",
        f"from ..transport import {transport}, segment\n",
        "from ..values import FileContent, Version\n",
        "from . import types\n\n\n",
        f"class {name}({transport}):\n",
        '    """The operations, without what is built upon them."""\n',
    ]
    for operation in document.operations:
        out.append("\n" + _method(operation, document, is_async=is_async, pages=pages))
    return "".join(out)


def _method(operation: Operation, document: Document, *, is_async: bool, pages: str) -> str:
    def named(schema: Schema) -> str:
        return type_of(schema, document, is_open=False, prefix="types.")

    arguments = [f"{p.name}: {named(p.schema)}" for p in operation.path_parameters]
    passed: list[str] = []
    if operation.body:
        schema = operation.body.schema
        arguments.append("body: " + ("FileContent" if schema is None else named(schema)))
        passed.append("body=body")
        if operation.body.media_type != "application/json":
            passed.append(f'media_type="{operation.body.media_type}"')
    named_only: list[str] = []
    if operation.if_match:
        default = "" if operation.if_match == "required" else " | None = None"
        named_only.append(f"if_match: Version{default}")
        passed.append("if_match=if_match")
    if operation.takes_key:
        named_only.append("idempotency_key: str | None = None")
        passed.append("idempotency_key=idempotency_key")
    has_query = bool(operation.query or operation.filter_group)
    query_argument = [f"**query: Unpack[types.{operation.name}Query]"] if has_query else []
    if has_query:
        passed.append("query=query")
    if operation.repeat != "always":
        passed.append(f'repeat="{operation.repeat}"')
    if operation.grants:
        passed.append("grants=True")

    path = operation.path
    for parameter in operation.path_parameters:
        path = path.replace("{" + parameter.name + "}", "{segment(" + parameter.name + ")}")
    address = f'f"{path}"' if "{" in path else f'"{path}"'
    head = [f'"{operation.method}"', address]

    def signature(extra: list[str], result: str, *, body: bool, asynchronous: bool) -> str:
        keywords = named_only + extra
        words = ["self", *arguments]
        if keywords:
            words += ["*", *keywords]
        words += query_argument
        start = f"    {'async ' if asynchronous else ''}def {operation.snake}("
        end = f") -> {result}:" + ("" if body else " ...")
        line = start + ", ".join(words) + end
        if len(line) > WIDTH:
            inner = "".join(f"        {word},\n" for word in words)
            line = f"{start}\n{inner}    {end}"
        return line + "\n"

    def call(start: str, words: list[str]) -> str:
        line = f"        {start}({', '.join(words)})\n"
        if len(line) <= WIDTH + 1:
            return line
        return f"        {start}(\n" + "".join(f"            {w},\n" for w in words) + "        )\n"

    doc = docstring(operation.description, "        ")
    if operation.row is not None:
        result = f"{pages}[{named(operation.row)}, {named(operation.result)}]"  # type: ignore[arg-type]
        return (
            signature([], result, body=True, asynchronous=False)
            + doc
            + call("return self._list", head + passed)
        )

    wait = "await " if is_async else ""
    if operation.result == "bytes":
        result, method = "bytes", "_bytes"
    elif operation.result is None:
        result, method = "None", "_nothing"
    else:
        result, method = named(operation.result), "_json"  # type: ignore[arg-type]
        if operation.result_optional:
            result += " | None"
    if method == "_nothing":
        body = call(f"{wait}self._nothing", head + passed)
    elif method == "_bytes":
        body = call(f"return {wait}self._bytes", head + passed)
    else:
        words = head + passed + (["if_none_match=if_none_match"] if operation.if_none_match else [])
        if operation.if_none_match:
            result += " | None"
        body = call(f"result: {result} = {wait}self._json", words) + "        return result\n"
    if not operation.if_none_match:
        return signature([], result, body=True, asynchronous=is_async) + doc + body
    plain = result.removesuffix(" | None")
    return (
        "    @overload\n"
        + signature([], plain, body=False, asynchronous=is_async)
        + "\n    @overload\n"
        + signature(["if_none_match: Version"], result, body=False, asynchronous=is_async)
        + "\n"
        + signature(
            ["if_none_match: Version | None = None"], result, body=True, asynchronous=is_async
        )
        + doc
        + body
    )
