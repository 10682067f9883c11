package dev.fleetwright.server.ui;

import java.util.List;

/// One deploy.
///
/// @param cause why it failed, was rolled back or refused; may be empty
record DeployPage(
    String title,
    Link environment,
    Badge kind,
    Badge state,
    String what,
    String commitTitle,
    String by,
    Moment at,
    String took,
    String reason,
    String cause,
    Link job,
    List<Action> actions,
    List<GateView> gates,
    List<DoubtView> doubts,
    List<PlanView> plan,
    String approvedBy,
    List<StepView> steps,
    LogView log,
    List<EventView> events) {

  DeployPage {
    actions = List.copyOf(actions);
    gates = List.copyOf(gates);
    doubts = List.copyOf(doubts);
    plan = List.copyOf(plan);
    steps = List.copyOf(steps);
    events = List.copyOf(events);
  }

  /// What it waits for.
  ///
  /// @param endedBy empty for a gate that somebody has opened
  /// @param opens when it opens by itself; empty when no clock opens it
  record GateView(
      String name,
      String icon,
      String reason,
      String endedBy,
      List<Moment> opens,
      List<Action> actions) {
    GateView {
      opens = List.copyOf(opens);
      actions = List.copyOf(actions);
    }

    /// One that nothing on the page opens.
    GateView(String name, String icon, String reason, String endedBy) {
      this(name, icon, reason, endedBy, List.of(), List.of());
    }
  }

  /// A step of which nobody knows whether it was done.
  record DoubtView(String step, String during, String explanation, List<Action> actions) {
    DoubtView {
      actions = List.copyOf(actions);
    }
  }

  record StepView(int number, Badge badge, String words, String note, String took) {}

  record EventView(Moment at, Badge badge, String words, String by) {}
}
