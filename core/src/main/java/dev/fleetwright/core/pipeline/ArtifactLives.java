package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What becomes of the files that jobs left when their time is over.
///
/// In three steps, so that a crash between any two loses neither a file that is needed nor the way
/// to one that is not: from [#doom] on nobody gets the files any more; then the contents that
/// nothing else names are dropped; then [#dropped] forgets the list of them.
public interface ArtifactLives {

  /// A job whose files are to go.
  record Doomed(long job, List<TreeEntry> files) {
    public Doomed {
      files = List.copyOf(files);
    }
  }

  /// Take away from jobs whose time is over ([Job.Keeping.Until]) what they left. What a pipeline
  /// under way may still need stays, and so does what the last successful pipeline of a branch or
  /// tag left, for as long as that is there.
  ///
  /// @param most jobs at once
  /// @return these, and those of earlier calls whose contents may not have been dropped
  List<Doomed> doom(Instant now, int most);

  /// Which of these contents nothing names: no job that still has its files, no release, no deploy
  /// and no plan. Reads all of them, so it is asked for many at once.
  ///
  /// @throws dev.fleetwright.core.engine.RecordUnreadable if something cannot be read that may name
  ///   one
  Set<Digest> unnamed(Set<Digest> contents);

  /// The contents are gone. Repeating it changes nothing more.
  void dropped(List<Long> jobs, Instant at);

  /// Keep what a job left until its pipeline is removed.
  ///
  /// @return false when there is nothing to keep: the files are gone, or there is no such job
  boolean keep(long job, Actor by, Instant at);
}
