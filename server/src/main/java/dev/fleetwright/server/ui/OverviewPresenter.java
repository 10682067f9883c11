package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRecords.Entry;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.server.ui.OverviewPage.Cell;
import dev.fleetwright.server.ui.OverviewPage.Column;
import dev.fleetwright.server.ui.OverviewPage.Count;
import dev.fleetwright.server.ui.OverviewPage.Row;
import dev.fleetwright.server.ui.Tiles.Tiled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Shows which version is where, over all projects.
final class OverviewPresenter {

  static final int ROWS = 50;
  private static final int TILES = 3;
  private static final Link NOWHERE = new Link("", "");

  private final Sources sources;
  private final Tiles tiles;
  private final DeployLines lines;

  OverviewPresenter(Sources sources, Tiles tiles) {
    this.sources = sources;
    this.tiles = tiles;
    this.lines = new DeployLines(sources);
  }

  /// @param filter part of a project's name; may be empty
  /// @param part which rows, from 1
  OverviewPage page(String filter, int part, Instant now) {
    var wanted = filter.strip().toLowerCase(Locale.ROOT);
    var all = sources.projects().all();
    var found = all.stream().filter(p -> p.name().value().contains(wanted)).toList();
    var from = Math.min((part - 1) * ROWS, found.size());
    var shown = found.subList(from, Math.min(from + ROWS, found.size()));
    var contents = new LinkedHashMap<Project, Map<String, List<Tiled>>>();
    for (var project : shown) {
      contents.put(project, byColumn(project, now));
    }
    var columns = columns(contents.values().stream().toList());
    return new OverviewPage(
        counts(all.size(), flat(contents)),
        attention(flat(contents), now),
        columns.stream().map(OverviewPresenter::column).toList(),
        contents.entrySet().stream().map(e -> row(e.getKey(), e.getValue(), columns)).toList(),
        filter,
        range(from, shown.size(), found.size()),
        from == 0 ? NOWHERE : new Link("Earlier", to(filter, part - 1)),
        from + ROWS >= found.size() ? NOWHERE : new Link("Later", to(filter, part + 1)),
        all.isEmpty(),
        flat(contents).stream().anyMatch(Tiled::looking));
  }

  private Map<String, List<Tiled>> byColumn(Project project, Instant now) {
    var columns = new LinkedHashMap<String, List<Tiled>>();
    for (var environment : sources.environments().of(project.name())) {
      var tiled = tiles.tile(environment, environment.name().folder().isPresent(), now);
      // A review environment that was taken down is history; others keep their place.
      if (environment.name().folder().isEmpty()
          || tiled.tile().runs()
          || !tiled.unfinished().isEmpty()) {
        columns.computeIfAbsent(columnOf(environment), _ -> new ArrayList<>()).add(tiled);
      }
    }
    return columns;
  }

  private static String columnOf(Environment environment) {
    return environment.name().folder().map(f -> f + "/*").orElse(environment.name().value());
  }

  /// The columns in the order in which releases pass them.
  private static List<Map.Entry<String, Tier>> columns(List<Map<String, List<Tiled>>> rows) {
    var tiers = new LinkedHashMap<String, Tier>();
    for (var row : rows) {
      row.forEach((name, there) -> tiers.putIfAbsent(name, there.getFirst().environment().tier()));
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

  private static Row row(
      Project project, Map<String, List<Tiled>> there, List<Map.Entry<String, Tier>> columns) {
    return new Row(
        new Link(project.name().value(), Paths.project(project.name())),
        project.defaultBranch(),
        columns.stream()
            .map(c -> cell(project, c.getKey(), there.getOrDefault(c.getKey(), List.of())))
            .toList());
  }

  private static Cell cell(Project project, String column, List<Tiled> there) {
    var most = there.size() == TILES + 1 ? TILES + 1 : TILES;
    return new Cell(
        column,
        there.stream().limit(most).map(Tiled::tile).toList(),
        there.size() > most
            ? new Link("and %d more".formatted(there.size() - most), Paths.project(project.name()))
            : NOWHERE);
  }

  private static List<Tiled> flat(Map<Project, Map<String, List<Tiled>>> contents) {
    return contents.values().stream()
        .flatMap(row -> row.values().stream())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Count> counts(int projects, List<Tiled> shown) {
    var counts = new ArrayList<Count>();
    counts.add(count(projects, "project", new Badge(Tone.IDLE, "repository", "")));
    counts.add(count(shown.size(), "environment", new Badge(Tone.IDLE, "target", "")));
    var moving =
        shown.stream()
            .flatMap(t -> DeployRecords.readable(t.unfinished()).stream())
            .filter(v -> v.state().holdsEnvironment())
            .count();
    if (moving > 0) {
      counts.add(
          new Count(
              Long.toString(moving),
              moving == 1 ? "deploy under way" : "deploys under way",
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

  private List<DeployRow> attention(List<Tiled> shown, Instant now) {
    return shown.stream()
        .flatMap(tiled ->
            tiled.unfinished().stream()
                .filter(OverviewPresenter::needsPerson)
                .map(entry -> lines.row(entry, tiled.environment(), true, now)))
        .toList();
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
