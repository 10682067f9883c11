package dev.fleetwright.adapters.git;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.testkit.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// Fetches from the real `git http-backend` behind a real TLS server.
@Isolated("makes the JVM trust a certificate")
class HttpsTest {

  private static final ProjectName SHOP = new ProjectName("shop");
  private static final char[] PASSWORD = "for this test only".toCharArray();

  @TempDir Path temporary;
  private final List<String> asked = new ArrayList<>();
  private SSLSocketFactory usualTrust;
  private SSLContext ownTrust;
  private HttpsServer server;
  private RealGit remote;
  private GitRepositories repositories;

  @BeforeEach
  void a_server() throws Exception {
    remote = RealGit.init(temporary.resolve("shop.git"));
    ownTrust = certificate();
    usualTrust = HttpsURLConnection.getDefaultSSLSocketFactory();
    HttpsURLConnection.setDefaultSSLSocketFactory(ownTrust.getSocketFactory());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(ownTrust));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    repositories = new GitRepositories(temporary.resolve("mirrors"), true);
  }

  @AfterEach
  void closing_time() {
    HttpsURLConnection.setDefaultSSLSocketFactory(usualTrust);
    server.stop(0);
    repositories.close();
  }

  @Test
  void fetches_and_follows() throws IOException {
    var first = remote.write("a", "1").commit("first");
    remote.run("tag", "-a", "v1", "-m", "v1");
    assertThat(repositories.fetch(SHOP, url("/shop.git")))
        .containsEntry("refs/heads/main", first)
        .containsEntry("refs/tags/v1", first);
    assertThat(repositories.defaultBranch(SHOP)).contains("main");
    remote.run("commit", "-q", "--amend", "-m", "again");
    assertThat(repositories.fetch(SHOP, url("/shop.git")))
        .containsEntry("refs/heads/main", remote.head());
    assertThat(repositories.file(SHOP, remote.head(), "a", 10)).isPresent();
  }

  @Test
  void follows_a_redirect_on_the_same_host_and_none_to_another() throws IOException {
    var first = remote.commit("first");
    assertThat(repositories.fetch(SHOP, url("/same/shop.git")))
        .containsEntry("refs/heads/main", first);
    var before = asked.size();
    // CVE-2026-41506, CVE-2021-32690
    assertThatThrownBy(() -> repositories.fetch(SHOP, url("/other/shop.git")))
        .rootCause()
        .hasMessageContaining("another host");
    assertThatThrownBy(() -> repositories.fetch(SHOP, url("/plain/shop.git")))
        .isInstanceOf(IOException.class);
    assertThat(asked.subList(before, asked.size())).allMatch(p -> p.matches("/(other|plain)/.*"));
  }

  @Test
  void a_server_on_this_machine_is_not_asked_when_that_is_not_allowed() throws IOException {
    remote.commit("first");
    try (var strict = new GitRepositories(temporary.resolve("strict"), false)) {
      assertThatThrownBy(() -> strict.fetch(SHOP, url("/shop.git")))
          .rootCause()
          .hasMessageContaining("no repository is fetched from");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused() throws IOException {
    remote.commit("first");
    HttpsURLConnection.setDefaultSSLSocketFactory(usualTrust);
    assertThatThrownBy(() -> repositories.fetch(SHOP, url("/shop.git")))
        .isInstanceOf(IOException.class);
    assertThat(asked).isEmpty();
  }

  private String url(String path) {
    return "https://localhost:" + server.getAddress().getPort() + path;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      synchronized (asked) {
        asked.add(path);
      }
      var query = String.valueOf(exchange.getRequestURI().getRawQuery());
      var rest = path.replaceFirst("^/(same|other|plain)/", "/") + "?" + query;
      var port = server.getAddress().getPort();
      if (path.startsWith("/same/")) {
        redirect(exchange, "https://localhost:" + port + rest);
      } else if (path.startsWith("/other/")) {
        redirect(exchange, "https://127.0.0.1:" + port + rest);
      } else if (path.startsWith("/plain/")) {
        redirect(exchange, "http://localhost:" + port + rest);
      } else {
        backend(exchange, path, query);
      }
    }
  }

  private static void redirect(HttpExchange exchange, String to) throws IOException {
    exchange.getResponseHeaders().set("Location", to);
    exchange.sendResponseHeaders(302, -1);
  }

  /// git-http-backend(1) speaks CGI, RFC 3875.
  private void backend(HttpExchange exchange, String path, String query) throws IOException {
    var builder = new ProcessBuilder(Needs.tool("git").toString(), "http-backend");
    var environment = builder.environment();
    environment.put("GIT_PROJECT_ROOT", temporary.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("PATH_INFO", path);
    environment.put("QUERY_STRING", query);
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    for (var header : List.of("Content-Type", "Content-Encoding", "Git-Protocol")) {
      var value = exchange.getRequestHeaders().getFirst(header);
      if (value != null) {
        var name = header.replace('-', '_').toUpperCase(java.util.Locale.ROOT);
        environment.put(header.equals("Content-Type") ? name : "HTTP_" + name, value);
      }
    }
    var process = builder.start();
    try (var in = process.getOutputStream()) {
      exchange.getRequestBody().transferTo(in);
    }
    var out = process.getInputStream();
    var status = 200;
    for (var line = line(out); !line.isEmpty(); line = line(out)) {
      var colon = line.indexOf(':');
      var value = line.substring(colon + 1).strip();
      if (line.startsWith("Status:")) {
        status = Integer.parseInt(value.substring(0, 3));
      } else {
        exchange.getResponseHeaders().add(line.substring(0, colon), value);
      }
    }
    exchange.sendResponseHeaders(status, 0);
    out.transferTo(exchange.getResponseBody());
  }

  private static String line(java.io.InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(ISO_8859_1).strip();
  }

  private SSLContext certificate() throws Exception {
    var file = temporary.resolve("keys.p12");
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var made =
        new ProcessBuilder(
                keytool,
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    var said = new String(made.getInputStream().readAllBytes(), ISO_8859_1);
    assertThat(made.waitFor()).as(said).isZero();
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    var own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(keys, PASSWORD);
    var anchors = KeyStore.getInstance("PKCS12");
    anchors.load(null, null);
    anchors.setCertificateEntry("server", keys.getCertificate("server"));
    var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(anchors);
    var context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }
}
