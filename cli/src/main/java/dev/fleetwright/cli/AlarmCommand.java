package dev.fleetwright.cli;

import dev.fleetwright.api.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "alarm",
    mixinStandardHelpOptions = true,
    description = {
      "Tell that an environment is not well, or is again. A deploy that is under way is taken back,",
      "and one that ended not long ago is followed by a rollback, where `rollback` in",
      "fleetwright.yml says so."
    },
    subcommands = {AlarmCommand.Raise.class, AlarmCommand.Clear.class, AlarmCommand.Listing.class})
final class AlarmCommand {

  /// Something told about one alarm.
  abstract static class Tell implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();
    @Mixin private EnvironmentParameters place = new EnvironmentParameters();

    @Parameters(index = "2", paramLabel = "NAME")
    private String name = "";

    abstract Environment.SetAlarm told(String alarm);

    @Override
    public final Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now = client.alarm(place.project(), place.environment(), told(name));
        output.result(now.alarms(), table(now.alarms()));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "raise",
      mixinStandardHelpOptions = true,
      description = "Tell that an alarm fires. Telling it again changes nothing.")
  static final class Raise extends Tell {
    @Option(names = "--reason", description = "What is wrong; kept with what follows.")
    private @Nullable String reason;

    @Override
    Environment.SetAlarm told(String alarm) {
      return new Environment.SetAlarm(alarm, Optional.ofNullable(reason), true);
    }
  }

  @Command(
      name = "clear",
      mixinStandardHelpOptions = true,
      description = "Tell that an alarm fires no more.")
  static final class Clear extends Tell {
    @Override
    Environment.SetAlarm told(String alarm) {
      return new Environment.SetAlarm(alarm, Optional.empty(), false);
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the alarms of an environment that fire.")
  static final class Listing implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();
    @Mixin private EnvironmentParameters place = new EnvironmentParameters();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now = client.environment(place.project(), place.environment());
        output.result(now.alarms(), table(now.alarms()));
        return ExitCode.DONE;
      }
    }
  }

  private static List<String> table(List<Environment.Alarm> firing) {
    if (firing.isEmpty()) {
      return List.of("No alarm fires.");
    }
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("ALARM", "SINCE", "BY", "REASON"));
    for (var alarm : firing) {
      rows.add(
          List.of(
              Terminal.clean(alarm.name()),
              Terminal.ago(alarm.since()),
              Terminal.clean(alarm.by()),
              Terminal.clean(alarm.reason())));
    }
    return Terminal.table(rows);
  }
}
