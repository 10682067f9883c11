package dev.fleetwright.server.http;

import dev.fleetwright.api.Runner;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.server.operations.RunnerOperations;
import dev.fleetwright.server.operations.RunnerOperations.Seen;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/// The runners that are registered.
final class RunnerAdminRoutes {

  private final RunnerOperations operations;
  private final Clock clock;

  RunnerAdminRoutes(RunnerOperations operations, Clock clock) {
    this.operations = operations;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/runners", Access.SIGNED_IN, "All runners; never their tokens.")
            .givingPageOf(Runner.class)
            .by(call ->
                call.whole(
                    clock.instant(),
                    "record",
                    operations.all().stream().map(RunnerAdminRoutes::wire).toList())),
        Route.post(
                "/api/v1/runners", Access.SIGNED_IN, "Make a runner; its token is shown this once.")
            .orRefusing()
            .taking(Runner.Make.class)
            .giving(Runner.Made.class)
            .as(201)
            .by(this::make),
        Route.post(
                "/api/v1/runners/{runner}/pause",
                Access.SIGNED_IN,
                "Let a runner take no more jobs; those that it has go on.")
            .giving(Runner.class)
            .by(call ->
                wire(Answers.done(operations.pause(call.id("runner"), true, call.actor())))),
        Route.post(
                "/api/v1/runners/{runner}/resume",
                Access.SIGNED_IN,
                "Let a runner take jobs again.")
            .giving(Runner.class)
            .by(call ->
                wire(Answers.done(operations.pause(call.id("runner"), false, call.actor())))),
        Route.post(
                "/api/v1/runners/{runner}/delete",
                Access.SIGNED_IN,
                "Take a runner away: its token opens nothing any more. Jobs that it has go on to their"
                    + " end.")
            .giving(Runner.class)
            .by(call ->
                wire(
                    new Seen(
                        Answers.done(operations.remove(call.id("runner"), call.actor())),
                        List.of(),
                        List.of()))));
  }

  private Runner.Made make(Call call, Runner.Make wish) {
    var made =
        Answers.done(
            operations.make(
                wish.description(),
                wish.project(),
                wish.tags().orElse(List.of()),
                wish.runUntagged().orElse(false),
                wish.protectedOnly().orElse(false),
                wish.paused().orElse(false),
                wish.longestSeconds().map(Duration::ofSeconds),
                call.actor()));
    return new Runner.Made(
        wire(new Seen(made.runner(), List.of(), List.of())), made.token().reveal());
  }

  private static Runner wire(Seen seen) {
    var runner = seen.runner();
    return new Runner(
        runner.id(),
        runner.description(),
        runner.project().map(ProjectName::value),
        List.copyOf(runner.tags()),
        runner.runUntagged(),
        runner.protectedOnly(),
        runner.paused(),
        runner.longest().map(Duration::toSeconds),
        seen.heardAt(),
        seen.machines().stream()
            .map(m ->
                new Runner.Machine(
                    m.system(),
                    m.version(),
                    m.platform(),
                    m.architecture(),
                    m.executor(),
                    m.address(),
                    m.contactedAt()))
            .toList(),
        seen.jobs().stream().map(j -> j.job()).toList(),
        runner.madeBy(),
        runner.madeAt());
  }
}
