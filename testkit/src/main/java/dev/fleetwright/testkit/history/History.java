package dev.fleetwright.testkit.history;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys.StoredEvent;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Live;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// Everything that is known of a run when it is over: what the store holds, what the targets saw,
/// what people were told. What a kind of run cannot know is empty, and its checks then find
/// nothing.
///
/// @param deploys as the store lists them, oldest first
/// @param events of each deploy, by its id
/// @param ledger each stream's records
/// @param ledgerFaults each stream's first fault, for those that do not hold together
/// @param effects what the targets wrote, in the order in which it happened
/// @param turnedDown orders that a target turned down because it had seen a higher token
/// @param running what runs at the end on each host of each place: digests by component
/// @param revisions that plans name, by digest
/// @param live what runs by the record, by environment
/// @param asked deploys that people asked for
/// @param said what people said about deploys
/// @param writes events in the order in which they were stored
/// @param claims of leases on environments, in order
/// @param takeOvers how long work lay still because its holder was gone
/// @param logs of deploys, by their id
/// @param secrets that must not be in any log
/// @param endedCalmly whether faults had ended long before the run did, so that every deploy had
///   the time to end
public record History(
    List<Environment> environments,
    List<DeployView> deploys,
    SortedMap<Long, List<StoredEvent>> events,
    SortedMap<String, List<Ledger.Kept>> ledger,
    SortedMap<String, String> ledgerFaults,
    List<Feed.Entry> feed,
    List<Effect> effects,
    List<TurnedDown> turnedDown,
    List<HostRuns> running,
    Map<Digest, Revision> revisions,
    SortedMap<Long, List<Live>> live,
    List<Asked> asked,
    List<Said> said,
    List<Write> writes,
    List<Claim> claims,
    List<TakeOver> takeOvers,
    SortedMap<Long, String> logs,
    List<String> secrets,
    boolean endedCalmly) {

  /// A request for a deploy.
  ///
  /// @param key its idempotency key
  /// @param answer the deploy's id; empty when no answer came
  public record Asked(long environment, String key, Optional<Long> answer) {}

  /// A person's event about a deploy.
  ///
  /// @param answered whether the store said that it is stored; when not, it may be or not
  public record Said(String by, long deploy, DeployEvent event, boolean answered) {}

  /// A stored event, seen from below the store.
  ///
  /// @param at by the store's own clock
  /// @param generation that it was written with; empty for what needs no lease
  /// @param newest generation of its environment in that moment
  /// @param by which server wrote it
  public record Write(
      Instant at, long deploy, long sequence, Optional<Long> generation, long newest, String by) {}

  /// A lease was handed out.
  public record Claim(long atNanos, long environment, long generation, String by) {}

  /// An order with a lower token than the target had seen.
  public record TurnedDown(long atNanos, ApplyId id, Place place, long token) {}

  /// What runs on one host of one place.
  ///
  /// @param steady whether nobody but the engine has touched it
  public record HostRuns(
      Place place, String host, SortedMap<String, Digest> components, boolean steady) {}

  /// Work whose holder was gone.
  ///
  /// @param sinceNanos when it went, by the clock of [Effect#atNanos]
  /// @param after how long it took until another had it; empty when none ever did
  public record TakeOver(long environment, long sinceNanos, Optional<Duration> after) {}

  /// What a deploy's events are, or none.
  List<StoredEvent> eventsOf(long deploy) {
    return events.getOrDefault(deploy, List.of());
  }

  /// The environments by id.
  Map<Long, Environment> environmentsById() {
    return environments.stream()
        .collect(java.util.stream.Collectors.toMap(Environment::id, e -> e));
  }
}
