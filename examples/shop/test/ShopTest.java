import com.sun.net.httpserver.HttpServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;

/** Tests without a library: starts both servers, asks them, and fails when an answer is wrong. */
class ShopTest {

  private static int passed;
  private static int failed;

  public static void main(String[] args) throws Exception {
    reads_products();
    serves_products();
    shows_where_it_runs_and_what_it_is();
    says_when_the_api_is_away();
    System.out.println(passed + " passed, " + failed + " failed");
    System.exit(failed == 0 ? 0 : 1);
  }

  static void reads_products() throws Exception {
    var two = Product.read(List.of("# a comment", "", "Rope; 20 \"m\"; 3800; 61", "Bell;;1;0"));
    expect(List.of(new Product("Rope", "20 \"m\"", 3800, 61), new Product("Bell", "", 1, 0)), two);
    expect(
        "{\"name\":\"Rope\",\"about\":\"20 \\\"m\\\"\",\"price\":3800,\"stock\":61}",
        two.get(0).json());
    try {
      Product.read(List.of("Rope; 3800"));
      expect("an exception", "none");
    } catch (IllegalArgumentException e) {
      expect("not `name; about; price; stock`: Rope; 3800", e.getMessage());
    }
    expect(6, Api.products().size());
  }

  static void serves_products() throws Exception {
    var api = Api.start(0, List.of(new Product("Rope", "", 1, 2)));
    expect(200, get(api, "/healthz").statusCode());
    expect(404, get(api, "/elsewhere").statusCode());
    var answer = get(api, "/products");
    expect(
        "[{\"name\":\"Rope\",\"about\":\"\",\"price\":1,\"stock\":2}]", answer.body().strip());
    expect(
        "application/json; charset=utf-8", answer.headers().firstValue("Content-Type").orElse(""));

    var web = Web.start(0, Map.of("API_URL", "http://localhost:" + api.getAddress().getPort()));
    expect(answer.body(), get(web, "/products").body());
    web.stop(0);
    api.stop(0);
  }

  static void shows_where_it_runs_and_what_it_is() throws Exception {
    var web = Web.start(0, Map.of("ENVIRONMENT", "review/<b>"));
    expect(200, get(web, "/healthz").statusCode());
    var page = get(web, "/").body();
    expect(true, page.contains("<span class=\"environment\">review/&lt;b&gt;</span>"));
    expect(false, page.contains("{{"));
    expect(true, get(web, "/version").body().contains("environment=review/<b>"));
    web.stop(0);
  }

  static void says_when_the_api_is_away() throws Exception {
    var gone = Api.start(0, List.of());
    var url = "http://localhost:" + gone.getAddress().getPort();
    gone.stop(0);
    var web = Web.start(0, Map.of("API_URL", url));
    var answer = get(web, "/products");
    expect(502, answer.statusCode());
    expect("nothing answers at " + url, answer.body().strip());
    expect(200, get(web, "/").statusCode());
    expect(200, get(web, "/healthz").statusCode());
    web.stop(0);
  }

  private static HttpResponse<String> get(HttpServer server, String path) throws Exception {
    var address = URI.create("http://localhost:" + server.getAddress().getPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString());
  }

  private static void expect(Object expected, Object seen) {
    if (expected.equals(seen)) {
      passed++;
    } else {
      failed++;
      var where = new Exception("expected " + expected + ", saw " + seen);
      where.printStackTrace(System.out);
    }
  }
}
