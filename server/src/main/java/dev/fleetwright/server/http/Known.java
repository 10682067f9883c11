package dev.fleetwright.server.http;

import dev.fleetwright.api.Release.Brief;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.core.release.Releases;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What one answer has looked up already, so that a list of deploys asks for each release and each
/// environment once.
final class Known {

  private final Releases releases;
  private final Environments environments;
  private final DeployRecords records;
  private final Map<Long, Optional<Brief>> briefs = new HashMap<>();
  private final Map<Long, Environment> places = new HashMap<>();
  private final Map<Long, List<DeployView>> queues = new HashMap<>();

  Known(Releases releases, Environments environments, DeployRecords records) {
    this.releases = releases;
    this.environments = environments;
    this.records = records;
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

  /// Of an environment's deploys that have not ended and can be read, those that others wait for.
  List<DeployView> queue(long environment) {
    if (!queues.containsKey(environment)) {
      addQueues(List.of(environment));
    }
    return queues.getOrDefault(environment, List.of());
  }

  /// Look for what is waited for in all of these environments at once.
  void addQueues(Collection<Long> environments) {
    var ends = records.queueEnds(environments);
    for (var environment : environments) {
      queues.put(environment, DeployRecords.readable(ends.getOrDefault(environment, List.of())));
    }
  }

  void add(Environment environment) {
    places.put(environment.id(), environment);
  }

  void add(Release release) {
    briefs.put(release.id(), Optional.of(ReleaseWire.brief(release)));
  }
}
