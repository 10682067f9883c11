package dev.fleetwright.store;

import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentLists;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.project.ProjectName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Parts of lists of environments.
final class SqlEnvironmentLists implements EnvironmentLists {

  /// In the order in which releases pass them.
  static final String TIER =
      """
      CASE e.tier WHEN 'development' THEN 0 WHEN 'testing' THEN 1 WHEN 'other' THEN 2
                  WHEN 'staging' THEN 3 ELSE 4 END\
      """;

  static final String PART =
      "SELECT e.* FROM environment e WHERE e.project = ? ORDER BY %s LIMIT ? OFFSET ?";

  /// Those that an overview shows, and which belong together.
  static final String SHOWN =
      """
      SELECT e.id, e.project, e.name, %1$s AS tier,
             CASE WHEN %2$s(e.name, '/') = 0 THEN e.name
                  ELSE substr(e.name, 1, %2$s(e.name, '/')) || '*' END AS together
        FROM environment e
       WHERE e.project IN (%3$s)
         AND (%2$s(e.name, '/') = 0
              OR (e.state <> 'stopped'
                  AND EXISTS (SELECT 1 FROM live l
                               WHERE l.environment = e.id AND l.release IS NOT NULL))
              OR EXISTS (SELECT 1 FROM deploy d
                          WHERE d.environment = e.id AND d.finished_at IS NULL))\
      """;

  static final String GROUPS =
      """
      WITH shown AS (%s),
           grouped AS (SELECT project, together, max(tier) AS nearest, count(*) AS many
                         FROM shown GROUP BY project, together),
           chosen AS (SELECT project, together, nearest, many,
                             row_number() OVER (PARTITION BY project
                                                ORDER BY nearest DESC, together) AS place
                        FROM grouped),
           first AS (SELECT s.id, c.project, c.together, c.place, c.many,
                            row_number() OVER (PARTITION BY c.project, c.together
                                               ORDER BY s.name) AS within
                       FROM chosen c
                       JOIN shown s ON s.project = c.project AND s.together = c.together
                      WHERE c.place <= ?)
      SELECT e.*, f.together, f.many
        FROM first f JOIN environment e ON e.id = f.id
       WHERE f.within <= ?
       ORDER BY e.project, f.place, f.within
      """;

  static final String RUNNING =
      """
      SELECT release, name, many
        FROM (SELECT l.release, e.name,
                     row_number() OVER (PARTITION BY l.release ORDER BY e.name) AS place,
                     count(*) OVER (PARTITION BY l.release) AS many
                FROM (SELECT DISTINCT environment, release FROM live WHERE release IN (%s)) l
                JOIN environment e ON e.id = l.environment
               WHERE e.project = ?) placed
       WHERE place <= ?
       ORDER BY release, place
      """;

  private final Transactions transactions;

  SqlEnvironmentLists(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public List<Environment> byName(ProjectName project, int most, int skip) {
    return part(project, "e.name", most, skip);
  }

  @Override
  public List<Environment> byTier(ProjectName project, int most, int skip) {
    return part(project, TIER + ", e.name", most, skip);
  }

  private List<Environment> part(ProjectName project, String order, int most, int skip) {
    return transactions.read(
        "listing environments of " + project,
        session ->
            session.list(
                PART.formatted(order), SqlEnvironments::environment, project.value(), most, skip));
  }

  @Override
  public long count(ProjectName project) {
    return transactions.read(
        "counting the environments of " + project,
        session ->
            session.only(
                "SELECT count(*) AS many FROM environment WHERE project = ?",
                row -> row.whole("many"),
                project.value()));
  }

  @Override
  public Map<Long, Environment> find(Collection<Long> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    return transactions
        .read(
            "looking for %d environments".formatted(ids.size()),
            session ->
                session.list(
                    "SELECT * FROM environment WHERE id IN (%s)".formatted(Session.places(ids)),
                    SqlEnvironments::environment,
                    ids.toArray()))
        .stream()
        .collect(Collectors.toMap(Environment::id, e -> e));
  }

  @Override
  public List<Group> groups(Collection<ProjectName> projects, int groups, int most) {
    if (projects.isEmpty()) {
      return List.of();
    }
    record Line(Environment environment, String together, long many) {}
    record Key(ProjectName project, String together) {}
    var values = names(projects);
    values.add(groups);
    values.add(most);
    var lines =
        transactions.read(
            "looking what is where",
            session ->
                session.list(
                    GROUPS.formatted(shown(session, projects)),
                    row ->
                        new Line(
                            SqlEnvironments.environment(row),
                            row.text("together"),
                            row.whole("many")),
                    values.toArray()));
    var found = new LinkedHashMap<Key, List<Line>>();
    for (var line : lines) {
      found
          .computeIfAbsent(
              new Key(line.environment().project(), line.together()), _ -> new ArrayList<>())
          .add(line);
    }
    return found.entrySet().stream()
        .map(e ->
            new Group(
                e.getKey().project(),
                e.getKey().together(),
                e.getValue().stream().map(Line::environment).toList(),
                e.getValue().getFirst().many()))
        .toList();
  }

  private static String shown(Session session, Collection<ProjectName> projects) {
    return SHOWN.formatted(TIER, session.dialect().position, Session.places(projects));
  }

  private static List<Object> names(Collection<ProjectName> projects) {
    return new ArrayList<>(projects.stream().map(ProjectName::value).toList());
  }

  @Override
  public Totals totals(Collection<ProjectName> projects) {
    if (projects.isEmpty()) {
      return new Totals(Map.of(), 0);
    }
    return transactions.read(
        "counting what is where",
        session -> {
          var many = new HashMap<ProjectName, Long>();
          session.list(
              "SELECT project, count(*) AS many FROM (%s) shown GROUP BY project"
                  .formatted(shown(session, projects)),
              row -> many.put(new ProjectName(row.text("project")), row.whole("many")),
              names(projects).toArray());
          var moving =
              session.only(
                  "SELECT count(*) AS many FROM deploy WHERE holds = 1 AND project IN (%s)"
                      .formatted(Session.places(projects)),
                  row -> row.whole("many"),
                  names(projects).toArray());
          return new Totals(many, moving);
        });
  }

  @Override
  public Map<Long, Places> running(ProjectName project, Collection<Long> releases, int most) {
    if (releases.isEmpty()) {
      return Map.of();
    }
    record Line(long release, EnvironmentName name, long many) {}
    var values = new ArrayList<Object>(releases);
    values.add(project.value());
    values.add(most);
    var lines =
        transactions.read(
            "looking where releases of %s run".formatted(project),
            session ->
                session.list(
                    RUNNING.formatted(Session.places(releases)),
                    row ->
                        new Line(
                            row.whole("release"),
                            new EnvironmentName(row.text("name")),
                            row.whole("many")),
                    values.toArray()));
    return lines.stream()
        .collect(
            Collectors.groupingBy(
                Line::release,
                Collectors.collectingAndThen(
                    Collectors.toList(),
                    of -> new Places(of.stream().map(Line::name).toList(), of.getFirst().many()))));
  }

  @Override
  public Map<Long, Long> unfinished(Collection<Long> environments) {
    if (environments.isEmpty()) {
      return Map.of();
    }
    record Line(long environment, long many) {}
    return transactions
        .read(
            "counting what has not ended",
            session ->
                session.list(
                    """
                    SELECT environment, count(*) AS many FROM deploy
                     WHERE environment IN (%s) AND finished_at IS NULL GROUP BY environment
                    """
                        .formatted(Session.places(environments)),
                    row -> new Line(row.whole("environment"), row.whole("many")),
                    environments.toArray()))
        .stream()
        .collect(Collectors.toMap(Line::environment, Line::many));
  }
}
