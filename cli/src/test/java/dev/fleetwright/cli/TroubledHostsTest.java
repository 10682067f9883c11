package dev.fleetwright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Project;
import dev.fleetwright.api.Release;
import dev.fleetwright.testkit.Eventually;
import dev.fleetwright.testkit.OpenSshHosts;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A real server, real OpenSSH hosts, and what goes wrong with them: how a deploy ends then, what
/// really runs, and what its page says to a person.
@Timeout(300)
class TroubledHostsTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir(cleanup = CleanupMode.NEVER)
  Path folder;

  private OpenSshHosts hosts;
  private ServerInAProcess server;
  private FleetwrightClient client;
  private HttpClient browser;

  @BeforeEach
  void start_hosts_and_a_server() throws IOException, InterruptedException {
    hosts = new OpenSshHosts(Files.createDirectories(folder.resolve("hosts")), 4, "");
    server = ServerInAProcess.start(folder.resolve("data"));
    client = server.client();
    browser =
        HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    get(URI.create(client.loginLink().url()));
  }

  @AfterEach
  void close() {
    browser.shutdownNow();
    client.close();
    server.close();
    hosts.close();
  }

  @Test
  void a_refusal_in_step_3_of_4_is_taken_back_and_the_page_says_so() throws Exception {
    var releases = twoReleases(4);
    deploy(releases.get(0));
    assertThat(ended(1).state()).isEqualTo(Deploy.State.SUCCEEDED);
    // What the second release needs has been installed on all hosts but the third.
    for (var host : List.of(hosts.server(0), hosts.server(1), hosts.server(3))) {
      Files.createFile(host.home().resolve("libshop.so.2"));
    }

    deploy(releases.get(1));
    assertThat(ended(2).state()).isEqualTo(Deploy.State.ROLLED_BACK);

    assertThat(effects(0)).containsExactly("v1", "v2", "v1");
    assertThat(effects(1)).containsExactly("v1", "v2", "v1");
    assertThat(effects(2)).containsExactly("v1", "v1");
    assertThat(effects(3)).containsExactly("v1");
    assertThat(client.environment("shop", "production").live())
        .singleElement()
        .satisfies(l -> assertThat(l.release().orElseThrow().version()).isEqualTo("r1"));
    assertThat(client.observe("shop", "production").targets().getFirst().drifted()).isFalse();

    var page = page("/projects/shop/deploys/2");
    assertThat(heading(page)).contains("rolled back");
    assertThat(notice(page))
        .contains("Step 3 of 4 (edge: " + hosts.server(2).name() + ") was refused: ")
        .contains("libshop.so.2 is not here")
        .contains("Steps 1 and 2 were taken back.")
        .contains(releases.get(0).version() + " · ", " runs again, as before.");
    assertThat(steps(page))
        .satisfiesExactly(
            first -> assertThat(first).contains(hosts.server(0).name()).contains("taken back"),
            second -> assertThat(second).contains(hosts.server(1).name()).contains("taken back"),
            third -> assertThat(third).contains(hosts.server(2).name()).contains("refused"),
            fourth -> assertThat(fourth).contains(hosts.server(3).name()).contains("not begun"));
    assertThat(text(page("/projects/shop/environments/production"))).contains("r1");
    takeDown();
  }

  /// When in a step a host is lost.
  enum Lost {
    /// The order arrives, and the host is gone.
    BEFORE_THE_EFFECT {
      @Override
      void arrange(OpenSshHosts.Server host) throws IOException {
        host.dieBefore("switch");
      }
    },
    /// The host does what it was told to do, and nobody hears of it.
    AFTER_THE_EFFECT {
      @Override
      void arrange(OpenSshHosts.Server host) throws IOException {
        host.loseNextAnswerTo("switch");
      }
    };

    abstract void arrange(OpenSshHosts.Server host) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void a_host_that_dies_in_mid_step_is_a_doubt_until_it_is_seen_and_nothing_is_done_twice(Lost lost)
      throws Exception {
    for (var host : hosts.servers()) {
      Files.createFile(host.home().resolve("libshop.so.2"));
    }
    var releases = twoReleases(2);
    deploy(releases.get(0));
    assertThat(ended(1).state()).isEqualTo(Deploy.State.SUCCEEDED);
    var dying = hosts.server(1);
    dying.staysAway();
    lost.arrange(dying);

    deploy(releases.get(1));
    awaitDoubt();
    var doubtful = page("/projects/shop/deploys/2");
    assertThat(text(doubtful))
        .contains("It is not known whether this was done: edge: " + dying.name())
        .contains("The target is being asked what it runs; nothing to do.");
    assertThat(steps(doubtful))
        .satisfiesExactly(
            first -> assertThat(first).contains("done"),
            second -> assertThat(second).contains("in doubt"));
    assertThat(client.deploy(2).deploy().inDoubt()).isTrue();
    // Nobody goes on to the end while a step is in doubt.
    assertThat(client.deploy(2).deploy().state()).isEqualTo(Deploy.State.RUNNING);

    dying.comeBack();
    assertThat(ended(2).state()).isEqualTo(Deploy.State.SUCCEEDED);

    assertThat(effects(0)).containsExactly("v1", "v2");
    assertThat(effects(1)).containsExactly("v1", "v2");
    var page = page("/projects/shop/deploys/2");
    assertThat(heading(page)).contains("succeeded");
    assertThat(steps(page)).allSatisfy(step -> assertThat(step).contains("done"));
    assertThat(timeline(page))
        .containsSubsequence(
            "Everything is healthy",
            "No longer in doubt: edge: " + dying.name(),
            switch (lost) {
              case BEFORE_THE_EFFECT -> "runs on " + dying.name();
              case AFTER_THE_EFFECT -> ", seen in place";
            },
            "In doubt: edge: " + dying.name());
    assertThat(client.checkLedger().intact()).isTrue();
    takeDown();
  }

  // --- what runs on the hosts -----------------------------------------------------------------

  /// The versions that were started on a host, oldest first.
  private List<String> effects(int host) throws IOException {
    return Files.readAllLines(hosts.server(host).home().resolve("effects"));
  }

  private List<Release> twoReleases(int hostCount)
      throws IOException, GitAPIException, InterruptedException {
    var repository = folder.resolve("shop");
    try (var git = Git.init().setInitialBranch("main").setDirectory(repository.toFile()).call()) {
      Files.createDirectories(repository.resolve("app"));
      Files.writeString(
          repository.resolve(".gitlab-ci.yml"), "check: { script: [test -f app/run.sh] }\n");
      Files.writeString(repository.resolve("fleetwright.yml"), configuration(hostCount));
      Files.writeString(repository.resolve("app/run.sh"), started("v1"));
      commit(git, "First");
      var _ = client.addProject(new Project.Add("shop", repository.toString(), Optional.empty()));
      awaitReleases(1);
      Files.writeString(
          repository.resolve("app/run.sh"),
          """
          [ -e "$HOME/libshop.so.2" ] || { echo "libshop.so.2 is not here" >&2; exit 127; }
          """
              + started("v2"));
      commit(git, "Second");
      var _ = client.sync("shop");
      awaitReleases(2);
    }
    return client.releases("shop", 1).items().reversed();
  }

  private static String started(String version) {
    return "echo %s >>\"$HOME/effects\"\nexec sleep 100000\n".formatted(version);
  }

  private String configuration(int hostCount) {
    var names = hosts.servers().stream().limit(hostCount).map(OpenSshHosts.Server::name).toList();
    return """
    project: shop
    targets:
      edge:
        ssh:
          hosts: [%s]
          user: %s
          key: file:%s
          known_hosts: file:%s
          max_unavailable: 1
    release:
      app: { files: app/, run: { command: [sh, run.sh] } }
    environments:
      production: { target: edge }
    """
        .formatted(
            names.stream().map(n -> '"' + n + '"').collect(Collectors.joining(", ")),
            System.getProperty("user.name"),
            hosts.key(),
            hosts.knownHosts());
  }

  private static void commit(Git git, String title) throws GitAPIException {
    git.add().addFilepattern(".").call();
    git.commit()
        .setMessage(title)
        .setAuthor("Dana", "dana@example.com")
        .setCommitter("Dana", "dana@example.com")
        .setSign(false)
        .call();
  }

  // --- what the server does -------------------------------------------------------------------

  private void awaitReleases(int count) {
    Eventually.within(PATIENCE, count + " releases", () -> looked(() -> releaseCount()) == count);
  }

  private int releaseCount() throws InterruptedException {
    return client.releases("shop", 1).items().size();
  }

  private void deploy(Release release) throws InterruptedException {
    var _ =
        client.deploy(
            new Deploy.Request(
                "shop",
                "production",
                Optional.of(release.id()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()),
            UUID.randomUUID().toString());
  }

  /// What runs on the hosts outlives the server.
  private void takeDown() throws InterruptedException {
    var stop = client.stop("shop", "production", new Environment.Stop(Optional.empty()));
    assertThat(ended(stop.id()).state()).isEqualTo(Deploy.State.SUCCEEDED);
  }

  private Deploy ended(long id) {
    Eventually.within(
        PATIENCE,
        () -> "deploy " + id + " has ended: " + looked(() -> client.deploy(id)),
        () -> looked(() -> client.deploy(id)).deploy().state().finished());
    return looked(() -> client.deploy(id)).deploy();
  }

  private void awaitDoubt() {
    Eventually.within(
        PATIENCE,
        () -> "a step is in doubt: " + looked(() -> client.deploy(2)),
        () -> looked(() -> client.deploy(2)).deploy().inDoubt());
  }

  private interface Look<T> {
    T at() throws InterruptedException;
  }

  private static <T> T looked(Look<T> look) {
    try {
      return look.at();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  // --- what a person reads --------------------------------------------------------------------

  private String page(String path) throws IOException, InterruptedException {
    return get(client.server().resolve(path));
  }

  private String get(URI uri) throws IOException, InterruptedException {
    var answer =
        browser.send(
            HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(uri.toString()).isEqualTo(200);
    return answer.body();
  }

  private static String heading(String page) {
    return text(between(page, "<h1", "</h1>").getFirst());
  }

  private static String notice(String page) {
    return text(between(page, "<section class=\"notice", "</section>").getFirst());
  }

  private static List<String> steps(String page) {
    var list = between(page, "<ol class=\"steps\"", "</ol>").getFirst();
    return between(list, "<li", "</li>").stream().map(TroubledHostsTest::text).toList();
  }

  private static String timeline(String page) {
    return text(between(page, "<ol class=\"events\"", "</ol>").getFirst());
  }

  private static List<String> between(String page, String begin, String end) {
    var found = new ArrayList<String>();
    for (var at = page.indexOf(begin); at >= 0; at = page.indexOf(begin, at + 1)) {
      found.add(page.substring(at, page.indexOf(end, at)));
    }
    assertThat(found).as(begin + " in " + page).isNotEmpty();
    return found;
  }

  /// What is left for eyes.
  private static String text(String html) {
    return html.replaceAll("<[^>]*>", " ")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replaceAll("\\s+", " ");
  }
}
