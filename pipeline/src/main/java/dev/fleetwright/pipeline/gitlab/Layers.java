package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which value of a variable counts (contract 2a.7): those given with the run, then the project's,
/// then dotenv reports of earlier jobs, then the file's, then the predefined ones.
public final class Layers {
  private static final List<String> PLACES = List.of("CI_PROJECT_DIR", "CI_BUILDS_DIR");

  private final SortedMap<String, Variable> predefined;
  private final PipelineContext context;

  private Layers(SortedMap<String, Variable> predefined, PipelineContext context) {
    this.predefined = predefined;
    this.context = context;
  }

  static Layers of(PipelineContext context) {
    return new Layers(PredefinedVariables.of(context), context);
  }

  /// The same for one job, with the variables that only it has (GitLab makes them before it judges
  /// the job's rules).
  Layers ofJob(String name, String stage) {
    var own = new TreeMap<>(predefined);
    PredefinedVariables.put(own, "CI_JOB_NAME", name);
    PredefinedVariables.put(own, "CI_JOB_NAME_SLUG", PredefinedVariables.slug(name));
    PredefinedVariables.put(own, "CI_JOB_STAGE", stage);
    PredefinedVariables.put(own, "CI_NODE_TOTAL", 1);
    return new Layers(own, context);
  }

  private SequencedMap<String, Variable> over(Map<String, Variable> file) {
    var all = new LinkedHashMap<String, Variable>(predefined);
    all.putAll(file);
    all.putAll(context.variables());
    all.putAll(context.given());
    return all;
  }

  /// What rules see of these variables of the file. `if` sees values as they are written; patterns
  /// of paths are expanded.
  Rule.Facts facts(Map<String, Variable> file, PipelineContext context, List<String> files) {
    var all = over(file);
    var values = new HashMap<String, String>();
    all.forEach((name, variable) -> values.put(name, variable.value()));
    context.secrets().stream()
        .filter(name -> !context.given().containsKey(name))
        .forEach(name -> values.put(name, PipelineContext.OPAQUE));
    return new Rule.Facts(values, VariableExpansion.of(all), context.changed(), files);
  }

  /// For texts such as an environment's name. Secrets are unknown here and stay as written.
  VariableExpansion expansion(Map<String, Variable> file) {
    var all = over(file);
    context.secrets().stream()
        .filter(name -> !context.given().containsKey(name))
        .forEach(all::remove);
    return VariableExpansion.of(all);
  }

  /// The complete environment of a job, lowest layer first; the runner's round of expansion is done
  /// on the values of the file.
  ///
  /// @param predefined those of the pipeline, the run and the job
  /// @param file [dev.fleetwright.core.pipeline.JobSpec#variables]
  /// @param dotenv from reports of the jobs that it needs
  /// @param project the project's, secrets among them
  /// @param given with the run
  public static SortedMap<String, String> environment(
      Map<String, String> predefined,
      Map<String, String> file,
      Map<String, String> dotenv,
      Map<String, String> project,
      Map<String, String> given) {
    var all = new TreeMap<String, String>(predefined);
    all.putAll(file);
    all.putAll(dotenv);
    all.putAll(project);
    all.putAll(given);
    var result = new TreeMap<>(all);
    var known = new TreeMap<>(all);
    // Only where the job runs is it known what these are; it writes them in.
    for (var place : PLACES) {
      known.put(place, "${" + place + "}");
    }
    file.forEach((name, value) -> {
      if (value.equals(all.get(name))) {
        result.put(name, VariableExpansion.onRunner(value, known));
      }
    });
    return result;
  }
}
