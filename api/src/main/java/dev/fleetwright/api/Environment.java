package dev.fleetwright.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A place in the life of a project's releases.
///
/// @param slug a short form of the name, safe in host names
/// @param url where people reach it; only ever `http` or `https`
/// @param live what runs by the record, one for each target that something was deployed to
/// @param underWay deploys that have not ended, oldest first
/// @param hold why it takes nothing by itself at the moment
/// @param alarms that fire, oldest first
/// @param autoStopAt when it takes itself down
public record Environment(
    long id,
    String project,
    String name,
    String slug,
    Tier tier,
    State state,
    Optional<String> url,
    Policy policy,
    List<Target> targets,
    List<Live> live,
    List<Deploy> underWay,
    Optional<Hold> hold,
    List<Alarm> alarms,
    Optional<Instant> autoStopAt,
    Instant createdAt) {

  /// What an environment is for; GitLab's deployment tiers.
  public enum Tier {
    PRODUCTION,
    STAGING,
    TESTING,
    DEVELOPMENT,
    OTHER
  }

  /// Whether it is in use.
  public enum State {
    AVAILABLE,
    STOPPING,
    STOPPED
  }

  /// What `fleetwright.yml` of the default branch says beyond the targets.
  ///
  /// @param approvals how many different people must approve a plan
  /// @param auto the branch whose releases are deployed here by themselves
  /// @param after the environment that a release must have been deployed to before
  /// @param promoted whether what succeeded there is deployed here by itself
  /// @param rollback when it goes back by itself
  /// @param components those that run here; empty for all
  /// @param gating what else a deploy waits for
  /// @param queue in which order deploys take their turn, in the words of GitLab's resource groups
  /// @param preempt while waiting for what a deploy that has begun gives way to a newer one
  public record Policy(
      int approvals,
      Optional<String> auto,
      Optional<String> after,
      boolean promoted,
      Rollback rollback,
      List<String> components,
      Map<String, String> variables,
      Gating gating,
      String queue,
      List<String> preempt) {}

  /// What a deploy waits for, beside so many approvals.
  ///
  /// @param approvalsBy whose approval counts; empty for everyone's
  /// @param deployerCounts whether who asked for the deploy may approve it
  /// @param soakSeconds how long a release must have run in the environment before
  /// @param gates that others open over the API
  /// @param statuses commit statuses that must have succeeded
  public record Gating(
      List<String> approvalsBy,
      boolean deployerCounts,
      long soakSeconds,
      List<Freeze> freezes,
      List<String> gates,
      List<String> statuses) {}

  /// When nothing new is deployed.
  ///
  /// @param from five fields of cron: when it begins
  /// @param to when it ends
  /// @param zone whose clocks are meant
  public record Freeze(String name, String from, String to, String zone) {}

  /// A target by its name in `fleetwright.yml`, and its kind, such as `ssh`.
  public record Target(String name, String kind) {}

  /// What the last deploy left on one target.
  ///
  /// @param release empty after a take-down
  /// @param mixed whether the deploy was stopped half-way, so that instances differ
  public record Live(
      String target,
      String revision,
      Optional<Release.Brief> release,
      long deploy,
      Instant since,
      boolean mixed) {}

  /// While it is there, the environment takes no release by itself.
  ///
  /// @param deploy the deliberate deploy of something older that set it, by its id
  public record Hold(Optional<Long> deploy, String by, String reason, Instant since) {}

  /// Something says that the environment is not well.
  ///
  /// @param since when it was first told
  public record Alarm(String name, String reason, String by, Instant since) {}

  /// Tell that an alarm fires, or fires no more.
  public record SetAlarm(String name, Optional<String> reason, boolean firing) {}

  /// When it goes back by itself.
  ///
  /// @param watchSeconds how long after a deploy an alarm still takes it back
  public record Rollback(boolean onFailure, boolean onAlarm, boolean onStop, long watchSeconds) {}

  /// An environment that is held.
  public record Held(String project, String environment, Hold hold) {}

  /// Hold the environment.
  public record SetHold(Optional<String> reason) {}

  /// An earlier deploy and whether the environment can go back to it now.
  ///
  /// @param left whether somebody went back from it: it is then gone back to only when it is named
  /// @param hindrance why not; empty when it can
  /// @param askedAt when its targets were asked; empty when it is by the record alone
  public record WayBack(
      long deploy,
      Optional<Release.Brief> release,
      String label,
      Instant at,
      boolean possible,
      boolean left,
      Optional<String> hindrance,
      Optional<Instant> askedAt) {}

  /// Which release a component came from, by the record.
  public record Version(String component, Optional<Release.Brief> release) {}

  /// What the targets really run.
  ///
  /// @param observedAt when they were asked
  public record Observation(Instant observedAt, List<TargetObservation> targets) {}

  /// What one target really runs.
  ///
  /// @param problem why nothing can be said
  /// @param drifted whether that is something else than the record says
  public record TargetObservation(
      String target, Optional<String> problem, boolean drifted, List<Instance> instances) {}

  /// One component on one instance.
  ///
  /// @param runs the component's digest
  /// @param endpoint where it answers
  /// @param detail in a few words what is seen
  public record Instance(
      String host,
      String component,
      String runs,
      Health health,
      Optional<String> endpoint,
      String detail) {}

  /// How one component on one instance is.
  public enum Health {
    HEALTHY,
    STARTING,
    FAILING,
    DOWN,
    UNREACHABLE
  }

  /// Take the environment down.
  public record Stop(Optional<String> reason) {}

  /// Go back to what an earlier deploy brought.
  ///
  /// @param deploy its id; empty for the latest that it can go back to
  public record GoBack(Optional<Long> deploy, Optional<String> reason) {}
}
