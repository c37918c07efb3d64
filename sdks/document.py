"""What the SDKs need of the OpenAPI document: operations, schemas, and the fields of filters.

Nothing here knows a target language; `typescript.py` and `python.py` write what this module reads.
The document uses a small part of JSON Schema on purpose (docs/API-DESIGN.md, "The document"), so
anything that is not expected here is an error and not a guess.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

METHODS = ("get", "post", "put", "patch", "delete")

# The document itself and its YAML are for generators, not for programs that use a generated client.
LEFT_OUT = {"getOpenApiJson", "getOpenApiYaml"}

# Properties of rows by which the server does not filter. The smoke scripts send a filter on every
# other field to a server, and compare the fields of partners with its catalogue.
NOT_FILTERED = {"Partner": {"skipped_fields"}, "Deal": {"notes", "decided_by"}}


@dataclass
class Parameter:
    name: str
    schema: Schema
    description: str
    required: bool
    # Set for conditions of lists that several operations share.
    filter_group: str | None = None


@dataclass
class Body:
    media_type: str
    # None for bytes.
    schema: Schema | None
    required: bool

    @property
    def kind(self) -> str:
        if self.schema is None:
            return "binary"
        return "form" if self.media_type == "multipart/form-data" else "json"


@dataclass
class Operation:
    id: str
    tag: str
    method: str
    path: str
    description: str
    path_parameters: list[Parameter]
    query: list[Parameter]
    filter_group: str | None
    body: Body | None
    # A schema for JSON, "bytes" for a file, None for nothing.
    result: Schema | str | None
    # Whether a success can also be an answer without content, such as 202.
    result_optional: bool
    # For lists: the schema of a row, and whether the cursor is a property of the body.
    row: Schema | None
    cursor_in_body: bool
    takes_key: bool
    if_match: str | None
    if_none_match: bool
    repeat: str
    # Whether the answer signs a person in.
    grants: bool

    @property
    def name(self) -> str:
        return self.id[0].upper() + self.id[1:]

    @property
    def snake(self) -> str:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", self.id).lower()


@dataclass
class FilterField:
    name: str
    # `text`, `ordered`, `choice`, `list` or `object`.
    kind: str
    schema: Schema


@dataclass
class Document:
    version: str
    schemas: dict[str, Schema]
    operations: list[Operation]
    # Conditions that several operations share, by the name of the group.
    filter_groups: dict[str, list[Parameter]]
    # Schemas that responses contain: their enums may have values that this SDK does not list.
    answered: set[str]
    problem_codes: list[str]
    filter_fields: dict[str, list[FilterField]] = field(default_factory=dict)

    def enum(self, schema: Schema) -> str | None:
        """The name of the enum that a schema refers to."""
        name = reference(schema)
        return name if name and "enum" in self.schemas[name] else None


def reference(schema: Schema) -> str | None:
    """The name of the schema that this one refers to, null or not."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    for member in schema.get("oneOf", []):
        if "$ref" in member:
            return str(member["$ref"]).rsplit("/", 1)[1]
    return None


def is_nullable(schema: Schema) -> bool:
    kind = schema.get("type")
    return {"type": "null"} in schema.get("oneOf", []) or (
        isinstance(kind, list) and "null" in kind
    )


def simple_type(schema: Schema) -> str | None:
    kind = schema.get("type")
    if isinstance(kind, list):
        (kind,) = [word for word in kind if word != "null"]
    return kind


def one_line(text: str) -> str:
    return " ".join(text.split())


def load(path: Path) -> Document:
    raw = json.loads(path.read_text())
    components = raw["components"]
    schemas: dict[str, Schema] = components["schemas"]

    def resolve(item: Any, kind: str) -> tuple[dict[str, Any], str | None]:
        if "$ref" not in item:
            return item, None
        name = item["$ref"].rsplit("/", 1)[1]
        return components[kind][name], name

    operations: list[Operation] = []
    conditions: dict[str, list[Parameter]] = {}
    for address, item in raw["paths"].items():
        for method in METHODS:
            operation = item.get(method)
            if operation is None or operation["operationId"] in LEFT_OUT:
                continue
            read = _operation(address, method, operation, schemas, resolve)
            conditions[read.id] = [p for p in read.query if p.filter_group]
            operations.append(read)
    groups = _share_conditions(operations, conditions)
    document = Document(
        version=raw["info"]["version"],
        schemas=schemas,
        operations=operations,
        filter_groups=groups,
        answered=_reachable(schemas, operations),
        problem_codes=sorted(components["examples"]),
    )
    partner = _filter_fields(document, "Partner", groups)
    deal = _filter_fields(document, "Deal", groups)
    deal += [FilterField(f"partner.{f.name}", f.kind, f.schema) for f in partner]
    document.filter_fields = {"partner": partner, "deal": deal}
    return document


def _operation(address: str, method: str, raw: Any, schemas: Any, resolve: Any) -> Operation:
    path, query, headers = [], [], {}
    for item in raw.get("parameters", []):
        value, component = resolve(item, "parameters")
        if value["in"] == "header":
            headers[value["name"]] = bool(value.get("required"))
            continue
        parameter = Parameter(
            value["name"],
            value["schema"],
            one_line(value.get("description", "")),
            bool(value.get("required")),
        )
        if value["in"] == "path":
            path.append(parameter)
            continue
        if component and "Filter" in component:
            parameter.filter_group = component.split("Filter")[0]
        query.append(parameter)

    body = None
    if "requestBody" in raw:
        content = raw["requestBody"]["content"]
        media_type = next(iter(content))
        schema = content[media_type].get("schema", {})
        is_bytes = not media_type.endswith("json") and media_type != "multipart/form-data"
        body = Body(
            media_type, None if is_bytes else schema, bool(raw["requestBody"].get("required"))
        )

    results: list[Schema | str | None] = []
    for status, response in raw["responses"].items():
        if status.startswith("2"):
            content = resolve(response, "responses")[0].get("content", {})
            if "application/json" in content:
                results.append(content["application/json"]["schema"])
            else:
                results.append("bytes" if content else None)
    with_content = [result for result in results if result is not None]
    if any(result != with_content[0] for result in with_content):
        raise ValueError(f"{raw['operationId']} has successes of several kinds")
    result = with_content[0] if with_content else None

    row, in_body = None, False
    pagination = raw.get("x-pagination")
    if pagination is not None and isinstance(result, dict):
        outputs = pagination["outputs"]
        if (outputs["results"], outputs["nextCursor"]) != ("$.data", "$.next_cursor"):
            raise ValueError(f"{raw['operationId']} pages in a way that is not expected")
        in_body = pagination["inputs"][0]["in"] == "body"
        row = schemas[reference(result) or ""]["properties"]["data"]["items"]

    takes_key = "Idempotency-Key" in headers
    scopes = raw.get("x-required-scopes") or []
    only_reads = bool(scopes) and all(scope.endswith(":read") for scope in scopes)
    if method == "delete" and result is None:
        repeat = "delete"
    elif method != "post":
        repeat = "always"
    elif takes_key:
        repeat = "key"
    else:
        # A POST that neither takes a key nor merely reads is not sent twice.
        repeat = "always" if only_reads else "never"

    operation_id = raw["operationId"]
    lines = [raw.get("summary", "") + ".", one_line(raw.get("description", ""))]
    if raw.get("x-required-role"):
        role = f"Role: {raw['x-required-role']}"
        lines.append(role + (f"; scopes: {', '.join(scopes)}." if scopes else "."))
    if raw.get("x-errors"):
        lines.append("Errors: " + ", ".join(f"`{code}`" for code in raw["x-errors"]) + ".")
    return Operation(
        id=operation_id,
        tag=raw["tags"][0],
        method=method.upper(),
        path=address,
        description="\n\n".join(line for line in lines if line),
        path_parameters=path,
        query=query,
        filter_group=None,
        body=body,
        result=result,
        result_optional=result is not None and None in results,
        row=row,
        cursor_in_body=in_body,
        takes_key=takes_key,
        if_match=(
            None if "If-Match" not in headers else "required" if headers["If-Match"] else "optional"
        ),
        if_none_match="If-None-Match" in headers and isinstance(result, dict) and row is None,
        repeat=repeat,
        grants=isinstance(result, dict) and reference(result) == "TokenGrant",
    )


def _share_conditions(
    operations: list[Operation], conditions: dict[str, list[Parameter]]
) -> dict[str, list[Parameter]]:
    """Gives conditions that several operations have in common a group of their own."""
    groups: dict[str, list[Parameter]] = {}
    by_names: dict[tuple[str, ...], list[Operation]] = {}
    for operation in operations:
        names = tuple(p.name for p in conditions[operation.id])
        if names:
            by_names.setdefault(names, []).append(operation)
    for sharers in by_names.values():
        if len(sharers) == 1:
            continue
        shared = conditions[sharers[0].id]
        prefixes = [p.filter_group or "" for p in shared]
        name = f"{max(set(prefixes), key=prefixes.count)}Filters"
        if name in groups:
            raise ValueError(f"two groups of conditions would be called {name}")
        groups[name] = shared
        for operation in sharers:
            operation.filter_group = name
            operation.query = [p for p in operation.query if not p.filter_group]
    return groups


def _reachable(schemas: dict[str, Schema], operations: list[Operation]) -> set[str]:
    """The names of all schemas that answers contain."""
    found: set[str] = set()

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in found:
                found.add(name)
                visit(schemas[name])
            for inner in value.values():
                visit(inner)
        elif isinstance(value, list):
            for inner in value:
                visit(inner)

    visit([operation.result for operation in operations])
    visit({"$ref": "#/components/schemas/Problem"})
    return found


def _filter_fields(
    document: Document, row: str, groups: dict[str, list[Parameter]]
) -> list[FilterField]:
    """The fields that filter trees know, by their schemas in a row."""
    parameters = {p.name for group in groups.values() for p in group}
    fields: list[FilterField] = []
    for name, schema in document.schemas[row]["properties"].items():
        if name in NOT_FILTERED[row]:
            continue
        target = reference(schema)
        referred = document.schemas[target] if target else schema
        kind = simple_type(referred)
        if kind == "array":
            fields.append(FilterField(name, "list", referred["items"]))
        elif kind == "object":
            fields.append(FilterField(name, "object", schema))
            for member, inner in referred["properties"].items():
                fields.append(FilterField(f"{name}.{member}", "ordered", inner))
        elif kind in ("integer", "number") or referred.get("format") in ("date", "date-time"):
            fields.append(FilterField(name, "ordered", schema))
        elif kind == "boolean" or target:
            fields.append(FilterField(name, "choice", schema))
        elif f"{name}_gte" in parameters:
            # The key of a tier is compared by the tier's rank.
            fields.append(FilterField(name, "ordered", schema))
        else:
            fields.append(FilterField(name, "text", schema))
    # The stakeholders of a partner are objects in a list: only `is_null` is known for them.
    return [
        FilterField(f.name, "object", f.schema)
        if f.kind == "list" and reference(f.schema) and not _is_scalar(document, f.schema)
        else f
        for f in fields
    ]


def _is_scalar(document: Document, schema: Schema) -> bool:
    name = reference(schema)
    return "properties" not in (document.schemas[name] if name else schema)
