package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.ArtifactLives;
import dev.fleetwright.core.pipeline.ArtifactLives.Doomed;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Job.Keeping;
import dev.fleetwright.core.pipeline.Pipelines;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends the lives of artifacts: nobody gets them any more within a minute of their time, and within
/// hours the contents go that nothing else names. Any number of servers may do so at once.
public final class ArtifactExpiry {

  private static final Logger log = LoggerFactory.getLogger(ArtifactExpiry.class);

  private static final int AT_ONCE = 1000;
  private static final Duration ROUND = Duration.ofMinutes(1);

  /// Finding out what is named reads all releases, so it is done seldom and for many at once.
  private static final Duration SWEEP = Duration.ofHours(1);

  /// A job puts its files and then its end on record; it has so long for it.
  private static final Duration GRACE = Duration.ofHours(6);

  private final ArtifactLives lives;
  private final Pipelines pipelines;
  private final Blobs blobs;
  private final InstantSource clock;
  private Instant round = Instant.MIN;
  private Instant sweep = Instant.MIN;

  ArtifactExpiry(ArtifactLives lives, Pipelines pipelines, Blobs blobs, InstantSource clock) {
    this.lives = lives;
    this.pipelines = pipelines;
    this.blobs = blobs;
    this.clock = clock;
  }

  /// Do what is due; most calls find nothing to do.
  public void round() {
    var now = clock.instant();
    if (now.isBefore(round)) {
      return;
    }
    round = now.plus(ROUND);
    var doomed = lives.doom(now, AT_ONCE);
    if (!doomed.isEmpty() && !now.isBefore(sweep)) {
      sweep = now.plus(SWEEP);
      sweep(doomed, now.minus(GRACE));
    }
  }

  /// @param since contents that were put later are left for the next time, with their jobs
  void sweep(List<Doomed> doomed, Instant since) {
    var contents = new HashSet<Digest>();
    doomed.forEach(job -> contents.addAll(contents(job)));
    var unnamed = lives.unnamed(contents);
    var gone = new ArrayList<Long>();
    var dropped = 0;
    for (var job : doomed) {
      var left = false;
      for (var content : contents(job)) {
        if (unnamed.contains(content)) {
          try {
            dropped += blobs.drop(content, since) ? 1 : 0;
            left |= blobs.has(content);
          } catch (IOException e) {
            log.atWarn()
                .addKeyValue("content", content.brief())
                .setCause(e)
                .log("a content could not be dropped; it is tried again");
            left = true;
          }
        }
      }
      if (!left) {
        gone.add(job.job());
      }
    }
    lives.dropped(gone, clock.instant());
    if (!gone.isEmpty()) {
      log.atInfo()
          .addKeyValue("jobs", gone.size())
          .addKeyValue("contents", dropped)
          .log("artifacts were dropped whose time was over");
    }
  }

  private static Set<Digest> contents(Doomed job) {
    var contents = new HashSet<Digest>();
    for (var entry : job.files()) {
      if (entry instanceof TreeEntry.File file) {
        contents.add(file.digest());
      }
    }
    return contents;
  }

  /// Keep what a job left until its pipeline is removed.
  public Answer<Job> keep(long id, Actor by) {
    var job = pipelines.job(id);
    if (job.isEmpty()) {
      return Answer.notFound("job " + id);
    }
    if (job.get().keeping() instanceof Keeping.Dropped || !lives.keep(id, by, clock.instant())) {
      return Answer.refused(
          "artifacts_expired",
          "the artifacts of job `%s` were dropped when they expired"
              .formatted(job.get().spec().name()),
          "run the job again, and keep them before `artifacts: expire_in` is over");
    }
    return Answer.done(pipelines.job(id).orElseThrow());
  }
}
