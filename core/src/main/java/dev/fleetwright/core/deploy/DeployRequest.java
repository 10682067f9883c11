package dev.fleetwright.core.deploy;

import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.target.Component;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// What is asked for. Fields as in [Deploy].
///
/// @param plan chosen beforehand from a preview; such a deploy refuses when what the plan was made
///   on has moved, it is never planned anew
/// @param idempotencyKey repeating a request with the same key gives the first one's deploy
public record DeployRequest(
    long environment,
    DeployKind kind,
    Optional<Long> release,
    Optional<Long> rollbackOf,
    Optional<Component> script,
    Optional<Long> job,
    SortedSet<String> only,
    Optional<Instant> notBefore,
    Optional<Plan> plan,
    Optional<String> idempotencyKey,
    String reason,
    Origin origin) {

  public DeployRequest {
    only = Collections.unmodifiableSortedSet(new TreeSet<>(only));
  }

  /// Bring a release into an environment, all of it, as soon as its gates are open.
  public static DeployRequest start(long environment, long release) {
    return new DeployRequest(
        environment,
        DeployKind.START,
        Optional.of(release),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new TreeSet<>(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        Origin.HAND);
  }

  /// Take an environment down.
  public static DeployRequest stop(long environment) {
    return new DeployRequest(
        environment,
        DeployKind.STOP,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new TreeSet<>(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        Origin.HAND);
  }

  /// Go back to what an earlier deploy brought.
  ///
  /// @param to that deploy's id
  /// @param release what it brought
  public static DeployRequest goBack(long environment, long to, Optional<Long> release) {
    return new DeployRequest(
        environment,
        DeployKind.ROLLBACK,
        release,
        Optional.of(to),
        Optional.empty(),
        Optional.empty(),
        new TreeSet<>(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        Origin.HAND);
  }

  /// The same with a job's script.
  public DeployRequest with(Optional<Component> jobScript) {
    return new DeployRequest(
        environment,
        kind,
        release,
        rollbackOf,
        jobScript,
        job,
        only,
        notBefore,
        plan,
        idempotencyKey,
        reason,
        origin);
  }

  /// The same as part of a pipeline's job.
  public DeployRequest ofJob(long id, Component script) {
    return new DeployRequest(
        environment,
        kind,
        release,
        rollbackOf,
        Optional.of(script),
        Optional.of(id),
        only,
        notBefore,
        plan,
        idempotencyKey,
        reason,
        Origin.JOB);
  }

  /// The same for these components only.
  public DeployRequest only(SortedSet<String> components) {
    return new DeployRequest(
        environment,
        kind,
        release,
        rollbackOf,
        script,
        job,
        components,
        notBefore,
        plan,
        idempotencyKey,
        reason,
        origin);
  }

  /// The same, but not before then.
  public DeployRequest notBefore(Optional<Instant> then) {
    return new DeployRequest(
        environment,
        kind,
        release,
        rollbackOf,
        script,
        job,
        only,
        then,
        plan,
        idempotencyKey,
        reason,
        origin);
  }

  /// The same by exactly this plan.
  public DeployRequest by(Plan chosen) {
    return new DeployRequest(
        environment,
        kind,
        release,
        rollbackOf,
        script,
        job,
        only,
        notBefore,
        Optional.of(chosen),
        idempotencyKey,
        reason,
        origin);
  }

  /// The same, once only under this key.
  public DeployRequest once(String key) {
    return new DeployRequest(
        environment,
        kind,
        release,
        rollbackOf,
        script,
        job,
        only,
        notBefore,
        plan,
        Optional.of(key),
        reason,
        origin);
  }

  /// The same for this reason.
  public DeployRequest because(String words) {
    return new DeployRequest(
        environment,
        kind,
        release,
        rollbackOf,
        script,
        job,
        only,
        notBefore,
        plan,
        idempotencyKey,
        words,
        origin);
  }

  /// The same, but wanted by something else than a person.
  public DeployRequest from(Origin other) {
    return new DeployRequest(
        environment,
        kind,
        release,
        rollbackOf,
        script,
        job,
        only,
        notBefore,
        plan,
        idempotencyKey,
        reason,
        other);
  }
}
