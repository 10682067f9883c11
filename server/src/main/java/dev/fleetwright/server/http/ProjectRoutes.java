package dev.fleetwright.server.http;

import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.server.auth.WebhookSecrets;
import dev.fleetwright.server.operations.AccessOperations;
import dev.fleetwright.server.operations.ProjectOperations;
import java.time.Clock;
import java.util.List;

/// Projects.
final class ProjectRoutes {

  private final Projects projects;
  private final ProjectOperations operations;
  private final AccessOperations access;
  private final WebhookSecrets webhookSecrets;
  private final Clock clock;

  ProjectRoutes(
      Projects projects,
      ProjectOperations operations,
      AccessOperations access,
      WebhookSecrets webhookSecrets,
      Clock clock) {
    this.projects = projects;
    this.operations = operations;
    this.access = access;
    this.webhookSecrets = webhookSecrets;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/api/v1/projects", Access.SIGNED_IN, "The projects under care, by name.")
            .with(Parameter.PAGE, Parameter.PER_PAGE)
            .givingPageOf(dev.fleetwright.api.Project.class)
            .by(call ->
                call.paged(
                    clock.instant(),
                    (most, skip) ->
                        projects.all().stream()
                            .skip(skip)
                            .limit(most)
                            .map(ProjectRoutes::wire)
                            .toList())),
        Route.post("/api/v1/projects", Access.SIGNED_IN, "Take a repository under care.")
            .orRefusing()
            .taking(dev.fleetwright.api.Project.Add.class)
            .giving(dev.fleetwright.api.Project.Added.class)
            .as(201)
            .by(this::add),
        Route.get("/api/v1/projects/{project}", Access.SIGNED_IN, "One project.")
            .giving(dev.fleetwright.api.Project.class)
            .by(call -> wire(find(call))),
        Route.post(
                "/api/v1/projects/{project}/sync",
                Access.SIGNED_IN,
                "Fetch its repository now and start pipelines for what is new.")
            .orRefusing()
            .giving(dev.fleetwright.api.Project.Synced.class)
            .by(this::sync),
        Route.post(
                "/api/v1/projects/{project}/webhook-secret",
                Access.SIGNED_IN,
                "Make a new secret for its webhook; it is shown this once. The one before counts for"
                    + " 24 more hours, or no more when that is asked for.")
            .taking(dev.fleetwright.api.Project.RenewSecret.class)
            .giving(dev.fleetwright.api.Project.RenewedSecret.class)
            .as(201)
            .by(this::renewSecret));
  }

  private dev.fleetwright.api.Project.Added add(Call call, dev.fleetwright.api.Project.Add wish) {
    var added =
        Answers.done(
            operations.add(wish.name(), wish.repository(), wish.run().orElse(true), call.actor()));
    return new dev.fleetwright.api.Project.Added(
        wire(added), webhookSecrets.make(added.name(), call.actor()).reveal());
  }

  private dev.fleetwright.api.Project.Synced sync(Call call) {
    var synced = Answers.done(operations.sync(call.projectName(), call.actor()));
    return new dev.fleetwright.api.Project.Synced(synced.started(), synced.problems());
  }

  private dev.fleetwright.api.Project.RenewedSecret renewSecret(
      Call call, dev.fleetwright.api.Project.RenewSecret wish) {
    var made =
        Answers.done(
            access.renewWebhookSecret(
                call.projectName(), wish.atOnce().orElse(false), call.actor()));
    return new dev.fleetwright.api.Project.RenewedSecret(
        made.secret().reveal(), made.beforeUntil());
  }

  private Project find(Call call) {
    var name = call.projectName();
    return projects.find(name).orElseThrow(() -> Refusal.notFound("project `" + name + "`"));
  }

  private static dev.fleetwright.api.Project wire(Project project) {
    return new dev.fleetwright.api.Project(
        project.name().value(),
        project.repository(),
        project.defaultBranch(),
        "/hooks/" + project.name(),
        project.createdAt());
  }
}
