package dev.fleetwright.store;

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
import java.util.Optional;
import java.util.Random;

/// Events of all kinds, likely and unlikely ones, the same ones for the same seed.
final class RandomEvents {

  private final Random random;
  private final Plan plan;
  private final Plan other;

  RandomEvents(long seed, Plan plan, Plan other) {
    this.random = new Random(seed);
    this.plan = plan;
    this.other = other;
  }

  DeployEvent next() {
    var step = random.nextInt(2);
    return switch (random.nextInt(37)) {
      case 0 -> new Planned(other);
      case 1 -> new PlanRefused("no \"way\"");
      case 2, 3 -> new Approved("anna", plan.hash());
      case 4, 5 -> new Approved("bo", plan.hash());
      case 6 -> new Rejected("anna", "not now");
      case 7 ->
          new Held(
              List.of(
                  new Gate(
                      "freeze",
                      "it is Friday",
                      "Monday",
                      Optional.of(Instant.parse("2026-11-23T08:00:00Z")))));
      case 8, 9 -> new Started();
      case 10 -> new BasisMoved("edge");
      case 11 -> new StepBegun(step);
      case 12 -> new StepInDoubt(step, "a time-out – ünknown");
      case 13, 14 -> new StepApplied(step, "2 files");
      case 15 -> new StepRefused(step, "disk full");
      case 16 -> new StepAbandoned(step, "nobody knows");
      case 17 -> new StoppedBefore(step);
      case 18 -> new RepeatAsked(step, "anna");
      case 19 -> new Verified();
      case 20 -> new VerificationFailed("503");
      case 21 -> new StepUndone(step, "");
      case 22 -> new UndoRefused(step, "gone");
      case 23 -> new CancelAsked("bo");
      case 24 -> new PauseAsked("bo");
      case 25 -> new ResumeAsked("bo");
      case 26 -> new RollbackAsked("bo", "smells");
      case 27, 28 -> new Held(List.of());
      case 29 ->
          new GateDecided(
              "load-test", new GateDecision(random.nextBoolean(), "bo", "I \"saw\" it"));
      case 30 -> new WatchBegan(step, Instant.parse("2026-11-21T12:00:00.123456Z"));
      case 31 -> new WatchEnded(step, "held for 10 min");
      case 32 -> new WatchFailed(step, "503");
      case 33 -> new PreemptedBy(99);
      case 34 -> new QuarantineBegan("tried 3 times");
      case 35 -> new QuarantineLifted("bo", "the \"cause\" is gone");
      default -> random.nextInt(4) == 0 ? new SupersededBy(99) : new Planned(plan);
    };
  }
}
