package dev.fleetwright.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployMachine;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.testkit.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Databases of earlier schemas, with deploys frozen in every state, are opened by this release:
/// each must add up to what it added up to then, and lead where it led then.
///
/// They are in `src/test/resources/golden`: what was in the tables, as SQL, and beside it what its
/// deploys were and would do. They are never written again. When a migration is added, freeze one
/// of the new schema: `-Dfleetwright.golden.freeze=v5` with this class.
@Tag("R15")
class GoldenHistoriesTest {

  private static final Path GOLDEN = Path.of("src", "test", "resources", "golden");

  @TempDir private Path folder;

  static List<String> frozen() throws IOException {
    try (var files = Files.list(GOLDEN)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(name -> name.endsWith(".sql"))
          .map(name -> name.substring(0, name.length() - ".sql".length()))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("frozen")
  void adds_up_to_what_it_added_up_to_then(String name) throws IOException, SQLException {
    try (var database = Database.open(restored(name))) {
      var now = told(database);
      assertThat(now).isEqualTo(Files.readString(GOLDEN.resolve(name + ".txt")));
      for (var stream : database.ledger().streams()) {
        assertThat(database.ledger().fault(stream)).isEmpty();
      }
      Recipe.report(
          "R15",
          "histories=%d lines=%d differing=0 from=%s"
              .formatted(deploys(database).size(), now.lines().count(), name));
    }
  }

  @ParameterizedTest
  @MethodSource("frozen")
  void what_was_frozen_goes_on(String name) throws IOException, SQLException {
    try (var database = Database.open(restored(name))) {
      var waiting =
          deploys(database).stream()
              .filter(v -> v.state() instanceof DeployState.Draft)
              .findFirst()
              .orElseThrow();
      var lease =
          Stream.generate(() -> database.environmentLeases().claim("new", Duration.ofMinutes(1)))
              .limit(200)
              .flatMap(Optional::stream)
              .filter(l -> l.id() == waiting.deploy().environment())
              .findFirst()
              .orElseThrow();
      var answer =
          database
              .deploys()
              .append(
                  waiting.deploy().id(),
                  0,
                  new DeployEvent.PlanRefused("shown to go on"),
                  Actor.ENGINE,
                  Shop.NOON,
                  Optional.of(lease));
      assertThat(answer).isInstanceOf(dev.fleetwright.core.deploy.Deploys.Appended.Stored.class);
    }
  }

  @Test
  void every_state_is_frozen() throws IOException {
    var newest = Files.readString(GOLDEN.resolve(frozen().getLast() + ".txt"));
    assertThat(newest)
        .contains(kinds(DeployState.class).stream().map(kind -> "is " + kind + "\n").toList());
  }

  private static List<String> kinds(Class<?> type) {
    return Stream.of(type.getPermittedSubclasses())
        .flatMap(c -> c.isInterface() ? kinds(c).stream() : Stream.of(c.getSimpleName()))
        .map(word -> word.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(java.util.Locale.ROOT))
        .distinct()
        .toList();
  }

  @Test
  void what_a_newer_release_wrote_is_left_alone_and_stops_nothing_else()
      throws IOException, SQLException {
    var file = restored(frozen().getLast());
    var body = "{\"kind\":\"teleported\",\"where\":\"moon\"}";
    var at = "2026-11-21T12:00:00.123456Z";
    long deploy;
    long sequence;
    try (var database = Database.open(file)) {
      var view = deploys(database).getFirst();
      deploy = view.deploy().id();
      sequence = view.sequence();
    }
    execute(
        file,
        """
        INSERT INTO deploy_event (deploy, sequence, happened_at, actor, body, digest)
        VALUES (%d, %d, '%s', 'newer', '%s', '%s')
        """
            .formatted(
                deploy,
                sequence + 1,
                at,
                body,
                SqlDeploys.digest(deploy, sequence + 1, at, "newer", body).hex()));
    var before = deployRows(file);
    try (var database = Database.open(file)) {
      assertThatThrownBy(() -> database.deploys().find(deploy))
          .isInstanceOf(RecordUnreadable.class);
      assertThatThrownBy(() ->
              database
                  .deploys()
                  .append(
                      deploy,
                      sequence,
                      new DeployEvent.CancelAsked("anna"),
                      Shop.ANNA,
                      Shop.NOON,
                      Optional.empty()))
          .isInstanceOf(RuntimeException.class);
      var others = deploys(database).stream().filter(v -> v.deploy().id() != deploy).toList();
      assertThat(others).isNotEmpty();
      assertThat(others)
          .allSatisfy(v -> assertThat(database.deploys().find(v.deploy().id())).contains(v));
    }
    assertThat(deployRows(file)).isEqualTo(before);
  }

  private static List<String> deployRows(Path file) throws SQLException {
    return dump(file).lines().filter(line -> line.startsWith("INSERT INTO \"deploy")).toList();
  }

  @Test
  void a_schema_of_a_newer_release_is_refused_and_left_alone() throws IOException, SQLException {
    var file = restored(frozen().getLast());
    Database.open(file).close();
    execute(
        file,
        """
        INSERT INTO flyway_schema_history
          (installed_rank, version, description, type, script, checksum, installed_by,
           execution_time, success)
        VALUES (1000, '1000', 'newer', 'SQL', 'V1000__newer.sql', 1, 'newer', 1, 1)
        """);
    var before = dump(file);

    assertThatThrownBy(() -> Database.open(file))
        .isInstanceOf(SchemaUnknown.class)
        .hasMessageContaining("made by a newer release");

    assertThat(dump(file)).isEqualTo(before);
  }

  /// Writes what the tests read; only when it is asked to.
  @Test
  void freeze() throws IOException, SQLException {
    var name = System.getProperty("fleetwright.golden.freeze");
    if (name == null) {
      return;
    }
    Files.createDirectories(GOLDEN);
    try (var database = Database.open(folder)) {
      stories(new Shop(database));
      Files.writeString(GOLDEN.resolve(name + ".txt"), told(database));
    }
    Files.writeString(GOLDEN.resolve(name + ".sql"), dump(folder));
  }

  private static void stories(Shop shop) {
    var stories = new TreeMap<String, List<DeployEvent>>();
    var staging = shop.environment("staging", "here", "edge");
    var plan = Shop.plan(staging, Optional.of(shop.release()), 1);
    var script = unobservable(plan);
    var watching = watching(plan);
    var asked = List.<DeployEvent>of();
    var planned = and(asked, new Planned(plan));
    var approved = and(planned, new DeployEvent.Approved("anna", plan.hash()));
    var started = and(approved, new DeployEvent.Started());
    var second = and(started, new DeployEvent.StepApplied(0, "2 files"));
    var verifying = and(second, new DeployEvent.StepApplied(1, "2 files"));
    var back = and(second, new DeployEvent.StepRefused(1, "disk full"));
    var begun =
        List.<DeployEvent>of(
            new Planned(script),
            new DeployEvent.Approved("anna", script.hash()),
            new DeployEvent.Started(),
            new DeployEvent.StepBegun(0));
    stories.put("draft", asked);
    stories.put("waiting", planned);
    stories.put("approved", approved);
    stories.put(
        "held",
        and(
            approved,
            new DeployEvent.Held(
                List.of(
                    new dev.fleetwright.core.deploy.Gate(
                        "soak",
                        "it has to run for 2 h",
                        "the time passing",
                        Optional.of(Shop.NOON)))),
            new DeployEvent.GateDecided(
                "load-test", new dev.fleetwright.core.deploy.GateDecision(true, "bo", "passed"))));
    stories.put(
        "overridden",
        and(
            approved,
            new DeployEvent.GateDecided(
                "freeze",
                new dev.fleetwright.core.deploy.GateDecision(
                    true, "bo", "a fix", Optional.of(Shop.NOON)))));
    stories.put("running", started);
    stories.put("running-second", second);
    stories.put("running-wish", and(started, new DeployEvent.PauseAsked("bo")));
    stories.put("in-doubt", and(started, new DeployEvent.StepInDoubt(0, "connection reset")));
    stories.put("begun", begun);
    stories.put("begun-in-doubt", and(begun, new DeployEvent.StepInDoubt(0, "server stopped")));
    stories.put(
        "watching",
        List.of(
            new Planned(watching),
            new DeployEvent.Approved("anna", watching.hash()),
            new DeployEvent.Started(),
            new DeployEvent.StepApplied(0, ""),
            new DeployEvent.WatchBegan(1, Shop.NOON)));
    stories.put(
        "paused",
        and(started, new DeployEvent.PauseAsked("bo"), new DeployEvent.StepApplied(0, "")));
    stories.put("verifying", verifying);
    stories.put("rolling-back", back);
    stories.put("rolling-back-in-doubt", and(back, new DeployEvent.StepInDoubt(0, "timed out")));
    stories.put("succeeded", and(verifying, new DeployEvent.Verified()));
    stories.put("rolled-back", and(back, new DeployEvent.StepUndone(0, "")));
    stories.put("stuck", and(back, new DeployEvent.UndoRefused(0, "locked")));
    stories.put("cancelled-draft", and(asked, new DeployEvent.CancelAsked("bo")));
    stories.put(
        "cancelled-half",
        and(started, new DeployEvent.CancelAsked("bo"), new DeployEvent.StepApplied(0, "")));
    stories.put("superseded", and(planned, new DeployEvent.SupersededBy(99)));
    stories.put("preempted", and(verifying, new DeployEvent.PreemptedBy(99)));
    stories.put("quarantined-draft", and(asked, new DeployEvent.QuarantineBegan("tried 3 times")));
    stories.put(
        "quarantined-second", and(second, new DeployEvent.QuarantineBegan("tried 3 times")));
    stories.put("quarantined-back", and(back, new DeployEvent.QuarantineBegan("tried 3 times")));
    stories.put("refused", and(planned, new DeployEvent.BasisMoved("target `edge` has changed")));
    stories.forEach((name, events) -> {
      var environment = shop.environment(name, "here", "edge");
      var deploy = shop.deploy(environment).deploy();
      var _ = shop.after(deploy, events.toArray(DeployEvent[]::new));
    });
  }

  private static List<DeployEvent> and(List<DeployEvent> before, DeployEvent... more) {
    return Stream.concat(before.stream(), Stream.of(more)).toList();
  }

  private static Plan unobservable(Plan plan) {
    return with(
        plan,
        plan.steps().stream()
            .<Step>map(s ->
                s instanceof Step.Apply(var target, var slice, var from, var to, _, _)
                    ? new Step.Apply(target, slice, from, to, false, false)
                    : s)
            .toList());
  }

  private static Plan watching(Plan plan) {
    return with(
        plan,
        List.of(
            plan.steps().getFirst(),
            new Step.Hold("canary", Optional.of(Duration.ofMinutes(10))),
            plan.steps().getLast()));
  }

  private static Plan with(Plan plan, List<Step> steps) {
    return new Plan(
        plan.project(),
        plan.environment(),
        plan.slug(),
        plan.kind(),
        plan.release(),
        plan.label(),
        plan.targets(),
        steps,
        plan.approvals());
  }

  private static List<DeployView> deploys(Database database) {
    return database.deploys().of(Shop.NAME, 1000, 0).reversed();
  }

  /// What each deploy is, and what every thing that could happen to it next would make of it.
  private static String told(Database database) {
    var text = new StringBuilder();
    for (var view : deploys(database)) {
      var deploy = view.deploy();
      var read = database.deploys().find(deploy.id()).orElseThrow();
      assertThat(read).isEqualTo(view);
      var state = read.state();
      text.append("deploy %d in `%s`".formatted(deploy.id(), name(database, deploy.environment())))
          .append(" is ")
          .append(state.keyword())
          .append("\n  state ")
          .append(StateJson.text(state))
          .append("\n  plan ")
          .append(state.currentPlan().map(p -> p.hash().hex()).orElse("none"))
          .append(
              "\n  events %d, engine %s, holds %s\n"
                  .formatted(
                      read.sequence(),
                      state.needsEngine() ? "needed" : "idle",
                      state.holdsEnvironment()));
      next(state).forEach((event, then) -> text.append("  %s -> %s\n".formatted(event, then)));
      database
          .environments()
          .live(deploy.environment())
          .forEach(l ->
              text.append(
                  "  live %s %s release %s mixed %s good %s\n"
                      .formatted(
                          l.target(),
                          l.revision().brief(),
                          l.release().map(String::valueOf).orElse("none"),
                          l.mixed(),
                          l.good().brief())));
    }
    return text.toString();
  }

  private static EnvironmentName name(Database database, long environment) {
    return database.environments().find(environment).map(Environment::name).orElseThrow();
  }

  private static Map<String, String> next(DeployState state) {
    var next = new TreeMap<String, String>();
    var plan = state.currentPlan();
    for (var step = 0; step < 2; step++) {
      for (var event :
          List.of(
              new DeployEvent.StepApplied(step, ""),
              new DeployEvent.StepRefused(step, "no"),
              new DeployEvent.StepInDoubt(step, "lost"),
              new DeployEvent.StepAbandoned(step, "never seen"),
              new DeployEvent.StoppedBefore(step),
              new DeployEvent.RepeatAsked(step, "bo"),
              new DeployEvent.StepUndone(step, ""),
              new DeployEvent.UndoRefused(step, "no"),
              new DeployEvent.WatchEnded(step, ""),
              new DeployEvent.WatchFailed(step, "ill"))) {
        put(next, state, event, " of step " + step);
      }
    }
    for (var event :
        List.of(
            new DeployEvent.Started(),
            new DeployEvent.Verified(),
            new DeployEvent.VerificationFailed("ill"),
            new DeployEvent.CancelAsked("bo"),
            new DeployEvent.PauseAsked("bo"),
            new DeployEvent.ResumeAsked("bo"),
            new DeployEvent.RollbackAsked("bo", "no"),
            new DeployEvent.Rejected("bo", "no"),
            new DeployEvent.SupersededBy(7),
            new DeployEvent.PreemptedBy(7),
            new DeployEvent.BasisMoved("moved"))) {
      put(next, state, event, "");
    }
    plan.ifPresent(p -> put(next, state, new DeployEvent.Approved("cy", p.hash()), " by another"));
    return next;
  }

  private static void put(
      Map<String, String> next, DeployState state, DeployEvent event, String where) {
    var then = DeployMachine.next(state, event);
    if (!then.equals(state)) {
      next.put(event.keyword() + where, StateJson.text(then));
    }
  }

  private Path restored(String name) throws IOException, SQLException {
    var copy = Files.createTempDirectory(folder, name);
    Files.createDirectories(copy);
    var script = Files.readString(GOLDEN.resolve(name + ".sql"));
    try (var connection = DriverManager.getConnection(jdbc(copy));
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (var line : script.split(";\n", -1)) {
        if (!line.isBlank()) {
          statement.execute(line);
        }
      }
      connection.commit();
    }
    return copy;
  }

  private static void execute(Path file, String sql) throws SQLException {
    try (var connection = DriverManager.getConnection(jdbc(file));
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String jdbc(Path folder) {
    return "jdbc:sqlite:" + folder.resolve("fleetwright.db");
  }

  /// All tables as SQL, a statement a line.
  private static String dump(Path folder) throws SQLException {
    var lines = new ArrayList<String>();
    try (var connection = DriverManager.getConnection(jdbc(folder));
        var statement = connection.createStatement()) {
      var tables = new TreeSet<String>();
      try (var rows =
          statement.executeQuery(
              "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
                  + " ORDER BY type DESC, rowid")) {
        while (rows.next()) {
          lines.add(rows.getString("sql"));
          if (rows.getString("sql").startsWith("CREATE TABLE")) {
            tables.add(rows.getString("name"));
          }
        }
      }
      for (var table : tables) {
        try (var rows = statement.executeQuery("SELECT * FROM \"" + table + "\" ORDER BY rowid")) {
          var columns = rows.getMetaData().getColumnCount();
          while (rows.next()) {
            var values = new ArrayList<String>();
            for (var i = 1; i <= columns; i++) {
              values.add(literal(rows.getObject(i)));
            }
            lines.add("INSERT INTO \"%s\" VALUES (%s)".formatted(table, String.join(", ", values)));
          }
        }
      }
    }
    return String.join(";\n", lines) + ";\n";
  }

  private static String literal(@org.jspecify.annotations.Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> "X'" + HexFormat.of().formatHex(bytes) + "'";
      case Number number -> number.toString();
      default -> "'" + value.toString().replace("'", "''") + "'";
    };
  }
}
