package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// Where the scripts of one job run: this machine, or a container.
interface ScriptPlace extends AutoCloseable {

  /// Get it ready, before the sources are there.
  ///
  /// @throws Unprepared when the job asks for what cannot be had
  void prepare() throws Unprepared, IOException, InterruptedException;

  /// What scripts find in their environment.
  ///
  /// @param variables those of the job
  /// @throws IOException naming a variable that no process can be given
  SortedMap<String, String> environment(Map<String, String> variables, Instant startedAt)
      throws IOException;

  /// The work tree is complete: whoever runs the scripts may have to be let in, and what stands
  /// beside the job is started.
  void open(Map<String, String> environment) throws Unprepared, IOException, InterruptedException;

  /// Start a script.
  ///
  /// @param name unique in the job
  /// @throws IOException when it was not started; nothing of it ran
  ScriptRun start(String name, List<String> lines, Map<String, String> environment)
      throws IOException, InterruptedException;

  /// Where scripts see the work tree.
  String project();

  /// All scripts have run: nothing of the job runs on, and every file of the work tree can be read
  /// and deleted by this server. Cannot be interrupted; calling it again does nothing.
  @Override
  void close();

  /// What a job asks for cannot be had. A message for people, with what to do.
  final class Unprepared extends Exception {
    private static final long serialVersionUID = 1;
    private final String reason;

    /// @param reason GitLab's word, such as `image_pull_failure`
    Unprepared(String reason, String message) {
      super(message);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }

    String message() {
      return String.valueOf(getMessage());
    }
  }
}
