package dev.fleetwright.server.http;

import dev.fleetwright.api.Deploy;
import dev.fleetwright.api.Plan.Change;
import dev.fleetwright.api.Plan.ChangeKind;
import dev.fleetwright.api.Plan.TargetPlan;
import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Step;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Plans as they travel.
final class PlanWire {

  private PlanWire() {}

  static dev.fleetwright.api.Plan of(Plan plan, Known known) {
    return new dev.fleetwright.api.Plan(
        plan.hash().toString(),
        plan.project().value(),
        plan.environment().value(),
        Deploy.Kind.valueOf(plan.kind().name()),
        known.release(plan.release()),
        plan.label(),
        plan.summary(),
        plan.approvals(),
        plan.targets().stream()
            .map(t ->
                new TargetPlan(
                    t.binding().name(),
                    t.binding().kind(),
                    t.from().toString(),
                    t.to().toString(),
                    t.changes().stream().map(PlanWire::change).toList()))
            .toList(),
        steps(plan));
  }

  private static Change change(dev.fleetwright.core.target.Change change) {
    return new Change(ChangeKind.valueOf(change.kind().name()), change.what(), change.detail());
  }

  private static List<dev.fleetwright.api.Plan.Step> steps(Plan plan) {
    return IntStream.range(0, plan.steps().size())
        .mapToObj(i -> step(i, plan.steps().get(i)))
        .toList();
  }

  private static dev.fleetwright.api.Plan.Step step(int index, Step step) {
    return new dev.fleetwright.api.Plan.Step(
        index,
        step instanceof Step.Change change ? Optional.of(change.target()) : Optional.empty(),
        step.words(),
        !(step instanceof Step.Change change) || change.observable(),
        step instanceof Step.Change change && change.undoable());
  }
}
