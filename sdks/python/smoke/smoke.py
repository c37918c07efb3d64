"""The client against a running server: `sdks/check.sh` runs this with the installed package."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, get_args, get_origin, get_overloads, get_type_hints

import httpx

import partneros
from partneros import (
    AsyncPartneros,
    AuthenticationError,
    ConflictError,
    Partneros,
    ValidationError,
    VersionMismatchError,
    answer_of,
    partner_field,
    types,
)

URL = os.environ["PARTNEROS_URL"]
KEY = os.environ["PARTNEROS_API_KEY"]
PERSON: types.SignIn = {
    "email": os.environ["PARTNEROS_EMAIL"],
    "password": os.environ["PARTNEROS_PASSWORD"],
}
RUN = f"{time.time_ns():x}"

client = Partneros(URL, KEY)


def upserts_and_lists() -> list[types.PartnerSummary]:
    """A few hundred partners by upsert, twice: the second time nothing is new."""
    rows = [(f"{RUN}-{index}", f"Smoke {RUN} {index}") for index in range(450)]
    for expected in (201, 200):
        for start in range(0, len(rows), 150):
            operations: list[types.PartnerBatchOperation] = [
                {
                    "action": "upsert",
                    "match": "external_id",
                    "data": {"external_id": key, "name": name, "type": "reseller"},
                }
                for key, name in rows[start : start + 150]
            ]
            results = client.batch_partners({"operations": operations})["results"]
            assert {item["status"] for item in results} == {expected}

    listed = list(client.list_partners(external_id_starts_with=f"{RUN}-", sort=["name"]))
    is_mine = partner_field("external_id").starts_with(f"{RUN}-")
    queried = list(client.query_partners({"filter": is_mine}))
    assert len({row["id"] for row in listed}) == len(rows)
    assert len({row["id"] for row in queried}) == len(rows)
    return listed


def changes_and_refusals(first: types.PartnerSummary, second: types.PartnerSummary) -> None:
    """Null is not absent, and what is refused is an error of its class."""
    before = client.update_partner(first["id"], {"subtype": "MSP", "employees": 55})
    after = client.update_partner(first["id"], {"subtype": None}, if_match=before)
    assert (after["subtype"], after["employees"]) == (None, 55)
    info = answer_of(after)
    assert info is not None and (info.request_id or "").startswith("req_")

    try:
        client.update_partner(first["id"], {"industry": "Software"}, if_match=before)
        raise AssertionError("the version was another one")
    except VersionMismatchError:
        pass
    try:
        client.update_partner(first["id"], {"external_id": second["external_id"]})
        raise AssertionError("the external id was taken")
    except ConflictError:
        pass
    wrong: Any = {"name": "", "type": "resellr", "employees": -1}
    try:
        client.create_partner(wrong)
        raise AssertionError("the body was not valid")
    except ValidationError as error:
        pointers = sorted(fault["pointer"] or "" for fault in error.faults)
        assert pointers == ["#/employees", "#/name", "#/type"]

    read = client.get_partner(second["id"])
    assert client.get_partner(second["id"], if_none_match=read) is None


class Forgetful(httpx.HTTPTransport):
    """Loses the first answer."""

    requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        self.requests += 1
        if self.requests == 1:
            response.close()
            raise httpx.ReadError("the answer was lost")
        return response


def a_lost_answer() -> None:
    """A creation whose answer is lost makes one partner."""
    transport = Forgetful()
    forgetful = Partneros(URL, KEY, http_client=httpx.Client(transport=transport))
    once = forgetful.create_partner({"name": f"Once, {RUN}", "type": "reseller"})
    assert transport.requests == 2
    assert [row["id"] for row in client.list_partners(name=[f"Once, {RUN}"])] == [once["id"]]


def jobs() -> None:
    """An import, its items, and an export."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "partners.csv"
        path.write_text(
            f"Company,Website\nImported {RUN},{RUN}.example\nAgain {RUN},{RUN}.example\n"
        )
        job = client.create_import(
            {
                "file": path,
                "options": {
                    "object": "partner",
                    "match": "domain",
                    "mapping": {"Company": "name", "Website": "domain"},
                    "defaults": {"type": "reseller"},
                },
            }
        )
    result = client.wait_for_job(job)["result"]
    assert result is not None and result["created"] == 1
    statuses = [item["status"] for item in client.list_job_items(job["id"])]
    assert statuses == ["succeeded", "skipped"]
    is_mine = partner_field("external_id").starts_with(f"{RUN}-")
    export = client.create_export({"object": "partner", "format": "csv", "filter": is_mine})
    file = client.download_job_result(client.wait_for_job(export)["id"])
    assert f"Smoke {RUN} 449".encode() in file


def every_list(partner: types.PartnerId) -> None:
    """Every list can be gone through."""
    lists: list[Any] = [
        client.list_contacts(),
        client.list_deals(),
        client.list_events(),
        client.list_event_types(),
        client.list_jobs(),
        client.list_members(),
        client.list_partner_fields(),
        client.list_submissions(),
        client.list_tags(),
        client.list_tiers(),
        client.list_views(),
        client.get_attainment_insight(),
        client.list_partner_events(partner),
        client.list_partner_overrides(partner),
        client.list_partner_scores(partner),
        client.list_partner_tier_history(partner),
        client.list_plan_items(partner),
        client.query_deals({}),
    ]
    for each in lists:
        for row in each:
            assert isinstance(row, dict)


def names_of(overload: Any) -> tuple[str, ...]:
    """The names of fields that an overload takes."""
    names: tuple[str, ...] = get_args(get_type_hints(overload)["name"])
    return names


def filter_fields() -> None:
    """The fields of filters, and their operators, are those of the server."""
    catalogue = {field["name"]: field for field in client.list_partner_fields()}
    compared = set()
    for overload in get_overloads(partneros.partner_field):
        kind = get_type_hints(overload)["return"]
        methods = {name for name in dir(get_origin(kind) or kind) if not name.startswith("_")}
        for name in names_of(overload):
            operators = {"in_" if word == "in" else word for word in catalogue[name]["operators"]}
            assert methods == operators, f"{name}: {methods ^ operators}"
            compared.add(name)
    assert compared == set(catalogue)
    names = [name for each in get_overloads(partneros.deal_field) for name in names_of(each)]
    for start in range(0, len(names), 50):
        leaves: list[types.FilterNode] = [
            {"op": "is_null", "field": name, "value": True} for name in names[start : start + 50]
        ]
        client.query_deals({"filter": {"op": "or", "filters": leaves}, "limit": 1})


def sign_in() -> None:
    """A person signs in, and stays so when the token is renewed."""
    with Partneros(URL) as person:
        person.sign_in(PERSON)
        assert person.get_me()["role"]
        person.sign_out()
        try:
            person.get_me()
            raise AssertionError("nobody is signed in")
        except AuthenticationError:
            pass


async def without_blocking() -> None:
    """The asynchronous client reads the same rows."""
    async with AsyncPartneros(URL, KEY) as other:
        rows = [row async for row in other.list_partners(external_id_starts_with=f"{RUN}-")]
        assert len(rows) == 450
        job = await other.create_export({"object": "partner", "format": "jsonl"})
        assert (await other.wait_for_job(job))["status"] == "succeeded"


listed = upserts_and_lists()
changes_and_refusals(listed[0], listed[1])
a_lost_answer()
jobs()
every_list(listed[0]["id"])
filter_fields()
sign_in()
asyncio.run(without_blocking())
print("Python: everything works on the server")
