"""What a program with the models of datamodel-code-generator looks like."""

import json
import sys

from partneros_models import Partner, PartnerCreate, PartnerSummaryPage, PartnerType


def create() -> str:
    body = PartnerCreate(name="Acme", type=PartnerType.reseller)
    return body.model_dump_json(exclude_unset=True)


def read(page: str) -> list[str]:
    return [partner.name for partner in PartnerSummaryPage.model_validate_json(page).data]


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        paths = json.load(file)["paths"]

    def example(path: str) -> object:
        return paths[path]["get"]["responses"]["200"]["content"]["application/json"]["example"]

    assert read(json.dumps(example("/v1/partners"))) == ["Acme"]
    assert Partner.model_validate(example("/v1/partners/{id}")).company_revenue == 480000000
    assert json.loads(create()) == {"name": "Acme", "type": "reseller"}
