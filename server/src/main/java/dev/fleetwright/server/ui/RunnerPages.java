package dev.fleetwright.server.ui;

import dev.fleetwright.core.runner.HandOut;
import dev.fleetwright.core.runner.Runner;
import dev.fleetwright.core.runner.Runners.Host;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.RunnerOperations;
import dev.fleetwright.server.operations.RunnerOperations.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The runners that take jobs of this server.
final class RunnerPages {

  /// Runners ask every few seconds.
  private static final Duration SILENT = Duration.ofMinutes(2);

  private static final int MOST_MACHINES = 5;

  private final Sources sources;
  private final RunnerOperations operations;
  private final Framing framing;

  RunnerPages(Sources sources, RunnerOperations operations, Framing framing) {
    this.sources = sources;
    this.operations = operations;
    this.framing = framing;
  }

  List<Route> routes() {
    return List.of(
        Framing.show(Paths.RUNNERS, "The runners that take jobs.", this::show),
        Framing.act(Paths.RUNNERS, "Make a runner.", this::make),
        Framing.act(
            Paths.RUNNERS + "/{runner}/pause",
            "Let a runner take no more jobs.",
            call -> pause(call, true)),
        Framing.act(
            Paths.RUNNERS + "/{runner}/resume",
            "Let a runner take jobs again.",
            call -> pause(call, false)),
        Framing.act(Paths.RUNNERS + "/{runner}/delete", "Take a runner away.", this::remove));
  }

  private void show(Call call) {
    show(call, 200, List.of());
  }

  private void show(Call call, int status, List<Notice> notices) {
    var now = sources.clock().instant();
    var rows = operations.all().stream().map(seen -> row(seen, now)).toList();
    var projects = sources.projects().all().stream().map(p -> p.name().value()).toList();
    var frame =
        framing.frame(
            call, "Runners", List.of(new Link("Runners", "")), Paths.RUNNERS, "*", "", notices);
    Framing.answer(call, status, frame, Html.runners(frame, new RunnersPage(rows, projects)));
  }

  private RunnersPage.Row row(Seen seen, Instant now) {
    var runner = seen.runner();
    return new RunnersPage.Row(
        runner.id(),
        runner.description(),
        state(seen, now),
        scope(runner),
        List.copyOf(runner.tags()),
        seen.heardAt().map(at -> Moment.of(at, now)).stream().toList(),
        machines(seen.machines()),
        seen.jobs().stream().map(RunnerPages::link).toList(),
        actions(runner));
  }

  private static Badge state(Seen seen, Instant now) {
    if (seen.runner().paused()) {
      return new Badge(Tone.WAIT, "pause", "paused");
    } else if (seen.heardAt().isEmpty()) {
      return new Badge(Tone.IDLE, "clock", "never heard of");
    } else if (seen.heardAt().get().plus(SILENT).isBefore(now)) {
      return new Badge(Tone.BAD, "x-circle", "silent");
    }
    return seen.jobs().isEmpty()
        ? new Badge(Tone.GOOD, "check-circle", "idle")
        : new Badge(Tone.BUSY, "play", "busy");
  }

  private static String scope(Runner runner) {
    var words = new ArrayList<String>();
    words.add(runner.project().map(p -> "project " + p).orElse("all projects"));
    if (runner.runUntagged()) {
      words.add("also jobs without tags");
    }
    if (runner.protectedOnly()) {
      words.add("protected branches only");
    }
    runner.longest().ifPresent(l -> words.add("at most %d min".formatted(l.toMinutes())));
    return String.join(", ", words);
  }

  private static List<String> machines(List<Host> machines) {
    var shown = new ArrayList<String>();
    machines.stream()
        .limit(MOST_MACHINES)
        .forEach(m ->
            shown.add(
                String.join(
                    " ",
                    List.of(m.system(), m.version(), m.executor(), m.platform(), m.address())
                        .stream()
                        .filter(word -> !word.isEmpty())
                        .toList())));
    if (machines.size() > MOST_MACHINES) {
      shown.add("and %d more".formatted(machines.size() - MOST_MACHINES));
    }
    return shown;
  }

  private static Link link(HandOut handOut) {
    return new Link("job " + handOut.job(), Paths.job(handOut.wish().project(), handOut.job()));
  }

  private static List<Action> actions(Runner runner) {
    var to = Paths.RUNNERS + "/" + runner.id();
    return List.of(
        runner.paused()
            ? Action.now("resume-" + runner.id(), "Resume", to + "/resume", "plain", "play")
            : Action.now("pause-" + runner.id(), "Pause", to + "/pause", "plain", "pause"),
        Action.asking(
            "delete-" + runner.id(),
            "Delete",
            to + "/delete",
            "danger",
            "x",
            "Its token opens nothing any more. Jobs that it has go on to their end.",
            false));
  }

  private void make(Call call) {
    var made =
        operations.make(
            Form.required(call, "description").strip(),
            Form.given(call, "project").filter(p -> !p.isEmpty()),
            Arrays.stream(Form.given(call, "tags").orElse("").split("[,\\s]+", -1))
                .filter(tag -> !tag.isEmpty())
                .distinct()
                .toList(),
            Form.given(call, "run_untagged").isPresent(),
            Form.given(call, "protected_only").isPresent(),
            false,
            Optional.empty(),
            call.actor());
    switch (made) {
      case Answer.Done<RunnerOperations.Made>(var done) ->
          framing.answerSecret(
              call,
              new Link("Runners", Paths.RUNNERS),
              done.runner().description(),
              new SecretPage(
                  "Runner " + done.runner().description(),
                  done.token().reveal(),
                  "Only its hash is kept. On the runner's machine: `gitlab-runner register --url … --token …`, with the address of this server.",
                  new Link("To the runners", Paths.RUNNERS)));
      case Answer.NotFound<RunnerOperations.Made>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<RunnerOperations.Made>(_, var message, var remedy, _) ->
          show(call, 400, List.of(Notice.refusal(message, remedy, List.of())));
    }
  }

  private void pause(Call call, boolean paused) {
    answer(call, operations.pause(call.id("runner"), paused, call.actor()));
  }

  private void remove(Call call) {
    answer(call, operations.remove(call.id("runner"), call.actor()));
  }

  private <T> void answer(Call call, Answer<T> answer) {
    switch (answer) {
      case Answer.Done<T> _ -> call.goTo(Paths.RUNNERS);
      case Answer.NotFound<T>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<T>(_, var message, var remedy, _) ->
          show(call, 409, List.of(Notice.refusal(message, remedy, List.of())));
    }
  }
}
