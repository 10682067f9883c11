package dev.fleetwright.core.deploy;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.engine.Lease;
import dev.fleetwright.core.project.ProjectName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// All deploys and their events: the truth that the engine works from.
public interface Deploys {

  /// Record what is asked for; with a chosen plan its first event is [DeployEvent.Planned].
  ///
  /// In one transaction: the deploy, its events, a ledger record, a feed entry. Without an
  /// idempotency key a repetition after an exception may record a second deploy. Also sets or lifts
  /// the environment's hold, as [HoldChange] says.
  ///
  /// @return the deploy that was recorded, now or under the same idempotency key before
  DeployView add(DeployRequest request, Actor by, Instant at);

  /// Record a deploy that the environment takes by itself, if it still should. Decided in the
  /// transaction, so that any number of servers may ask at any time and nothing is taken twice or
  /// out of order. It is recorded unless
  ///
  /// - the environment is held ([dev.fleetwright.core.environment.Holds]), or
  /// - this release or a newer one runs there by the record, or is on its way there, or
  /// - this release was deployed there before, however that ended: what failed, was taken back or
  ///   called off is not forced upon the environment again. After a hold was lifted it may be.
  ///
  /// @param request of kind START, with an automatic [Origin]
  /// @return empty when nothing was recorded
  Optional<DeployView> addAutomatic(DeployRequest request, Actor by, Instant at);

  /// One deploy.
  Optional<DeployView> find(long id);

  /// One deploy by its number.
  Optional<DeployView> find(ProjectName project, long number);

  /// What happened to it, oldest first.
  List<StoredEvent> events(long id);

  /// Of one environment, newest first. One that cannot be read is left out; [DeployRecords] names
  /// it.
  List<DeployView> of(long environment, int most, int skip);

  /// Of all environments of a project, newest first; as above.
  List<DeployView> of(ProjectName project, int most, int skip);

  /// Of one environment, those that have not ended, oldest first.
  List<DeployView> unfinished(long environment);

  /// The first of them: the one that has begun, if there is one, and then by age; and what an alarm
  /// takes back, which was asked for last and goes first, when it is among the newest [#ALARMED].
  ///
  /// @param most how many at least, where there are as many
  /// @param newest whether the newest come first, else the oldest
  default List<DeployView> unfinished(long environment, int most, boolean newest) {
    var byAge = Comparator.<DeployView>comparingLong(view -> view.deploy().id());
    var order =
        Comparator.<DeployView, Boolean>comparing(view -> !view.state().holdsEnvironment())
            .thenComparing(newest ? byAge.reversed() : byAge);
    var all = unfinished(environment);
    var alarmed =
        all.stream()
            .sorted(byAge.reversed())
            .limit(ALARMED)
            .filter(view -> view.deploy().origin() == Origin.ALARM);
    return Stream.concat(all.stream().sorted(order).limit(most), alarmed)
        .distinct()
        .sorted(order)
        .toList();
  }

  /// Among how many of the newest an alarm's deploy is looked for.
  int ALARMED = 5;

  /// The last deploy of an environment that succeeded, by its id.
  Optional<DeployView> lastSucceeded(long environment);

  /// Its id alone, which is asked for with each look at a queue.
  default Optional<Long> lastSucceededId(long environment) {
    return lastSucceeded(environment).map(view -> view.deploy().id());
  }

  /// The last deploy that brought all of this release into an environment and succeeded. One of
  /// some components shows nothing about the release as a whole.
  Optional<DeployView> lastSucceeded(long environment, long release);

  /// Store one event, if the deploy still has as many events as `expected`, and, with a lease, if
  /// that is still the newest generation for the deploy's environment.
  ///
  /// In one transaction with the event: the state that follows ([DeployMachine#next]), what runs
  /// where ([LiveChange]), the environment's state and when it takes itself down, a ledger record,
  /// a feed entry.
  ///
  /// When it throws [dev.fleetwright.core.engine.StoreUnavailable] the event may be stored or not;
  /// the caller reads the deploy again and decides again. Calling again with the same `expected` is
  /// safe too: a stored event is answered with [Appended.Moved] and never stored twice.
  ///
  /// @param lease of the environment, for events by the engine; empty for what people ask for
  Appended append(
      long id, long expected, DeployEvent event, Actor by, Instant at, Optional<Lease> lease);

  /// An event as it is kept.
  record StoredEvent(long sequence, Instant at, Actor by, DeployEvent event) {}

  /// The answer to [#append].
  sealed interface Appended {
    /// It is stored.
    record Stored(DeployView now) implements Appended {}

    /// Others stored an event meanwhile; look again and decide again. Nothing was stored.
    record Moved(DeployView now) implements Appended {}

    /// A newer generation holds the environment: stop. Nothing was stored.
    record LeaseLost() implements Appended {}
  }
}
