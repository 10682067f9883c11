package dev.fleetwright.server.http;

import dev.fleetwright.api.Page;
import dev.fleetwright.api.Status;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.release.CommitStatus;
import dev.fleetwright.core.release.CommitStatuses;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/// What others say of commits.
final class StatusRoutes {

  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_TEXT = 1_000;
  private static final String PATH = "/api/v1/projects/{project}/commits/{sha}/statuses";

  private final Projects projects;
  private final CommitStatuses statuses;
  private final Clock clock;

  StatusRoutes(Projects projects, CommitStatuses statuses, Clock clock) {
    this.projects = projects;
    this.statuses = statuses;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get(PATH, Access.SIGNED_IN, "The statuses of a commit, by name.")
            .givingPageOf(Status.class)
            .by(this::list),
        Route.post(
                PATH,
                Access.SIGNED_IN,
                "Say something of a commit; the last word of each name counts. The commit need not"
                    + " be known yet.")
            .taking(Status.Report.class)
            .giving(Status.class)
            .as(201)
            .by(this::report));
  }

  private Page<Status> list(Call call) {
    return call.whole(
        clock.instant(),
        "record",
        statuses.of(project(call), sha(call)).stream().map(StatusRoutes::wire).toList());
  }

  private Status report(Call call, Status.Report report) {
    var name = report.name().strip();
    var description = report.description().orElse("").strip();
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      throw Refusal.malformed(
          "a status has a name of 1 to %d characters".formatted(LONGEST_NAME),
          "name it as `statuses` in fleetwright.yml does, such as `security/scan`");
    } else if (description.length() > LONGEST_TEXT) {
      throw Refusal.malformed(
          "the description has more than %d characters".formatted(LONGEST_TEXT),
          "shorten it, and put the rest behind `url`");
    }
    var url = report.url().filter(u -> !u.isBlank());
    if (url.filter(u -> !u.matches("https?://\\S{1,1000}")).isPresent()) {
      throw Refusal.malformed("`url` is no web address", "send an http or https address");
    }
    return wire(
        statuses.put(
            new CommitStatus(
                project(call),
                sha(call),
                name,
                CommitStatus.State.valueOf(report.state().name()),
                description,
                url,
                call.actor().name(),
                clock.instant()),
            call.actor()));
  }

  private ProjectName project(Call call) {
    var name = call.projectName();
    return projects.find(name).orElseThrow(() -> Refusal.notFound("project `" + name + "`")).name();
  }

  private static CommitSha sha(Call call) {
    try {
      return new CommitSha(call.path("sha").toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw Refusal.malformed(
          "that is no full name of a commit", "send all 40 or 64 hexadecimal digits");
    }
  }

  private static Status wire(CommitStatus status) {
    return new Status(
        status.sha().value(),
        status.name(),
        Status.State.valueOf(status.state().name()),
        status.description(),
        status.url(),
        status.by(),
        status.at());
  }
}
