package dev.fleetwright.server.ui;

import java.util.List;

/// One pipeline.
///
/// @param needs a picture of them, or none
record PipelinePage(
    String title,
    Badge status,
    String ref,
    String commit,
    String commitTitle,
    String author,
    String source,
    String by,
    Moment at,
    String took,
    Link parent,
    Link release,
    Link tests,
    List<Action> actions,
    List<StageView> stages,
    List<NeedsView> needs) {

  PipelinePage {
    actions = List.copyOf(actions);
    stages = List.copyOf(stages);
    needs = List.copyOf(needs);
  }

  record StageView(String name, Badge status, List<JobView> jobs) {
    StageView {
      jobs = List.copyOf(jobs);
    }
  }

  /// @param note such as `allowed to fail`, `attempt 2`, or why it failed; may be empty
  record JobView(
      String href,
      String name,
      Badge status,
      String took,
      String note,
      Link deploy,
      Link downstream,
      List<Action> actions) {
    JobView {
      actions = List.copyOf(actions);
    }
  }
}
