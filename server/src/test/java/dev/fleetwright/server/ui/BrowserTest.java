package dev.fleetwright.server.ui;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ReducedMotion;
import com.microsoft.playwright.options.ScreenshotCaret;
import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a person does in a browser, in real Chromium, on a real server with a real repository and a
/// real target. One story in chapters: each begins where the one before ended.
///
/// With `-Dfleetwright.screenshots=FOLDER` every page is pictured there, light and dark.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(300)
class BrowserTest {

  private static final ProjectName SHOP = new ProjectName("shop");
  private static final double PATIENCE = 120_000;

  private ShopRepository repository;
  private Installation server;
  private Playwright playwright;
  private Browser browser;
  private BrowserContext context;
  private Page page;

  private final List<String> complaints = new ArrayList<>();
  private final List<String> dialogs = new ArrayList<>();

  @BeforeAll
  void open_a_browser_and_a_server(@TempDir Path folder) throws Exception {
    var chromium = Needs.tool("chromium");
    repository = new ShopRepository(Files.createDirectories(folder.resolve("shop")));
    server = new Installation(Files.createDirectories(folder.resolve("data")));
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-quic")));
    context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(server.address())
                .setViewportSize(1280, 900)
                .setReducedMotion(ReducedMotion.REDUCE));
    page = context.newPage();
    page.setDefaultTimeout(30_000);
    page.onConsoleMessage(message -> {
      if (message.type().equals("error") || message.type().equals("warning")) {
        complaints.add(message.text());
      }
    });
    page.onPageError(complaints::add);
    page.onDialog(dialog -> {
      dialogs.add(dialog.message());
      dialog.dismiss();
    });
  }

  @AfterAll
  void close() {
    // Null where setting up was skipped or failed.
    if (server != null) {
      takeDown();
      server.close();
    }
    if (playwright != null) {
      playwright.close();
    }
    if (repository != null) {
      repository.close();
    }
  }

  /// Ends the processes that the local target keeps beyond the server's life.
  private void takeDown() {
    for (var environment : server.record().environments().of(SHOP)) {
      for (var binding : environment.targets()) {
        var _ = server.target(binding).remove(server.order(), environment.placeOn(binding.name()));
      }
    }
  }

  @Test
  @Order(1)
  void nobody_sees_anything_without_a_token() {
    page.navigate("/projects/shop");

    assertThat(page).hasTitle("Sign in · Fleetwright");
    shoot("login");
    page.getByLabel("Token").fill("fw_not_the_right_one");
    page.getByRole(AriaRole.BUTTON, named("Sign in")).click();
    assertThat(page.getByRole(AriaRole.ALERT)).containsText("opens nothing here");
    // The browser tells of the refused request itself; that is no complaint about the page.
    complaints.removeIf(c -> c.contains("401"));

    page.getByLabel("Token").fill(server.token());
    page.getByRole(AriaRole.BUTTON, named("Sign in")).click();
    assertThat(page.getByRole(AriaRole.HEADING, titled("There is nothing here"))).isVisible();
    complaints.removeIf(c -> c.contains("404"));
    shoot("not-found");
  }

  @Test
  @Order(2)
  void a_newcomer_is_told_what_to_do() {
    page.navigate("/");

    assertThat(page.getByText("Nothing under way yet")).isVisible();
    assertThat(page.locator("#connection")).hasText("live");
    shoot("welcome");
  }

  @Test
  @Order(3)
  void a_push_becomes_a_release_that_staging_runs_without_a_reload() {
    page.navigate("/");
    var added =
        server.operations().projects().add("shop", repository.address(), true, Installation.ROOT);
    assertThat(added).isInstanceOf(Answer.Done.class);

    // Nobody reloads: the events do.
    assertThat(page.getByRole(AriaRole.LINK, linked("shop"))).isVisible(patiently());
    var staging = page.locator("td[data-column=staging]");
    assertThat(staging).containsText("r1", containingPatiently());
    assertThat(staging).containsText("healthy", containingPatiently());
    assertThat(live("staging")).isPresent();
  }

  @Test
  @Order(4)
  void a_pipeline_shows_its_jobs_and_a_job_its_log() {
    page.navigate("/projects/shop");
    assertThat(page.getByRole(AriaRole.HEADING, titled("Releases"))).isVisible();
    page.getByRole(AriaRole.LINK, linked("#1")).first().click();
    assertThat(page).hasTitle("Pipeline #1 · Fleetwright");
    shoot("pipeline");
    page.getByRole(AriaRole.LINK, linked("compile")).click();

    assertThat(page.locator(".log")).containsText("javac", containingPatiently());
    shoot("job");
    assertThat(page.getByText("build/web/page.html")).isVisible();
  }

  @Test
  @Order(4)
  void a_log_folds_is_searched_and_links_to_its_lines() {
    page.navigate("/projects/shop/pipelines/1");
    page.getByRole(AriaRole.LINK, linked("compile")).click();
    var call =
        page.locator(".line:not(.title)", new Page.LocatorOptions().setHasText("javac")).first();
    assertThat(call).isVisible();
    assertThat(page.locator(".took").first()).hasText(Pattern.compile("[0-9]+ s"));
    page.locator(".folder").all().forEach(Locator::click);
    assertThat(call).isHidden();
    page.locator(".folder").all().forEach(Locator::click);
    assertThat(call).isVisible();

    page.getByLabel("Find in the log").fill("JAVAC");
    page.getByLabel("Find in the log").press("Enter");
    assertThat(page.locator(".found")).containsText("JAVAC");
    shoot("job-found");
    page.locator(".found li a").first().click();
    assertThat(page.locator(".line:target")).containsText("javac");
    assertThat(page.locator(".line:target")).isInViewport();
  }

  @Test
  @Order(4)
  void what_a_job_left_is_browsed_and_downloaded() throws IOException {
    page.navigate("/projects/shop/pipelines/1");
    page.getByRole(AriaRole.LINK, linked("compile")).click();
    page.getByRole(AriaRole.LINK, linked("browse and download")).click();
    page.getByRole(AriaRole.LINK, linked("build")).click();
    page.getByRole(AriaRole.LINK, linked("web")).click();
    shoot("artifacts");
    var saved =
        page.waitForDownload(() -> page.getByRole(AriaRole.LINK, linked("page.html")).click());

    assertThat(Files.readString(saved.path())).isEqualTo(repository.read("web/page.html"));
  }

  @Test
  @Order(4)
  void tokens_trains_and_schedules_have_pages_of_their_own() {
    page.navigate("/tokens");
    assertThat(page.getByRole(AriaRole.HEADING, titled("Tokens")).first()).isVisible();
    shoot("tokens");
    page.navigate("/trains");
    assertThat(page.locator("h1")).containsText("Trains");
    shoot("trains");
    page.navigate("/projects/shop");
    page.getByRole(AriaRole.LINK, linked("Schedules")).click();
    assertThat(page.locator("h1")).containsText("Schedules");
    shoot("schedules");
  }

  @Test
  @Order(5)
  void deploy_new_takes_two_clicks_and_an_approval_is_bound_to_the_plan() throws Exception {
    page.navigate("/projects/shop/environments/production");
    assertThat(page.getByText("Nothing was ever deployed here.")).isVisible();

    page.getByRole(AriaRole.LINK, linked("Deploy…")).click(); // one
    assertThat(panel().getByRole(AriaRole.RADIO)).isFocused();
    assertThat(panel().locator(".plan")).containsText("created");
    shoot("deploy-new");
    panel().getByRole(AriaRole.BUTTON, namedIn("Deploy r1")).click(); // two

    assertThat(page.locator("h1")).containsText("waiting for approval", containingPatiently());
    shoot("deploy-waiting");
    var deploy = newest("production");
    var waiting =
        (DeployState.Waiting) server.record().deploys().find(deploy).orElseThrow().state();
    assertThat(page.locator("input[name=plan]")).hasValue(waiting.plan().hash().hex());
    page.getByRole(AriaRole.BUTTON, starting("Approve plan")).click();

    assertThat(page.locator("h1")).containsText("succeeded", containingPatiently());
    assertThat(page.locator(".steps")).containsText("done");
    assertThat(server.record().deploys().find(deploy).orElseThrow().state())
        .isInstanceOf(DeployState.Succeeded.class);
    assertThat(get("/healthz").trim()).isEqualTo("ok");
    assertThat(get("/version")).contains(release(1).sha().brief());
    page.locator(".changes summary").first().click();
    shoot("deploy-done");
  }

  @Test
  @Order(6)
  void a_newer_release_can_be_chosen_by_typing_and_the_preview_follows() throws Exception {
    repository.write("web/page.html", repository.read("web/page.html") + "<p>Sale!</p>\n");
    repository.commit("Announce the sale", "Jonas Berg");
    assertThat(server.operations().projects().sync(SHOP, Installation.ROOT))
        .isInstanceOf(Answer.Done.class);

    page.navigate("/projects/shop");
    assertThat(page.locator("tr:has(th a:text-is('r2')) .chip"))
        .hasText("staging", new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE));
    shoot("project");

    page.navigate("/projects/shop/environments/production");
    page.keyboard().press("d");
    var button = panel().locator("#confirm");
    assertThat(button).hasText("Deploy r2");
    panel().getByRole(AriaRole.SEARCHBOX).fill("open the");
    assertThat(panel().locator(".choice")).hasCount(1);
    panel().getByRole(AriaRole.RADIO).check();
    assertThat(button).hasText("Deploy r1");
    panel().getByRole(AriaRole.SEARCHBOX).fill("");
    assertThat(panel().locator(".choice")).hasCount(2);
    panel().locator(".choice", new Locator.LocatorOptions().setHasText("r2")).click();
    assertThat(button).hasText("Deploy r2");
    button.click();
    assertThat(page.locator("h1")).containsText("waiting for approval", containingPatiently());
    page.navigate("/");
    assertThat(page.locator(".attention")).containsText("shop / production");
    assertThat(page.locator("td[data-column=staging]")).containsText("healthy");
    assertThat(page.locator("td[data-column=production]")).containsText("1 commit behind");
    shoot("overview");
    page.locator(".attention th a").click();
    approve();

    assertThat(get("/")).contains("Sale!");
    assertThat(live("production").orElseThrow().release()).contains(release(2).id());
  }

  @Test
  @Order(7)
  void an_environment_can_go_back_to_what_it_ran_before() throws Exception {
    page.navigate("/projects/shop/environments/production");
    assertThat(page.locator(".way", new Page.LocatorOptions().setHasText("r2")))
        .containsText("runs now");
    page.getByRole(AriaRole.BUTTON, named("here: web")).click();
    assertThat(page.locator("#component-log")).containsText("listening on port");
    shoot("environment");

    page.getByRole(AriaRole.LINK, linked("Roll back…")).click();
    panel().getByLabel("Reason").fill("the sale was yesterday");
    shoot("rollback");
    panel().getByRole(AriaRole.BUTTON, namedIn("Roll back to r1")).click();
    assertThat(page.locator("blockquote")).hasText("the sale was yesterday");
    approve();

    assertThat(get("/")).doesNotContain("Sale!");
    var view = server.record().deploys().find(newest("production")).orElseThrow();
    assertThat(view.deploy().kind()).isEqualTo(DeployKind.ROLLBACK);
    assertThat(live("production").orElseThrow().release()).contains(release(1).id());
  }

  @Test
  @Order(8)
  void what_moved_elsewhere_is_refused_with_a_reason() {
    page.navigate("/projects/shop/environments/production");
    page.getByRole(AriaRole.LINK, linked("Deploy…")).click();
    assertThat(panel().locator("#confirm")).hasText("Deploy r2");
    panel().locator("input[name=plan]").evaluate("field => { field.value = '0'.repeat(64); }");
    panel().locator("#confirm").click();

    assertThat(page.getByRole(AriaRole.ALERT)).containsText("no longer what would happen");
    complaints.removeIf(c -> c.contains("409"));
  }

  @Test
  @Order(9)
  void an_environment_can_be_stopped() {
    page.navigate("/projects/shop/environments/production");
    page.getByRole(AriaRole.LINK, linked("Stop…")).click();
    panel().getByRole(AriaRole.BUTTON, namedIn("Stop production")).click();
    approve();

    assertThat(environment("production").state()).isEqualTo(EnvironmentState.STOPPED);
    assertThat(answers(repository.productionPort())).isFalse();
    page.navigate("/projects/shop/environments/production");
    assertThat(page.locator("h1")).containsText("stopped");
    assertThat(page.getByRole(AriaRole.LINK, linked("Stop…"))).not().isVisible();
    page.navigate("/");
    assertThat(page.locator("td[data-column=production]")).containsText("Nothing runs");
  }

  @Test
  @Order(10)
  void five_mistakes_are_five_lines_with_place_and_remedy_and_nothing_is_deployed()
      throws Exception {
    var before = server.record().deploys().of(SHOP, 100, 0).size();
    repository.branch("mistakes");
    repository.write(
        ".gitlab-ci.yml",
        """
        stages: [build]
        a: { stage: built, script: [make] }
        b: { stage: build }
        c: { stage: build, script: [make], needs: [x] }
        d: { stage: build, script: [make], when: sometimes }
        e: { stage: build, script: [make], extends: .nothing }
        """);
    repository.commit("<img src=x onerror=alert(1)> \u202eevil", "<script>alert(2)</script>");
    var _ = server.operations().projects().sync(SHOP, Installation.ROOT);

    page.navigate("/projects/shop/pipelines/3");
    assertThat(page.locator(".problems li")).hasCount(5);
    assertThat(page.locator(".problems .where").first())
        .containsText(".gitlab-ci.yml, line 2, column");
    shoot("mistakes");
    assertThat(server.record().deploys().of(SHOP, 100, 0)).hasSize(before);

    // What the commit says of itself is text, here and in lists.
    assertThat(page.getByText("<img src=x onerror=alert(1)> [U+202E]evil")).isVisible();
    page.navigate("/projects/shop");
    assertThat(page.getByText("<img src=x onerror=alert(1)>").first()).isVisible();
    assertThat(dialogs).isEmpty();
  }

  @Test
  @Order(11)
  void pages_fit_narrow_screens() {
    page.setViewportSize(390, 844);
    for (var path :
        List.of(
            "/",
            "/projects/shop",
            "/projects/shop/environments/production",
            "/projects/shop/pipelines/1",
            "/projects/shop/pipelines/3",
            "/projects/shop/deploys/" + newestNumber("production"))) {
      page.navigate(path);
      assertThat((Integer) page.evaluate("document.documentElement.scrollWidth"))
          .as(path)
          .isLessThanOrEqualTo(390);
    }
    page.navigate("/projects/shop");
    shoot("narrow");
    page.setViewportSize(1280, 900);
  }

  @Test
  @Order(12)
  void a_stream_that_was_lost_is_found_again() {
    page.navigate("/");
    assertThat(page.locator("#connection")).hasText("live");
    context.setOffline(true);
    page.evaluate("() => dispatchEvent(new Event('pagehide'))");
    assertThat(page.locator("#connection")).not().hasText("live");
    context.setOffline(false);
    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))");
    assertThat(page.locator("#connection")).hasText("live");
  }

  @Test
  @Order(13)
  void the_pages_work_without_scripts() {
    try (var plain =
        browser.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(server.address())
                .setJavaScriptEnabled(false))) {
      var still = plain.newPage();
      still.navigate("/projects/shop/environments/staging");
      still.getByLabel("Token").fill(server.token());
      still.getByRole(AriaRole.BUTTON, named("Sign in")).click();
      still.getByRole(AriaRole.LINK, linked("Deploy…")).click();
      still.getByRole(AriaRole.BUTTON, named("Deploy r2")).click();
      assertThat(still.locator("h1")).containsText("Deploy #");
    }
  }

  @Test
  @Order(14)
  void nobody_complained() {
    assertThat(complaints).isEmpty();
    assertThat(dialogs).isEmpty();
  }

  // --- what the chapters are told with
  // -------------------------------------------------------------

  private void approve() {
    page.getByRole(AriaRole.BUTTON, starting("Approve plan")).click();
    assertThat(page.locator("h1")).containsText("succeeded", containingPatiently());
  }

  private Locator panel() {
    return page.locator("dialog[open]");
  }

  private Environment environment(String name) {
    return server.record().environments().find(SHOP, new EnvironmentName(name)).orElseThrow();
  }

  private Optional<Live> live(String name) {
    return server.record().environments().live(environment(name).id()).stream()
        .filter(l -> l.target().equals("here"))
        .findFirst();
  }

  private long newest(String name) {
    return server.record().deploys().of(environment(name).id(), 1, 0).getFirst().deploy().id();
  }

  private long newestNumber(String name) {
    return server.record().deploys().of(environment(name).id(), 1, 0).getFirst().deploy().number();
  }

  private Release release(long number) {
    return server.record().releases().find(SHOP, number).orElseThrow();
  }

  private String get(String path) throws IOException, InterruptedException {
    try (var client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + repository.productionPort() + path))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              BodyHandlers.ofString())
          .body();
    }
  }

  private static boolean answers(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Page.GetByRoleOptions named(String name) {
    return new Page.GetByRoleOptions().setName(name).setExact(true);
  }

  private static Page.GetByRoleOptions linked(String name) {
    return named(name);
  }

  private static Page.GetByRoleOptions titled(String name) {
    return named(name);
  }

  private static Page.GetByRoleOptions starting(String name) {
    return new Page.GetByRoleOptions().setName(name);
  }

  private static Locator.GetByRoleOptions namedIn(String name) {
    return new Locator.GetByRoleOptions().setName(name).setExact(true);
  }

  private static LocatorAssertions.IsVisibleOptions patiently() {
    return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE);
  }

  private static LocatorAssertions.ContainsTextOptions containingPatiently() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE);
  }

  /// Picture the page as it is, in both themes, if pictures are wanted.
  private void shoot(String name) {
    var to = System.getProperty("fleetwright.screenshots", "");
    if (to.isEmpty()) {
      return;
    }
    for (var theme : List.of("light", "dark")) {
      page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setCaret(ScreenshotCaret.INITIAL)
              .setPath(Path.of(to, name + "-" + theme + ".png")));
    }
    page.evaluate("() => { document.documentElement.dataset.theme = 'auto'; }");
  }
}
