package dev.fleetwright.server.ui;

import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentHold;
import dev.fleetwright.core.environment.EnvironmentState;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.target.Health;
import dev.fleetwright.core.target.Observation;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.server.ui.Sightings.Sighting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Shows environments in short, without waiting for any target.
final class Tiles {

  /// Of deploys that have not ended in an environment; there may be hundreds.
  private static final int UNDERWAY = 3;

  private static final Badge UNKNOWN = new Badge(Tone.IDLE, "ring", "looking …");

  private final Sources sources;
  private final Sightings sightings;
  private final Behind behind;
  private final DeployLines lines;

  Tiles(Sources sources, Sightings sightings, Behind behind) {
    this.sources = sources;
    this.sightings = sightings;
    this.behind = behind;
    this.lines = new DeployLines(sources);
  }

  /// An environment and what was found out about it.
  ///
  /// @param looking whether some target has never been asked; it is being asked now
  record Tiled(Environment environment, EnvironmentTile tile, boolean looking) {}

  Tiled tile(Environment environment, boolean named, Instant now) {
    var live = running(environment, sources.environments().live(environment.id()));
    var releases = live.stream().flatMap(l -> l.release().stream()).distinct().toList();
    var release =
        releases.size() == 1
            ? sources.releases().find(releases.getFirst())
            : Optional.<Release>empty();
    var runs = !releases.isEmpty();
    var seen = runs ? seen(environment) : new Seen(Badges.of(EnvironmentState.STOPPED), false);
    var tile =
        new EnvironmentTile(
            Paths.environment(environment),
            named ? environment.name().value() : "",
            environment.tier().keyword(),
            runs ? release.map(Release::version).orElse("several") : "",
            runs ? release.map(r -> r.sha().brief()).orElse("versions") : "",
            release.map(Release::title).orElse(""),
            since(live, runs, now),
            seen.health(),
            release.map(behind::words).orElse(""),
            sources.holds().of(environment.id()).map(Tiles::held).orElse(""),
            lines.underway(environment, UNDERWAY));
    return new Tiled(environment, tile, seen.looking());
  }

  private static String held(EnvironmentHold hold) {
    return "held by " + hold.by() + (hold.reason().isBlank() ? "" : ": " + hold.reason());
  }

  /// What runs in an environment by the record. What a script left counts only where nothing else
  /// is deployed to: it tells of no end.
  static List<Live> running(Environment environment, List<Live> live) {
    if (environment.state() == EnvironmentState.STOPPED) {
      return List.of();
    }
    var targets = environment.targets().stream().map(TargetBinding::name).toList();
    return targets.isEmpty()
        ? live
        : live.stream().filter(l -> targets.contains(l.target())).toList();
  }

  private static List<Moment> since(List<Live> live, boolean runs, Instant now) {
    return runs
        ? live.stream()
            .map(Live::since)
            .max(Comparator.naturalOrder())
            .map(at -> List.of(Moment.of(at, now)))
            .orElse(List.of())
        : List.of();
  }

  private record Seen(Badge health, boolean looking) {}

  private Seen seen(Environment environment) {
    var healths = new ArrayList<Health>();
    var looking = false;
    for (var binding : environment.targets()) {
      var sighting = sightings.last(environment, binding);
      looking |= sighting.isEmpty();
      sighting.ifPresent(s -> healths.add(health(s)));
    }
    if (environment.targets().isEmpty()) {
      return new Seen(new Badge(Tone.IDLE, "dot", "deployed by script"), false);
    }
    return new Seen(
        healths.stream().max(Comparator.naturalOrder()).map(Badges::of).orElse(UNKNOWN), looking);
  }

  /// The worst that was seen; nothing running counts as down.
  static Health health(Sighting sighting) {
    return sighting
        .seen()
        .map(seen ->
            seen.instances().stream()
                .map(Observation.Instance::health)
                .max(Comparator.naturalOrder())
                .orElse(Health.DOWN))
        .orElse(Health.UNREACHABLE);
  }

  /// The last look at a target, for pages that wait for it.
  Optional<Sighting> look(Environment environment, TargetBinding binding)
      throws InterruptedException {
    return sightings.now(environment, binding, java.time.Duration.ofMillis(2500));
  }
}
