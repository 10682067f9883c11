package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import java.time.Duration;

/// One script while it runs.
interface ScriptRun extends AutoCloseable {

  /// Wait for the script to end.
  ///
  /// @return whether it did within that time
  boolean waitFor(Duration most) throws InterruptedException;

  /// How it ended; to be asked when it has.
  Ending ending();

  /// End everything that the script left running, or the script itself: with TERM, and after a
  /// while with KILL. Cannot be interrupted.
  ///
  /// @return whether nothing is left
  boolean end(Duration patience);

  /// Give back what was held for it. The script has ended by then.
  @Override
  void close();
}
