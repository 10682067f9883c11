package dev.fleetwright.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.RequestFailed;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.GitOverHttps;
import dev.fleetwright.testkit.GitOverHttps.Asked;
import dev.fleetwright.testkit.GitOverHttps.Mood;
import dev.fleetwright.testkit.Recipe;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// R16: a host of repositories that answers 429, 503, late, or half. It is left in peace, followed
/// again when it is well, and the projects of another host do not notice.
///
/// There are two hosts, each real: `git http-backend` behind TLS.
@Tag("R16")
@Timeout(600)
@Isolated("makes the JVM trust certificates")
class TroubledRemotesTest {

  private static final String PAYLOAD = "{\"ref\":\"refs/heads/main\"}";

  @TempDir private Path folder;
  private final Map<String, String> secrets = new HashMap<>();
  private SSLSocketFactory usualTrust;
  private GitFolder repository;
  private GitOverHttps troubled;
  private GitOverHttps other;
  private ServerUnderTest server;
  private FleetwrightClient client;

  @BeforeEach
  void two_hosts_and_a_server() throws Exception {
    repository = GitFolder.empty(folder.resolve("repositories/one.git"));
    troubled = new GitOverHttps(folder.resolve("repositories"), "one.git");
    other = new GitOverHttps(folder.resolve("repositories"), "one.git");
    usualTrust = HttpsURLConnection.getDefaultSSLSocketFactory();
    HttpsURLConnection.setDefaultSSLSocketFactory(trusting(troubled, other));
    server = ServerUnderTest.first(folder.resolve("server"));
    client = server.client();
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
    HttpsURLConnection.setDefaultSSLSocketFactory(usualTrust);
    troubled.close();
    other.close();
  }

  @Test
  void after_an_outage_all_are_followed_and_the_host_was_hardly_asked() throws Exception {
    var projects = Recipe.times(6, 100);
    var outage = Duration.ofSeconds(Recipe.times(2, 60));
    for (var i = 0; i < projects; i++) {
      add("t" + i, troubled);
    }
    add("o", other);
    var usual = latencies(Recipe.times(5, 60), Duration.ZERO);

    repository.write("README.md", "moved\n").commit("Move");
    troubled.be(new Mood.Status(503, ""));
    var began = System.nanoTime();
    for (var i = 0; i < projects; i++) {
      push("t" + i);
    }
    awaitRequest(troubled, began);
    assertThat(refusal("t0")).contains("localhost:", "it answered 503", "it is asked again in");
    var meanwhile = latencies(Recipe.times(5, 60), outage.dividedBy(Recipe.times(6, 70)));
    TimeUnit.NANOSECONDS.sleep(outage.toNanos() - (System.nanoTime() - began));
    troubled.be(new Mood.Well());
    Eventually.within(
        Duration.ofSeconds(90),
        () -> "all are followed: " + followed(began) + " of " + projects,
        () -> followed(began) == projects);

    var took = Duration.ofNanos(System.nanoTime() - began);
    var failed =
        troubled.asked().stream().filter(a -> a.nanos() > began && a.status() == 503).count();
    var amplification = (double) (projects + failed) / projects;
    Recipe.report(
        "R16",
        "projects=%d outage=%d s all_followed_after=%.1f s failed_requests=%d amplification=%.2f other_host_p99=%d ms (without %d ms)"
            .formatted(
                projects,
                outage.toSeconds(),
                took.toMillis() / 1e3,
                failed,
                amplification,
                meanwhile.percentile(0.99).toMillis(),
                usual.percentile(0.99).toMillis()));
    assertThat(took).isLessThan(Duration.ofSeconds(90));
    assertThat(failed).isLessThanOrEqualTo(Math.max(10, projects / 10));
    unaffected(usual, meanwhile);
  }

  @Test
  void who_names_a_time_is_not_asked_before_it() throws Exception {
    add("t0", troubled);
    repository.write("README.md", "moved\n").commit("Move");
    troubled.be(new Mood.Status(429, "3"));
    var began = System.nanoTime();
    push("t0");
    var first = awaitRequest(troubled, began);
    troubled.be(new Mood.Well());
    assertThat(refusal("t0")).contains("it answered 429");
    push("t0");

    Eventually.within(Duration.ofSeconds(40), "it is followed", () -> followed(began) == 1);
    var second = next(first);
    Recipe.report(
        "R16",
        "retry_after=3.0 s asked_again_after=%.1f s".formatted((second - first.nanos()) / 1e9));
    assertThat(second - first.nanos()).isGreaterThan(Duration.ofSeconds(3).toNanos());
  }

  @Test
  void a_host_that_takes_its_time_does_not_hold_up_the_others() throws Exception {
    var late = Duration.ofSeconds(Recipe.times(2, 30));
    for (var i = 0; i < 8; i++) {
      add("t" + i, troubled);
    }
    add("o", other);
    var usual = latencies(Recipe.times(5, 60), Duration.ZERO);
    repository.write("README.md", "moved\n").commit("Move");
    troubled.be(new Mood.Slow(late));
    var began = System.nanoTime();
    for (var i = 0; i < 8; i++) {
      push("t" + i);
    }

    var meanwhile = latencies(Recipe.times(5, 60), late.dividedBy(100));
    troubled.be(new Mood.Well());

    Eventually.within(
        Duration.ofSeconds(150),
        () -> "all are followed: " + followed(began) + " of 8",
        () -> followed(began) == 8);
    Recipe.report(
        "R16",
        "answers_late_by=%d s other_host_p99=%d ms (without %d ms)"
            .formatted(
                late.toSeconds(),
                meanwhile.percentile(0.99).toMillis(),
                usual.percentile(0.99).toMillis()));
    unaffected(usual, meanwhile);
  }

  @Test
  void half_an_answer_changes_nothing_and_is_asked_for_again() throws Exception {
    add("t0", troubled);
    repository.write("README.md", "moved\n").commit("Move");
    troubled.be(new Mood.Half());
    var began = System.nanoTime();
    push("t0");
    awaitRequest(troubled, began);

    assertThat(refusal("t0")).contains("the answer ended too soon");
    troubled.be(new Mood.Well());
    Eventually.within(Duration.ofSeconds(40), "it is followed", () -> followed(began) == 1);
  }

  /// For how long a push to the other host waits until that host is asked.
  private Times latencies(int count, Duration between) throws Exception {
    var times = new Times();
    for (var i = 0; i < count; i++) {
      var pushed = System.nanoTime();
      push("o");
      times.addNanos(awaitRequest(other, pushed).nanos() - pushed);
      TimeUnit.NANOSECONDS.sleep(between.toNanos());
    }
    return times;
  }

  /// Two cores do much else; below this, a difference says nothing.
  private static void unaffected(Times usual, Times meanwhile) {
    assertThat(meanwhile.percentile(0.99))
        .isLessThan(
            Duration.ofMillis(usual.percentile(0.99).toMillis() * 12 / 10)
                .plus(Duration.ofMillis(250)));
  }

  private void add(String name, GitOverHttps host) throws InterruptedException {
    secrets.put(
        name,
        client
            .addProject(
                new Project.Add(name, host.uri("/" + name + ".git").toString(), Optional.of(false)))
            .webhookSecret());
  }

  private void push(String project) throws Exception {
    var answer =
        server.send(
            "POST",
            "/hooks/" + project,
            PAYLOAD,
            "X-Gitlab-Token",
            String.valueOf(secrets.get(project)),
            "X-Gitlab-Event",
            "Push Hook",
            "X-Gitlab-Event-UUID",
            UUID.randomUUID().toString());
    assertThat(answer.statusCode()).isEqualTo(202);
  }

  /// What a person is told who asks for a project meanwhile.
  private String refusal(String project) throws InterruptedException {
    try {
      var synced = client.sync(project);
      throw new AssertionError("it was read: " + synced);
    } catch (RequestFailed e) {
      assertThat(e.status()).isEqualTo(503);
      return String.valueOf(e.getMessage());
    }
  }

  private static Asked awaitRequest(GitOverHttps host, long after) {
    Eventually.within(
        Duration.ofSeconds(60), "the host is asked", () -> first(host, after).isPresent());
    return first(host, after).orElseThrow();
  }

  private static Optional<Asked> first(GitOverHttps host, long after) {
    return host.asked().stream().filter(a -> a.nanos() > after).findFirst();
  }

  private long next(Asked before) {
    return troubled.asked().stream()
        .mapToLong(Asked::nanos)
        .filter(n -> n > before.nanos())
        .min()
        .orElseThrow();
  }

  /// How many projects of the troubled host have got what was pushed.
  private long followed(long after) {
    return troubled.asked().stream()
        .filter(a -> a.nanos() > after && a.status() == 200)
        .filter(a -> a.path().endsWith("/git-upload-pack"))
        .map(Asked::path)
        .distinct()
        .count();
  }

  /// Trusts these two and nobody else.
  private static SSLSocketFactory trusting(GitOverHttps... hosts) throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {anyOf(List.of(hosts))}, null);
    return context.getSocketFactory();
  }

  private static X509TrustManager anyOf(List<GitOverHttps> hosts) {
    return new X509TrustManager() {
      @Override
      public void checkClientTrusted(X509Certificate[] chain, String type) {
        throw new UnsupportedOperationException("there are no clients");
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String type)
          throws CertificateException {
        if (hosts.stream().noneMatch(h -> h.certificate().equals(chain[0]))) {
          throw new CertificateException("a stranger");
        }
      }

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return hosts.stream().map(GitOverHttps::certificate).toArray(X509Certificate[]::new);
      }
    };
  }
}
