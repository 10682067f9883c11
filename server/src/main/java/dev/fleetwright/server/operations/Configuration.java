package dev.fleetwright.server.operations;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Environments;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.Project;
import dev.fleetwright.core.project.Repositories;
import dev.fleetwright.pipeline.project.EnvironmentRule;
import dev.fleetwright.pipeline.project.ProjectFile;
import dev.fleetwright.pipeline.project.ProjectFileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;

/// What a project's `fleetwright.yml` says. Where releases run and who must agree is read from the
/// default branch only: a feature branch cannot change the rules that it is deployed by. What runs
/// is read from the release's own commit.
final class Configuration {

  private final Repositories repositories;
  private final Environments environments;

  Configuration(Repositories repositories, Environments environments) {
    this.repositories = repositories;
    this.environments = environments;
  }

  /// The file at one commit.
  ProjectFile at(Project project, CommitSha sha) {
    return ProjectFileReader.read(new MirrorTree(repositories, project.name(), sha));
  }

  /// The file at the head of the default branch; absent when there is no such branch yet.
  ProjectFile ofDefaultBranch(Project project) {
    try {
      return Optional.ofNullable(
              repositories.references(project.name()).get("refs/heads/" + project.defaultBranch()))
          .map(sha -> at(project, sha))
          .orElse(ProjectFile.ABSENT);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the mirror of " + project.name(), e);
    }
  }

  /// Bring the environments that the file names on record; those with a `*` come to be when
  /// something is deployed to them. A file with mistakes changes nothing.
  void apply(Project project, ProjectFile file, Actor by, Instant at) {
    if (!file.sound()) {
      return;
    }
    for (var rule : file.environments()) {
      if (!rule.isPattern() && EnvironmentName.valid(rule.pattern())) {
        define(
            project,
            file,
            new EnvironmentName(rule.pattern()),
            Optional.empty(),
            Optional.empty(),
            by,
            at);
      }
    }
  }

  /// Make an environment as the file has it, or bring it up to date.
  ///
  /// @param tier what a job says of it; wins over the file's and over guessing
  /// @param url what a job says of it; wins over the file's
  Environment define(
      Project project,
      ProjectFile file,
      EnvironmentName name,
      Optional<Tier> tier,
      Optional<String> url,
      Actor by,
      Instant at) {
    var rule = file.environment(name);
    var known = environments.find(project.name(), name);
    return environments.define(
        project.name(),
        name,
        tier.or(() -> rule.flatMap(EnvironmentRule::tier))
            .or(() -> known.map(Environment::tier))
            .orElseGet(() -> Tier.guess(name.value())),
        url.or(() -> rule.flatMap(EnvironmentRule::url)).or(() -> known.flatMap(Environment::url)),
        rule.map(EnvironmentRule::policy).orElse(Policy.NONE),
        file.targetsOf(name),
        by,
        at);
  }
}
