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

    /// A line returned something else, what was promised was not there, or the script could not be
    /// run to its end.
    ///
    /// @param exitCode of the script, 1 to 255; -1 where the script did not say why it ended, so
    ///   that no `exit_codes` of the file speaks of it
    /// @param reason GitLab's word, such as `script_failure`
    /// @param message for people
    record Failed(int exitCode, String reason, String message) implements Ending {
      /// One that is not what a line of the script returned.
      public static Failed without(String reason, String message) {
        return new Failed(-1, reason, message);
      }
    }

    /// It was told to stop, and has.
    record Cancelled() implements Ending {}
  }
}
