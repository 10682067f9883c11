package dev.fleetwright.adapters.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.fleetwright.adapters.http.RetryAfter;
import dev.fleetwright.core.analysis.Analysis;
import dev.fleetwright.core.analysis.HttpProbe;
import dev.fleetwright.core.analysis.Measurement;
import dev.fleetwright.core.plan.Words;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Judges a release by what it answers over HTTP.
///
/// A redirect is an answer like any other and is not followed, so no answer can lead elsewhere.
/// Neither is an address that a person wrote and that is this machine's or the link's own, where
/// clouds keep their metadata service.
///
/// `429 Too Many Requests` says something of us and nothing of the release: it decides nothing, and
/// whoever answers it is not asked again before the time that it names.
public final class HttpAnalysis implements Analysis, AutoCloseable {

  /// More of a body is not read; it fails the probe if something in it was to be looked at.
  private static final int LONGEST_BODY = 64 << 10;

  private static final int TOO_MANY_REQUESTS = 429;

  /// Beyond this, the one that was told to wait first is forgotten.
  private static final int MOST_WAITED_FOR = 1_000;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final boolean allowLoopback;

  /// Until when whom is not asked, by [System#nanoTime].
  private final Map<String, Long> restUntil =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
              return size() > MOST_WAITED_FOR;
            }
          });

  private final HttpClient client =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  /// @param allowLoopback whether an address that a person wrote may be this machine
  public HttpAnalysis(boolean allowLoopback) {
    this.allowLoopback = allowLoopback;
  }

  @Override
  public Measurement measure(HttpProbe probe, URI address, boolean trusted) {
    var objection = trusted ? Optional.<String>empty() : objection(address);
    if (objection.isPresent()) {
      return new Measurement.Inconclusive(objection.get());
    }
    var rest = restUntil.getOrDefault(address.getRawAuthority(), System.nanoTime());
    var left = Duration.ofNanos(rest - System.nanoTime());
    if (left.isPositive()) {
      return new Measurement.Inconclusive(
          "%s asked not to be asked again for %d s"
              .formatted(address.getRawAuthority(), left.plusMillis(999).toSeconds()));
    }
    var request =
        HttpRequest.newBuilder(address)
            .timeout(probe.within())
            .header("User-Agent", "fleetwright")
            .GET()
            .build();
    var begun = System.nanoTime();
    var answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LONGEST_BODY));
    try {
      // The request's own timeout ends with the headers; a body may drip for ever.
      var response = answer.get(probe.within().toMillis(), TimeUnit.MILLISECONDS);
      return judge(probe, address, response, Duration.ofNanos(System.nanoTime() - begun));
    } catch (TimeoutException _) {
      answer.cancel(true);
      return tooLate(probe, address);
    } catch (ExecutionException e) {
      return e.getCause() instanceof java.net.http.HttpTimeoutException
          ? tooLate(probe, address)
          : new Measurement.Fail(
              "GET %s: %s".formatted(address, words(e.getCause() == null ? e : e.getCause())));
    } catch (InterruptedException _) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      return new Measurement.Inconclusive("interrupted");
    }
  }

  private static Measurement tooLate(HttpProbe probe, URI address) {
    return new Measurement.Fail(
        "GET %s was not answered within %s".formatted(address, Words.of(probe.within())));
  }

  private static String words(Throwable cause) {
    return cause instanceof IOException && cause.getMessage() != null
        ? cause.getMessage()
        : cause.getClass().getSimpleName();
  }

  private Measurement judge(
      HttpProbe probe, URI address, HttpResponse<byte[]> response, Duration took) {
    var status = response.statusCode();
    if (status < probe.leastStatus() || status > probe.mostStatus()) {
      if (status == TOO_MANY_REQUESTS) {
        return tooOften(address, response);
      }
      return new Measurement.Fail(
          "GET %s answered %d, which is not from %d to %d"
              .formatted(address, status, probe.leastStatus(), probe.mostStatus()));
    }
    var wrong = probe.json().flatMap(json -> wrong(json, response.body()));
    return wrong
        .<Measurement>map(why -> new Measurement.Fail("GET %s: %s".formatted(address, why)))
        .orElseGet(() -> new Measurement.Pass("%d in %d ms".formatted(status, took.toMillis())));
  }

  private Measurement tooOften(URI address, HttpResponse<?> response) {
    var again =
        RetryAfter.of(
            response.headers().firstValue("Retry-After").orElse(null), InstantSource.system());
    again.ifPresent(
        wait -> restUntil.put(address.getRawAuthority(), System.nanoTime() + wait.toNanos()));
    return new Measurement.Inconclusive(
        "GET %s answered 429: it is asked too often%s"
            .formatted(address, again.map(w -> ", and not again for " + Words.of(w)).orElse("")));
  }

  private static Optional<String> wrong(HttpProbe.Json json, byte[] body) {
    try {
      var there = JSON.readTree(body).at(json.pointer());
      if (there.isValueNode() && there.asText().equals(json.value())) {
        return Optional.empty();
      }
      return Optional.of(
          "the body has %s at %s and should have `%s`"
              .formatted(
                  there.isMissingNode()
                      ? "nothing"
                      : there.isValueNode()
                          ? "`" + brief(there.asText()) + "`"
                          : "more than a word",
                  json.pointer(),
                  json.value()));
    } catch (JsonProcessingException _) {
      return Optional.of("the body is no JSON");
    } catch (IOException e) {
      return Optional.of("the body cannot be read: " + e.getMessage());
    }
  }

  private static String brief(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private Optional<String> objection(URI address) {
    try {
      for (var to : InetAddress.getAllByName(address.getHost())) {
        if (to.isLinkLocalAddress()
            || to.isMulticastAddress()
            || to.isAnyLocalAddress()
            || (to.isLoopbackAddress() && !allowLoopback)) {
          return Optional.of(
              "%s is %s, which is not asked; name a component and a path instead"
                  .formatted(address.getHost(), to.getHostAddress()));
        }
      }
      return Optional.empty();
    } catch (UnknownHostException _) {
      return Optional.of("%s is not known by name".formatted(address.getHost()));
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
