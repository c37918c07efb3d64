"""Writes the generated part of the TypeScript SDK."""

from __future__ import annotations

import json
import textwrap

from document import (
    Document,
    Operation,
    Parameter,
    Schema,
    is_nullable,
    one_line,
    reference,
    simple_type,
)

HEADER = "// Generated from openapi/openapi.json by sdks/generate.py. Do not edit.\n"

# What each kind of field can be compared with; the interfaces are in `filter.ts`.
KINDS = {
    "text": "TextField",
    "ordered": "OrderedField",
    "choice": "ChoiceField",
    "list": "ListField",
    "object": "NullableField",
}

OPTION_NAMES = {"ifMatch", "ifNoneMatch", "idempotencyKey", "signal", "timeout", "headers"}


def files(document: Document) -> dict[str, str]:
    return {
        "types.ts": _types(document),
        "fields.ts": _fields(document),
        "operations.ts": _operations(document),
    }


def comment(text: str, indent: str = "") -> str:
    text = text.replace("*/", "* /")
    short = f"{indent}/** {text} */\n"
    if "\n" not in text and len(short) <= 101:
        return short
    width = 97 - len(indent)
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += textwrap.wrap(paragraph, width, break_on_hyphens=False, break_long_words=False)
        lines.append("")
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines[:-1])
    return f"{indent}/**\n{body}{indent} */\n"


def type_of(schema: Schema, document: Document, *, is_open: bool, prefix: str = "") -> str:
    """The type of a value. In answers enums are open: a newer server may have more values."""
    if schema.get("format") == "binary":
        return "FileContent"
    target = reference(schema)
    if target:
        text = prefix + target
        if is_open and document.enum(schema):
            text = f"Open<{text}>"
    elif "enum" in schema:
        text = " | ".join(json.dumps(value) for value in schema["enum"])
    else:
        kind = simple_type(schema)
        if kind == "array":
            inner = type_of(schema["items"], document, is_open=is_open, prefix=prefix)
            text = f"({inner})[]" if " | " in inner else f"{inner}[]"
        elif kind == "object":
            values = schema.get("additionalProperties")
            inner = "unknown"
            if isinstance(values, dict) and values:
                inner = type_of(values, document, is_open=is_open, prefix=prefix)
            text = f"Record<string, {inner}>"
        elif kind is None:
            text = "unknown"
        else:
            text = {"integer": "number"}.get(kind, kind)
    return f"{text} | null" if is_nullable(schema) else text


def _types(document: Document) -> str:
    out = [HEADER, 'import type { FileContent, Open } from "../values.js";\n']
    for name, schema in sorted(document.schemas.items()):
        out.append("\n" + comment(one_line(schema.get("description", name))))
        is_open = name in document.answered
        if "properties" not in schema:
            out.append(f"export type {name} = {type_of(schema, document, is_open=is_open)};\n")
            continue
        out.append(f"export interface {name} {{\n")
        required = schema.get("required", [])
        for key, value in schema["properties"].items():
            if value.get("description"):
                out.append(comment(one_line(value["description"]), "  "))
            mark = "" if key in required else "?"
            out.append(f"  {key}{mark}: {type_of(value, document, is_open=is_open)};\n")
        out.append("}\n")
    codes = "\n".join(f"  | {json.dumps(code)}" for code in document.problem_codes)
    out.append("\n/** The codes of problems that the document lists. */\n")
    out.append(f"export type ProblemCode =\n{codes};\n")
    for name, parameters in document.filter_groups.items():
        out.append("\n/** Conditions as parameters of a list; all of them must be met. */\n")
        out.append(f"export interface {name} {{\n{_parameters(parameters, document)}}}\n")
    for operation in document.operations:
        if not operation.query and not operation.filter_group:
            continue
        out.append(f"\n/** The parameters of `{operation.id}`. */\n")
        extends = f" extends {operation.filter_group}" if operation.filter_group else ""
        out.append(f"export interface {operation.name}Query{extends} {{\n")
        out.append(f"{_parameters(operation.query, document)}}}\n")
    return "".join(out)


def _parameters(parameters: list[Parameter], document: Document) -> str:
    out = []
    for parameter in parameters:
        if parameter.name in OPTION_NAMES:
            raise ValueError(f"the parameter {parameter.name} has the name of an option")
        out.append(comment(parameter.description, "  "))
        mark = "" if parameter.required else "?"
        # `undefined` is welcome here, because forms and filter bars have it: it is not sent.
        kind = type_of(parameter.schema, document, is_open=False)
        out.append(f"  {parameter.name}{mark}: {kind} | undefined;\n")
    return "".join(out)


def _fields(document: Document) -> str:
    kinds = sorted({KINDS[f.kind] for fields in document.filter_fields.values() for f in fields})
    out = [
        HEADER,
        f'import type {{ {", ".join(kinds)} }} from "../filter.js";\n',
        'import type * as types from "./types.js";\n',
    ]
    for name, fields in document.filter_fields.items():
        out.append(f"\n/** The fields that filters of {name}s know, and how each is compared. */\n")
        out.append(f"export interface {name.capitalize()}Fields {{\n")
        for field in fields:
            key = json.dumps(field.name) if "." in field.name else field.name
            if field.kind in ("text", "object"):
                kind = KINDS[field.kind]
            else:
                inner = type_of(field.schema, document, is_open=False, prefix="types.")
                kind = f"{KINDS[field.kind]}<{inner.removesuffix(' | null')}>"
            out.append(f"  {key}: {kind};\n")
        out.append("}\n")
    return "".join(out)


def _operations(document: Document) -> str:
    out = [
        HEADER,
        'import type { List } from "../list.js";\n',
        'import { Transport, segment } from "../transport.js";\n',
        'import type { FileContent, Keyed, Matching, Options, Unless } from "../values.js";\n',
        'import type * as types from "./types.js";\n\n',
        "/** Every operation of the API; the name of a method is the `operationId` of the document. */\n",
        "export abstract class Operations extends Transport {\n",
    ]
    out.append("\n".join(_method(operation, document) for operation in document.operations))
    out.append("}\n")
    return "".join(out)


def _method(operation: Operation, document: Document) -> str:
    def named(schema: Schema) -> str:
        return type_of(schema, document, is_open=False, prefix="types.")

    arguments = [f"{p.name}: {named(p.schema)}" for p in operation.path_parameters]
    names = []
    if operation.body:
        kind = "FileContent" if operation.body.schema is None else named(operation.body.schema)
        arguments.append(f"body: {kind}")
        names.append("body")
    options = []
    if operation.query or operation.filter_group:
        options.append(f"types.{operation.name}Query")
    options.append("Options")
    if operation.takes_key:
        options.append("Keyed")
    if operation.if_match:
        options.append("Matching" if operation.if_match == "required" else "Partial<Matching>")
    options_type = " & ".join(options)
    needs_options = operation.if_match == "required" or any(p.required for p in operation.query)
    default = "" if needs_options else " = {}"

    path = operation.path
    for parameter in operation.path_parameters:
        path = path.replace("{" + parameter.name + "}", "${segment(" + parameter.name + ")}")
    parts = [f'"{operation.method}"', f"`{path}`" if "${" in path else f'"{path}"', "options"]

    doc = comment(operation.description, "  ")
    if operation.row is not None:
        page = named(operation.result)  # type: ignore[arg-type]
        returns = f"List<{named(operation.row)}, {page}>"
        call = f"this.list({', '.join(parts + names)})"
        signature = f"({', '.join(arguments + [f'options: {options_type}{default}'])}): {returns}"
        return f"{doc}  {operation.id}{signature} {{\n    return {call};\n  }}\n"

    extras = []
    if operation.body:
        extras.append("body")
        if operation.body.media_type != "application/json":
            extras.append(f'type: "{operation.body.media_type}"')
    if operation.repeat != "always":
        extras.append(f'repeat: "{operation.repeat}"')
    if operation.grants:
        extras.append("grants: true")
    if operation.result == "bytes":
        extras.append("raw: true")
    if operation.result == "bytes":
        result = "Response"
    elif operation.result is None:
        result = "void"
    else:
        result = named(operation.result)  # type: ignore[arg-type]
        if operation.result_optional:
            result += " | null"
    if extras:
        parts.append("{ " + ", ".join(extras) + " }")
    call = f"this.call({', '.join(parts)})"
    overloads = ""
    if operation.if_none_match:
        plain = ", ".join(arguments + [f"options?: {options_type}"])
        unless = ", ".join(arguments + [f"options: {options_type} & Unless"])
        overloads = (
            f"  {operation.id}({plain}): Promise<{result}>;\n"
            f"  {operation.id}({unless}): Promise<{result} | null>;\n"
        )
        options_type += " & Partial<Unless>"
        result += " | null"
    signature = ", ".join(arguments + [f"options: {options_type}{default}"])
    return (
        f"{doc}{overloads}  {operation.id}({signature}): Promise<{result}> {{\n"
        f"    return {call};\n  }}\n"
    )
