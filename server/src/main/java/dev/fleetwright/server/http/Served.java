package dev.fleetwright.server.http;

import dev.fleetwright.core.access.Sessions;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.environment.EnvironmentLists;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.feed.Feed;
import dev.fleetwright.core.ledger.Ledger;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.release.CommitStatuses;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.core.train.Trains;
import dev.fleetwright.server.auth.WebhookSecrets;
import dev.fleetwright.server.operations.Operations;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;

/// What is served over HTTP.
///
/// @param publicUrl where others reach the server
/// @param version of this server
/// @param engineRuns whether deploys and pipelines are worked on
/// @param draining how this server is told to stop
/// @param moved what to do when a webhook tells of a push
/// @param pages routes that show pages to people
/// @param metrics what is measured; others measure with it too
/// @param screens what people see of login and refusals
public record Served(
    URI publicUrl,
    String version,
    Projects projects,
    Repositories repositories,
    Pipelines pipelines,
    Releases releases,
    CommitStatuses statuses,
    Environments environments,
    EnvironmentLists environmentLists,
    Deploys deploys,
    DeployRecords records,
    Trains trains,
    Ledger ledger,
    Feed feed,
    LogStore logs,
    Blobs blobs,
    Targets targets,
    Tokens tokens,
    Sessions sessions,
    WebhookSecrets webhookSecrets,
    RunnerDoor runnerDoor,
    Operations operations,
    BooleanSupplier engineRuns,
    Draining draining,
    WebhookRoutes.Moved moved,
    List<Route> pages,
    Screens screens,
    Metrics metrics,
    Clock clock) {}
