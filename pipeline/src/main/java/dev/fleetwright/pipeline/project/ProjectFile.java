package dev.fleetwright.pipeline.project;

import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.image.ImageName;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.pipeline.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// `fleetwright.yml`: what runs, where, and who must agree.
///
/// @param present whether the repository has the file; without it everything is empty and sound
/// @param project the name that the file gives; empty if none
/// @param targets in the order of the file
/// @param registries that may be asked and pushed to
/// @param components in the order of the file
/// @param environments in the order of the file
/// @param keep how many releases stay on a host; also set in the targets that do not say
/// @param lookForBases how often to look whether base images have changed; empty for never
/// @param later keys that are understood and not acted on yet
/// @param problems of the file, by line and column
public record ProjectFile(
    boolean present,
    Optional<String> project,
    List<TargetBinding> targets,
    List<RegistryRule> registries,
    List<ComponentRule> components,
    List<EnvironmentRule> environments,
    int keep,
    Optional<Duration> lookForBases,
    List<String> later,
    List<Problem> problems) {

  /// Where it lies in a repository.
  public static final String PATH = "fleetwright.yml";

  static final int USUAL_KEEP = 5;

  /// A repository without the file.
  public static final ProjectFile ABSENT =
      new ProjectFile(
          false,
          Optional.empty(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          USUAL_KEEP,
          Optional.empty(),
          List.of(),
          List.of());

  public ProjectFile {
    targets = List.copyOf(targets);
    registries = List.copyOf(registries);
    components = List.copyOf(components);
    environments = List.copyOf(environments);
    later = List.copyOf(later);
    problems = List.copyOf(problems);
  }

  /// The registry, or part of one, that an image lies in; the closest. Empty when the file lets
  /// this server go to none such.
  public Optional<RegistryRule> registryOf(ImageName image) {
    return registries.stream()
        .filter(rule -> image.within(rule.place()))
        .max(Comparator.comparingInt(rule -> rule.place().length()));
  }

  /// Whether there is no error, so that the rest may be acted on.
  public boolean sound() {
    return problems.stream().noneMatch(Problem::isError);
  }

  /// The rule that is closest to the name: the name itself, else the pattern with the longest text
  /// before its first star.
  public Optional<EnvironmentRule> environment(EnvironmentName name) {
    return environments.stream()
        .filter(rule -> rule.matches(name))
        .max(Comparator.comparingInt(EnvironmentRule::precision));
  }

  /// The targets of an environment, in order; empty if no rule names any.
  public List<TargetBinding> targetsOf(EnvironmentName name) {
    return environment(name).map(EnvironmentRule::targets).orElse(List.of()).stream()
        .flatMap(target -> targets.stream().filter(binding -> binding.name().equals(target)))
        .toList();
  }

  /// The components that run in an environment, in the order of the file.
  public List<ComponentRule> componentsOf(EnvironmentName name) {
    var named = environment(name).map(rule -> rule.policy().components()).orElse(List.of());
    return components.stream()
        .filter(component -> named.isEmpty() || named.contains(component.name()))
        .toList();
  }

  /// An example with every key, explained: schema and reference page in one.
  public static String reference() {
    try (var in = ProjectFile.class.getResourceAsStream("fleetwright-reference.yml")) {
      if (in == null) {
        throw new IllegalStateException("fleetwright-reference.yml is missing in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading fleetwright-reference.yml", e);
    }
  }
}
