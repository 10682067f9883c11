package dev.fleetwright.cli;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Environment;
import dev.fleetwright.api.FeedEvent;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    description = {
      "A live view of what runs where and what is under way. Where the output is no terminal,",
      "or with --json, one line for each change."
    })
final class WatchCommand implements Callable<Integer> {
  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "PROJECT", arity = "0..1", description = "Else all projects.")
  private @Nullable String project;

  @Option(names = "--once", description = "Show it once and end.")
  private boolean once;

  @Override
  public Integer call() throws InterruptedException {
    try (var client = connection.open()) {
      var live = Question.terminal().isPresent() && !output.json();
      if (once) {
        screen(client).forEach(output::line);
        return ExitCode.DONE;
      }
      var watch = project == null ? Watch.EVERYTHING : Watch.project(project);
      try (var events = client.events(watch)) {
        if (live) {
          draw(client);
        }
        for (var event = events.next(); event.isPresent(); event = events.next()) {
          if (live) {
            draw(client);
          } else if (output.json()) {
            output.raw(Oneline.json(event.get()) + "\n");
          } else if (event.get().topic().equals(FeedEvent.RESET)) {
            output.line(event.get().at() + " events were missed that the server no longer has");
          } else {
            output.line(event.get().at() + " " + event.get().topic() + " " + event.get().keys());
          }
        }
      }
      return ExitCode.DONE;
    }
  }

  private void draw(FleetwrightClient client) throws InterruptedException {
    // Home, then each line with the rest of it cleared, then everything below: no flicker.
    var text = new StringBuilder("\u001b[H");
    screen(client).forEach(line -> text.append(line).append("\u001b[K\n"));
    output.raw(text.append("\u001b[J").toString());
  }

  private List<String> screen(FleetwrightClient client) throws InterruptedException {
    var lines = new ArrayList<String>();
    var environments = new ArrayList<Environment>();
    var deploys = new ArrayList<Deploy>();
    var unreadable = new ArrayList<String>();
    for (var each : client.projects(1).items()) {
      if (project == null || each.name().equals(project)) {
        environments.addAll(client.environments(each.name()));
        var page = client.deploys(each.name(), java.util.Optional.empty(), 1);
        deploys.addAll(page.items());
        page.unreadable()
            .orElse(List.of())
            .forEach(broken ->
                unreadable.add(
                    "Deploy #%d of %s cannot be read: %s"
                        .formatted(broken.number(), each.name(), Terminal.clean(broken.why()))));
      }
    }
    lines.add("Fleetwright " + client.server());
    lines.add("");
    lines.addAll(Terminal.table(EnvironmentCommand.rows(environments)));
    lines.add("");
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("DEPLOY", "ID", "TO", "WHAT", "STATE", "STEP", "BY", "WHEN"));
    deploys.stream()
        .limit(12)
        .forEach(d ->
            rows.add(
                List.of(
                    "#" + d.number(),
                    Long.toString(d.id()),
                    Terminal.clean(d.environment()),
                    Terminal.word(d.kind()) + d.release().map(r -> " " + r.version()).orElse(""),
                    Terminal.word(d.state())
                        + (d.gates().isEmpty() ? "" : " (" + d.gates().getFirst().reason() + ")"),
                    d.step().map(s -> (s + 1) + "/" + d.steps()).orElse("-"),
                    Terminal.clean(d.by()),
                    Terminal.ago(d.createdAt()))));
    lines.addAll(Terminal.table(rows));
    lines.addAll(unreadable);
    return lines;
  }
}
