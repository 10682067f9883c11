package dev.fleetwright.server.ui;

import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.pipeline.gitlab.PipelineContext.Source;
import dev.fleetwright.server.auth.WebhookSecrets;
import dev.fleetwright.server.http.Call;
import dev.fleetwright.server.http.Refusal;
import dev.fleetwright.server.http.Route;
import dev.fleetwright.server.operations.Answer;
import dev.fleetwright.server.operations.Operations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// One project.
final class ProjectPages {

  private final Sources sources;
  private final Operations operations;
  private final Framing framing;
  private final Addressed addressed;
  private final ProjectPresenter projects;

  ProjectPages(Sources sources, Operations operations, Framing framing, Tiles tiles) {
    this.sources = sources;
    this.operations = operations;
    this.framing = framing;
    this.addressed = new Addressed(sources);
    this.projects = new ProjectPresenter(sources, tiles);
  }

  List<Route> routes() {
    return List.of(
        Framing.show("/projects/{project}", "One project.", this::project),
        Framing.act("/projects/{project}/pipelines", "Run a pipeline.", this::runPipeline),
        Framing.act(
            "/projects/{project}/webhook-secret",
            "Make a new secret for its webhook.",
            this::renewSecret));
  }

  private void project(Call call) {
    showProject(call, 200, addressed.project(call), List.of());
  }

  private void showProject(Call call, int status, Project project, List<Notice> notices) {
    var all = new ArrayList<>(notices);
    all.addAll(ProjectPresenter.notices(project, operations.projects().problems(project)));
    var name = project.name().value();
    var part = call.page();
    var path = Paths.project(project.name()) + (part == 1 ? "" : "?page=" + part);
    var frame =
        framing.frame(call, name, List.of(new Link(name, "")), path, "project=" + name, "", all);
    Framing.answer(call, status, frame, Html.project(frame, projects.page(project, part, now())));
  }

  private void runPipeline(Call call) {
    var project = addressed.project(call);
    switch (operations
        .pipelines()
        .run(
            project.name(),
            Form.required(call, "ref").strip(),
            Source.WEB,
            Form.settings(call, "variables"),
            Form.settings(call, "inputs"),
            call.actor())) {
      case Answer.Done<Pipeline>(var pipeline) ->
          call.goTo(Paths.pipeline(project.name(), pipeline.number()));
      case Answer.NotFound<Pipeline>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<Pipeline>(_, var message, var remedy, var problems) ->
          showProject(
              call,
              409,
              project,
              List.of(Notice.refusal(message, remedy, ProjectPresenter.lines(problems))));
    }
  }

  /// Not redirected: the secret is in this answer and nowhere else.
  private void renewSecret(Call call) {
    var project = addressed.project(call);
    var atOnce = Form.given(call, "at_once").isPresent();
    switch (operations.access().renewWebhookSecret(project.name(), atOnce, call.actor())) {
      case Answer.Done<WebhookSecrets.Made>(var made) -> showSecret(call, project, made);
      case Answer.NotFound<WebhookSecrets.Made>(var what) -> throw Refusal.notFound(what);
      case Answer.Refused<WebhookSecrets.Made>(_, var message, var remedy, _) ->
          showProject(call, 409, project, List.of(Notice.refusal(message, remedy, List.of())));
    }
  }

  private void showSecret(Call call, Project project, WebhookSecrets.Made made) {
    var name = project.name().value();
    var path = Paths.project(project.name());
    var before =
        made.beforeUntil()
            .map(until -> "counts until " + Moment.of(until, now()).full())
            .orElse("counts no more");
    framing.answerSecret(
        call,
        new Link(name, path),
        "webhook secret",
        new SecretPage(
            "Webhook secret of " + name,
            made.secret().reveal(),
            "Enter it where the repository is hosted. The one before %s.".formatted(before),
            new Link("To the project", path)));
  }

  private Instant now() {
    return sources.clock().instant();
  }
}
