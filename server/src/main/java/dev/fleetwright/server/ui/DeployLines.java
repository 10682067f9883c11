package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployRecords.Entry;
import dev.fleetwright.core.deploy.DeployRecords.Intact;
import dev.fleetwright.core.deploy.DeployRecords.Unreadable;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.release.Release;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Shows deploys as lines of lists, those that cannot be read among them.
final class DeployLines {

  private static final Badge UNREADABLE = new Badge(Tone.BAD, "warning", "unreadable");

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

  /// One that has not ended.
  ///
  /// @param unfinished all of the environment that have not and can be read
  Underway underway(Entry entry, Environment environment, List<DeployView> unfinished) {
    return switch (entry) {
      case Intact(var view) ->
          DeployPresenter.underway(environment, view, release(view), unfinished);
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
