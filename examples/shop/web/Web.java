import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Executors;

/**
 * The shop's page. Listens on $PORT, gets the products from $API_URL, and says in which
 * $ENVIRONMENT it runs and which commit it is.
 */
class Web {

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final Map<String, String> variables;
  private final Properties version;
  private final String page;

  private Web(Map<String, String> variables) throws IOException {
    this.variables = variables;
    this.version = version();
    this.page = new String(file("page.html"), StandardCharsets.UTF_8);
  }

  public static void main(String[] args) throws IOException {
    var port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
    var server = start(port, System.getenv());
    System.out.println("web: listening on port " + server.getAddress().getPort());

    // A deploy stops the old version with a TERM signal: finish what is being answered, then go.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
  }

  /** Starts the server; port 0 is any free one. */
  static HttpServer start(int port, Map<String, String> variables) throws IOException {
    var web = new Web(variables);
    var server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(Executors.newFixedThreadPool(16));
    server.createContext("/", web::page);
    server.createContext("/products", web::products);
    server.createContext("/version", web::version);
    // Not "is the api there too": a sick api would then take down every web server as well.
    server.createContext("/healthz", exchange -> answer(exchange, 200, "text/plain", "ok\n"));
    server.start();
    return server;
  }

  private void page(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestURI().getPath().equals("/")) {
      answer(exchange, 404, "text/plain", "not here\n");
      return;
    }
    var html =
        page.replace("{{version}}", escaped(version.getProperty("version", "a build of my own")))
            .replace("{{commit}}", escaped(version.getProperty("commit", "not committed")))
            .replace("{{title}}", escaped(version.getProperty("title", "")))
            .replace("{{environment}}", escaped(environment()));
    answer(exchange, 200, "text/html", html);
  }

  private void version(HttpExchange exchange) throws IOException {
    answer(
        exchange,
        200,
        "text/plain",
        "version=%s%ncommit=%s%nenvironment=%s%n"
            .formatted(
                version.getProperty("version", ""),
                version.getProperty("commit", ""),
                environment()));
  }

  private void products(HttpExchange exchange) throws IOException {
    var api = variables.getOrDefault("API_URL", "");
    if (api.isBlank()) {
      answer(exchange, 502, "text/plain", "API_URL is not set\n");
      return;
    }
    var request =
        HttpRequest.newBuilder(URI.create(api + "/products")).timeout(Duration.ofSeconds(5));
    try {
      var response = client.send(request.build(), BodyHandlers.ofString());
      answer(exchange, response.statusCode(), "application/json", response.body());
    } catch (IOException e) {
      answer(exchange, 502, "text/plain", "nothing answers at " + api + "\n");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      exchange.close();
    }
  }

  private String environment() {
    return variables.getOrDefault("ENVIRONMENT", "no environment");
  }

  /** What the pipeline wrote about this build; nothing where there was no pipeline. */
  private static Properties version() throws IOException {
    var version = new Properties();
    try (var in = Web.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        version.load(new java.io.InputStreamReader(in, StandardCharsets.UTF_8));
      }
    }
    return version;
  }

  private static byte[] file(String name) throws IOException {
    try (var in = Objects.requireNonNull(Web.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static void answer(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    try (exchange) {
      var bytes = text.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
