package dev.fleetwright.cli;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Pipeline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Follows something to its end and tells what it prints meanwhile. The command may be ended at any
/// time: what it follows goes on.
final class Following {

  /// Often enough to seem live, and no load for a server.
  private static final Duration GLANCE = Duration.ofMillis(300);

  private final FleetwrightClient client;
  private final Output output;

  Following(FleetwrightClient client, Output output) {
    this.client = client;
    this.output = output;
  }

  /// Follow a deploy.
  ///
  /// @param untilWaiting whether to stop when it waits for a person
  Deploy deploy(long id, boolean untilWaiting) throws InterruptedException {
    var told = 0L;
    var state = "";
    while (true) {
      var deploy = client.deploy(id).deploy();
      for (var chunk = client.deployLog(id, told);
          !chunk.text().isEmpty();
          chunk = client.deployLog(id, told)) {
        chunk.text().lines().forEach(line -> output.line("  " + Terminal.clean(line)));
        told = chunk.to();
      }
      var now = Terminal.word(deploy.state());
      if (!now.equals(state)) {
        state = now;
        output.line("  " + now);
      }
      var waits = deploy.state() == Deploy.State.WAITING && !deploy.gates().isEmpty();
      if (deploy.state().finished()
          || (untilWaiting && waits)
          || deploy.state() == Deploy.State.PAUSED
          || deploy.state() == Deploy.State.QUARANTINED
          || deploy.inDoubt()) {
        return deploy;
      }
      Thread.sleep(GLANCE);
    }
  }

  /// Follow a deploy until it ends or waits for a person, and say how it stands then.
  ///
  /// @return the [ExitCode]; waiting is no failure
  int toTheEnd(long id) throws InterruptedException {
    var ended = deploy(id, true);
    var lines = new ArrayList<String>();
    lines.add(words(ended));
    if (ended.state() == Deploy.State.ROLLED_BACK || ended.state() == Deploy.State.STUCK) {
      lines.addAll(steps(client.deploy(id).steps()));
    }
    output.result(ended, lines);
    return ended.state() == Deploy.State.SUCCEEDED || ended.state() == Deploy.State.WAITING
        ? ExitCode.DONE
        : ExitCode.FAILED;
  }

  /// What became of each step.
  private static List<String> steps(List<Deploy.StepStatus> steps) {
    return steps.stream()
        .map(s ->
            "  step %d of %d, %s: %s%s"
                .formatted(
                    s.index() + 1,
                    steps.size(),
                    Terminal.clean(s.words()),
                    words(s.state()),
                    s.note().map(note -> ": " + Terminal.clean(note)).orElse("")))
        .toList();
  }

  private static String words(Deploy.StepState state) {
    return switch (state) {
      case WAITING -> "to do";
      case RUNNING -> "under way";
      case IN_DOUBT -> "in doubt";
      case APPLIED -> "done";
      case REFUSED -> "refused";
      case UNDOING -> "being taken back";
      case UNDONE -> "taken back";
      case UNDO_REFUSED -> "not taken back";
      case SKIPPED -> "not begun";
    };
  }

  Pipeline pipeline(long id) throws InterruptedException {
    while (true) {
      var pipeline = client.pipeline(id);
      if (pipeline.status().finished() || pipeline.status() == Pipeline.Status.MANUAL) {
        return pipeline;
      }
      Thread.sleep(GLANCE);
    }
  }

  static String words(Deploy deploy) {
    var words =
        new StringBuilder(
            "Deploy #%d of %s to %s (id %d): %s"
                .formatted(
                    deploy.number(),
                    deploy.project(),
                    Terminal.clean(deploy.environment()),
                    deploy.id(),
                    Terminal.word(deploy.state())));
    deploy
        .gates()
        .forEach(gate ->
            words
                .append("\n  waits for ")
                .append(gate.name())
                .append(": ")
                .append(Terminal.clean(gate.reason()))
                .append("; ended by ")
                .append(Terminal.clean(gate.endedBy())));
    deploy.outcome().ifPresent(text -> words.append("\n  ").append(Terminal.clean(text)));
    if (deploy.inDoubt()) {
      words.append(
          "\n  a step is in doubt: look at the target, then settle it on the deploy's page");
    }
    return words.toString();
  }
}
