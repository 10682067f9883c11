package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployRecords.Entry;
import dev.fleetwright.core.deploy.DeployRecords.Intact;
import dev.fleetwright.core.deploy.DeployRecords.Unreadable;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.release.Release;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Shows deploys as lines of lists, those that cannot be read among them.
final class DeployLines {

  private static final Badge UNREADABLE = new Badge(Tone.BAD, "warning", "unreadable");

  private static final int HISTORY = 100;

  private final Sources sources;

  DeployLines(Sources sources) {
    this.sources = sources;
  }

  DeployRow row(Entry entry, Environment environment, boolean fully, Instant now) {
    return switch (entry) {
      case Intact(var view) -> DeployPresenter.row(view, environment, release(view), fully, now);
      case Unreadable unreadable -> row(unreadable, environment, fully);
    };
  }

  static DeployRow row(Unreadable unreadable, Environment environment, boolean fully) {
    return new DeployRow(
        Paths.deploy(environment.project(), unreadable.number()),
        unreadable.number(),
        new Badge(Tone.IDLE, "question", "deploy"),
        "cannot be read",
        DeployPresenter.place(environment, fully),
        UNREADABLE,
        "",
        Moment.UNKNOWN,
        "",
        unreadable.why());
  }

  /// Those of an environment that have not ended, the one that has begun first.
  ///
  /// @param most how many; one more line says how many others there are
  List<Underway> underway(Environment environment, int most) {
    var id = environment.id();
    var first = sources.records().unfinished(id, most + 1);
    var others = first.size() > most;
    var queue =
        DeployRecords.readable(
            others ? sources.records().queueEnds(List.of(id)).getOrDefault(id, List.of()) : first);
    var underway = new ArrayList<Underway>();
    for (var entry : first.subList(0, Math.min(most, first.size()))) {
      underway.add(underway(entry, environment, queue));
    }
    if (others) {
      var all = sources.environmentLists().unfinished(List.of(id)).getOrDefault(id, 0L);
      underway.add(
          new Underway(
              Paths.environment(environment) + "?history=" + HISTORY,
              new Badge(Tone.IDLE, "dot", "and %d more".formatted(all - most)),
              "that have not ended",
              0,
              0));
    }
    return underway;
  }

  /// One that has not ended.
  ///
  /// @param queue those that others wait for
  private Underway underway(Entry entry, Environment environment, List<DeployView> queue) {
    return switch (entry) {
      case Intact(var view) -> DeployPresenter.underway(environment, view, release(view), queue);
      case Unreadable(_, var number, _, var why) ->
          new Underway(
              Paths.deploy(environment.project(), number),
              UNREADABLE,
              "#%d · %s; nothing is deployed here until it is mended".formatted(number, why),
              0,
              0);
    };
  }

  private Optional<Release> release(DeployView view) {
    return view.deploy().release().flatMap(sources.releases()::find);
  }

  /// Who brought what runs; empty when that cannot be read.
  String by(Live live) {
    try {
      return sources.deploys().find(live.deploy()).map(v -> v.deploy().by()).orElse("");
    } catch (RecordUnreadable e) {
      // The history below names it.
      return "";
    }
  }
}
