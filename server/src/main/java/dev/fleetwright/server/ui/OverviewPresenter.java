package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRecords.Entry;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.environment.EnvironmentLists.Group;
import dev.fleetwright.core.environment.EnvironmentLists.Totals;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.server.ui.OverviewPage.Cell;
import dev.fleetwright.server.ui.OverviewPage.Column;
import dev.fleetwright.server.ui.OverviewPage.Count;
import dev.fleetwright.server.ui.OverviewPage.Row;
import dev.fleetwright.server.ui.Tiles.Tiled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Shows which version is where, over all projects.
final class OverviewPresenter {

  static final int ROWS = 50;

  /// Environments of one column of one project; there may be hundreds of branches.
  private static final int TILES = 3;

  /// Columns of one project; the others are on the project's page.
  private static final int GROUPS = 8;

  /// Of deploys that have not ended, how many are looked at, oldest first, and how many are shown.
  private static final int LOOKED_AT = 200;

  private static final int ATTENTION = 20;
  private static final String OTHERS = "others";
  private static final Link NOWHERE = new Link("", "");

  private final Sources sources;
  private final Tiles tiles;
  private final DeployLines lines;

  OverviewPresenter(Sources sources, Tiles tiles) {
    this.sources = sources;
    this.tiles = tiles;
    this.lines = new DeployLines(sources);
  }

  /// A project's environments of one column.
  private record Together(Group group, List<Tiled> tiled) {}

  /// What is shown costs the same whether a project has ten environments or a thousand.
  ///
  /// @param filter part of a project's name; may be empty
  /// @param part which rows, from 1
  OverviewPage page(String filter, int part, Instant now) {
    var wanted = filter.strip().toLowerCase(Locale.ROOT);
    var all = sources.projects().all();
    var found = all.stream().filter(p -> p.name().value().contains(wanted)).toList();
    var from = Math.min((part - 1) * ROWS, found.size());
    var shown = found.subList(from, Math.min(from + ROWS, found.size()));
    var names = shown.stream().map(Project::name).toList();
    var contents = contents(names, now);
    var totals = sources.environmentLists().totals(names);
    var attention = attention(names, now);
    var columns = columns(contents.values());
    var others = shown.stream().anyMatch(p -> others(p, contents, totals) > 0);
    var heads = new ArrayList<>(columns.stream().map(OverviewPresenter::column).toList());
    if (others) {
      heads.add(new Column(OTHERS, ""));
    }
    var tiled =
        contents.values().stream()
            .flatMap(row -> row.values().stream())
            .flatMap(together -> together.tiled().stream())
            .toList();
    return new OverviewPage(
        counts(all.size(), totals, tiled),
        attention.subList(0, Math.min(ATTENTION, attention.size())),
        attention.size() > ATTENTION,
        heads,
        shown.stream()
            .map(p -> row(p, contents, columns, others ? others(p, contents, totals) : -1))
            .toList(),
        filter,
        range(from, shown.size(), found.size()),
        from == 0 ? NOWHERE : new Link("Earlier", to(filter, part - 1)),
        from + ROWS >= found.size() ? NOWHERE : new Link("Later", to(filter, part + 1)),
        all.isEmpty(),
        tiled.stream().anyMatch(Tiled::looking));
  }

  private Map<ProjectName, Map<String, Together>> contents(
      List<ProjectName> projects, Instant now) {
    var contents = new LinkedHashMap<ProjectName, Map<String, Together>>();
    for (var group : sources.environmentLists().groups(projects, GROUPS, TILES + 1)) {
      var most = group.count() == TILES + 1 ? TILES + 1 : TILES;
      contents
          .computeIfAbsent(group.project(), _ -> new LinkedHashMap<>())
          .put(
              group.name(),
              new Together(
                  group,
                  group.first().stream()
                      .limit(most)
                      .map(e -> tiles.tile(e, e.name().folder().isPresent(), now))
                      .toList()));
    }
    return contents;
  }

  /// How many environments of a project are in no column.
  private static long others(
      Project project, Map<ProjectName, Map<String, Together>> contents, Totals totals) {
    return totals.environments().getOrDefault(project.name(), 0L)
        - contents.getOrDefault(project.name(), Map.of()).values().stream()
            .mapToLong(together -> together.group().count())
            .sum();
  }

  /// The columns in the order in which releases pass them.
  private static List<Map.Entry<String, Tier>> columns(Collection<Map<String, Together>> rows) {
    var tiers = new LinkedHashMap<String, Tier>();
    for (var row : rows) {
      row.forEach(
          (name, there) -> tiers.putIfAbsent(name, there.group().first().getFirst().tier()));
    }
    return tiers.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, Tier>>comparingInt(e -> order(e.getValue()))
                .thenComparing(Map.Entry::getKey))
        .toList();
  }

  /// The order in which releases pass the tiers.
  static int order(Tier tier) {
    return switch (tier) {
      case DEVELOPMENT -> 0;
      case TESTING -> 1;
      case OTHER -> 2;
      case STAGING -> 3;
      case PRODUCTION -> 4;
    };
  }

  private static Column column(Map.Entry<String, Tier> column) {
    var tier = column.getValue().keyword();
    return new Column(column.getKey(), tier.equals(column.getKey()) ? "" : tier);
  }

  /// @param others how many environments are in no column; below 0 when that has no column either
  private static Row row(
      Project project,
      Map<ProjectName, Map<String, Together>> contents,
      List<Map.Entry<String, Tier>> columns,
      long others) {
    var there = contents.getOrDefault(project.name(), Map.of());
    var cells =
        new ArrayList<>(columns.stream().map(c -> cell(project, c.getKey(), there)).toList());
    if (others >= 0) {
      cells.add(new Cell(OTHERS, List.of(), others == 0 ? NOWHERE : more(project, others)));
    }
    return new Row(
        new Link(project.name().value(), Paths.project(project.name())),
        project.defaultBranch(),
        cells);
  }

  private static Cell cell(Project project, String column, Map<String, Together> row) {
    var there = row.get(column);
    if (there == null) {
      return new Cell(column, List.of(), NOWHERE);
    }
    var others = there.group().count() - there.tiled().size();
    return new Cell(
        column,
        there.tiled().stream().map(Tiled::tile).toList(),
        others > 0 ? more(project, others) : NOWHERE);
  }

  private static Link more(Project project, long others) {
    return new Link("and %d more".formatted(others), Paths.project(project.name()));
  }

  private static List<Count> counts(int projects, Totals totals, List<Tiled> shown) {
    var counts = new ArrayList<Count>();
    counts.add(count(projects, "project", new Badge(Tone.IDLE, "repository", "")));
    counts.add(count(totals.all(), "environment", new Badge(Tone.IDLE, "target", "")));
    if (totals.moving() > 0) {
      counts.add(
          new Count(
              Long.toString(totals.moving()),
              totals.moving() == 1 ? "deploy under way" : "deploys under way",
              new Badge(Tone.BUSY, "running", "")));
    }
    var troubled = shown.stream().filter(t -> t.tile().health().tone() == Tone.BAD).count();
    if (troubled > 0) {
      counts.add(
          new Count(
              Long.toString(troubled),
              troubled == 1 ? "environment in trouble" : "environments in trouble",
              new Badge(Tone.BAD, "warning", "")));
    }
    return counts;
  }

  private static Count count(long number, String word, Badge badge) {
    return new Count(Long.toString(number), number == 1 ? word : word + "s", badge);
  }

  /// @return one more than are shown when there are more
  private List<DeployRow> attention(List<ProjectName> projects, Instant now) {
    var waiting =
        sources.records().mayWaitForPeople(projects, LOOKED_AT).stream()
            .filter(OverviewPresenter::needsPerson)
            .limit(ATTENTION + 1)
            .toList();
    var places =
        sources
            .environmentLists()
            .find(waiting.stream().map(DeployRecords::environment).distinct().toList());
    var rows = new ArrayList<DeployRow>();
    for (var entry : waiting) {
      var environment = places.get(DeployRecords.environment(entry));
      if (environment != null) {
        rows.add(lines.row(entry, environment, true, now));
      }
    }
    return rows;
  }

  private static boolean needsPerson(Entry entry) {
    return switch (entry) {
      case DeployRecords.Intact(var view) -> needsPerson(view.state());
      case DeployRecords.Unreadable _ -> true;
    };
  }

  private static boolean needsPerson(DeployState state) {
    return switch (state) {
      case Waiting waiting -> !waiting.approved();
      case Paused _, DeployState.Quarantined _ -> true;
      case Running(var plan, var step, Phase.InDoubt _, _) ->
          plan.steps().get(step) instanceof Step.Change change && !change.observable();
      case Running(var plan, var step, Phase.Watching _, _) ->
          plan.steps().get(step) instanceof Step.Hold hold && hold.length().isEmpty();
      case Running _,
          DeployState.Draft _,
          DeployState.Verifying _,
          DeployState.RollingBack _,
          DeployState.Finished _ ->
          false;
    };
  }

  private static String range(int from, int shown, int found) {
    return shown == found
        ? (found == 1 ? "1 project" : found + " projects")
        : "%d to %d of %d projects".formatted(from + 1, from + shown, found);
  }

  private static String to(String filter, int part) {
    return "/?page=" + part + (filter.isEmpty() ? "" : "&q=" + Paths.encoded(filter));
  }
}
