package dev.fleetwright.store;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.deploy.DeployEvent;
import dev.fleetwright.core.deploy.DeployEvent.Approved;
import dev.fleetwright.core.deploy.DeployEvent.BasisMoved;
import dev.fleetwright.core.deploy.DeployEvent.CancelAsked;
import dev.fleetwright.core.deploy.DeployEvent.GateDecided;
import dev.fleetwright.core.deploy.DeployEvent.Held;
import dev.fleetwright.core.deploy.DeployEvent.PauseAsked;
import dev.fleetwright.core.deploy.DeployEvent.PlanRefused;
import dev.fleetwright.core.deploy.DeployEvent.Planned;
import dev.fleetwright.core.deploy.DeployEvent.PreemptedBy;
import dev.fleetwright.core.deploy.DeployEvent.QuarantineBegan;
import dev.fleetwright.core.deploy.DeployEvent.QuarantineLifted;
import dev.fleetwright.core.deploy.DeployEvent.Rejected;
import dev.fleetwright.core.deploy.DeployEvent.RepeatAsked;
import dev.fleetwright.core.deploy.DeployEvent.ResumeAsked;
import dev.fleetwright.core.deploy.DeployEvent.RollbackAsked;
import dev.fleetwright.core.deploy.DeployEvent.Started;
import dev.fleetwright.core.deploy.DeployEvent.StepAbandoned;
import dev.fleetwright.core.deploy.DeployEvent.StepApplied;
import dev.fleetwright.core.deploy.DeployEvent.StepBegun;
import dev.fleetwright.core.deploy.DeployEvent.StepInDoubt;
import dev.fleetwright.core.deploy.DeployEvent.StepRefused;
import dev.fleetwright.core.deploy.DeployEvent.StepUndone;
import dev.fleetwright.core.deploy.DeployEvent.StoppedBefore;
import dev.fleetwright.core.deploy.DeployEvent.SupersededBy;
import dev.fleetwright.core.deploy.DeployEvent.UndoRefused;
import dev.fleetwright.core.deploy.DeployEvent.VerificationFailed;
import dev.fleetwright.core.deploy.DeployEvent.Verified;
import dev.fleetwright.core.deploy.DeployEvent.WatchBegan;
import dev.fleetwright.core.deploy.DeployEvent.WatchEnded;
import dev.fleetwright.core.deploy.DeployEvent.WatchFailed;
import dev.fleetwright.core.deploy.Gate;
import dev.fleetwright.core.deploy.GateDecision;
import dev.fleetwright.core.plan.Plan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Deploy events as JSON: `kind` says which, plans are named by hash.
final class EventJson {

  private EventJson() {}

  static ObjectNode of(DeployEvent event) {
    return fill(Json.object().put("kind", event.keyword()), event);
  }

  private static ObjectNode fill(ObjectNode json, DeployEvent event) {
    return switch (event) {
      case Planned(var plan) -> json.put("plan", SqlPlans.hash(plan).hex());
      case PlanRefused(var reason) -> json.put("reason", reason);
      case Approved(var by, var plan) -> json.put("by", by).put("plan", plan.hex());
      case Rejected(var by, var reason) -> json.put("by", by).put("reason", reason);
      case Held(var gates) -> json.set("gates", gates(gates));
      case GateDecided(var gate, var decision) -> json.put("gate", gate).setAll(decision(decision));
      case WatchBegan(var step, var since) -> json.put("step", step).put("since", since.toString());
      case WatchEnded(var step, var note) -> json.put("step", step).put("note", note);
      case WatchFailed(var step, var reason) -> json.put("step", step).put("reason", reason);
      case PreemptedBy(var deploy) -> json.put("deploy", deploy);
      case Started _ -> json;
      case BasisMoved(var moved) -> json.put("what", moved);
      case StepBegun(var step) -> json.put("step", step);
      case StepInDoubt(var step, var during) -> json.put("step", step).put("during", during);
      case StepApplied(var step, var note) -> json.put("step", step).put("note", note);
      case StepRefused(var step, var reason) -> json.put("step", step).put("reason", reason);
      case StepAbandoned(var step, var reason) -> json.put("step", step).put("reason", reason);
      case StoppedBefore(var step) -> json.put("step", step);
      case RepeatAsked(var step, var by) -> json.put("step", step).put("by", by);
      case Verified _ -> json;
      case VerificationFailed(var reason) -> json.put("reason", reason);
      case StepUndone(var step, var note) -> json.put("step", step).put("note", note);
      case UndoRefused(var step, var reason) -> json.put("step", step).put("reason", reason);
      case CancelAsked(var by) -> json.put("by", by);
      case PauseAsked(var by) -> json.put("by", by);
      case ResumeAsked(var by) -> json.put("by", by);
      case RollbackAsked(var by, var reason) -> json.put("by", by).put("reason", reason);
      case SupersededBy(var deploy) -> json.put("deploy", deploy);
      case QuarantineBegan(var cause) -> json.put("cause", cause);
      case QuarantineLifted(var by, var reason) -> json.put("by", by).put("reason", reason);
    };
  }

  /// The plan that an event brings.
  static Optional<Digest> planOf(Json json) {
    return json.text("kind").equals("planned")
        ? Optional.of(new Digest(json.text("plan")))
        : Optional.empty();
  }

  /// Read what [#of] wrote.
  ///
  /// @param plans those that the event brings, by hash
  static DeployEvent read(Json json, Map<Digest, Plan> plans) {
    var event = event(json, plans);
    json.nothingElse();
    return event;
  }

  private static DeployEvent event(Json json, Map<Digest, Plan> plans) {
    var kind = json.text("kind");
    return switch (kind) {
      case "planned" -> {
        var plan = plans.get(new Digest(json.text("plan")));
        if (plan == null) {
          throw new IllegalArgumentException("the plan was not given");
        }
        yield new Planned(plan);
      }
      case "plan_refused" -> new PlanRefused(json.text("reason"));
      case "approved" -> new Approved(json.text("by"), new Digest(json.text("plan")));
      case "rejected" -> new Rejected(json.text("by"), json.text("reason"));
      case "held" -> new Held(readGates(json));
      case "gate_decided" -> new GateDecided(json.text("gate"), readDecision(json));
      case "watch_began" -> new WatchBegan(json.number("step"), Instant.parse(json.text("since")));
      case "watch_ended" -> new WatchEnded(json.number("step"), json.text("note"));
      case "watch_failed" -> new WatchFailed(json.number("step"), json.text("reason"));
      case "preempted_by" -> new PreemptedBy(json.whole("deploy"));
      case "started" -> new Started();
      case "basis_moved" -> new BasisMoved(json.text("what"));
      case "step_begun" -> new StepBegun(json.number("step"));
      case "step_in_doubt" -> new StepInDoubt(json.number("step"), json.text("during"));
      case "step_applied" -> new StepApplied(json.number("step"), json.text("note"));
      case "step_refused" -> new StepRefused(json.number("step"), json.text("reason"));
      case "step_abandoned" -> new StepAbandoned(json.number("step"), json.text("reason"));
      case "stopped_before" -> new StoppedBefore(json.number("step"));
      case "repeat_asked" -> new RepeatAsked(json.number("step"), json.text("by"));
      case "verified" -> new Verified();
      case "verification_failed" -> new VerificationFailed(json.text("reason"));
      case "step_undone" -> new StepUndone(json.number("step"), json.text("note"));
      case "undo_refused" -> new UndoRefused(json.number("step"), json.text("reason"));
      case "cancel_asked" -> new CancelAsked(json.text("by"));
      case "pause_asked" -> new PauseAsked(json.text("by"));
      case "resume_asked" -> new ResumeAsked(json.text("by"));
      case "rollback_asked" -> new RollbackAsked(json.text("by"), json.text("reason"));
      case "quarantine_began" -> new QuarantineBegan(json.text("cause"));
      case "quarantine_lifted" -> new QuarantineLifted(json.text("by"), json.text("reason"));
      case "superseded_by" -> new SupersededBy(json.whole("deploy"));
      default -> throw json.unknown(kind);
    };
  }

  static ArrayNode gates(List<Gate> gates) {
    var list = Json.list(List.of());
    for (var gate : gates) {
      var json =
          list.addObject()
              .put("name", gate.name())
              .put("reason", gate.reason())
              .put("ended_by", gate.endedBy());
      gate.opensAt().ifPresent(then -> json.put("opens_at", then.toString()));
    }
    return list;
  }

  static List<Gate> readGates(Json json) {
    return json.objects(
        "gates",
        gate ->
            new Gate(
                gate.text("name"),
                gate.text("reason"),
                gate.text("ended_by"),
                gate.maybeText("opens_at").map(Instant::parse)));
  }

  static ObjectNode decision(GateDecision decision) {
    var json =
        Json.object()
            .put("open", decision.open())
            .put("by", decision.by())
            .put("reason", decision.reason());
    decision.until().ifPresent(then -> json.put("until", then.toString()));
    return json;
  }

  static GateDecision readDecision(Json json) {
    return new GateDecision(
        json.yes("open"),
        json.text("by"),
        json.text("reason"),
        json.maybeText("until").map(Instant::parse));
  }
}
