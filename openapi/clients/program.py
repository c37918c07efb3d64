"""What a program with the generated client looks like."""

from partneros_client.api.partners import create_partner, list_partners, update_partner
from partneros_client.client import AuthenticatedClient
from partneros_client.models import Partner, PartnerCreate, PartnerSummaryPage, PartnerUpdate, Problem

client = AuthenticatedClient(base_url="https://api.example.com", token="prm_live_...")


def names() -> list[str]:
    page = list_partners.sync(client=client, limit=200)
    if isinstance(page, Problem):
        raise RuntimeError(f"{page.code}: {page.detail}")
    assert isinstance(page, PartnerSummaryPage)
    return [partner.name for partner in page.data]


def create() -> Partner:
    partner = create_partner.sync(client=client, body=PartnerCreate(name="Acme", type_="reseller"))
    assert isinstance(partner, Partner)
    return partner


def move(partner: Partner) -> int:
    body = PartnerUpdate(stage="signed", industry=None)
    moved = update_partner.sync(partner.id, client=client, body=body, if_match=f'"{partner.version}"')
    assert isinstance(moved, Partner)
    return moved.version
