package dev.fleetwright.server.ui;

import dev.fleetwright.core.plan.Plan;
import dev.fleetwright.core.plan.Plan.TargetPlan;
import dev.fleetwright.core.plan.Step;
import dev.fleetwright.core.target.Change;
import dev.fleetwright.server.ui.PlanView.DiffLine;
import dev.fleetwright.server.ui.PlanView.OfTarget;
import dev.fleetwright.server.ui.PlanView.OneChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Shows plans.
final class PlanPresenter {

  static final int BRIEF = 8;

  private PlanPresenter() {}

  /// @param id unique on the page
  static PlanView show(Plan plan, String id) {
    var hash = plan.hash().hex();
    var targets = new ArrayList<OfTarget>();
    for (var target : plan.targets()) {
      targets.add(show(target, id + "-" + targets.size()));
    }
    return new PlanView(
        hash,
        hash.substring(0, BRIEF),
        summary(plan.targets().stream().flatMap(t -> t.changes().stream()).toList()),
        approvals(plan.approvals()),
        targets,
        plan.steps().stream().map(Step::words).toList());
  }

  private static OfTarget show(TargetPlan target, String id) {
    var changes = new ArrayList<OneChange>();
    for (var change : target.changes()) {
      changes.add(
          new OneChange(
              id + "-" + changes.size(),
              Badges.of(change.kind()),
              change.what(),
              change.detail().stream().map(PlanPresenter::line).toList()));
    }
    return new OfTarget(
        target.binding().name(), target.binding().kind(), summary(target.changes()), changes);
  }

  private static DiffLine line(String text) {
    if (text.startsWith("+")) {
      return new DiffLine("plus", text);
    } else if (text.startsWith("-")) {
      return new DiffLine("minus", text);
    } else {
      return new DiffLine("same", text);
    }
  }

  /// Such as `1 created, 2 updated`.
  static String summary(List<Change> changes) {
    var words = new ArrayList<String>();
    for (var kind : Change.Kind.values()) {
      var count = changes.stream().filter(c -> c.kind() == kind).count();
      if (count > 0) {
        words.add(count + " " + word(kind));
      }
    }
    return words.isEmpty() ? "nothing changes" : String.join(", ", words);
  }

  private static String word(Change.Kind kind) {
    return kind == Change.Kind.NONE ? "unchanged" : kind.name().toLowerCase(Locale.ROOT) + "d";
  }

  private static String approvals(int needed) {
    return switch (needed) {
      case 0 -> "";
      case 1 -> "1 approval needed";
      default -> needed + " approvals needed";
    };
  }
}
