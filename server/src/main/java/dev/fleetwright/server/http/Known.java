package dev.fleetwright.server.http;

import dev.fleetwright.api.Release.Brief;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What one answer has looked up already, so that a list of deploys asks for each release and each
/// environment once.
final class Known {

  private final Releases releases;
  private final Environments environments;
  private final Map<Long, Optional<Brief>> briefs = new HashMap<>();
  private final Map<Long, Environment> places = new HashMap<>();

  Known(Releases releases, Environments environments) {
    this.releases = releases;
    this.environments = environments;
  }

  Optional<Brief> release(Optional<Long> id) {
    return id.flatMap(
        i -> briefs.computeIfAbsent(i, known -> releases.find(known).map(ReleaseWire::brief)));
  }

  Environment environment(long id) {
    return places.computeIfAbsent(
        id,
        known ->
            environments
                .find(known)
                .orElseThrow(() -> new IllegalStateException("no environment " + known)));
  }

  void add(Environment environment) {
    places.put(environment.id(), environment);
  }

  void add(Release release) {
    briefs.put(release.id(), Optional.of(ReleaseWire.brief(release)));
  }
}
