import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.PartnersApi;
import org.openapitools.client.model.Partner;
import org.openapitools.client.model.PartnerCreate;
import org.openapitools.client.model.PartnerSummary;
import org.openapitools.client.model.PartnerSummaryPage;
import org.openapitools.client.model.PartnerStage;
import org.openapitools.client.model.PartnerType;
import org.openapitools.client.model.PartnerUpdate;

/** What a program with the generated client looks like. */
public final class Program {
  private final PartnersApi partners;

  public Program(String token) {
    ApiClient client = new ApiClient();
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    partners = new PartnersApi(client);
  }

  /** Amounts of money are 64 bits wide, so that they hold more than 21 million in cents. */
  public List<String> namesOfLargePartners() throws ApiException {
    PartnersApi.APIListPartnersRequest request =
        PartnersApi.APIListPartnersRequest.newBuilder()
            .companyRevenueGte(3_000_000_000L)
            .type(List.of(PartnerType.RESELLER, PartnerType.TECHNOLOGY))
            .sort(List.of("-fit_score"))
            .build();
    PartnerSummaryPage page = partners.listPartners(request);
    Long total = page.getTotalCount();
    return total == null || total > 0
        ? page.getData().stream().map(PartnerSummary::getName).toList()
        : List.of();
  }

  public Partner create() throws ApiException {
    PartnerCreate body = new PartnerCreate().name("Acme").type(PartnerType.RESELLER).domain("acme.com");
    return partners.createPartner(
        PartnersApi.APICreatePartnerRequest.newBuilder().partnerCreate(body).build());
  }

  public long move(Partner partner) throws ApiException {
    PartnerUpdate body = new PartnerUpdate().stage(PartnerStage.SIGNED).industry(null);
    PartnersApi.APIUpdatePartnerRequest request =
        PartnersApi.APIUpdatePartnerRequest.newBuilder()
            .id(partner.getId())
            .partnerUpdate(body)
            .ifMatch("\"" + partner.getVersion() + "\"")
            .build();
    return partners.updatePartner(request).getVersion();
  }
}
