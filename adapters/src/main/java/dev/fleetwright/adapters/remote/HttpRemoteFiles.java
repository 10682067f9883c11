package dev.fleetwright.adapters.remote;

import dev.fleetwright.core.project.RemoteFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// Fetches files over `https` from hosts that the operator named, and from no other.
///
/// Addresses come from people who can push. A redirect is not followed: it would lead where nobody
/// was allowed to ask. A name that resolves to this machine or to the link's own addresses, where
/// clouds keep their metadata service, is not asked, although the name is allowed. Who wants files
/// of this machine names it as such (`127.0.0.1:8080`); that is the one case in which plain `http`
/// will do. A name that resolves differently a moment later gains nothing: the other end still has
/// to show a certificate for it.
public final class HttpRemoteFiles implements RemoteFiles, AutoCloseable {

  private static final Duration WITHIN = Duration.ofSeconds(10);
  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

  private final Set<String> hosts;
  private final HttpClient client =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(WITHIN)
          .build();

  /// @param hosts that may be asked, each with `:port` unless that is the usual one
  public HttpRemoteFiles(List<String> hosts) {
    this.hosts = hosts.stream().map(h -> h.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  @Override
  public Fetched fetch(URI address, int most) {
    var objection = objection(address);
    if (objection.isPresent()) {
      return new Fetched.No(objection.get());
    }
    var request =
        HttpRequest.newBuilder(address)
            .timeout(WITHIN)
            .header("User-Agent", "fleetwright")
            .GET()
            .build();
    var answer = client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), most));
    try {
      // The request's own timeout ends with the headers; a body may drip for ever.
      var response = answer.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      var status = response.statusCode();
      if (status >= 300 && status < 400) {
        return new Fetched.No(
            "%s answered %d; redirects are not followed, so write the address that it leads to"
                .formatted(address.getHost(), status));
      }
      return status == 200
          ? text(response.body())
          : new Fetched.No("%s answered %d".formatted(address.getHost(), status));
    } catch (TimeoutException _) {
      answer.cancel(true);
      return tooLate(address);
    } catch (ExecutionException e) {
      return e.getCause() instanceof java.net.http.HttpTimeoutException
          ? tooLate(address)
          : new Fetched.No(words(address, e.getCause() == null ? e : e.getCause(), most));
    } catch (InterruptedException _) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return new Fetched.No("fetching it was interrupted");
    }
  }

  private static Fetched text(byte[] bytes) {
    try {
      return new Fetched.Content(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException _) {
      return new Fetched.No("it is not UTF-8");
    }
  }

  private static Fetched tooLate(URI address) {
    return new Fetched.No(
        "%s did not answer within %d seconds".formatted(address.getHost(), WITHIN.toSeconds()));
  }

  private static String words(URI address, Throwable cause, int most) {
    var message = cause instanceof IOException ? String.valueOf(cause.getMessage()) : "";
    return message.startsWith("body exceeds")
        ? "it is larger than %d bytes".formatted(most)
        : "%s cannot be asked: %s"
            .formatted(
                address.getHost(),
                message.isEmpty() || message.equals("null")
                    ? cause.getClass().getSimpleName()
                    : message);
  }

  private Optional<String> objection(URI address) {
    var scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    var host = address.getHost() == null ? "" : address.getHost().toLowerCase(Locale.ROOT);
    if (host.isEmpty() || !(scheme.equals("https") || scheme.equals("http"))) {
      return Optional.of("it is no `https://` address");
    } else if (address.getRawUserInfo() != null) {
      return Optional.of("an address with a password in it is not used");
    }
    var named = address.getPort() < 0 ? host : host + ":" + address.getPort();
    if (!hosts.contains(named)) {
      return Optional.of(
          "host `%s` is not allowed; who runs this server can start it with `--include-host %s`"
              .formatted(named, named));
    }
    var here = THIS_MACHINE.contains(host);
    return scheme.equals("http") && !here
        ? Optional.of("it is no `https://` address")
        : here ? Optional.empty() : wrongAddress(host);
  }

  private static Optional<String> wrongAddress(String host) {
    try {
      for (var to : InetAddress.getAllByName(host)) {
        if (to.isLinkLocalAddress()
            || to.isMulticastAddress()
            || to.isAnyLocalAddress()
            || to.isLoopbackAddress()) {
          return Optional.of("%s is %s, which is not asked".formatted(host, to.getHostAddress()));
        }
      }
      return Optional.empty();
    } catch (UnknownHostException _) {
      return Optional.of("%s is not known by name".formatted(host));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
