package dev.fleetwright.adapters.process;

import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a component is run as a process of a host, read from its settings `run.…`.
///
/// ```yaml
/// run:
///   command: [java, -cp, ., Web]          # an argument vector; no shell reads it
///   port: 8080                            # given to the process as PORT
///   health: { http: /healthz, within: 20 s }
///   variables: { GREETING: hello }
///   stop_within: 10 s
/// ```
public sealed interface HowToRun {

  /// Nothing is run: the files are all there is.
  record FilesOnly() implements HowToRun {}

  /// It cannot be run like this.
  ///
  /// @param problems all of them, in the words of the settings
  record Unusable(List<String> problems) implements HowToRun {
    public Unusable {
      problems = List.copyOf(problems);
    }
  }

  /// A program that runs until it is stopped.
  ///
  /// @param command not empty; `${NAME}` not yet replaced
  /// @param port the port of the settings; 0 leaves the choice to the target
  /// @param healthyWithin how long after its start it may say that it is not healthy
  /// @param stopWithin how long its callers, and then it, have time to finish
  /// @param variables what the settings add to its environment
  record Program(
      List<String> command,
      OptionalInt port,
      Probe probe,
      Duration healthyWithin,
      Duration stopWithin,
      SortedMap<String, String> variables)
      implements HowToRun {

    public Program {
      command = List.copyOf(command);
      variables = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(variables));
    }

    /// Whether it listens on a port. One that is probed does, also when no port is set.
    public boolean listens() {
      return port.isPresent() || !(probe instanceof Probe.StaysAlive);
    }

    /// The command with every `${NAME}` replaced by that variable of the environment. What is
    /// replaced is not looked at again, and stays one argument whatever it contains.
    public List<String> command(Map<String, String> environment) {
      return command.stream()
          .map(element ->
              VARIABLE
                  .matcher(element)
                  .replaceAll(m ->
                      Matcher.quoteReplacement(environment.getOrDefault(m.group(1), m.group()))))
          .toList();
    }
  }

  /// How a running program is asked whether it is well.
  sealed interface Probe {
    /// `GET` of this path answers with a status from 200 to 399, as a Kubernetes HTTP probe asks.
    record Http(String path) implements Probe {}

    /// A connection is accepted.
    record Tcp() implements Probe {}

    /// It is not asked: being alive is being well.
    record StaysAlive() implements Probe {}
  }

  /// The variables that a process is given besides those of its settings, in every environment.
  Set<String> GIVEN =
      Set.of(
          "PATH",
          "HOME",
          "LANG",
          "TMPDIR",
          "PORT",
          "FLEETWRIGHT_PROJECT",
          "FLEETWRIGHT_ENVIRONMENT",
          "FLEETWRIGHT_RELEASE_DIRECTORY",
          "FLEETWRIGHT_COMPONENT");

  /// `${NAME}`.
  Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /// Read a component's settings.
  static HowToRun of(Component component) {
    if (component.settings().text("image").isPresent()) {
      return new Unusable(
          List.of(
              "component `"
                  + component.name()
                  + "` is a container image; this target runs files, so give it `files:` and"
                  + " `run:`, or leave it out with `components:`"));
    }
    return switch (of(component.settings())) {
      case Unusable(var problems) ->
          new Unusable(
              problems.stream().map(p -> "component `" + component.name() + "`: " + p).toList());
      case HowToRun usable -> usable;
    };
  }

  /// Read settings that may have `run.…` among them.
  static HowToRun of(Settings settings) {
    var run = settings.under("run");
    return run.values().isEmpty() ? new FilesOnly() : new Reader(run).read();
  }

  /// Reads one `run:` and collects what is wrong with it.
  final class Reader {

    private static final Pattern DURATION =
        Pattern.compile("(\\d{1,9})\\s*(ms|s|sec|seconds?|m|min|minutes?|h|hours?)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Duration HEALTHY_WITHIN = Duration.ofSeconds(30);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofHours(1);

    private final Settings run;
    private final List<String> problems = new ArrayList<>();

    private Reader(Settings run) {
      this.run = run;
    }

    private HowToRun read() {
      var variables = variables();
      var program =
          new Program(
              command(variables),
              port(),
              probe(),
              duration("health.within", HEALTHY_WITHIN),
              duration("stop_within", STOP_WITHIN),
              variables);
      return problems.isEmpty() ? program : new Unusable(problems);
    }

    private List<String> command(Map<String, String> variables) {
      var command = run.list("command");
      if (command.isEmpty() || command.getFirst().isBlank()) {
        problems.add("`run: command` is missing; write a list such as [java, -jar, web.jar]");
      }
      for (var element : command) {
        if (element.indexOf('\0') >= 0) {
          problems.add("`run: command` has a NUL character, which no argument can have");
        }
        VARIABLE
            .matcher(element)
            .results()
            .map(m -> m.group(1))
            .filter(name -> !GIVEN.contains(name) && !variables.containsKey(name))
            .forEach(name ->
                problems.add(
                    "`run: command` uses ${" + name + "}, which is not among `run: variables`"));
      }
      return command;
    }

    private OptionalInt port() {
      var text = run.text("port");
      if (text.isEmpty()) {
        return OptionalInt.empty();
      }
      try {
        var port = Integer.parseInt(text.get());
        if (port >= 0 && port <= 65_535) {
          return OptionalInt.of(port);
        }
      } catch (NumberFormatException _) {
        // Said below, with the other texts that are not ports.
      }
      problems.add("`run: port` is `" + text.get() + "`; write a number from 1 to 65535");
      return OptionalInt.empty();
    }

    private Probe probe() {
      var path = run.text("health.http");
      if (path.isPresent()) {
        // What follows is put into a request line, so it must not be able to end it.
        if (!path.get().matches("/[\\x21-\\x7e]*")) {
          problems.add(
              "`run: health: http` is `" + path.get() + "`; write a path such as /healthz");
        }
        return new Probe.Http(path.get());
      }
      // A port that is not probed otherwise is at least connected to: callers are sent there next.
      var tcp = run.text("health.tcp").filter("true"::equals).isPresent();
      return tcp || run.text("port").isPresent() ? new Probe.Tcp() : new Probe.StaysAlive();
    }

    private Duration duration(String key, Duration otherwise) {
      var text = run.text(key);
      if (text.isEmpty()) {
        return otherwise;
      }
      var duration = duration(text.get()).filter(d -> d.compareTo(LONGEST) <= 0);
      if (duration.isEmpty()) {
        problems.add(
            "`run: "
                + key.replace(".", ": ")
                + "` is `"
                + text.get()
                + "`; write a time such as 20 s, at most an hour");
      }
      return duration.orElse(otherwise);
    }

    private static Optional<Duration> duration(String text) {
      var parts = DURATION.matcher(text.strip());
      if (!parts.matches()) {
        return Optional.empty();
      }
      var number = Long.parseLong(parts.group(1));
      var unit = parts.group(2);
      return Optional.of(
          unit.equals("ms")
              ? Duration.ofMillis(number)
              : unit.startsWith("s")
                  ? Duration.ofSeconds(number)
                  : unit.startsWith("m") ? Duration.ofMinutes(number) : Duration.ofHours(number));
    }

    private SortedMap<String, String> variables() {
      var variables = run.map("variables");
      variables.forEach((name, value) -> {
        if (!NAME.matcher(name).matches()) {
          problems.add("`run: variables` has `" + name + "`, which cannot be a variable's name");
        } else if (name.equals("PORT") || name.startsWith("FLEETWRIGHT_")) {
          problems.add("`run: variables` has `" + name + "`, which is set by Fleetwright");
        } else if (value.indexOf('\0') >= 0) {
          problems.add("`run: variables: " + name + "` has a NUL character");
        }
      });
      return variables;
    }
  }
}
