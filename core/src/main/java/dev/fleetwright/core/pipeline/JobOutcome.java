package dev.fleetwright.core.pipeline;

import dev.fleetwright.core.artifact.TreeEntry;
import java.util.List;
import java.util.Map;

/// How a job ended.
///
/// @param artifacts the files kept, by path in the work tree; their content is in the blobs
/// @param dotenv variables that the job reported
public record JobOutcome(Ending ending, List<TreeEntry> artifacts, Map<String, String> dotenv) {

  public JobOutcome {
    artifacts = List.copyOf(artifacts);
    dotenv = Map.copyOf(dotenv);
  }

  /// The end of a script.
  public sealed interface Ending {
    /// Every line returned 0.
    record Succeeded() implements Ending {}

    /// A line returned something else, or what was promised was not there.
    ///
    /// @param exitCode 1 to 255
    /// @param reason GitLab's word, such as `script_failure`
    /// @param message for people
    record Failed(int exitCode, String reason, String message) implements Ending {}

    /// It was told to stop, and has.
    record Cancelled() implements Ending {}
  }
}
