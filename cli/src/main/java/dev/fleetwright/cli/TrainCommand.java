package dev.fleetwright.cli;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.FleetwrightClient;
import dev.fleetwright.api.Train;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Several deploys, of any projects, as one: one plan, one order, one way back.",
    subcommands = {
      TrainCommand.Preview.class,
      TrainCommand.Start.class,
      TrainCommand.Show.class,
      TrainCommand.Approve.class,
      TrainCommand.Cancel.class,
      TrainCommand.Rollback.class
    })
final class TrainCommand {

  /// How often to look.
  private static final long GLANCE = 500;

  /// What goes in it; shared by `plan` and `start`.
  static final class Members {
    private static final Pattern MEMBER = Pattern.compile("([^/@]+)/([^@]+?)(?:@r(\\d{1,18}))?");
    private static final String THEN = "then";

    @Parameters(
        arity = "1..*",
        paramLabel = "MEMBER",
        description = {
          "PROJECT/ENVIRONMENT, its newest release or with @r7 that one. The word `then` between",
          "members: those after it begin when all before it have succeeded."
        })
    private List<String> words = List.of();

    @Option(
        names = "--on-failure",
        paramLabel = "hold|back",
        description = {
          "What happens when a member does not succeed: hold those that come after it (the default),",
          "or take back what was done, the last first."
        })
    private Train.OnFailure onFailure = Train.OnFailure.HOLD;

    Train.Request request(Optional<String> plan, Optional<String> reason) {
      var members = new ArrayList<Train.Wanted>();
      var before = List.<String>of();
      var now = new ArrayList<String>();
      for (var word : words) {
        if (word.equals(THEN)) {
          if (now.isEmpty()) {
            throw new Refusal(ExitCode.USAGE, "before each `then` there has to be a member");
          }
          before = List.copyOf(now);
          now.clear();
          continue;
        }
        var match = MEMBER.matcher(word);
        if (!match.matches()) {
          throw new Refusal(
              ExitCode.USAGE,
              "`%s` is no member of a train; write PROJECT/ENVIRONMENT or PROJECT/ENVIRONMENT@r7"
                  .formatted(word));
        }
        now.add(match.group(1) + "/" + match.group(2));
        members.add(
            new Train.Wanted(
                match.group(1),
                match.group(2),
                Optional.ofNullable(match.group(3)).map(Long::valueOf),
                Optional.of(before)));
      }
      if (now.isEmpty()) {
        throw new Refusal(ExitCode.USAGE, "after each `then` there has to be a member");
      }
      return new Train.Request(members, Optional.of(onFailure), plan, reason);
    }
  }

  @Command(
      name = "plan",
      mixinStandardHelpOptions = true,
      description = "What a train would change; changes nothing.")
  static final class Preview implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();
    @Mixin private Members members = new Members();

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var preview = client.planTrain(members.request(Optional.empty(), Optional.empty()));
        output.result(preview, words(preview));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = {
        "Show the plans of all members, ask, and deploy exactly those, in their order.",
        "When something moves between the plan and the start, the train is refused."
      })
  static final class Start implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();
    @Mixin private Members members = new Members();

    @Option(names = "--plan", paramLabel = "HASH", description = "Only if this is still the plan.")
    private @Nullable String plan;

    @Option(names = "--reason", description = "Why; kept with the train.")
    private @Nullable String reason;

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask.")
    private boolean yes;

    @Option(names = "--no-wait", description = "Return as soon as the train is recorded.")
    private boolean noWait;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var preview = client.planTrain(members.request(Optional.empty(), Optional.empty()));
        words(preview).forEach(output::line);
        if (!yes && plan == null && !output.json() && !Question.yes("Start this train?")) {
          output.line("Nothing was done.");
          return ExitCode.DONE;
        }
        var train =
            client.startTrain(
                members.request(
                    Optional.of(Optional.ofNullable(plan).orElse(preview.hash())),
                    Optional.ofNullable(reason)),
                UUID.randomUUID().toString());
        if (noWait) {
          output.result(train, words(train));
          return ExitCode.DONE;
        }
        output.line("Train %d".formatted(train.id()));
        return toTheEnd(client, output, train.id());
      }
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "How far a train is; without an id, the last ones.")
  static final class Show implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(arity = "0..1", paramLabel = "TRAIN-ID")
    private @Nullable Long train;

    @Option(names = "--wait", description = "Until it is over, or waits for a person.")
    private boolean wait;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        if (train == null) {
          var trains = client.trains(1);
          output.result(
              trains,
              trains.items().isEmpty()
                  ? List.of("There has been no train.")
                  : trains.items().stream().map(t -> words(t).getFirst()).toList());
          return ExitCode.DONE;
        } else if (wait) {
          return toTheEnd(client, output, train);
        }
        var found = client.train(train);
        output.result(found, words(found));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "approve",
      mixinStandardHelpOptions = true,
      description = "Agree to a train: to each member's plan that you may approve.")
  static final class Approve implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "TRAIN-ID")
    private long train;

    @Option(
        names = "--plan",
        paramLabel = "HASH",
        description = "The train that you agree to, seen before; else it is shown and asked for.")
    private @Nullable String plan;

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var hash = plan;
        if (hash == null) {
          var shown = client.train(train);
          for (var member : shown.members()) {
            client.deploy(member.deploy().id()).plan().map(Wanted::words).stream()
                .flatMap(List::stream)
                .forEach(output::line);
          }
          words(shown).forEach(output::line);
          if (!yes && !output.json() && !Question.yes("Approve this train?")) {
            output.line("Nothing was done.");
            return ExitCode.DONE;
          }
          hash = shown.hash();
        }
        var approved = client.approveTrain(train, hash);
        output.result(approved, words(approved));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "End a train: what has not begun is called off, what was done stays.")
  static final class Cancel implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "TRAIN-ID")
    private long train;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now = client.cancelTrain(train);
        output.result(now, words(now));
        return ExitCode.DONE;
      }
    }
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = {
        "Take a train back that is not over: what has not begun is called off, what was done is",
        "taken back, the last first."
      })
  static final class Rollback implements Callable<Integer> {
    @Mixin private Connection connection = new Connection();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "TRAIN-ID")
    private long train;

    @Option(names = "--reason", description = "Why; kept in the ledger.")
    private @Nullable String reason;

    @Option(names = "--no-wait", description = "Return as soon as it is recorded.")
    private boolean noWait;

    @Override
    public Integer call() throws InterruptedException {
      try (var client = connection.open()) {
        var now = client.takeTrainBack(train, Optional.ofNullable(reason));
        if (noWait) {
          output.result(now, words(now));
          return ExitCode.DONE;
        }
        return toTheEnd(client, output, train);
      }
    }
  }

  /// Follow a train until it is over or waits for a person.
  ///
  /// @return the [ExitCode]; waiting is no failure
  private static int toTheEnd(FleetwrightClient client, Output output, long id)
      throws InterruptedException {
    var told = "";
    while (true) {
      var train = client.train(id);
      var now = String.join("\n", words(train));
      if (!now.equals(told) && !stands(train)) {
        output.line(now);
        told = now;
      }
      if (stands(train)) {
        output.result(train, words(train));
        return switch (train.state()) {
          case SUCCEEDED, WAITING, RUNNING -> ExitCode.DONE;
          case HELD, INCOMPLETE, GOING_BACK, TAKEN_BACK, STUCK -> ExitCode.FAILED;
        };
      }
      Thread.sleep(GLANCE);
    }
  }

  /// Whether it is over, or nothing of it goes on without a person.
  private static boolean stands(Train train) {
    var open =
        train.members().stream()
            .map(Train.Member::deploy)
            .filter(deploy -> !deploy.state().finished())
            .toList();
    return train.state().finished()
        || train.state() == Train.State.HELD
        || (open.stream().anyMatch(TrainCommand::waitsForPerson)
            && open.stream().allMatch(d -> waitsForPerson(d) || waitsForOthers(d)));
  }

  private static boolean waitsForPerson(Deploy deploy) {
    return deploy.state() == Deploy.State.PAUSED
        || deploy.state() == Deploy.State.QUARANTINED
        || deploy.inDoubt()
        || (deploy.state() == Deploy.State.WAITING
            && deploy.gates().stream().anyMatch(g -> g.name().equals("approval")));
  }

  private static boolean waitsForOthers(Deploy deploy) {
    return deploy.state() == Deploy.State.WAITING
        && deploy.gates().stream().anyMatch(g -> g.name().equals("train"));
  }

  private static List<String> words(Train.Preview preview) {
    var lines = new ArrayList<String>();
    for (var member : preview.members()) {
      lines.add(
          Terminal.clean(member.name())
              + (member.after().isEmpty()
                  ? ""
                  : ", after " + Terminal.clean(String.join(", ", member.after()))));
      Wanted.words(member.plan()).forEach(line -> lines.add("  " + line));
    }
    lines.add(
        switch (preview.onFailure()) {
          case HOLD -> "When a member fails, those that come after it wait.";
          case BACK -> "When a member fails, what was done is taken back, the last first.";
        });
    lines.add("train " + preview.hash());
    return lines;
  }

  static List<String> words(Train train) {
    var lines = new ArrayList<String>();
    lines.add(
        "Train %d by %s: %s%s"
            .formatted(
                train.id(),
                Terminal.clean(train.by()),
                Terminal.word(train.state()),
                train.reason().isEmpty() ? "" : " (" + Terminal.clean(train.reason()) + ")"));
    train
        .back()
        .ifPresent(back ->
            lines.add(
                "  goes back by %s: %s"
                    .formatted(Terminal.clean(back.by()), Terminal.clean(back.reason()))));
    for (var member : train.members()) {
      lines.add("  " + Following.words(member.deploy()).replace("\n", "\n  "));
    }
    return lines;
  }
}
