package dev.fleetwright.server.ui;

import java.util.List;

/// What would happen, before anybody says yes.
///
/// @param action where the form is posted
/// @param fields hidden; they bind the button to what is shown
/// @param plan empty when it cannot be done; `notices` say why then
/// @param button such as `Deploy r8`
/// @param tells what will follow, such as `Starts at once.`
record PreviewView(
    String action,
    List<Action.Field> fields,
    List<PlanView> plan,
    List<Notice> notices,
    String button,
    String style,
    String tells) {

  PreviewView {
    fields = List.copyOf(fields);
    plan = List.copyOf(plan);
    notices = List.copyOf(notices);
  }

  boolean possible() {
    return !plan.isEmpty();
  }
}
