package dev.fleetwright.server.ui;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.deploy.DeployRecords;
import dev.fleetwright.core.deploy.Deploys;
import dev.fleetwright.core.environment.EnvironmentLists;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Holds;
import dev.fleetwright.core.log.LogStore;
import dev.fleetwright.core.pipeline.Pipelines;
import dev.fleetwright.core.project.Projects;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.core.release.Releases;
import dev.fleetwright.core.target.Targets;
import dev.fleetwright.core.train.Trains;
import java.time.InstantSource;

/// What pages are made from. They only read it; changes go through the operations.
public record Sources(
    Projects projects,
    Repositories repositories,
    Environments environments,
    EnvironmentLists environmentLists,
    Holds holds,
    Releases releases,
    Pipelines pipelines,
    Deploys deploys,
    DeployRecords records,
    Trains trains,
    LogStore logs,
    Blobs blobs,
    Targets targets,
    InstantSource clock) {}
