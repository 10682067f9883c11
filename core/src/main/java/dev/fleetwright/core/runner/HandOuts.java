package dev.fleetwright.core.runner;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.runner.HandOut.Taken;
import dev.fleetwright.core.runner.HandOut.Trace;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which jobs wait for runners, and which are with them. All of it is in the database, so a job
/// that is with a runner goes on whatever becomes of this server. Whatever the engine has to act on
/// wakes the job's pipeline in the same transaction.
public interface HandOuts {

  /// Offer a job to runners. Asked again while it is offered or taken it answers with the same.
  ///
  /// @param logged how long the job's log is already
  HandOut offer(Job job, Wish wish, long logged, Instant at);

  /// The newest of a job.
  Optional<HandOut> of(long job);

  /// Whose token this is the hash of, while the job is with the runner.
  Optional<HandOut> byToken(Digest token);

  /// Those that wait and whose jobs still do, oldest first. What waits in vain, because its job was
  /// cancelled or is run elsewhere, is withdrawn.
  List<HandOut> offered();

  /// How many jobs of each project are with runners.
  Map<ProjectName, Integer> taken();

  /// Those that are with runners, oldest first; at most so many.
  List<HandOut> under(int most);

  /// Give a job to a runner.
  ///
  /// @param token the hash of the job's token
  /// @return false when it is not there to be taken any more
  boolean take(long id, Taken by, Digest token);

  /// Note that the runner was heard of.
  void heard(long id, Instant at);

  /// Note that more of the log has come.
  ///
  /// @param seen what the bytes were appended to; compared
  /// @return false when it is not so any more: another server was told the same
  boolean advance(long id, Trace seen, Trace next, Instant at);

  /// Keep what the job left, beside what it left before; of two files of one path the later stays.
  ///
  /// @param problems why something of it cannot be used, for people; they fail the job
  /// @return false when the job is not with a runner any more
  boolean keep(
      long id,
      List<TreeEntry> files,
      Map<String, String> dotenv,
      List<String> problems,
      Instant at);

  /// What was kept.
  Kept kept(long id);

  /// What a job left. Fields as in [#keep].
  record Kept(List<TreeEntry> files, Map<String, String> dotenv, List<String> problems) {
    public Kept {
      files = List.copyOf(files);
      dotenv = Map.copyOf(dotenv);
      problems = List.copyOf(problems);
    }
  }

  /// The job ended at its runner, or the runner is given up; the job's token opens nothing any
  /// more.
  ///
  /// @return false when it was not with a runner
  boolean end(long id, Ending ending, Instant at);
}
