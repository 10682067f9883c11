package dev.fleetwright.core.engine;

import static java.util.stream.Collectors.joining;

import dev.fleetwright.core.deploy.DeployKind;
import dev.fleetwright.core.deploy.DeployState.Finished;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployView;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.Origin;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.FreezeWindow;
import dev.fleetwright.core.environment.Holds;
import dev.fleetwright.core.plan.Words;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.release.CommitStatus;
import dev.fleetwright.core.release.CommitStatuses;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.train.Train;
import dev.fleetwright.core.train.TrainProgress;
import dev.fleetwright.core.train.Trains;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Says which gates of a planned deploy are closed. A gate's words must be the same as long as it
/// stays closed for the same reason: each change is stored as an event.
///
/// Approvals are not among them: they are counted by the deploy itself ([Waiting#approved]).
final class Gatekeeper {

  static final String SCHEDULE = "schedule";
  static final String SOAK = "soak";
  static final String FREEZE = "freeze";
  static final String HOLD = "hold";
  static final String TRAIN = "train";

  /// How many freezes that follow one another without a gap are looked through for their end.
  private static final int FREEZES_IN_A_ROW = 100;

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("EEE yyyy-MM-dd HH:mm", Locale.ENGLISH);

  private final Environments environments;
  private final Deploys deploys;
  private final Holds holds;
  private final Releases releases;
  private final CommitStatuses statuses;
  private final FreezeCalendar calendar;
  private final Trains trains;

  Gatekeeper(
      Environments environments,
      Deploys deploys,
      Holds holds,
      Releases releases,
      CommitStatuses statuses,
      FreezeCalendar calendar,
      Trains trains) {
    this.environments = environments;
    this.deploys = deploys;
    this.holds = holds;
    this.releases = releases;
    this.statuses = statuses;
    this.calendar = calendar;
    this.trains = trains;
  }

  /// The closed ones, in the order in which people read them.
  List<Gate> closed(Environment environment, DeployView view, Waiting waiting, Instant now) {
    var gates = new ArrayList<Gate>();
    schedule(view, now).ifPresent(gates::add);
    hold(environment, view).ifPresent(gates::add);
    // A way back, or out, is what the other rules exist to keep possible.
    if (view.deploy().kind() == DeployKind.START) {
      gates.addAll(train(view));
      freeze(environment, now).ifPresent(gates::add);
      soak(environment, view, now).ifPresent(gates::add);
      gates.addAll(statuses(environment, view));
      gates.addAll(outside(environment, waiting));
    }
    gates.removeIf(gate -> {
      var decision = waiting.decided().get(gate.name());
      return decision != null && decision.opens(gate);
    });
    return gates;
  }

  private static Optional<Gate> schedule(DeployView view, Instant now) {
    return view.deploy()
        .notBefore()
        .filter(now::isBefore)
        .map(
            then -> new Gate(SCHEDULE, "not before " + then, "the time coming", Optional.of(then)));
  }

  /// Those that go before it in its train.
  private List<Gate> train(DeployView view) {
    if (view.deploy().origin() != Origin.TRAIN) {
      return List.of();
    }
    var train = trains.ofDeploy(view.deploy().id()).orElseThrow();
    var progress =
        new TrainProgress(
            train, train.deploys().stream().map(id -> deploys.find(id).orElseThrow()).toList());
    return progress.before(train.deploys().indexOf(view.deploy().id())).stream()
        .map(progress.views()::get)
        .findFirst()
        .map(before -> train(train, before))
        .stream()
        .toList();
  }

  private Gate train(Train train, DeployView before) {
    var name = environments.find(before.deploy().environment()).orElseThrow().stream();
    var number = before.deploy().number();
    return before.state() instanceof Finished
        ? new Gate(
            TRAIN,
            "`%s` goes first in train %d, and its deploy #%d is %s"
                .formatted(name, train.id(), number, before.state().keyword().replace('_', ' ')),
            "taking the train back or cancelling it, or somebody who may approve opening it with a reason")
        : new Gate(
            TRAIN,
            "`%s` goes first in train %d".formatted(name, train.id()),
            "deploy #%d of `%s` succeeding".formatted(number, name));
  }

  private Optional<Gate> freeze(Environment environment, Instant now) {
    var windows = environment.policy().gating().freezes();
    var frozen = windows.stream().filter(w -> calendar.frozenUntil(w, now).isPresent()).toList();
    if (frozen.isEmpty()) {
      return Optional.empty();
    }
    var over = thaw(windows, now);
    var zone = frozen.getFirst().zone();
    return Optional.of(
        new Gate(
            FREEZE,
            "nothing new is deployed to `%s` until %s (%s): %s"
                .formatted(
                    environment.name(),
                    CLOCK.withZone(zone).format(over),
                    zone,
                    frozen.stream().map(w -> "`" + w.name() + "`").collect(joining(", "))),
            "the freeze being over, or somebody who may approve opening it with a reason",
            Optional.of(over)));
  }

  /// When no window is closed any more: at the end of one another may have begun.
  private Instant thaw(List<FreezeWindow> windows, Instant now) {
    var at = now;
    for (var i = 0; i < FREEZES_IN_A_ROW; i++) {
      var moment = at;
      var next =
          windows.stream()
              .flatMap(w -> calendar.frozenUntil(w, moment).stream())
              .max(Instant::compareTo);
      if (next.isEmpty()) {
        break;
      }
      at = next.get();
    }
    return at;
  }

  /// A deploy that the environment would take by itself and that was asked for before the hold.
  private Optional<Gate> hold(Environment environment, DeployView view) {
    return view.deploy().origin().automatic()
        ? holds
            .of(environment.id())
            .map(hold ->
                new Gate(
                    HOLD,
                    "%s is held by %s%s"
                        .formatted(
                            environment.name(),
                            hold.by(),
                            hold.reason().isBlank() ? "" : ": " + hold.reason()),
                    "lifting the hold"))
        : Optional.empty();
  }

  private Optional<Gate> soak(Environment environment, DeployView view, Instant now) {
    var soak = environment.policy().gating().soak();
    var before = environment.policy().promotion().after();
    if (!soak.isPositive() || before.isEmpty()) {
      return Optional.empty();
    }
    var release = view.deploy().release().orElseThrow();
    var earlier = environments.find(environment.project(), before.get());
    var there = earlier.flatMap(e -> deploys.lastSucceeded(e.id(), release));
    if (there.isEmpty()) {
      return Optional.of(
          new Gate(
              SOAK,
              "it has not been deployed to `%s`, where it has to run for %s first"
                  .formatted(before.get(), Words.of(soak)),
              "deploying it to `%s`".formatted(before.get())));
    }
    var since = there.get().finishedAt().orElseThrow();
    var over = since.plus(soak);
    var last = deploys.lastSucceeded(earlier.orElseThrow().id()).orElseThrow();
    var until =
        last.deploy().id() == there.get().deploy().id() ? now : last.finishedAt().orElseThrow();
    if (!until.isBefore(over)) {
      return Optional.empty();
    }
    return Optional.of(
        until.equals(now)
            ? new Gate(
                SOAK,
                "it runs in `%s` since %s and has to for %s"
                    .formatted(before.get(), since, Words.of(soak)),
                "the time passing",
                Optional.of(over))
            : new Gate(
                SOAK,
                "another deploy took its place in `%s` before it had run there for %s"
                    .formatted(before.get(), Words.of(soak)),
                "deploying it to `%s` again".formatted(before.get())));
  }

  private List<Gate> statuses(Environment environment, DeployView view) {
    var names = environment.policy().gating().statuses();
    if (names.isEmpty()) {
      return List.of();
    }
    var sha =
        releases
            .find(view.deploy().release().orElseThrow())
            .orElseThrow(() -> new IllegalStateException("a release was taken from the record"))
            .sha();
    return names.stream()
        .flatMap(
            name -> status(name, sha, statuses.find(environment.project(), sha, name)).stream())
        .toList();
  }

  private static Optional<Gate> status(String name, CommitSha sha, Optional<CommitStatus> status) {
    if (status.filter(s -> s.state() == CommitStatus.State.SUCCESS).isPresent()) {
      return Optional.empty();
    }
    var said =
        status
            .map(s ->
                "is %s%s"
                    .formatted(
                        s.state().keyword(),
                        s.description().isEmpty() ? "" : ": " + s.description()))
            .orElse("was not reported yet");
    return Optional.of(
        new Gate(
            Gate.STATUS + name,
            "status `%s` of commit %s %s".formatted(name, sha.brief(), said),
            "its success, or somebody who may approve opening it with a reason"));
  }

  private static List<Gate> outside(Environment environment, Waiting waiting) {
    return environment.policy().gating().outside().stream()
        .map(name -> {
          var decision = waiting.decided().get(name);
          return decision == null
              ? new Gate(name, "`%s` has not said anything yet".formatted(name), "its answer")
              : new Gate(
                  name,
                  "closed by %s: %s".formatted(decision.by(), decision.reason()),
                  "`%s` opening it".formatted(name));
        })
        .toList();
  }
}
