package dev.fleetwright.server.ui;

import dev.fleetwright.server.ui.Action.Field;
import dev.fleetwright.server.ui.DeployPage.DoubtView;
import dev.fleetwright.server.ui.DeployPage.EventView;
import dev.fleetwright.server.ui.DeployPage.GateView;
import dev.fleetwright.server.ui.DeployPage.StepView;
import dev.fleetwright.server.ui.EnvironmentPage.ComponentLog;
import dev.fleetwright.server.ui.EnvironmentPage.Instance;
import dev.fleetwright.server.ui.EnvironmentPage.OnTarget;
import dev.fleetwright.server.ui.EnvironmentPage.WayBack;
import dev.fleetwright.server.ui.OverviewPage.Cell;
import dev.fleetwright.server.ui.OverviewPage.Column;
import dev.fleetwright.server.ui.OverviewPage.Count;
import dev.fleetwright.server.ui.OverviewPage.Row;
import dev.fleetwright.server.ui.PipelinePage.JobView;
import dev.fleetwright.server.ui.PipelinePage.StageView;
import dev.fleetwright.server.ui.PlanView.DiffLine;
import dev.fleetwright.server.ui.PlanView.OfTarget;
import dev.fleetwright.server.ui.PlanView.OneChange;
import dev.fleetwright.server.ui.ProjectPage.Dot;
import dev.fleetwright.server.ui.ProjectPage.PipelineRow;
import dev.fleetwright.server.ui.ProjectPage.ReleaseRow;
import dev.fleetwright.server.ui.ProjectPage.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Pages with the kind of content that teams have, to look at and to render in tests.
final class Samples {

  static final Assets ASSETS = new Assets();
  private static final Instant NOW = Instant.parse("2026-11-21T14:00:00Z");

  private static final Link NOWHERE = new Link("", "");
  static final Badge HEALTHY = new Badge(Tone.GOOD, "heart", "healthy");
  private static final Badge UNREACHABLE = new Badge(Tone.WARN, "unplugged", "unreachable");
  private static final Badge FAILING = new Badge(Tone.BAD, "x-circle", "failing");
  private static final Badge RUNNING = new Badge(Tone.BUSY, "running", "running");
  static final Badge DONE = new Badge(Tone.GOOD, "check", "done");
  private static final Badge SUCCEEDED = new Badge(Tone.GOOD, "check-circle", "succeeded");
  private static final Badge ROLLED_BACK = new Badge(Tone.WARN, "back", "rolled back");
  private static final Badge WAITING = new Badge(Tone.WAIT, "hand", "waiting for approval");
  private static final Badge DEPLOY = new Badge(Tone.IDLE, "deploy", "deploy");
  private static final Badge STOP = new Badge(Tone.IDLE, "stop", "stop");
  private static final Badge ROLLBACK = new Badge(Tone.IDLE, "back", "rollback");

  private Samples() {}

  static Moment ago(long minutes) {
    return Moment.of(NOW.minus(Duration.ofMinutes(minutes)), NOW);
  }

  static Frame frame(String title, Link... crumbs) {
    return new Frame(ASSETS, title, "root", "auto", List.of(crumbs), "/", "*", title, List.of());
  }

  private static final Underway DEPLOYING =
      new Underway("/deploy", RUNNING, "r8 · step 2 of 4", 1, 4);
  private static final Underway ASKING = new Underway("/waiting", WAITING, "r8 · 0 of 1", 0, 0);

  private static EnvironmentTile tile(
      String name,
      String tier,
      String version,
      String commit,
      long minutes,
      Badge health,
      String behind,
      Underway... underway) {
    return new EnvironmentTile(
        "/environment",
        name,
        tier,
        version,
        commit,
        "Show the basket's total before checkout",
        version.isEmpty() ? List.of() : List.of(ago(minutes)),
        health,
        behind,
        version.equals("r7") ? "held by mira: the basket is empty" : "",
        List.of(underway));
  }

  private static Cell cell(EnvironmentTile... tiles) {
    return new Cell("production", List.of(tiles), NOWHERE);
  }

  static OverviewPage overview() {
    return new OverviewPage(
        List.of(
            new Count("6", "projects", new Badge(Tone.IDLE, "repository", "")),
            new Count("17", "environments", new Badge(Tone.IDLE, "target", "")),
            new Count("1", "deploy under way", new Badge(Tone.BUSY, "running", "")),
            new Count("2", "waiting for a person", new Badge(Tone.WAIT, "hand", "")),
            new Count("1", "environment in trouble", new Badge(Tone.BAD, "warning", ""))),
        List.of(
            row(41, DEPLOY, "r8 · 1a2b3c4d", "shop / production", WAITING, "mira", 4, "", ""),
            row(
                12,
                DEPLOY,
                "r31 · 99ff0e12",
                "ledger / production",
                new Badge(Tone.WARN, "question", "in doubt"),
                "auto: main",
                16,
                "",
                "the answer to edge: edge-2 got lost")),
        false,
        List.of(
            new Column("review/*", "development"),
            new Column("staging", ""),
            new Column("production", ""),
            new Column("production-eu", "production")),
        List.of(
            new Row(
                new Link("shop", "/project"),
                "main",
                List.of(
                    new Cell(
                        "review/*",
                        List.of(
                            tile("review/basket-total", "", "r9", "77aa01bc", 12, HEALTHY, ""),
                            tile("review/new-login", "", "r6", "c0ffee12", 1450, HEALTHY, "")),
                        new Link("and 3 more", "/project")),
                    cell(tile("", "", "r8", "1a2b3c4d", 26, HEALTHY, "")),
                    cell(tile("", "", "r7", "0b1c2d3e", 4400, HEALTHY, "2 commits behind", ASKING)),
                    cell(
                        tile(
                            "",
                            "",
                            "r7",
                            "0b1c2d3e",
                            4380,
                            HEALTHY,
                            "2 commits behind",
                            DEPLOYING)))),
            new Row(
                new Link("ledger", "/project"),
                "main",
                List.of(
                    cell(),
                    cell(tile("", "", "r31", "99ff0e12", 61, HEALTHY, "")),
                    cell(tile("", "", "r29", "12ab34cd", 18000, UNREACHABLE, "14 commits behind")),
                    cell())),
            new Row(
                new Link("search-index", "/project"),
                "trunk",
                List.of(
                    cell(),
                    cell(tile("", "", "r102", "fedcba98", 3, FAILING, "")),
                    cell(tile("", "", "r101", "89abcdef", 700, HEALTHY, "1 commit behind")),
                    cell(tile("", "", "r101", "89abcdef", 690, HEALTHY, "1 commit behind")))),
            new Row(
                new Link("site", "/project"),
                "main",
                List.of(
                    cell(tile("review/autumn", "", "r54", "ab12cd34", 220, HEALTHY, "")),
                    cell(tile("", "", "r53", "5a5a5a5a", 1000, HEALTHY, "")),
                    cell(tile("", "", "r53", "5a5a5a5a", 980, HEALTHY, "")),
                    cell(tile("", "", "", "", 0, HEALTHY, ""))))),
        "",
        "4 of 4 projects",
        NOWHERE,
        NOWHERE,
        false,
        false);
  }

  static OverviewPage empty() {
    return new OverviewPage(
        List.of(), List.of(), false, List.of(), List.of(), "", "", NOWHERE, NOWHERE, true, false);
  }

  private static DeployRow row(
      long number,
      Badge kind,
      String what,
      String environment,
      Badge state,
      String by,
      long minutes,
      String took,
      String reason) {
    return new DeployRow(
        "/deploy",
        number,
        kind,
        what,
        new Link(environment, "/environment"),
        state,
        by,
        ago(minutes),
        took,
        reason);
  }

  private static List<DeployRow> history() {
    return List.of(
        row(41, DEPLOY, "r8 · 1a2b3c4d", "production", WAITING, "mira", 4, "", ""),
        row(38, DEPLOY, "r7 · 0b1c2d3e", "production", SUCCEEDED, "jonas", 4400, "1 min 12 s", ""),
        row(
            36,
            ROLLBACK,
            "r5 · aa00bb11",
            "production",
            SUCCEEDED,
            "mira",
            7000,
            "9.4 s",
            "payments time out since r6"),
        row(
            35,
            DEPLOY,
            "r6 · c0ffee12",
            "production",
            ROLLED_BACK,
            "auto: main",
            7020,
            "48 s",
            "web on edge-2 is failing: /healthz says 503"),
        row(30, DEPLOY, "r5 · aa00bb11", "production", SUCCEEDED, "jonas", 12000, "1 min 8 s", ""),
        row(
            22,
            STOP,
            "take everything away",
            "production",
            SUCCEEDED,
            "jonas",
            30000,
            "11 s",
            "moving to the new hosts"));
  }

  static ProjectPage project() {
    return new ProjectPage(
        "shop",
        "/project",
        "https://git.example/team/shop.git",
        "main",
        List.of(
            tile(
                "review/basket-total",
                "development",
                "r9",
                "77aa01bc",
                12,
                HEALTHY,
                "",
                new Underway("/x", RUNNING, "r9 · step 1 of 1", 0, 1)),
            tile("staging", "staging", "r8", "1a2b3c4d", 26, HEALTHY, ""),
            tile(
                "production",
                "production",
                "r7",
                "0b1c2d3e",
                4400,
                HEALTHY,
                "2 commits behind",
                ASKING)),
        "",
        NOWHERE,
        NOWHERE,
        List.of(
            pipeline(52, RUNNING, "basket-total", "Show the basket's total before checkout", 2, ""),
            pipeline(
                51, SUCCEEDED, "main", "Answer 404 for products that are gone", 31, "1 min 40 s"),
            pipeline(
                50,
                new Badge(Tone.BAD, "x-circle", "failed"),
                "main",
                "Ask for the postcode before the street, as everybody else does since a year",
                190,
                "32 s")),
        List.of(
            release("r9", "77aa01bc", "basket-total", 12, "review/basket-total"),
            release("r8", "1a2b3c4d", "main", 31, "staging"),
            release("r7", "0b1c2d3e", "main", 4420, "production", "production-eu"),
            release("r6", "c0ffee12", "main", 7100)),
        history().subList(0, 3),
        "/hooks/shop",
        List.of(
            Action.asking("new-secret", "New secret", "/secret", "plain", "retry", "Sure?", false),
            Action.asking(
                "replace-secret",
                "Replace at once",
                "/secret",
                "danger",
                "blocked",
                "Sure?",
                false)),
        false);
  }

  static TrainsPage trains() {
    return new TrainsPage(
        List.of(
            new TrainsPage.Row(
                new Link("Train 3", "/trains/3"),
                "shop/production, api/production",
                new Badge(Tone.WARN, "hand", "held"),
                "anna",
                ago(3),
                "the new prices")));
  }

  static TrainPage train() {
    return new TrainPage(
        "Train 3",
        new Badge(Tone.WARN, "hand", "held"),
        "anna",
        ago(3),
        "the new prices",
        "When a member fails, those that come after it wait.",
        "A member did not succeed, and those that come after it wait.",
        "0123456789ab",
        List.of(
            Action.asking(
                "rollback",
                "Take back",
                "/trains/3/rollback",
                "danger",
                "back",
                "All of it?",
                true),
            Action.asking(
                "cancel", "End here", "/trains/3/cancel", "danger", "blocked", "Now?", false)),
        List.of(
            new TrainPage.Row(
                new Link("api/production", "/projects/api/environments/production"),
                new Link("#4", "/projects/api/deploys/4"),
                "r4",
                new Badge(Tone.WARN, "back", "rolled back"),
                "",
                "",
                "12 s"),
            new TrainPage.Row(
                new Link("shop/production", "/projects/shop/environments/production"),
                new Link("#7", "/projects/shop/deploys/7"),
                "r9",
                new Badge(Tone.WAIT, "wait", "waiting"),
                "api/production",
                "`api/production` goes first in train 3, and its deploy #4 is rolled back",
                "")));
  }

  static ReleasePage release() {
    var digest = "sha256:" + "4f".repeat(32);
    return new ReleasePage(
        "r7",
        "Greet the customers",
        "1a2b3c4d".repeat(5),
        "main",
        "Anna",
        ago(5),
        new Link("#51", "/pipeline"),
        List.of(new Link("staging", "/environment")),
        List.of(
            new ReleasePage.Part(
                "web",
                "registry.example/shop/web",
                digest,
                "tag `1a2b3c4d-51`, built of the pipeline's files",
                "registry.example/base/java:25@" + digest),
            new ReleasePage.Part("worker", "12 files, 1.2 MB", digest, "", "")));
  }

  static SchedulesPage schedules() {
    return new SchedulesPage(
        new Link("shop", "/project"),
        "/schedules",
        "main",
        List.of(
            new SchedulesPage.Row(
                "Nightly build",
                "main",
                "30 4 * * 1-5",
                "Europe/Berlin",
                "in 3 hours",
                new Link("#51", "/pipeline"),
                "",
                List.of(Action.now("pause-1", "Pause", "/pause", "plain", "blocked"))),
            new SchedulesPage.Row(
                "Old branch",
                "gone",
                "0 0 * * *",
                "UTC",
                "paused",
                NOWHERE,
                "there is no branch or tag `gone` any more",
                List.of(Action.now("resume-2", "Resume", "/resume", "plain", "play")))));
  }

  static TokensPage tokens() {
    return new TokensPage(
        List.of(token(1, "root", List.of(ago(0))), token(2, "ci of the shop", List.of())));
  }

  private static TokensPage.Row token(long id, String name, List<Moment> used) {
    return new TokensPage.Row(
        name,
        ago(7000),
        used,
        Action.asking("revoke-" + id, "Revoke", "/tokens", "danger", "x", "Sure?", false));
  }

  static SecretPage secret() {
    return new SecretPage(
        "Webhook secret of shop",
        "3q2-7wAAAAC0ffee_not_a_real_one_AAAAAAAAAAA",
        "Enter it where the repository is hosted. The one before counts no more.",
        new Link("To the project", "/project"));
  }

  private static PipelineRow pipeline(
      long number, Badge status, String ref, String title, long minutes, String took) {
    var failed = status.tone() == Tone.BAD;
    return new PipelineRow(
        "/pipeline",
        number,
        status,
        ref,
        "77aa01bc",
        title,
        "push",
        ago(minutes),
        took,
        List.of(
            new Stage(
                "build",
                List.of(
                    new Dot("/job", DONE, "compile: success"),
                    new Dot("/job", DONE, "assets: success"))),
            new Stage(
                "test",
                List.of(
                    new Dot(
                        "/job",
                        failed ? new Badge(Tone.BAD, "x", "failed") : DONE,
                        "unit: " + (failed ? "failed" : "success")),
                    new Dot(
                        "/job",
                        new Badge(Tone.WARN, "warning", "failed"),
                        "lint: failed (allowed)"))),
            new Stage(
                "deploy",
                List.of(
                    new Dot(
                        "/job",
                        failed
                            ? new Badge(Tone.IDLE, "skip", "skipped")
                            : new Badge(Tone.BUSY, "running", "running"),
                        "staging: running"),
                    new Dot(
                        "/job", new Badge(Tone.WAIT, "play", "manual"), "production: manual")))));
  }

  private static ReleaseRow release(
      String version, String commit, String ref, long minutes, String... places) {
    return new ReleaseRow(
        version,
        commit,
        ref,
        "Show the basket's total before checkout",
        "Mira Vos",
        ago(minutes),
        new Link("pipeline #51", "/pipeline"),
        List.of(places).stream().map(p -> new Link(p, "/environment")).toList());
  }

  static EnvironmentPage environment() {
    return new EnvironmentPage(
        "production",
        "production",
        new Badge(Tone.GOOD, "check-circle", "available"),
        SafeLinks.shown("https://shop.example"),
        "/environment",
        List.of("after staging", "1 approval", "here, edge"),
        true,
        List.of(
            new EnvironmentPage.Alarmed(
                "error-rate", "7 % of the answers are 503", "grafana", ago(2))),
        List.of(
            new EnvironmentPage.Held(
                "mira",
                "the basket is empty",
                ago(90),
                new Link("deploy #31", "/deploy"),
                "Once it is lifted, what runs in staging by then is deployed here.",
                Action.now("lift-hold", "Lift the hold", "/hold/lift", "plain", "check"))),
        List.of(),
        List.of(ASKING),
        List.of(
            new OnTarget(
                "here",
                "local",
                HEALTHY,
                new Link("r7 · 0b1c2d3e", "/pipeline"),
                "Answer 404 for products that are gone",
                "jonas",
                List.of(ago(4400)),
                false,
                List.of(
                    new Instance(
                        "api",
                        "localhost",
                        HEALTHY,
                        "4fd1aa90be",
                        SafeLinks.shown("http://localhost:8081"),
                        "pid 4711, up 3 days"),
                    new Instance(
                        "web",
                        "localhost",
                        HEALTHY,
                        "9b3c77d2e0",
                        SafeLinks.shown("http://localhost:8080"),
                        "pid 4712, up 3 days"),
                    new Instance(
                        "worker",
                        "localhost",
                        HEALTHY,
                        "0c0d0e0f11",
                        NOWHERE,
                        "pid 4713, up 3 days")),
                List.of(ago(0)),
                ""),
            new OnTarget(
                "edge",
                "ssh",
                UNREACHABLE,
                new Link("r7 · 0b1c2d3e", "/pipeline"),
                "Answer 404 for products that are gone",
                "jonas",
                List.of(ago(4399)),
                false,
                List.of(
                    new Instance(
                        "web",
                        "edge-1.example",
                        HEALTHY,
                        "9b3c77d2e0",
                        SafeLinks.shown("http://edge-1.example:8080"),
                        "pid 901, up 3 days"),
                    new Instance(
                        "web",
                        "edge-2.example",
                        UNREACHABLE,
                        "9b3c77d2e0",
                        NOWHERE,
                        "connection refused")),
                List.of(ago(0)),
                "web on edge-2.example is unreachable: connection refused")),
        List.of(
            new WayBack(
                "r6 · c0ffee12",
                "Keep the session for a week",
                ago(7020),
                "",
                new Badge(Tone.IDLE, "blocked", "cannot go back"),
                "it was rolled back when it was deployed, and never ran",
                List.of()),
            new WayBack(
                "r5 · aa00bb11",
                "Sort by price",
                ago(7000),
                "/rollback",
                new Badge(Tone.GOOD, "back", "can go back"),
                "",
                List.of(ago(1))),
            new WayBack(
                "r3 · 00112233",
                "Pay with a card",
                ago(90000),
                "",
                new Badge(Tone.IDLE, "blocked", "cannot go back"),
                "its files are no longer kept on edge; deploy r3 anew instead",
                List.of())),
        history(),
        new Link("Older deploys", "/older"),
        List.of(
            new ComponentLog("here: web", "/componentlog"),
            new ComponentLog("here: api", "/componentlog"),
            new ComponentLog("edge: web", "/componentlog")));
  }

  static PlanView plan(String id) {
    return new PlanView(
        "3fa94c1be0d95b77aa0142c3fa94c1be0d95b77aa0142c3fa94c1be0d95b77aa",
        "3fa94c1b",
        "2 updated, 1 created",
        "1 approval needed",
        List.of(
            new OfTarget(
                "here",
                "local",
                "1 updated, 1 unchanged",
                List.of(
                    new OneChange(
                        id + "-0",
                        new Badge(Tone.BUSY, "pencil", "update"),
                        "web on localhost",
                        List.of(
                            new DiffLine("same", "  run.command: java -cp . Web"),
                            new DiffLine("minus", "- variables.GREETING: hello"),
                            new DiffLine("plus", "+ variables.GREETING: good evening"),
                            new DiffLine("minus", "- Web.class  9b3c77d2  4.1 kB"),
                            new DiffLine("plus", "+ Web.class  fe12aa90  4.3 kB"),
                            new DiffLine("plus", "+ basket.html  aa019c12  1.2 kB"))),
                    new OneChange(
                        id + "-1", new Badge(Tone.IDLE, "equal", "unchanged"), "api", List.of()))),
            new OfTarget(
                "edge",
                "ssh",
                "1 updated, 1 created",
                List.of(
                    new OneChange(
                        id + "-2",
                        new Badge(Tone.BUSY, "pencil", "update"),
                        "web on edge-1.example",
                        List.of(new DiffLine("plus", "+ basket.html  aa019c12  1.2 kB"))),
                    new OneChange(
                        id + "-3",
                        new Badge(Tone.GOOD, "plus", "create"),
                        "web on edge-2.example",
                        List.of(new DiffLine("plus", "+ basket.html  aa019c12  1.2 kB")))))),
        List.of("here: everything", "edge: edge-1.example", "edge: edge-2.example"));
  }

  static DeployPanel panel() {
    return new DeployPanel(
        "production",
        "/environment",
        "",
        List.of(
            choice(9, "77aa01bc", "basket-total", "Show the basket's total before checkout", 12),
            choice(8, "1a2b3c4d", "main", "Answer 404 for products that are gone", 31),
            choice(7, "0b1c2d3e", "main", "Ask for the postcode before the street", 4420),
            choice(6, "c0ffee12", "main", "Keep the session for a week", 7100),
            choice(5, "aa00bb11", "main", "Sort by price", 12100)),
        preview("Deploy r9"));
  }

  private static DeployPanel.Choice choice(
      long number, String commit, String ref, String title, long minutes) {
    return new DeployPanel.Choice(
        number,
        "r" + number,
        commit,
        ref,
        title,
        "Mira Vos",
        ago(minutes),
        number == 9,
        number == 7);
  }

  static PreviewView preview(String button) {
    return new PreviewView(
        "/environment/deploy",
        List.of(new Field("plan", "3fa94c1b")),
        List.of(plan("p")),
        List.of(),
        button,
        "primary",
        "Waits for 1 approval, then starts.");
  }

  static PreviewView impossible() {
    return new PreviewView(
        "/environment/deploy",
        List.of(),
        List.of(),
        List.of(
            Notice.refusal(
                "r9 was never deployed to staging",
                "Deploy it to staging first: production says `after: staging`.",
                List.of())),
        "",
        "primary",
        "");
  }

  static ConfirmPanel confirm() {
    return new ConfirmPanel(
        "Roll production back to r5",
        "The stored revisions of deploy #30 are applied again, byte for byte.",
        "production",
        "/environment",
        new PreviewView(
            "/environment/rollback",
            List.of(new Field("to", "30")),
            List.of(plan("c")),
            List.of(),
            "Roll back to r5",
            "danger",
            "Starts at once."));
  }

  static LogView log(String more) {
    return new LogView(
        "log-deploy-41",
        "/projects/shop/deploys/41",
        new LogTextSample().lines(),
        more,
        "/raw",
        LogView.Around.NOTHING,
        LogView.Search.NONE);
  }

  static DeployPage deploy() {
    return new DeployPage(
        "Deploy #41",
        new Link("production", "/environment"),
        DEPLOY,
        RUNNING,
        "r8 · 1a2b3c4d",
        "Answer 404 for products that are gone",
        "mira",
        ago(6),
        "48 s",
        "The shop team waits for this before the sale",
        "",
        new Link("job production of pipeline #51", "/job"),
        List.of(
            Action.now("pause", "Pause", "/pause", "plain", "pause"),
            Action.asking(
                "rollback",
                "Roll back",
                "/rollback",
                "danger",
                "back",
                "Take back the 2 steps that are done?",
                true),
            Action.asking(
                "cancel",
                "Cancel",
                "/cancel",
                "danger",
                "x",
                "Stop before the next step? What is done stays.",
                true)),
        List.of(),
        List.of(),
        List.of(plan("d")),
        "Approved by jonas",
        List.of(
            new StepView(1, DONE, "here: everything", "web restarted, api unchanged", "4.1 s"),
            new StepView(
                2, DONE, "edge: edge-1.example", "1.2 kB uploaded, link switched", "6.0 s"),
            new StepView(3, RUNNING, "edge: edge-2.example", "", ""),
            new StepView(4, new Badge(Tone.IDLE, "ring", "to do"), "edge: edge-3.example", "", "")),
        log(""),
        events());
  }

  static DeployPage waiting() {
    return new DeployPage(
        "Deploy #41",
        new Link("production", "/environment"),
        DEPLOY,
        WAITING,
        "r8 · 1a2b3c4d",
        "Answer 404 for products that are gone",
        "mira",
        ago(4),
        "",
        "",
        "",
        NOWHERE,
        List.of(
            Action.now(
                "approve",
                "Approve plan 3fa94c1b",
                "/approve",
                "primary",
                "check",
                new Field("plan", "3fa94c1b")),
            Action.asking(
                "reject", "Reject", "/reject", "danger", "x", "Say no to this plan?", true)),
        List.of(
            new GateView("approval", "people", "0 of 1 approvals", "one more approval"),
            new GateView(
                "freeze",
                "lock",
                "nothing new is deployed to `production` until Mon 2026-11-23 08:00 (Europe/Amsterdam): `weekend`",
                "the freeze being over, or somebody who may approve opening it with a reason",
                List.of(Moment.of(NOW.plusSeconds(90_000), NOW)),
                List.of(
                    Action.demanding(
                        "open-freeze",
                        "Override",
                        "/gates",
                        "danger",
                        "warning",
                        "Let this one deploy through although `freeze` holds it?",
                        new Field("gate", "freeze"),
                        new Field("open", "true")))),
            new GateView(
                "load-test",
                "clock",
                "`load-test` has not said anything yet",
                "its answer",
                List.of(),
                List.of(
                    Action.asking(
                        "open-load-test",
                        "Open",
                        "/gates",
                        "plain",
                        "check",
                        "Let this deploy through?",
                        true,
                        new Field("gate", "load-test"),
                        new Field("open", "true")))),
            new GateView(
                "soak",
                "check",
                "opened by mira: the fix for the check-out",
                "",
                List.of(),
                List.of())),
        List.of(
            new DoubtView(
                "edge: edge-2.example",
                "The connection was lost while the link was switched.",
                "Look at the target, then say which it is.",
                List.of(
                    Action.now("done", "It is done", "/doubt", "plain", "check"),
                    Action.now("repeat", "Do it again", "/doubt", "plain", "retry")))),
        List.of(plan("w")),
        "",
        List.of(
            new StepView(1, new Badge(Tone.IDLE, "ring", "to do"), "here: everything", "", ""),
            new StepView(2, new Badge(Tone.IDLE, "ring", "to do"), "edge: edge-1.example", "", "")),
        log(""),
        events().subList(3, 5));
  }

  static DeployPage failed() {
    return new DeployPage(
        "Deploy #35",
        new Link("production", "/environment"),
        DEPLOY,
        ROLLED_BACK,
        "r6 · c0ffee12",
        "Keep the session for a week",
        "auto: main",
        ago(7020),
        "48 s",
        "",
        "Step 3 was refused: web on edge-2.example did not become healthy within 20 s: /healthz says"
            + " 503. What steps 1 and 2 had done was taken back.",
        NOWHERE,
        List.of(),
        List.of(),
        List.of(),
        List.of(plan("f")),
        "",
        List.of(
            new StepView(
                1, new Badge(Tone.IDLE, "back", "taken back"), "here: everything", "", "4.1 s"),
            new StepView(
                2, new Badge(Tone.IDLE, "back", "taken back"), "edge: edge-1.example", "", "6.0 s"),
            new StepView(
                3,
                new Badge(Tone.BAD, "x", "refused"),
                "edge: edge-2.example",
                "web did not become healthy within 20 s: /healthz says 503",
                "20 s"),
            new StepView(
                4, new Badge(Tone.IDLE, "skip", "not begun"), "edge: edge-3.example", "", "")),
        log(""),
        events());
  }

  private static List<EventView> events() {
    return List.of(
        new EventView(
            ago(0),
            new Badge(Tone.GOOD, "check", ""),
            "edge: edge-1.example is done",
            "fleetwright"),
        new EventView(
            ago(0), new Badge(Tone.GOOD, "check", ""), "here: everything is done", "fleetwright"),
        new EventView(ago(1), new Badge(Tone.BUSY, "play", ""), "Started", "fleetwright"),
        new EventView(ago(1), new Badge(Tone.GOOD, "seal", ""), "Approved plan 3fa94c1b", "jonas"),
        new EventView(
            ago(6),
            new Badge(Tone.IDLE, "log", ""),
            "Planned: 2 updated, 1 created",
            "fleetwright"));
  }

  static PipelinePage pipelinePage() {
    return new PipelinePage(
        "Pipeline #52",
        RUNNING,
        "basket-total",
        "77aa01bc",
        "Show the basket's total before checkout",
        "Mira Vos",
        "push",
        "webhook",
        ago(2),
        "1 min 2 s",
        NOWHERE,
        new Link("r9", "/project"),
        new Link("tests", "/tests"),
        List.of(
            Action.asking(
                "cancel", "Cancel", "/cancel", "danger", "x", "End the jobs that run?", false)),
        List.of(
            new StageView(
                "build",
                DONE,
                List.of(
                    new JobView("/job", "compile", DONE, "12 s", "", NOWHERE, NOWHERE, List.of()),
                    new JobView("/job", "assets", DONE, "3.2 s", "", NOWHERE, NOWHERE, List.of()))),
            new StageView(
                "test",
                RUNNING,
                List.of(
                    new JobView(
                        "/job",
                        "unit",
                        RUNNING,
                        "41 s",
                        "attempt 2",
                        NOWHERE,
                        NOWHERE,
                        List.of(Action.now("c1", "Cancel", "/cancel", "plain", "x"))),
                    new JobView(
                        "/job",
                        "lint",
                        new Badge(Tone.WARN, "warning", "failed"),
                        "2.0 s",
                        "allowed to fail",
                        NOWHERE,
                        NOWHERE,
                        List.of(Action.now("r1", "Retry", "/retry", "plain", "retry"))))),
            new StageView(
                "deploy",
                new Badge(Tone.IDLE, "ring", "created"),
                List.of(
                    new JobView(
                        "/job",
                        "staging",
                        new Badge(Tone.IDLE, "ring", "created"),
                        "",
                        "",
                        new Link("deploy #42", "/deploy"),
                        NOWHERE,
                        List.of()),
                    new JobView(
                        "/job",
                        "production",
                        new Badge(Tone.WAIT, "hand", "manual"),
                        "",
                        "waits for a person",
                        NOWHERE,
                        NOWHERE,
                        List.of(Action.now("p1", "Play", "/play", "primary", "play")))))),
        List.of(
            new NeedsView(
                718,
                110,
                List.of(
                    new NeedsView.Node(10, 10, "/job", "compile", "compile: passed", DONE),
                    new NeedsView.Node(264, 10, "/job", "unit", "unit: running", RUNNING),
                    new NeedsView.Node(518, 62, "/job", "staging", "staging: created", DONE)),
                List.of("M200 29C232 29 232 29 264 29", "M454 29C486 29 486 81 518 81"))));
  }

  static TestsPage tests() {
    var failed = new Badge(Tone.BAD, "x-circle", "failed");
    return new TestsPage(
        new Link("pipeline #52", "/pipeline"),
        failed,
        "3 tests, 1 failed, 41.2 s",
        List.of(
            new TestsPage.SuiteView(
                "job-7",
                new Link("unit", "/job"),
                failed,
                "3 tests, 1 failed, 41.2 s",
                List.of("`reports/late.xml` is no XML at line 3, column 9: it ends too early"),
                List.of(
                    new TestsPage.CaseView(
                        "job-7-0",
                        "totals <b>everything</b>",
                        "shop.BasketTest",
                        failed,
                        "40.9 s",
                        "expected 3 < 4\n  at shop.BasketTest.totals(BasketTest.java:7)")),
                List.of(
                    new TestsPage.CaseView("", "adds", "shop.BasketTest", DONE, "12 ms", ""),
                    new TestsPage.CaseView("", "ships", "shop.BasketTest", DONE, "3 ms", "")),
                "")));
  }

  static ArtifactsPage artifacts() {
    return new ArtifactsPage(
        "unit",
        List.of(new Link("artifacts", "/artifacts"), new Link("build", "")),
        List.of(
            new ArtifactsPage.Entry("folder", "reports", "/artifacts", "12 kB", "3 files"),
            new ArtifactsPage.Entry("file", "Web.class", "/file", "4 kB", "9b3c77d2"),
            new ArtifactsPage.Entry("file", "latest", "", "", "link to Web.class")),
        "5 files, 16 kB",
        "/archive");
  }

  static List<Notice> problems() {
    return List.of(
        new Notice(
            Tone.BAD,
            "x-circle",
            ".gitlab-ci.yml of main cannot be used: 3 mistakes",
            "",
            List.of(
                new Notice.ProblemLine(
                    ".gitlab-ci.yml, line 3, column 1",
                    "`stage` is not a keyword here",
                    "write `stages`"),
                new Notice.ProblemLine(
                    ".gitlab-ci.yml, line 12, column 5",
                    "job `unit` needs `compil`, which does not exist",
                    "did you mean `compile`?"),
                new Notice.ProblemLine(
                    "fleetwright.yml, line 7, column 3",
                    "`timeuot` is not a setting",
                    "remove it"))));
  }

  static JobPage job() {
    return new JobPage(
        "unit",
        "test",
        new Link("pipeline #52", "/pipeline"),
        new Badge(Tone.BAD, "x-circle", "failed"),
        "41 s",
        "script_failure: line 3 ended with 1",
        List.of("exit code 1", "attempt 2"),
        NOWHERE,
        NOWHERE,
        new Link("tests", "/tests"),
        List.of(Action.now("retry", "Retry", "/retry", "primary", "retry")),
        List.of("build/web/Web.class", "build/web/index.html", "build/reports/junit.xml"),
        new Link("browse and download", "/artifacts"),
        log(""));
  }

  static MessagePage notFound() {
    return new MessagePage(
        "404",
        "compass",
        "There is nothing here",
        "project `shop2` is not here",
        "look at the list that it should be in",
        "Request 01JD-7F3A",
        new Link("To the overview", "/"));
  }

  static LoginPage login() {
    return new LoginPage("/", "This token is not known. Look again, or ask who runs this server.");
  }
}
