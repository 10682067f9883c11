package dev.fleetwright.server.operations;

import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.target.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the script of a deploy is to leave behind, as settings of its component: the reports that
/// tell the environment's address, and files for the jobs after it.
final class ScriptLeavings {

  private static final String NEVER = "never";

  private ScriptLeavings() {}

  static void keep(List<ArtifactSpec> specs, Map<String, String> settings) {
    for (var i = 0; i < specs.size(); i++) {
      var spec = specs.get(i);
      var key = "artifacts." + i;
      settings.put(key + ".when", spec.when().name());
      settings.put(key + ".untracked", Boolean.toString(spec.untracked()));
      settings.put(key + ".access", spec.access().name());
      spec.name().ifPresent(name -> settings.put(key + ".name", name));
      spec.report().ifPresent(report -> settings.put(key + ".report", report));
      expiry(spec.expiry()).ifPresent(text -> settings.put(key + ".expiry", text));
      number(key + ".paths", spec.paths(), settings);
      number(key + ".exclude", spec.exclude(), settings);
    }
  }

  private static Optional<String> expiry(ArtifactSpec.Expiry expiry) {
    return switch (expiry) {
      case ArtifactSpec.Expiry.Usual _ -> Optional.empty();
      case ArtifactSpec.Expiry.After(var time) -> Optional.of(time.toString());
      case ArtifactSpec.Expiry.Never _ -> Optional.of(NEVER);
    };
  }

  private static void number(String key, List<String> texts, Map<String, String> settings) {
    for (var i = 0; i < texts.size(); i++) {
      settings.put(key + "." + i, texts.get(i));
    }
  }

  static List<ArtifactSpec> read(Settings settings) {
    var specs = new ArrayList<ArtifactSpec>();
    for (var i = 0; settings.text("artifacts." + i + ".when").isPresent(); i++) {
      var one = settings.under("artifacts." + i);
      specs.add(
          new ArtifactSpec(
              one.text("name"),
              one.list("paths"),
              one.list("exclude"),
              Boolean.parseBoolean(one.text("untracked").orElse("")),
              ArtifactSpec.Keep.valueOf(one.text("when").orElseThrow()),
              one.text("expiry")
                  .map(text ->
                      text.equals(NEVER)
                          ? new ArtifactSpec.Expiry.Never()
                          : new ArtifactSpec.Expiry.After(Duration.parse(text)))
                  .orElseGet(ArtifactSpec.Expiry.Usual::new),
              one.text("access").map(ArtifactSpec.Access::valueOf).orElse(ArtifactSpec.Access.ALL),
              Optional.empty(),
              one.text("report")));
    }
    return specs;
  }
}
