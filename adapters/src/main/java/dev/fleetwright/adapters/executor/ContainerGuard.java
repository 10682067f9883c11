package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A small process that reads from a pipe of this server: when the server dies, by whatever signal,
/// the pipe ends and the guard removes the containers of the job.
final class ContainerGuard {

  // Twice, since an order that the dying server had just given may still be carried out.
  private static final String GUARD =
      """
      read -r word
      [ "$word" = done ] && exit 0
      engine=$1 network=$2
      shift 2
      for round in 1 2; do
        for container; do
          "$engine" kill "$container"
          "$engine" rm --force --volumes "$container"
        done
        [ -z "$network" ] || "$engine" network rm "$network"
        sleep 2
      done
      """;

  private ContainerGuard() {}

  static Process start(ContainerEngine engine, Optional<String> network, List<String> containers)
      throws IOException {
    var command = new ArrayList<String>();
    Machine.find("setsid").ifPresent(program -> command.add(program.toString()));
    command.addAll(
        List.of("/bin/sh", "-c", GUARD, "guard", engine.program().toString(), network.orElse("")));
    command.addAll(containers);
    return new ProcessBuilder(command)
        .directory(Path.of("/").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// There is nothing left to guard.
  static void dismiss(Process guard) {
    try (var word = guard.getOutputStream()) {
      word.write("done\n".getBytes(US_ASCII));
    } catch (IOException _) {
      // It is gone.
    }
  }
}
