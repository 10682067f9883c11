package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.engine.DeployPlanner;
import dev.fleetwright.core.engine.PipelineWork;
import dev.fleetwright.core.environment.Alarms;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Holds;
import dev.fleetwright.core.image.ImageRegistries;
import dev.fleetwright.core.image.ImageTags;
import dev.fleetwright.core.pipeline.ArtifactLives;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.pipeline.ResourceGroups;
import dev.fleetwright.core.pipeline.Schedules;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.RemoteFiles;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.train.Trains;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// All operations, wired to the ports.
///
/// @param pipelineWork what the engine needs of them
public record Operations(
    ProjectOperations projects,
    PipelineOperations pipelines,
    ScheduleOperations schedules,
    TakeDowns takeDowns,
    DeployOperations deploys,
    TrainOperations trains,
    EnvironmentOperations environments,
    ImageOperations images,
    BaseImages baseImages,
    AccessOperations access,
    TestReports tests,
    ArtifactExpiry artifacts,
    RunnerOperations runners,
    RunnerWork runnerWork,
    JobTraces jobTraces,
    JobUploads jobUploads,
    PipelineWork pipelineWork) {

  /// Wire them.
  ///
  /// @param artifactsKept how long artifacts are kept of which their job says nothing; empty for
  ///   always
  /// @param publicUrl where people reach this server, without a `/` at the end
  /// @param version of this server
  public static Operations over(
      Projects projects,
      Repositories repositories,
      RemoteFiles remoteFiles,
      Environments environments,
      Holds holds,
      Alarms alarms,
      Releases releases,
      ImageRegistries registries,
      ImageTags imageTags,
      Pipelines pipelines,
      ResourceGroups resourceGroups,
      Schedules schedules,
      Deploys deploys,
      DeployRecords records,
      Trains trains,
      DeployPlanner planning,
      Blobs blobs,
      ArtifactLives lives,
      Optional<Duration> artifactsKept,
      AccessOperations access,
      RunnerParts runnerParts,
      String publicUrl,
      String version,
      InstantSource clock) {
    var contexts = new Contexts(repositories, publicUrl, version);
    var inclusions = new Inclusions(projects, repositories, remoteFiles, blobs, publicUrl);
    var foreign = new ForeignNeeds(pipelines, inclusions);
    var orders = new JobOrders(projects, contexts, foreign);
    var scripts = new DeployScripts(pipelines, releases, deploys, orders);
    var configuration = new Configuration(repositories, environments);
    var deployOperations =
        new DeployOperations(environments, releases, deploys, records, planning, scripts, clock);
    var pipelineOperations =
        new PipelineOperations(
            projects,
            pipelines,
            resourceGroups,
            deployOperations,
            repositories,
            inclusions,
            contexts,
            clock);
    var takeDowns =
        new TakeDowns(
            environments, deploys, releases, configuration, scripts, deployOperations, clock);
    return new Operations(
        new ProjectOperations(
            projects, repositories, configuration, pipelineOperations, takeDowns, clock),
        pipelineOperations,
        new ScheduleOperations(projects, schedules, repositories, pipelineOperations, clock),
        takeDowns,
        deployOperations,
        new TrainOperations(trains, deploys, deployOperations, clock),
        new EnvironmentOperations(holds, alarms, clock),
        new ImageOperations(imageTags, clock),
        new BaseImages(projects, releases, registries, configuration, pipelineOperations, clock),
        access,
        new TestReports(pipelines, orders, blobs),
        new ArtifactExpiry(lives, pipelines, blobs, clock),
        new RunnerOperations(runnerParts.dispatch(), projects, clock),
        new RunnerWork(
            runnerParts.dispatch(),
            pipelines,
            repositories,
            orders,
            runnerParts.feed(),
            publicUrl,
            clock,
            runnerParts.open()),
        new JobTraces(
            runnerParts.dispatch().handOuts(), runnerParts.logs(), runnerParts.logBytes(), clock),
        new JobUploads(
            runnerParts.dispatch().handOuts(), blobs, runnerParts.artifactBytes(), clock),
        new Releasing(
            projects,
            pipelines,
            repositories,
            releases,
            deploys,
            environments,
            configuration,
            orders,
            foreign,
            new Downstreams(
                projects, pipelines, repositories, inclusions, orders, pipelineOperations),
            new ImageBinding(registries, imageTags, pipelines, blobs, clock),
            blobs,
            artifactsKept,
            clock));
  }
}
