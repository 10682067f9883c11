package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.pipeline.JobOutcome.Ending;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// One script in a container of its own. When it ends, so does everything in the container.
final class ContainerRun implements ScriptRun {

  private static final Duration SHORT = Duration.ofSeconds(30);
  private static final Duration OUTPUT_ENDS_WITHIN = Duration.ofSeconds(5);

  private final ContainerEngine engine;
  private final String container;
  private final Process attached;
  private final Thread output;
  private boolean removed;

  private ContainerRun(ContainerEngine engine, String container, Process attached, Thread output) {
    this.engine = engine;
    this.container = container;
    this.attached = attached;
    this.output = output;
  }

  /// Start a container that was made.
  static ContainerRun start(ContainerEngine engine, String container, JobConsole console)
      throws IOException {
    var attached =
        new ProcessBuilder(engine.startAttached(container))
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    attached.getOutputStream().close();
    var output =
        Thread.ofPlatform()
            .daemon()
            .name("output-of-" + container)
            .start(() -> JobProcess.copy(attached, console));
    return new ContainerRun(engine, container, attached, output);
  }

  @Override
  public boolean waitFor(Duration most) throws InterruptedException {
    return attached.waitFor(Math.max(0, most.toNanos()), TimeUnit.NANOSECONDS);
  }

  @Override
  public Ending ending() {
    try {
      var state = ContainerState.of(engine, container);
      return switch (state.status()) {
        case "exited", "stopped" ->
            state.outOfMemory()
                ? new Ending.Failed(
                    state.exitCode(),
                    Endings.SCRIPT_FAILURE,
                    "it took more memory than it may; exit status " + state.exitCode())
                : Endings.of(state.exitCode());
        case "created", "initialized", "configured" ->
            Ending.Failed.without(
                Endings.SYSTEM_FAILURE,
                "the container did not start, see above; the image must have `sh`, and its entrypoint must run what it is given");
        default ->
            Ending.Failed.without(
                Endings.SYSTEM_FAILURE,
                "%s let go of the container, which is %s".formatted(engine.name(), state.status()));
      };
    } catch (IOException e) {
      return Ending.Failed.without(
          Endings.SYSTEM_FAILURE, "how the container ended is not known: " + e.getMessage());
    }
  }

  @Override
  public boolean end(Duration patience) {
    var interrupted = Thread.interrupted();
    try {
      if (attached.isAlive()) {
        ask(engine.terminate(container), SHORT);
        interrupted |= !joined(patience);
        if (attached.isAlive()) {
          ask(engine.kill(container), SHORT);
        }
      }
      interrupted |= !joined(OUTPUT_ENDS_WITHIN);
      return !attached.isAlive() && !output.isAlive();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// @return whether this thread was left alone meanwhile
  private boolean joined(Duration most) {
    try {
      output.join(most);
      return true;
    } catch (InterruptedException _) {
      return false;
    }
  }

  @Override
  public void close() {
    if (!removed) {
      removed = true;
      ask(engine.kill(container), SHORT);
      ask(engine.remove(container), SHORT);
      attached.destroyForcibly();
    }
  }

  /// What cannot be done now is done when the place is closed, or by the next server.
  private static void ask(List<String> command, Duration most) {
    try {
      var _ = EngineCall.evenIfInterrupted(command, most);
    } catch (IOException _) {
      // As above.
    }
  }
}
