package dev.fleetwright.cli;

import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    description = "Start pipelines by the clock.",
    subcommands = {
      ScheduleCommand.Show.class,
      ScheduleCommand.Add.class,
      ScheduleCommand.Pause.class,
      ScheduleCommand.Resume.class,
      ScheduleCommand.Run.class,
      ScheduleCommand.Remove.class
    })
final class ScheduleCommand {

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List a project's schedules.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "PROJECT")
    private String project = "";

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var schedules = client.schedules(project);
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("ID", "DESCRIPTION", "REF", "CRON", "ZONE", "NEXT", "PROBLEM"));
        schedules.forEach(s ->
            rows.add(
                List.of(
                    Long.toString(s.id()),
                    Terminal.clean(s.description()),
                    Terminal.clean(s.ref()),
                    Terminal.clean(s.cron()),
                    Terminal.clean(s.zone()),
                    s.active() ? s.next().toString() : "paused",
                    s.problem().map(Terminal::clean).orElse(""))));
        output.result(schedules, Terminal.table(rows));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Start the pipeline of a branch or tag at certain times.")
  static final class Add implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(index = "0", paramLabel = "PROJECT")
    private String project = "";

    @Parameters(
        index = "1",
        paramLabel = "CRON",
        description = "Minute, hour, day, month and weekday, such as \"30 4 * * 1-5\".")
    private String cron = "";

    @Option(names = "--description", required = true, description = "What it is for.")
    private String description = "";

    @Option(names = "--ref", description = "Branch or tag; else the default branch.")
    private @Nullable String ref;

    @Option(names = "--zone", description = "On whose clocks, such as Europe/Berlin; UTC else.")
    private @Nullable String zone;

    @Option(
        names = "--variable",
        paramLabel = "NAME=VALUE",
        description = "For its pipelines; may be repeated. Not for secrets.")
    private Map<String, String> variables = new TreeMap<>();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var made =
            client.makeSchedule(
                project,
                new Schedule.Make(
                    description,
                    cron,
                    Optional.ofNullable(ref),
                    Optional.ofNullable(zone),
                    Optional.of(variables)));
        output.result(
            made, List.of("Schedule %d starts first at %s.".formatted(made.id(), made.next())));
        return ExitCode.DONE;
      }
    }
  }

  /// What is done to one schedule.
  abstract static class OnSchedule implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "As `schedule list` shows it.")
    private long id;

    @Override
    public final Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var schedule = done(client, id);
        output.result(
            schedule,
            List.of(
                words()
                    .formatted(
                        schedule.id(), Terminal.clean(schedule.description()), schedule.next())));
        return ExitCode.DONE;
      }
    }

    abstract Schedule done(FleetwrightClient client, long schedule) throws InterruptedException;

    /// With places for the id, the description and the next slot.
    abstract String words();
  }

  @Command(name = "pause", mixinStandardHelpOptions = true, description = "Let it start nothing.")
  static final class Pause extends OnSchedule {
    @Override
    Schedule done(FleetwrightClient client, long schedule) throws InterruptedException {
      return client.pauseSchedule(schedule);
    }

    @Override
    String words() {
      return "Schedule %d (%s) starts nothing.";
    }
  }

  @Command(name = "resume", mixinStandardHelpOptions = true, description = "Let it start again.")
  static final class Resume extends OnSchedule {
    @Override
    Schedule done(FleetwrightClient client, long schedule) throws InterruptedException {
      return client.resumeSchedule(schedule);
    }

    @Override
    String words() {
      return "Schedule %d (%s) starts next at %s.";
    }
  }

  @Command(name = "remove", mixinStandardHelpOptions = true, description = "Take it away.")
  static final class Remove extends OnSchedule {
    @Override
    Schedule done(FleetwrightClient client, long schedule) throws InterruptedException {
      return client.removeSchedule(schedule);
    }

    @Override
    String words() {
      return "Schedule %d (%s) is gone.";
    }
  }

  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description = "Start its pipeline now, beside its slots.")
  static final class Run implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "ID", description = "As `schedule list` shows it.")
    private long id;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var pipeline = client.runSchedule(id);
        output.result(pipeline, List.of(PipelineCommand.words(pipeline)));
        return ExitCode.DONE;
      }
    }
  }
}
