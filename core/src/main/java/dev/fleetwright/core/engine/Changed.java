package dev.fleetwright.core.engine;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A job with some of its fields changed.
record Changed(Job job) {

  static Changed of(Job job) {
    return new Changed(job);
  }

  Changed status(JobStatus status) {
    return with(status, job.exitCode(), job.failureReason(), job.message());
  }

  Changed exitCode(int exitCode) {
    return with(job.status(), exitCode, job.failureReason(), job.message());
  }

  Changed failure(String reason, String message) {
    return with(job.status(), job.exitCode(), reason, message);
  }

  Changed artifacts(List<TreeEntry> artifacts) {
    return with(artifacts, job.dotenv(), job.deploy());
  }

  Changed dotenv(Map<String, String> dotenv) {
    return with(job.artifacts(), dotenv, job.deploy());
  }

  Changed deploy(Optional<Long> deploy) {
    return with(job.artifacts(), job.dotenv(), deploy);
  }

  Changed scheduledAt(Optional<Instant> at) {
    return with(at, job.startedAt(), job.finishedAt());
  }

  Changed startedAt(Optional<Instant> at) {
    return with(job.scheduledAt(), at, job.finishedAt());
  }

  Changed finishedAt(Optional<Instant> at) {
    return with(job.scheduledAt(), job.startedAt(), at);
  }

  private Changed with(JobStatus status, int exitCode, String reason, String message) {
    return new Changed(
        new Job(
            job.id(),
            job.pipeline(),
            job.spec(),
            status,
            job.attempt(),
            exitCode,
            reason,
            message,
            job.artifacts(),
            job.dotenv(),
            job.deploy(),
            job.scheduledAt(),
            job.startedAt(),
            job.finishedAt()));
  }

  private Changed with(
      List<TreeEntry> artifacts, Map<String, String> dotenv, Optional<Long> deploy) {
    return new Changed(
        new Job(
            job.id(),
            job.pipeline(),
            job.spec(),
            job.status(),
            job.attempt(),
            job.exitCode(),
            job.failureReason(),
            job.message(),
            artifacts,
            dotenv,
            deploy,
            job.scheduledAt(),
            job.startedAt(),
            job.finishedAt()));
  }

  private Changed with(
      Optional<Instant> scheduledAt, Optional<Instant> startedAt, Optional<Instant> finishedAt) {
    return new Changed(
        new Job(
            job.id(),
            job.pipeline(),
            job.spec(),
            job.status(),
            job.attempt(),
            job.exitCode(),
            job.failureReason(),
            job.message(),
            job.artifacts(),
            job.dotenv(),
            job.deploy(),
            scheduledAt,
            startedAt,
            finishedAt));
  }
}
