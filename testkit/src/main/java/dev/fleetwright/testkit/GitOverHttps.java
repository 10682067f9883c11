package dev.fleetwright.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// A host of Git repositories for tests: the real `git http-backend` behind a real TLS server on a
/// port of 127.0.0.1, which answers as badly as it is told.
///
/// Its certificate is for `localhost` and `127.0.0.1`, and nobody but [#trust] vouches for it.
public final class GitOverHttps implements AutoCloseable {

  private static final char[] PASSWORD = "for this test only".toCharArray();

  /// How it answers.
  public sealed interface Mood {

    /// As `git http-backend` does.
    record Well() implements Mood {}

    /// With a status and nothing else.
    ///
    /// @param retryAfter the header; none when it is empty
    record Status(int code, String retryAfter) implements Mood {}

    /// As it should, but later.
    record Slow(Duration by) implements Mood {}

    /// By sending on whoever asks for `/moved/…`, to `…` behind another address.
    record Elsewhere(URI base) implements Mood {}

    /// With half of what it should, and then it hangs up.
    record Half() implements Mood {}
  }

  /// One request.
  ///
  /// @param nanos when it came, by [System#nanoTime]
  /// @param status what was answered; 0 if the answer was cut off
  public record Asked(String path, String query, long nanos, int status) {}

  private final Path folder;
  private final String alias;
  private final HttpsServer server;
  private final X509Certificate certificate;
  private final SSLContext trust;
  private final List<Asked> asked = new ArrayList<>();
  private volatile Mood mood = new Mood.Well();

  /// Serve the repositories in a folder.
  ///
  /// @param alias a path of `/NAME.git` that is not there is this repository instead, so that there
  ///   can be any number of them
  public GitOverHttps(Path folder, String alias) throws IOException {
    this.folder = folder;
    this.alias = alias;
    try {
      var keys = keys();
      this.certificate = (X509Certificate) keys.getCertificate("server");
      this.trust = context(keys);
    } catch (GeneralSecurityException e) {
      throw new IOException("making a certificate", e);
    }
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    server.setHttpsConfigurator(new HttpsConfigurator(trust));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /// What trusts its certificate.
  public SSLContext trust() {
    return trust;
  }

  /// What it shows to whoever connects.
  public X509Certificate certificate() {
    return certificate;
  }

  /// The address of a path.
  public URI uri(String path) {
    return URI.create("https://localhost:" + server.getAddress().getPort() + path);
  }

  /// Answer like this from now on.
  public void be(Mood next) {
    mood = next;
  }

  /// All requests so far, in the order in which they were answered.
  public List<Asked> asked() {
    synchronized (asked) {
      return List.copyOf(asked);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    var came = System.nanoTime();
    var path = exchange.getRequestURI().getPath();
    var query = String.valueOf(exchange.getRequestURI().getRawQuery());
    var status = 0;
    try (exchange) {
      status =
          switch (mood) {
            case Mood.Well _ -> backend(exchange, path, query, 1);
            case Mood.Elsewhere(var base) when path.startsWith("/moved/") -> {
              exchange
                  .getResponseHeaders()
                  .set("Location", base + path.substring("/moved".length()) + "?" + query);
              exchange.sendResponseHeaders(302, -1);
              yield 302;
            }
            case Mood.Elsewhere _ -> backend(exchange, path, query, 1);
            case Mood.Slow(var by) -> {
              TimeUnit.NANOSECONDS.sleep(by.toNanos());
              yield backend(exchange, path, query, 1);
            }
            case Mood.Half _ -> {
              backend(exchange, path, query, 2);
              yield 0;
            }
            case Mood.Status(var code, var retryAfter) -> {
              if (!retryAfter.isEmpty()) {
                exchange.getResponseHeaders().set("Retry-After", retryAfter);
              }
              exchange.sendResponseHeaders(code, -1);
              yield code;
            }
          };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (asked) {
        asked.add(new Asked(path, query, came, status));
      }
    }
  }

  private String pathInfo(String path) {
    var name = path.replaceFirst("^/([^/]*)/.*$", "$1");
    return Files.exists(folder.resolve(name))
        ? path
        : "/" + alias + path.substring(name.length() + 1);
  }

  /// git-http-backend(1) speaks CGI, RFC 3875.
  ///
  /// @param share of what it says, one of so many parts is sent
  private int backend(HttpExchange exchange, String path, String query, int share)
      throws IOException {
    var builder = new ProcessBuilder(Needs.tool("git").toString(), "http-backend");
    var environment = builder.environment();
    environment.put("GIT_PROJECT_ROOT", folder.toString());
    environment.put("GIT_HTTP_EXPORT_ALL", "1");
    environment.put("PATH_INFO", pathInfo(path));
    environment.put("QUERY_STRING", query);
    environment.put("REQUEST_METHOD", exchange.getRequestMethod());
    for (var header : List.of("Content-Type", "Content-Encoding", "Git-Protocol")) {
      var value = exchange.getRequestHeaders().getFirst(header);
      if (value != null) {
        var name = header.replace('-', '_').toUpperCase(Locale.ROOT);
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
    var body = out.readAllBytes();
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body, 0, body.length / share);
    return status;
  }

  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    return line.toString(ISO_8859_1).strip();
  }

  private static KeyStore keys() throws IOException, GeneralSecurityException {
    var scratch = Files.createTempDirectory("git-over-https");
    var file = scratch.resolve("keys.p12");
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
    if (made.onExit().join().exitValue() != 0) {
      throw new IOException("keytool: " + said);
    }
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    Files.delete(file);
    Files.delete(scratch);
    return keys;
  }

  private static SSLContext context(KeyStore keys) throws IOException, GeneralSecurityException {
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

  @Override
  public void close() {
    server.stop(0);
  }
}
