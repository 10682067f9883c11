package dev.fleetwright.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.deploy.DeployState;
import dev.fleetwright.core.deploy.DeployState.Cancelled;
import dev.fleetwright.core.deploy.DeployState.Draft;
import dev.fleetwright.core.deploy.DeployState.Paused;
import dev.fleetwright.core.deploy.DeployState.Phase;
import dev.fleetwright.core.deploy.DeployState.Preempted;
import dev.fleetwright.core.deploy.DeployState.Quarantined;
import dev.fleetwright.core.deploy.DeployState.Refused;
import dev.fleetwright.core.deploy.DeployState.RolledBack;
import dev.fleetwright.core.deploy.DeployState.RollingBack;
import dev.fleetwright.core.deploy.DeployState.Running;
import dev.fleetwright.core.deploy.DeployState.Stuck;
import dev.fleetwright.core.deploy.DeployState.Succeeded;
import dev.fleetwright.core.deploy.DeployState.Superseded;
import dev.fleetwright.core.deploy.DeployState.Tended;
import dev.fleetwright.core.deploy.DeployState.Verifying;
import dev.fleetwright.core.deploy.DeployState.Waiting;
import dev.fleetwright.core.deploy.DeployState.Wish;
import dev.fleetwright.core.deploy.GateDecision;
import dev.fleetwright.core.engine.RecordUnreadable;
import dev.fleetwright.core.plan.Plan;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/// What a deploy's events add up to, as JSON beside the deploy, for lists. The plan is in a column
/// of its own.
final class StateJson {

  private StateJson() {}

  static String text(DeployState state) {
    return fill(Json.object().put("kind", state.keyword()), state).toString();
  }

  private static ObjectNode fill(ObjectNode json, DeployState state) {
    return switch (state) {
      case Draft _ -> json;
      case Waiting(_, var approvedBy, var held, var decided) -> {
        json.set("approved_by", Json.list(approvedBy));
        if (!decided.isEmpty()) {
          var decisions = json.putArray("decided");
          decided.forEach(
              (gate, decision) -> decisions.add(EventJson.decision(decision).put("gate", gate)));
        }
        yield json.set("gates", EventJson.gates(held));
      }
      case Running(_, var step, var phase, var wish) -> {
        json.put("step", step).set("phase", phase(phase));
        wish.ifPresent(w -> json.set("wish", wish(w)));
        yield json;
      }
      case Paused(_, var step, var by) -> json.put("step", step).put("by", by);
      case Verifying _ -> json;
      case RollingBack(_, var step, var phase, var cause) ->
          json.put("step", step).put("cause", cause).set("phase", phase(phase));
      case Quarantined(var at, var cause) ->
          json.put("cause", cause).set("at", fill(Json.object().put("kind", at.keyword()), at));
      case Succeeded _ -> json;
      case RolledBack(_, var cause) -> json.put("cause", cause);
      case Stuck(_, var step, var cause, var refusal) ->
          json.put("step", step).put("cause", cause).put("refusal", refusal);
      case Cancelled(_, var by, var applied) -> json.put("by", by).put("applied", applied);
      case Superseded(var by) -> json.put("by", by);
      case Preempted(_, var applied, var by) -> json.put("by", by).put("applied", applied);
      case Refused(var reason) -> json.put("reason", reason);
    };
  }

  private static ObjectNode phase(Phase phase) {
    return switch (phase) {
      case Phase.Due _ -> Json.object().put("kind", "due");
      case Phase.Begun _ -> Json.object().put("kind", "begun");
      case Phase.InDoubt(var during) -> Json.object().put("kind", "in_doubt").put("during", during);
      case Phase.Watching(var since) ->
          Json.object().put("kind", "watching").put("since", since.toString());
    };
  }

  private static ObjectNode wish(Wish wish) {
    return switch (wish) {
      case Wish.Cancel(var by) -> Json.object().put("kind", "cancel").put("by", by);
      case Wish.Pause(var by) -> Json.object().put("kind", "pause").put("by", by);
      case Wish.RollBack(var by, var reason) ->
          Json.object().put("kind", "roll_back").put("by", by).put("reason", reason);
    };
  }

  /// Read what [#text] wrote.
  ///
  /// @param what it is, for messages
  static DeployState read(String what, String text, Optional<Plan> plan) {
    var json = Json.read(what, text);
    var state = read(json, plan);
    json.nothingElse();
    return state;
  }

  private static DeployState read(Json json, Optional<Plan> maybePlan) {
    Supplier<Plan> plan =
        () ->
            maybePlan.orElseThrow(
                () -> new RecordUnreadable("a deploy's plan is missing: " + json.text("kind")));
    var kind = json.text("kind");
    return switch (kind) {
      case "draft" -> new Draft();
      case "waiting" ->
          new Waiting(
              plan.get(),
              new TreeSet<>(json.texts("approved_by")),
              EventJson.readGates(json),
              readDecisions(json));
      case "running" ->
          new Running(
              plan.get(),
              json.number("step"),
              readPhase(json.object("phase")),
              json.maybeObject("wish").map(StateJson::readWish));
      case "paused" -> new Paused(plan.get(), json.number("step"), json.text("by"));
      case "verifying" -> new Verifying(plan.get());
      case "rolling_back" ->
          new RollingBack(
              plan.get(), json.number("step"), readPhase(json.object("phase")), json.text("cause"));
      case "quarantined" -> {
        var at = read(json.object("at"), maybePlan);
        if (!(at instanceof Tended tended)) {
          throw new IllegalArgumentException("nothing is quarantined that is " + at.keyword());
        }
        yield new Quarantined(tended, json.text("cause"));
      }
      case "succeeded" -> new Succeeded(plan.get());
      case "rolled_back" -> new RolledBack(plan.get(), json.text("cause"));
      case "stuck" ->
          new Stuck(plan.get(), json.number("step"), json.text("cause"), json.text("refusal"));
      case "cancelled" -> new Cancelled(maybePlan, json.text("by"), json.number("applied"));
      case "superseded" -> new Superseded(json.whole("by"));
      case "preempted" -> new Preempted(plan.get(), json.number("applied"), json.whole("by"));
      case "refused" -> new Refused(json.text("reason"));
      default -> throw json.unknown(kind);
    };
  }

  private static SortedMap<String, GateDecision> readDecisions(Json json) {
    var decided = new TreeMap<String, GateDecision>();
    json.maybeObjects("decided", d -> Map.entry(d.text("gate"), EventJson.readDecision(d)))
        .ifPresent(all -> all.forEach(entry -> decided.put(entry.getKey(), entry.getValue())));
    return decided;
  }

  private static Phase readPhase(Json json) {
    var kind = json.text("kind");
    Phase phase =
        switch (kind) {
          case "due" -> new Phase.Due();
          case "begun" -> new Phase.Begun();
          case "in_doubt" -> new Phase.InDoubt(json.text("during"));
          case "watching" -> new Phase.Watching(Instant.parse(json.text("since")));
          default -> throw json.unknown(kind);
        };
    json.nothingElse();
    return phase;
  }

  private static Wish readWish(Json json) {
    var kind = json.text("kind");
    Wish wish =
        switch (kind) {
          case "cancel" -> new Wish.Cancel(json.text("by"));
          case "pause" -> new Wish.Pause(json.text("by"));
          case "roll_back" -> new Wish.RollBack(json.text("by"), json.text("reason"));
          default -> throw json.unknown(kind);
        };
    json.nothingElse();
    return wish;
  }
}
