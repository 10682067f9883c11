package dev.fleetwright.core.runner;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.project.ProjectName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/// The runners that are registered. Of a token only the SHA-256 is kept.
public interface Runners {

  /// What a new runner is made of. Fields as in [Runner].
  record NewRunner(
      String description,
      Optional<ProjectName> project,
      SortedSet<String> tags,
      boolean runUntagged,
      boolean protectedOnly,
      boolean paused,
      Optional<Duration> longest) {}

  /// One machine that uses a runner's registration.
  ///
  /// @param system the machine's own name for itself (`s_1a2b3c4d5e6f`), as it said
  /// @param version of the program, as it said
  /// @param address where it asked from
  record Host(
      long runner,
      String system,
      String version,
      String platform,
      String architecture,
      String executor,
      String address,
      Instant contactedAt) {}

  /// Register one.
  Runner add(NewRunner runner, Digest token, Actor by, Instant at);

  /// All, oldest first.
  List<Runner> all();

  /// One.
  Optional<Runner> find(long id);

  /// Whose token this is the hash of.
  Optional<Runner> byToken(Digest token);

  /// Whether any runner takes jobs of this project, paused ones too.
  boolean anyFor(ProjectName project);

  /// Let it take nothing new, or let it again. What it has goes on.
  ///
  /// @return false when there is no such runner
  boolean pause(long id, boolean paused, Actor by, Instant at);

  /// Take it away: its token opens nothing any more. Jobs that it has go on to their end.
  ///
  /// @return what was taken away
  Optional<Runner> remove(long id, Actor by, Instant at);

  /// Put a new token in the place of one.
  ///
  /// @param before the token that asks for it; of two at once one is turned down
  boolean renewToken(long id, Digest before, Digest after, Actor by, Instant at);

  /// Note that a machine was heard of; at most every few seconds something is written.
  void heard(Host machine);

  /// Forget a machine.
  ///
  /// @return whether it was known
  boolean forget(long runner, String system);

  /// The machines of all runners, those heard of last first; at most so many.
  List<Host> machines(int most);
}
