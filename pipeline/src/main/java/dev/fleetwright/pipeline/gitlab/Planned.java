package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.problem.Problem;
import java.util.List;

/// What becomes of a push.
public sealed interface Planned permits PipelineGraph, Planned.NotWanted, Planned.Refused {

  /// The file says that this push gets no pipeline.
  ///
  /// @param reason in a clause, such as "no rule of `workflow` holds"
  record NotWanted(String reason) implements Planned {}

  /// There would be a pipeline, and it cannot be run as it is written.
  record Refused(List<Problem> problems) implements Planned {
    public Refused {
      problems = List.copyOf(problems);
    }
  }
}
