package dev.fleetwright.core.target;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.canonical.Bencode.Listing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a target really runs, seen a moment ago.
///
/// @param instances one for each component on each instance, also for those that should be there
///   and cannot be reached
/// @param hosts all instances by name, also those that run nothing, in the target's order
/// @param beside what has been brought up beside that
public record Observation(List<Instance> instances, List<String> hosts, Optional<Beside> beside) {

  /// A revision that is up beside what runs: a canary or a standby.
  ///
  /// @param revision its digest
  /// @param percent the share of callers that it has; 0 for a standby
  /// @param instances its components, with the addresses that are theirs alone
  public record Beside(Digest revision, int percent, List<Instance> instances) {
    public Beside {
      instances = List.copyOf(instances);
    }
  }

  /// With nothing beside what runs.
  public Observation(List<Instance> instances, List<String> hosts) {
    this(instances, hosts, Optional.empty());
  }

  /// One component on one instance.
  ///
  /// @param host the instance, such as a host or a pod
  /// @param runs the [Component#digest] of what runs there
  /// @param endpoint where it answers, for people; empty when it listens nowhere
  /// @param detail in a few words what is seen, such as `pid 4711, up 3 min`, never a secret
  public record Instance(
      String host, String component, Digest runs, Health health, String endpoint, String detail) {}

  public Observation {
    instances =
        instances.stream()
            .sorted(Comparator.comparing(Instance::host).thenComparing(Instance::component))
            .toList();
    hosts = List.copyOf(hosts);
  }

  /// Nothing runs on these instances.
  public static Observation nothingOn(List<String> hosts) {
    return new Observation(List.of(), hosts);
  }

  /// Whether the slice of this revision is in place: each covered component of it runs, by digest,
  /// on each covered host, none that it lacks does, and all can be reached. Says nothing of health.
  public boolean shows(Revision revision, Slice slice) {
    return switch (slice) {
      case Slice.Share(var percent) -> isBeside(revision, percent);
      case Slice.Standby _ -> isBeside(revision, 0);
      case Slice.All _, Slice.Switch _ -> beside.isEmpty() && runs(revision, slice);
      case Slice.Components _, Slice.Batch _ -> runs(revision, slice);
    };
  }

  /// What runs already needs no newcomer of its own.
  private boolean isBeside(Revision revision, int percent) {
    return beside
        .map(b ->
            b.revision().equals(revision.digest())
                && b.percent() == percent
                && b.instances().stream().noneMatch(i -> i.health() == Health.UNREACHABLE))
        .orElseGet(() -> runs(revision, Slice.all()));
  }

  private boolean runs(Revision revision, Slice slice) {
    for (var host : hosts) {
      var here =
          instances.stream()
              .filter(i -> i.host().equals(host) && slice.covers(host, i.component()))
              .toList();
      if (here.stream().anyMatch(i -> i.health() == Health.UNREACHABLE)) {
        return false;
      }
      Map<String, Digest> runs =
          here.stream().collect(Collectors.toMap(Instance::component, Instance::runs));
      Map<String, Digest> wanted =
          revision.components().stream()
              .filter(c -> slice.covers(host, c.name()))
              .collect(Collectors.toMap(Component::name, Component::digest));
      if (!runs.equals(wanted)) {
        return false;
      }
    }
    return true;
  }

  /// Whether everything that runs is healthy.
  public boolean healthy() {
    return everything().allMatch(i -> i.health() == Health.HEALTHY);
  }

  /// The worst health there is, in a sentence for people; empty when all is well.
  public String complaint() {
    return everything()
        .filter(i -> i.health() != Health.HEALTHY)
        .max(Comparator.comparing(Instance::health))
        .map(
            i -> i.component() + " on " + i.host() + " is " + words(i.health()) + ": " + i.detail())
        .orElse("");
  }

  /// The worst that is seen to be wrong, in a sentence for people: neither what is only starting
  /// nor what cannot be reached is known to be. Empty when nothing is.
  public String ailment() {
    return new Observation(
            everything()
                .filter(i -> i.health() == Health.FAILING || i.health() == Health.DOWN)
                .toList(),
            hosts)
        .complaint();
  }

  /// What runs, and what is up beside it.
  private Stream<Instance> everything() {
    return Stream.concat(instances.stream(), beside.stream().flatMap(b -> b.instances().stream()));
  }

  private static String words(Health health) {
    return health.name().toLowerCase(java.util.Locale.ROOT);
  }

  /// Names what runs where, without health or detail: the basis that a plan was made on. When it
  /// differs at the start of the deploy, the target has moved since.
  public Digest basis() {
    var all = new ArrayList<Bencode.Value>();
    for (var i : instances) {
      all.add(
          Dictionary.empty()
              .with("host", i.host())
              .with("component", i.component())
              .with("runs", i.runs().hex()));
    }
    beside.ifPresent(b ->
        all.add(
            Dictionary.empty().with("beside", b.revision().hex()).with("percent", b.percent())));
    return Digest.of(new Listing(all).bytes());
  }

  /// Instances that cannot be reached.
  public List<String> unreachable() {
    return instances.stream()
        .filter(i -> i.health() == Health.UNREACHABLE)
        .map(Instance::host)
        .distinct()
        .toList();
  }
}
