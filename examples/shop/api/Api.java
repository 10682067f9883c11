import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** Serves the products as JSON: {@code GET /products}. Listens on $PORT. */
class Api {

  public static void main(String[] args) throws IOException {
    var port = Integer.parseInt(Objects.requireNonNullElse(System.getenv("PORT"), "8081"));
    var server = start(port, products());
    System.out.println("api: listening on port " + server.getAddress().getPort());

    // A deploy stops the old version with a TERM signal: finish what is being answered, then go.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
  }

  /** Starts the server; port 0 is any free one. */
  static HttpServer start(int port, List<Product> products) throws IOException {
    var json = products.stream().map(Product::json).collect(Collectors.joining(",\n ", "[", "]\n"));
    var server = HttpServer.create(new InetSocketAddress(port), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/", exchange -> answer(exchange, 404, "text/plain", "not here\n"));
    server.createContext("/healthz", exchange -> answer(exchange, 200, "text/plain", "ok\n"));
    server.createContext(
        "/products", exchange -> answer(exchange, 200, "application/json", json));
    server.start();
    return server;
  }

  /** The products that lie beside the program. */
  static List<Product> products() throws IOException {
    try (var in = Objects.requireNonNull(Api.class.getResourceAsStream("products.txt"));
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return Product.read(lines.lines().toList());
    }
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
