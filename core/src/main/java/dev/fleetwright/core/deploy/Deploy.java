package dev.fleetwright.core.deploy;

import dev.fleetwright.core.target.Component;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// A deploy as it was asked for; how far it is, is told by its events.
///
/// @param id unique in this installation
/// @param number counts a project's deploys from 1
/// @param environment its id
/// @param release its id; empty for a take-down
/// @param rollbackOf the deploy that is taken back, or gone back to; for kind rollback
/// @param script the job's script that is part of it, as the component of the pseudo-target
///   `script`
/// @param job the pipeline job that it belongs to, and whose status follows it
/// @param only the components that are brought, the others stay as they are; empty for all
/// @param notBefore when it may begin at the earliest
/// @param exactly whether its plan was chosen when it was asked for and must not be made anew
/// @param origin what made it come to be
/// @param reason in the words of who asked; may be empty
public record Deploy(
    long id,
    long number,
    long environment,
    DeployKind kind,
    Optional<Long> release,
    Optional<Long> rollbackOf,
    Optional<Component> script,
    Optional<Long> job,
    SortedSet<String> only,
    Optional<Instant> notBefore,
    boolean exactly,
    Origin origin,
    String by,
    String reason,
    Instant createdAt) {

  public Deploy {
    only = Collections.unmodifiableSortedSet(new TreeSet<>(only));
  }
}
