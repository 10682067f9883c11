package dev.fleetwright.core.deploy;

import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.target.Component;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

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
    var draft = new Draft(environment, DeployKind.START);
    draft.release = Optional.of(release);
    return draft.request();
  }

  /// Take an environment down.
  public static DeployRequest stop(long environment) {
    return new Draft(environment, DeployKind.STOP).request();
  }

  /// Go back to what an earlier deploy brought.
  ///
  /// @param to that deploy's id
  /// @param release what it brought
  public static DeployRequest goBack(long environment, long to, Optional<Long> release) {
    var draft = new Draft(environment, DeployKind.ROLLBACK);
    draft.release = release;
    draft.rollbackOf = Optional.of(to);
    return draft.request();
  }

  /// The same with a job's script.
  public DeployRequest with(Optional<Component> jobScript) {
    return but(draft -> draft.script = jobScript);
  }

  /// The same as part of a pipeline's job.
  public DeployRequest ofJob(long id, Component itsScript) {
    return but(draft -> {
      draft.script = Optional.of(itsScript);
      draft.job = Optional.of(id);
      draft.origin = Origin.JOB;
    });
  }

  /// The same for these components only.
  public DeployRequest only(SortedSet<String> components) {
    return but(draft -> draft.only = components);
  }

  /// The same, but not before then.
  public DeployRequest notBefore(Optional<Instant> then) {
    return but(draft -> draft.notBefore = then);
  }

  /// The same by exactly this plan.
  public DeployRequest by(Plan chosen) {
    return but(draft -> draft.plan = Optional.of(chosen));
  }

  /// The same, once only under this key.
  public DeployRequest once(String key) {
    return but(draft -> draft.idempotencyKey = Optional.of(key));
  }

  /// The same for this reason.
  public DeployRequest because(String words) {
    return but(draft -> draft.reason = words);
  }

  /// The same, but wanted by something else than a person.
  public DeployRequest from(Origin other) {
    return but(draft -> draft.origin = other);
  }

  private DeployRequest but(Consumer<Draft> change) {
    var draft = new Draft(this);
    change.accept(draft);
    return draft.request();
  }

  /// A request while it is put together.
  private static final class Draft {
    final long environment;
    final DeployKind kind;
    Optional<Long> release = Optional.empty();
    Optional<Long> rollbackOf = Optional.empty();
    Optional<Component> script = Optional.empty();
    Optional<Long> job = Optional.empty();
    SortedSet<String> only = new TreeSet<>();
    Optional<Instant> notBefore = Optional.empty();
    Optional<Plan> plan = Optional.empty();
    Optional<String> idempotencyKey = Optional.empty();
    String reason = "";
    Origin origin = Origin.HAND;

    Draft(long environment, DeployKind kind) {
      this.environment = environment;
      this.kind = kind;
    }

    Draft(DeployRequest other) {
      this(other.environment, other.kind);
      release = other.release;
      rollbackOf = other.rollbackOf;
      script = other.script;
      job = other.job;
      only = other.only;
      notBefore = other.notBefore;
      plan = other.plan;
      idempotencyKey = other.idempotencyKey;
      reason = other.reason;
      origin = other.origin;
    }

    DeployRequest request() {
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
          origin);
    }
  }
}
