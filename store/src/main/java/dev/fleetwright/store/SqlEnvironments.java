package dev.fleetwright.store;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.TargetBinding;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Environments and what runs in them by the record.
final class SqlEnvironments implements Environments {

  private final Transactions transactions;
  private final SqlFeed feed;

  SqlEnvironments(Transactions transactions, SqlFeed feed) {
    this.transactions = transactions;
    this.feed = feed;
  }

  @Override
  public Optional<Environment> find(long id) {
    return transactions.ask("looking for environment " + id, session -> find(session, id));
  }

  static Optional<Environment> find(Session session, long id) throws SQLException {
    return session.one("SELECT * FROM environment WHERE id = ?", SqlEnvironments::environment, id);
  }

  @Override
  public Optional<Environment> find(ProjectName project, EnvironmentName name) {
    return transactions.ask(
        "looking for environment " + project + "/" + name, session -> find(session, project, name));
  }

  private static Optional<Environment> find(
      Session session, ProjectName project, EnvironmentName name) throws SQLException {
    return session.one(
        "SELECT * FROM environment WHERE project = ? AND name = ?",
        SqlEnvironments::environment,
        project.value(),
        name.value());
  }

  @Override
  public List<Environment> of(ProjectName project) {
    return transactions.read(
        "listing the environments of " + project,
        session ->
            session.list(
                "SELECT * FROM environment WHERE project = ? ORDER BY name",
                SqlEnvironments::environment,
                project.value()));
  }

  static Environment environment(Row row) throws SQLException {
    return new Environment(
        row.whole("id"),
        new ProjectName(row.text("project")),
        new EnvironmentName(row.text("name")),
        new EnvironmentSlug(row.text("slug")),
        Tier.valueOf(row.text("tier").toUpperCase(Locale.ROOT)),
        EnvironmentState.valueOf(row.text("state").toUpperCase(Locale.ROOT)),
        row.maybeText("url"),
        PolicyJson.read(row.text("policy")),
        readTargets(row.bytes("targets")),
        row.maybeTime("auto_stop_at"),
        row.time("created_at"));
  }

  @Override
  public Environment define(
      ProjectName project,
      EnvironmentName name,
      Tier tier,
      Optional<String> url,
      Policy policy,
      List<TargetBinding> targets,
      Actor by,
      Instant at) {
    return feed.write(
        "defining environment " + project + "/" + name,
        session -> {
          var id = added(session, project, name, tier, url, policy, targets, at);
          if (id.isPresent()) {
            SqlLeases.add(session, SqlLeases.Kind.ENVIRONMENT, id.get());
            var environment = find(session, id.get()).orElseThrow();
            tell(session, environment, by, "environment.added", at);
            return environment;
          }
          return changed(session, project, name, url, policy, targets, by, at);
        });
  }

  private static Optional<Long> added(
      Session session,
      ProjectName project,
      EnvironmentName name,
      Tier tier,
      Optional<String> url,
      Policy policy,
      List<TargetBinding> targets,
      Instant at)
      throws SQLException {
    var slug = EnvironmentSlug.of(name);
    var id =
        session.one(
            """
            INSERT INTO environment
              (project, name, slug, tier, state, url, policy, targets, auto_stop_at, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?)
            ON CONFLICT DO NOTHING
            RETURNING id
            """,
            row -> row.whole("id"),
            project.value(),
            name.value(),
            slug.value(),
            tier.keyword(),
            EnvironmentState.AVAILABLE.keyword(),
            url,
            PolicyJson.text(policy),
            bytes(targets),
            at);
    if (id.isEmpty()) {
      var owner =
          session.only(
              "SELECT name FROM environment WHERE project = ? AND (name = ? OR slug = ?)",
              row -> row.text("name"),
              project.value(),
              name.value(),
              slug.value());
      if (!owner.equals(name.value())) {
        throw new IllegalArgumentException(
            "environment `%s` cannot be made: it would have the slug `%s`, which is that of `%s`"
                .formatted(name, slug, owner));
      }
    }
    return id;
  }

  private static Environment changed(
      Session session,
      ProjectName project,
      EnvironmentName name,
      Optional<String> url,
      Policy policy,
      List<TargetBinding> targets,
      Actor by,
      Instant at)
      throws SQLException {
    // The row is locked before it is compared, or two changes at once could both see none.
    session.only(
        "SELECT id FROM environment WHERE project = ? AND name = ?" + session.dialect().forUpdate,
        row -> row.whole("id"),
        project.value(),
        name.value());
    var before = find(session, project, name).orElseThrow();
    if (before.url().equals(url)
        && before.policy().equals(policy)
        && before.targets().equals(targets)) {
      return before;
    }
    session.changeOne(
        "UPDATE environment SET url = ?, policy = ?, targets = ? WHERE id = ?",
        url,
        PolicyJson.text(policy),
        bytes(targets),
        before.id());
    var environment = find(session, before.id()).orElseThrow();
    tell(session, environment, by, "environment.changed", at);
    return environment;
  }

  private static void tell(
      Session session, Environment environment, Actor by, String kind, Instant at)
      throws SQLException {
    var facts = new TreeMap<String, String>();
    facts.put("slug", environment.slug().value());
    facts.put("tier", environment.tier().keyword());
    environment.url().ifPresent(url -> facts.put("url", url));
    facts.put("policy", PolicyJson.text(environment.policy()));
    facts.put(
        "targets",
        String.join(", ", environment.targets().stream().map(TargetBinding::name).toList()));
    SqlLedger.write(session, environment.stream(), by, kind, facts, at);
    announce(session, environment, environment.state(), at);
  }

  private static void announce(
      Session session, Environment environment, EnvironmentState state, Instant at)
      throws SQLException {
    SqlFeed.write(
        session,
        "environment",
        Map.of(
            "project", environment.project().value(),
            "environment", environment.name().value(),
            "state", state.keyword()),
        at);
  }

  /// Set the state and the time when it takes itself down, in the transaction of what brings it.
  static void become(
      Session session,
      Environment environment,
      EnvironmentState state,
      Optional<Instant> autoStopAt,
      Instant at)
      throws SQLException {
    session.changeOne(
        "UPDATE environment SET state = ?, auto_stop_at = ? WHERE id = ?",
        state.keyword(),
        autoStopAt.map(Times::kept),
        environment.id());
    announce(session, environment, state, at);
  }

  @Override
  public List<Live> live(long environment) {
    return transactions.ask(
        "reading what runs in environment " + environment,
        session ->
            session.list(
                "SELECT * FROM live WHERE environment = ? ORDER BY target",
                row ->
                    new Live(
                        row.text("target"),
                        row.digest("revision"),
                        row.maybeWhole("release"),
                        row.whole("deploy"),
                        row.time("since"),
                        row.yes("mixed"),
                        row.digest("good")),
                environment));
  }

  @Override
  public boolean stopAt(long id, Instant then, Instant at) {
    return feed.write(
        "putting off the end of environment " + id,
        session -> {
          var changed =
              session.change(
                  """
                  UPDATE environment SET auto_stop_at = ?
                   WHERE id = ? AND state = 'available' AND auto_stop_at IS NOT NULL
                  """,
                  Times.kept(then),
                  id);
          if (changed == 1) {
            var environment =
                session.only(
                    "SELECT * FROM environment WHERE id = ?", SqlEnvironments::environment, id);
            announce(session, environment, environment.state(), at);
          }
          return changed == 1;
        });
  }

  /// A take-down that is under way or waits is not asked for again.
  @Override
  public List<Environment> dueToStop(Instant now) {
    return transactions.read(
        "looking for environments whose time is over",
        session ->
            session.list(
                """
                SELECT * FROM environment e
                 WHERE e.auto_stop_at <= ? AND e.state = 'available'
                   AND NOT EXISTS (SELECT 1 FROM deploy d
                                    WHERE d.environment = e.id AND d.kind = 'stop'
                                      AND d.finished_at IS NULL)
                 ORDER BY e.auto_stop_at LIMIT 1000
                """,
                SqlEnvironments::environment,
                now));
  }

  private static byte[] bytes(List<TargetBinding> targets) {
    return new Listing(List.copyOf(targets.stream().map(TargetBinding::canonical).toList()))
        .bytes();
  }

  private static List<TargetBinding> readTargets(byte[] bytes) {
    return Bencode.expect(Bencode.read(bytes), Listing.class).values().stream()
        .map(value -> TargetBinding.of(Bencode.expect(value, Dictionary.class)))
        .toList();
  }
}
