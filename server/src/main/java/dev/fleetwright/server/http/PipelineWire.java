package dev.fleetwright.server.http;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Job.Keeping;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.pipeline.ResourceGroups.ResourceGroup;
import dev.fleetwright.core.release.Release;
import java.util.List;
import java.util.Optional;

/// Pipelines and jobs as they travel. What a pipeline was started with stays here: people put
/// passwords into variables.
final class PipelineWire {

  private PipelineWire() {}

  static dev.fleetwright.api.Pipeline of(
      Pipeline pipeline, Optional<Release> release, Optional<Long> rebuildOf) {
    return new dev.fleetwright.api.Pipeline(
        pipeline.id(),
        pipeline.number(),
        pipeline.project().value(),
        pipeline.sha().value(),
        pipeline.ref(),
        pipeline.tag(),
        pipeline.source(),
        pipeline.title(),
        pipeline.author(),
        pipeline.stages(),
        pipeline.problems(),
        pipeline.name(),
        pipeline.parent(),
        rebuildOf,
        dev.fleetwright.api.Pipeline.Status.valueOf(pipeline.status().name()),
        release.map(Release::id),
        pipeline.by(),
        pipeline.createdAt(),
        pipeline.startedAt(),
        pipeline.finishedAt());
  }

  static dev.fleetwright.api.Job of(Job job, Optional<Long> downstream) {
    return new dev.fleetwright.api.Job(
        job.id(),
        job.pipeline(),
        job.spec().name(),
        job.spec().stage(),
        dev.fleetwright.api.Job.Status.valueOf(job.status().name()),
        job.attempt(),
        job.exitCode() < 0 ? Optional.empty() : Optional.of(job.exitCode()),
        text(job.failureReason()),
        text(job.message()),
        job.spec().allowFailure().forgives(job.exitCode()),
        job.spec().needs().orElse(List.of()).stream().map(Need::job).toList(),
        job.spec().environment().map(e -> e.name()),
        job.spec().resourceGroup(),
        job.spec().confirmation(),
        downstream,
        job.deploy(),
        job.artifacts().stream()
            .filter(TreeEntry.File.class::isInstance)
            .map(TreeEntry.File.class::cast)
            .map(f ->
                new dev.fleetwright.api.Job.Artifact(f.path(), f.digest().toString(), f.size()))
            .toList(),
        job.keeping() instanceof Keeping.Until(var at) ? Optional.of(at) : Optional.empty(),
        job.keeping() instanceof Keeping.Dropped,
        job.scheduledAt(),
        job.startedAt(),
        job.finishedAt());
  }

  static dev.fleetwright.api.ResourceGroup of(ResourceGroup group) {
    return new dev.fleetwright.api.ResourceGroup(
        group.name(),
        dev.fleetwright.api.ResourceGroup.Mode.valueOf(group.mode().name()),
        group.holder());
  }

  private static Optional<String> text(String value) {
    return Optional.of(value).filter(v -> !v.isEmpty());
  }
}
