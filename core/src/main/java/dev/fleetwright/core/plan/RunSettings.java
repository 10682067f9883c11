package dev.fleetwright.core.plan;

import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.TargetBinding;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How a component is run in one environment and on one target: the component's own variables, the
/// environment's over them and the target's over those; and every `${NAME}` in what is below `run.`
/// replaced by them.
///
/// A name that is not known here stays as it is; a target may know it, as it knows `PORT`. Values
/// are replaced once, never the result again, so no variable can write another's value.
final class RunSettings {

  private static final String RUN = "run.";
  private static final String VARIABLES = "run.variables";
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  private RunSettings() {}

  static Settings in(Environment environment, TargetBinding binding, Settings settings) {
    if (settings.values().keySet().stream().noneMatch(key -> key.startsWith(RUN))) {
      return settings;
    }
    var variables = new TreeMap<>(settings.map(VARIABLES));
    variables.putAll(environment.policy().variables());
    variables.putAll(binding.settings().map("variables"));
    var rendered = new TreeMap<String, String>();
    settings.values().forEach((key, value) -> rendered.put(key, value));
    variables.forEach(
        (name, value) -> rendered.put(VARIABLES + "." + name.replace(".", "\\."), value));
    rendered.replaceAll((key, value) -> key.startsWith(RUN) ? expanded(value, variables) : value);
    return Settings.of(rendered);
  }

  /// What else a target may fill in: what the environment is called, its variables, and the
  /// target's over them.
  static SortedMap<String, String> variables(Environment environment, TargetBinding binding) {
    var variables = new TreeMap<String, String>();
    variables.put("CI_ENVIRONMENT_NAME", environment.name().value());
    variables.put("CI_ENVIRONMENT_SLUG", environment.slug().value());
    variables.put("CI_ENVIRONMENT_TIER", environment.tier().keyword());
    environment.url().ifPresent(url -> variables.put("CI_ENVIRONMENT_URL", url));
    variables.putAll(environment.policy().variables());
    variables.putAll(binding.settings().map("variables"));
    return variables;
  }

  private static String expanded(String text, Map<String, String> variables) {
    return REFERENCE
        .matcher(text)
        .replaceAll(match ->
            Matcher.quoteReplacement(variables.getOrDefault(match.group(1), match.group())));
  }
}
