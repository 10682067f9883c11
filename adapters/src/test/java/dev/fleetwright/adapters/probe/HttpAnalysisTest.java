package dev.fleetwright.adapters.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.fleetwright.core.analysis.HttpProbe;
import dev.fleetwright.core.analysis.HttpProbe.Where;
import dev.fleetwright.core.analysis.Measurement;
import dev.fleetwright.testkit.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class HttpAnalysisTest {

  private final HttpAnalysis analysis = new HttpAnalysis(false);
  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger elsewhere = new AtomicInteger();

  // Started before each test.
  @SuppressWarnings("NullAway.Init")
  private HttpServer server;

  @BeforeEach
  void a_server_answers() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(task -> Thread.ofVirtual().start(task));
    answer("/ok", 200, "{\"status\": \"ok\", \"db\": {\"up\": true}, \"n\": 3}");
    answer("/broken", 503, "no");
    answer("/text", 200, "fine");
    answer("/long", 200, "[" + "1,".repeat(100_000) + "1]");
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext(
        "/elsewhere",
        exchange -> {
          elsewhere.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.createContext(
        "/drips",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write('a');
          exchange.getResponseBody().flush();
          await();
          exchange.close();
        });
    server.start();
  }

  private void await() {
    try {
      end.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(String path, int status, String body) {
    server.createContext(
        path,
        exchange -> {
          var bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }

  @AfterEach
  void stop() {
    end.countDown();
    analysis.close();
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/ok | | | pass",
        "/ok | /status | ok | pass",
        "/ok | /db/up | true | pass",
        "/ok | /n | 3 | pass",
        "/ok | /status | fine | the body has `ok` at /status and should have `fine`",
        "/ok | /nothing | x | the body has nothing at /nothing",
        "/ok | /db | x | the body has more than a word at /db",
        "/text | /status | ok | the body is no JSON",
        "/broken | | | answered 503, which is not from 200 to 299",
        "/moved | | | answered 302",
        "/drips | | | was not answered within 500 ms",
        "/long | /0 | 1 | exceeds",
      })
  void tells_what_came(String path, String pointer, String value, String expected) {
    var json =
        pointer == null
            ? Optional.<HttpProbe.Json>empty()
            : Optional.of(new HttpProbe.Json(pointer, value));
    switch (analysis.measure(probe(json), address(path), true)) {
      case Measurement.Pass _ -> assertThat("pass").isEqualTo(expected);
      case Measurement.Fail(var reason) -> assertThat(reason).contains(expected);
      case Measurement.Inconclusive(var reason) -> throw new AssertionError(reason);
    }
    assertThat(elsewhere).as("redirects that were followed").hasValue(0);
  }

  @Test
  @Tag("R16")
  void who_is_asked_too_often_decides_nothing_and_is_not_asked_before_the_time_it_names() {
    var asked = new AtomicInteger();
    server.createContext(
        "/busy",
        exchange -> {
          if (asked.incrementAndGet() == 1) {
            exchange.getResponseHeaders().add("Retry-After", "1");
            exchange.sendResponseHeaders(429, -1);
          } else {
            exchange.sendResponseHeaders(200, -1);
          }
          exchange.close();
        });
    var begun = System.nanoTime();

    assertThat(analysis.measure(probe(Optional.empty()), address("/busy"), true))
        .isInstanceOfSatisfying(
            Measurement.Inconclusive.class,
            no ->
                assertThat(no.reason())
                    .contains("answered 429: it is asked too often, and not again for 1 s"));
    assertThat(analysis.measure(probe(Optional.empty()), address("/busy"), true))
        .isInstanceOfSatisfying(
            Measurement.Inconclusive.class,
            no -> assertThat(no.reason()).contains("asked not to be asked again for 1 s"));
    assertThat(asked).hasValue(1);

    Eventually.within(
        Duration.ofSeconds(5),
        "it is asked again",
        () ->
            analysis.measure(probe(Optional.empty()), address("/busy"), true)
                instanceof Measurement.Pass);
    assertThat(System.nanoTime() - begun).isGreaterThan(Duration.ofSeconds(1).toNanos());
    assertThat(asked).hasValue(2);
  }

  @Test
  @Tag("R16")
  void an_answer_that_is_cut_off_is_a_failure_that_says_so() {
    server.createContext(
        "/half",
        exchange -> {
          exchange.sendResponseHeaders(200, 1_000);
          exchange.getResponseBody().write(new byte[500]);
          exchange.getResponseBody().flush();
          exchange.close();
        });

    assertThat(analysis.measure(probe(Optional.empty()), address("/half"), true))
        .isInstanceOfSatisfying(
            Measurement.Fail.class,
            no -> assertThat(no.reason()).startsWith("GET " + address("/half") + ": "));
  }

  @Test
  void nobody_there_is_a_failure() {
    var address = address("/ok");
    server.stop(0);
    assertThat(analysis.measure(probe(Optional.empty()), address, true))
        .isInstanceOf(Measurement.Fail.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:1/",
        "http://[::1]:1/",
        "http://169.254.169.254/latest/",
        "http://0.0.0.0:1/"
      })
  void an_address_that_a_person_wrote_leads_neither_here_nor_to_a_metadata_service(String address) {
    assertThat(analysis.measure(probe(Optional.empty()), URI.create(address), false))
        .isInstanceOfSatisfying(
            Measurement.Inconclusive.class,
            no -> assertThat(no.reason()).contains("which is not asked"));
  }

  private URI address(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static HttpProbe probe(Optional<HttpProbe.Json> json) {
    return new HttpProbe(
        new Where.Component("web", "/ok"),
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        200,
        299,
        json,
        Duration.ofMillis(500),
        0);
  }
}
