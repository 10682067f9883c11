package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.AutoCancel;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.pipeline.problem.Problem;
import java.util.List;
import java.util.SortedMap;

/// The jobs of one pipeline, ready to be run.
///
/// @param name of the pipeline; empty if the file gives none
/// @param stages that have jobs, in order
/// @param jobs in the order of the file; needs and dependencies name only jobs that are here
/// @param autoCancel what is cancelled by itself
/// @param predefined the `CI_…` variables that all jobs share, as far as known before the run is
///   stored
/// @param warnings what has no effect, or not all of it
public record PipelineGraph(
    String name,
    List<String> stages,
    List<JobSpec> jobs,
    AutoCancel autoCancel,
    SortedMap<String, String> predefined,
    List<Problem> warnings)
    implements Planned {
  public PipelineGraph {
    stages = List.copyOf(stages);
    jobs = List.copyOf(jobs);
    warnings = List.copyOf(warnings);
  }
}
