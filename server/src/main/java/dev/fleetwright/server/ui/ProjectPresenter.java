package dev.fleetwright.server.ui;

import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.environment.EnvironmentLists.Places;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.release.Release;
import dev.fleetwright.pipeline.problem.Problem;
import dev.fleetwright.server.ui.Notice.ProblemLine;
import dev.fleetwright.server.ui.ProjectPage.Dot;
import dev.fleetwright.server.ui.ProjectPage.PipelineRow;
import dev.fleetwright.server.ui.ProjectPage.ReleaseRow;
import dev.fleetwright.server.ui.ProjectPage.Stage;
import dev.fleetwright.server.ui.Tiles.Tiled;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Shows one project.
final class ProjectPresenter {

  static final int ENVIRONMENTS = 60;
  private static final int SHOWN = 10;

  /// Of the environments where a release runs.
  private static final int PLACES = 5;

  private static final Link NOWHERE = new Link("", "");

  private final Sources sources;
  private final Tiles tiles;
  private final DeployLines lines;

  ProjectPresenter(Sources sources, Tiles tiles) {
    this.sources = sources;
    this.tiles = tiles;
    this.lines = new DeployLines(sources);
  }

  /// @param part which environments, from 1
  ProjectPage page(Project project, int part, Instant now) {
    var lists = sources.environmentLists();
    var all = lists.count(project.name());
    var shown = Math.toIntExact(Math.min(part, 1 + Math.max(0, all - 1) / ENVIRONMENTS));
    var from = (shown - 1) * ENVIRONMENTS;
    var tiled =
        lists.byTier(project.name(), ENVIRONMENTS, from).stream()
            .map(e -> tiles.tile(e, true, now))
            .toList();
    var releases = sources.releases().of(project.name(), SHOWN, 0);
    var runsIn = lists.running(project.name(), releases.stream().map(Release::id).toList(), PLACES);
    return new ProjectPage(
        project.name().value(),
        Paths.project(project.name()),
        project.repository(),
        project.defaultBranch(),
        tiled.stream().map(Tiled::tile).toList(),
        all <= ENVIRONMENTS
            ? ""
            : "%d to %d of %d environments".formatted(from + 1, from + tiled.size(), all),
        from == 0 ? NOWHERE : new Link("Earlier", to(project, shown - 1)),
        from + ENVIRONMENTS >= all ? NOWHERE : new Link("Later", to(project, shown + 1)),
        sources.pipelines().of(project.name(), SHOWN, 0).stream().map(p -> row(p, now)).toList(),
        releases.stream()
            .map(r -> row(r, places(project, Optional.ofNullable(runsIn.get(r.id()))), now))
            .toList(),
        deploys(project, now),
        "/hooks/" + project.name(),
        secrets(project),
        tiled.stream().anyMatch(Tiled::looking));
  }

  private static String to(Project project, int part) {
    return Paths.project(project.name()) + "?page=" + part;
  }

  private List<DeployRow> deploys(Project project, Instant now) {
    var newest = sources.records().of(project.name(), SHOWN, 0);
    var places =
        sources
            .environmentLists()
            .find(newest.stream().map(DeployRecords::environment).distinct().toList());
    var rows = new ArrayList<DeployRow>();
    for (var entry : newest) {
      var environment = places.get(DeployRecords.environment(entry));
      if (environment != null) {
        rows.add(lines.row(entry, environment, false, now));
      }
    }
    return rows;
  }

  private static List<Link> places(Project project, Optional<Places> places) {
    var links = new ArrayList<Link>();
    places.ifPresent(there -> {
      there
          .first()
          .forEach(
              name -> links.add(new Link(name.value(), Paths.environment(project.name(), name))));
      if (there.count() > there.first().size()) {
        links.add(
            new Link(
                "and %d more".formatted(there.count() - there.first().size()),
                Paths.project(project.name())));
      }
    });
    return links;
  }

  private static List<Action> secrets(Project project) {
    var to = Paths.project(project.name()) + "/webhook-secret";
    return List.of(
        Action.asking(
            "new-secret",
            "New secret",
            to,
            "plain",
            "retry",
            "It counts at once and is shown once. The one before counts for 24 more hours, so that"
                + " no push is lost until you have entered the new one.",
            false),
        Action.asking(
            "replace-secret",
            "Replace at once",
            to,
            "danger",
            "blocked",
            "For a secret that leaked: the one before counts no more. Until the new one is entered"
                + " where the repository is hosted, pushes are found by looking every few seconds.",
            false,
            new Action.Field("at_once", "yes")));
  }

  private PipelineRow row(Pipeline pipeline, Instant now) {
    var jobs = sources.pipelines().jobs(pipeline.id());
    return new PipelineRow(
        Paths.pipeline(pipeline.project(), pipeline.number()),
        pipeline.number(),
        Badges.of(pipeline.status()),
        pipeline.ref(),
        pipeline.sha().brief(),
        pipeline.title(),
        pipeline.by(),
        Moment.of(pipeline.createdAt(), now),
        took(pipeline, now),
        pipeline.stages().stream()
            .map(stage -> new Stage(stage, dots(pipeline, stage, jobs)))
            .filter(stage -> !stage.jobs().isEmpty())
            .toList());
  }

  static String took(Pipeline pipeline, Instant now) {
    return pipeline
        .startedAt()
        .map(begin -> Moment.took(Duration.between(begin, pipeline.finishedAt().orElse(now))))
        .orElse("");
  }

  private static List<Dot> dots(Pipeline pipeline, String stage, List<Job> jobs) {
    return jobs.stream()
        .filter(j -> j.spec().stage().equals(stage))
        .map(j -> {
          var badge = Badges.of(j.run());
          return new Dot(
              Paths.job(pipeline.project(), j.id()),
              badge,
              stage + " / " + j.spec().name() + ": " + badge.word());
        })
        .toList();
  }

  private ReleaseRow row(Release release, List<Link> places, Instant now) {
    return new ReleaseRow(
        release.version(),
        release.sha().brief(),
        release.ref(),
        release.title(),
        release.author(),
        Moment.of(release.createdAt(), now),
        sources
            .pipelines()
            .find(release.pipeline())
            .map(p -> new Link("pipeline #" + p.number(), Paths.pipeline(p.project(), p.number())))
            .orElse(new Link("", "")),
        places);
  }

  /// What is wrong with the configuration, where something is.
  static List<Notice> notices(Project project, List<Problem> problems) {
    if (problems.isEmpty()) {
      return List.of();
    }
    var bad = problems.stream().filter(Problem::isError).count();
    var title =
        bad == 0
            ? "The configuration on `%s` works, with %s"
                .formatted(project.defaultBranch(), count(problems.size(), "remark"))
            : "The configuration on `%s` cannot be used: it has %s"
                .formatted(project.defaultBranch(), count(bad, "mistake"));
    return List.of(
        new Notice(
            bad == 0 ? Tone.WARN : Tone.BAD,
            bad == 0 ? "warning" : "x-circle",
            title,
            bad == 0 ? "" : "Until they are put right, what was configured before stays in force.",
            lines(problems)));
  }

  static List<ProblemLine> lines(List<Problem> problems) {
    return problems.stream()
        .map(p ->
            new ProblemLine(
                p.line() > 0
                    ? "%s, line %d, column %d".formatted(p.file(), p.line(), p.column())
                    : p.file(),
                p.message(),
                p.remedy()))
        .toList();
  }

  private static String count(long number, String word) {
    return number == 1 ? "1 " + word : number + " " + word + "s";
  }
}
