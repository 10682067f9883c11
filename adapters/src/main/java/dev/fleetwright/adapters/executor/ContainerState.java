package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// What an engine says of a container.
///
/// @param status the engine's word, such as `created`, `running` or `exited`
/// @param pid of its first process on this machine; 0 when it does not run
/// @param address in the first network that gave it one
record ContainerState(
    String status, int exitCode, boolean outOfMemory, long pid, Optional<String> address) {

  private static final Duration SHORT = Duration.ofSeconds(30);

  /// Ask. Not ended by interruption.
  static ContainerState of(ContainerEngine engine, String container) throws IOException {
    var answer = EngineCall.evenIfInterrupted(engine.inspect(container), SHORT);
    var words = answer.output().split(" ", -1);
    if (!answer.done() || words.length < 4) {
      throw new IOException(answer.problem());
    }
    try {
      return new ContainerState(
          words[0],
          Integer.parseInt(words[1]),
          words[2].equals("true"),
          Long.parseLong(words[3]),
          words.length > 4 && !words[4].isEmpty() ? Optional.of(words[4]) : Optional.empty());
    } catch (NumberFormatException e) {
      throw new IOException(
          engine.name() + " describes a container in other words: " + answer.output(), e);
    }
  }
}
