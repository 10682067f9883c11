package dev.fleetwright.api;

import java.net.URI;
import java.util.Optional;

/// A server that runs in this process.
public interface RunningServer extends AutoCloseable {

  /// Where it answers.
  URI uri();

  /// The first administrator's token, if this start made it. It is also in the file `admin-token`
  /// of the data folder.
  Optional<String> bootstrapToken();

  /// Wait until it has stopped.
  void awaitStop() throws InterruptedException;

  /// Why it stopped by itself, for people, such as a disk that failed; empty when it was told to
  /// stop, or runs.
  Optional<String> failure();

  /// Stop taking work, let what is under way come to a safe point, at most 25 seconds, and stop.
  @Override
  void close();
}
