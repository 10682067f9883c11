package dev.fleetwright.server.wiring;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.ServerOptions;
import dev.fleetwright.server.http.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A whole server on a free port and a fresh data folder, and ways to talk to it: a real client,
/// and bare sockets for what no client would send.
final class ServerUnderTest implements AutoCloseable {

  private final FleetwrightServer.Running running;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final String token;

  private ServerUnderTest(FleetwrightServer.Running running, String token) {
    this.running = running;
    this.token = token;
  }

  /// The first start on a folder.
  static ServerUnderTest first(Path data) {
    var running = FleetwrightServer.startHere(ServerOptions.local(data, 0));
    return new ServerUnderTest(running, running.bootstrapToken().orElseThrow());
  }

  /// The first start, in another way.
  static ServerUnderTest first(ServerOptions options) {
    var running = FleetwrightServer.startHere(options);
    return new ServerUnderTest(running, running.bootstrapToken().orElseThrow());
  }

  /// A later start, in another way.
  static ServerUnderTest again(ServerOptions options, String token) {
    return new ServerUnderTest(FleetwrightServer.startHere(options), token);
  }

  /// The same, with jobs run in this way.
  static ServerUnderTest first(Path data, ServerOptions.Executor executor) {
    var usual = ServerOptions.Jobs.USUAL;
    var jobs =
        new ServerOptions.Jobs(
            executor,
            usual.image(),
            usual.memory(),
            usual.cpus(),
            usual.cacheBytes(),
            usual.artifactsKept(),
            usual.runners());
    return first(ServerOptions.local(data, 0, jobs));
  }

  /// A later start.
  static ServerUnderTest again(Path data, String token) {
    return on(data, 0, token);
  }

  /// A later start, on a port.
  static ServerUnderTest on(Path data, int port, String token) {
    return new ServerUnderTest(FleetwrightServer.startHere(ServerOptions.local(data, port)), token);
  }

  FleetwrightServer.Running running() {
    return running;
  }

  List<Route> routes() {
    return running.routes();
  }

  URI uri() {
    return running.uri();
  }

  String token() {
    return token;
  }

  /// Whoever closes it, ends its streams.
  FleetwrightClient client() {
    return new FleetwrightClient(uri(), token);
  }

  /// Send something without a token.
  ///
  /// @param headers names and values in turn
  HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(uri() + path))
            .timeout(Duration.ofSeconds(60))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /// Log a browser in.
  ///
  /// @return its cookie
  String signIn() throws IOException, InterruptedException {
    try (var client = client()) {
      var code = client.loginLink().url().split("/login", 2)[1];
      return send("GET", "/login" + code, "")
          .headers()
          .firstValue("Set-Cookie")
          .orElseThrow()
          .split(";", 2)[0];
    }
  }

  /// A page, as a browser with a login sees it.
  String page(String path) throws IOException, InterruptedException {
    var answer = send("GET", path, "", "Cookie", signIn(), "Accept", "text/html");
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " answers " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  /// Send something with the first administrator's token.
  HttpResponse<String> sendAsRoot(String method, String path, String body)
      throws IOException, InterruptedException {
    return body.isEmpty()
        ? send(method, path, body, "Authorization", "Bearer " + token)
        : send(
            method,
            path,
            body,
            "Authorization",
            "Bearer " + token,
            "Content-Type",
            "application/json");
  }

  /// Send bytes as they are and read whatever comes back until the connection ends.
  String raw(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), uri().getPort())) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// The status of a raw answer.
  static int status(String answer) {
    return Integer.parseInt(answer.split(" ", 3)[1]);
  }

  @Override
  public void close() {
    http.shutdownNow();
    running.close();
  }
}
