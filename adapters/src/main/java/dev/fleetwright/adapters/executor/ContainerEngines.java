package dev.fleetwright.adapters.executor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The container engine of this machine, found when it is first needed; one that does not answer
/// then is asked again for the next job.
final class ContainerEngines {

  private static final Logger log = LoggerFactory.getLogger(ContainerEngines.class);
  private static final Duration SHORT = Duration.ofSeconds(30);

  private volatile Optional<ContainerEngine> found = Optional.empty();

  /// Whether there is one.
  sealed interface Answer {
    /// There is.
    record Found(ContainerEngine engine) implements Answer {}

    /// There is none.
    ///
    /// @param why for people, with what to do
    record None(String why) implements Answer {}
  }

  Answer find() throws InterruptedException {
    var known = found;
    if (known.isPresent()) {
      return new Answer.Found(known.get());
    }
    var problems = new ArrayList<String>();
    for (var candidate : ContainerEngine.candidates()) {
      try {
        var answer = EngineCall.of(candidate.areYouThere(), SHORT);
        if (answer.done()) {
          found = Optional.of(candidate);
          return new Answer.Found(candidate);
        }
        problems.add("`%s` answers: %s".formatted(candidate.program(), answer.problem()));
      } catch (IOException e) {
        problems.add("`%s` cannot be run: %s".formatted(candidate.program(), e.getMessage()));
      }
    }
    return new Answer.None(
        problems.isEmpty()
            ? "neither podman nor docker is installed where this server looks (%s)"
                .formatted(Machine.path())
            : String.join("; ", problems));
  }

  /// Remove the containers and networks of a server that died.
  ///
  /// @param program the engine that they were made with
  static void removeAllOf(Path program, Path owner) {
    var engine = new ContainerEngine(program);
    try {
      var containers = lines(engine.containersOf(owner.toString()));
      for (var container : containers) {
        var _ = EngineCall.evenIfInterrupted(engine.kill(container), SHORT);
        var answer = EngineCall.evenIfInterrupted(engine.remove(container), SHORT);
        if (!answer.done()) {
          throw new IOException(answer.problem());
        }
      }
      if (!containers.isEmpty()) {
        log.atInfo()
            .addKeyValue("containers", containers)
            .log("removed what jobs of a dead server left");
      }
      for (var network : lines(engine.networksOf(owner.toString()))) {
        var _ = EngineCall.evenIfInterrupted(engine.removeNetwork(network), SHORT);
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("engine", program)
          .setCause(e)
          .log("containers of jobs of a dead server may still run");
    }
  }

  private static List<String> lines(List<String> command) throws IOException {
    var answer = EngineCall.evenIfInterrupted(command, SHORT);
    if (!answer.done()) {
      throw new IOException(answer.problem());
    }
    return answer.output().lines().filter(line -> line.startsWith("fleetwright-")).toList();
  }
}
