package dev.fleetwright.server.ui;

import java.util.List;

/// A project: what it made and where that runs.
///
/// @param range which of the environments are shown; empty when all are
/// @param webhook where pushes are told, relative to the server
/// @param secrets what can be done about the webhook's secret
/// @param looking as in [OverviewPage]
record ProjectPage(
    String name,
    String href,
    String repository,
    String branch,
    List<EnvironmentTile> environments,
    String range,
    Link earlier,
    Link later,
    List<PipelineRow> pipelines,
    List<ReleaseRow> releases,
    List<DeployRow> deploys,
    String webhook,
    List<Action> secrets,
    boolean looking) {

  ProjectPage {
    environments = List.copyOf(environments);
    pipelines = List.copyOf(pipelines);
    releases = List.copyOf(releases);
    deploys = List.copyOf(deploys);
    secrets = List.copyOf(secrets);
  }

  /// A pipeline in a list.
  record PipelineRow(
      String href,
      long number,
      Badge status,
      String ref,
      String commit,
      String title,
      String by,
      Moment at,
      String took,
      List<Stage> stages) {
    PipelineRow {
      stages = List.copyOf(stages);
    }
  }

  /// The jobs of a stage as dots.
  record Stage(String name, List<Dot> jobs) {
    Stage {
      jobs = List.copyOf(jobs);
    }
  }

  record Dot(String href, Badge badge, String words) {}

  /// A release in a list.
  ///
  /// @param runsIn the environments where it is live
  record ReleaseRow(
      String version,
      String commit,
      String ref,
      String title,
      String author,
      Moment at,
      Link pipeline,
      List<Link> runsIn) {
    ReleaseRow {
      runsIn = List.copyOf(runsIn);
    }
  }
}
