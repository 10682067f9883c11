package dev.fleetwright.server.operations;

import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.Service;
import dev.fleetwright.core.target.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The containers around the script of a deploy, as settings of its component: they are kept with
/// the plan, so that going back runs the script where it ran the first time.
///
/// Caches are left out: what a deploy does must not depend on what an earlier job left behind.
final class ScriptSurroundings {

  private ScriptSurroundings() {}

  static void keep(Workplace workplace, Map<String, String> settings) {
    workplace.image().ifPresent(image -> keep("image", image, settings));
    for (var i = 0; i < workplace.services().size(); i++) {
      var service = workplace.services().get(i);
      var key = "services." + i;
      keep(key + ".image", service.image(), settings);
      keep(key + ".aliases", service.aliases(), settings);
      keep(key + ".command", service.command(), settings);
      service.variables().forEach((name, value) -> settings.put(key + ".variables." + name, value));
    }
  }

  private static void keep(String key, Image image, Map<String, String> settings) {
    settings.put(key + ".name", image.name());
    keep(key + ".entrypoint", image.entrypoint(), settings);
    keep(key + ".pull", image.pullPolicies().stream().map(PullPolicy::name).toList(), settings);
    image.platform().ifPresent(platform -> settings.put(key + ".platform", platform));
    image.user().ifPresent(user -> settings.put(key + ".user", user));
  }

  private static void keep(String key, List<String> texts, Map<String, String> settings) {
    for (var i = 0; i < texts.size(); i++) {
      settings.put(key + "." + i, texts.get(i));
    }
  }

  static Workplace read(Settings settings) {
    var services = new ArrayList<Service>();
    for (var i = 0; settings.text("services." + i + ".image.name").isPresent(); i++) {
      var one = settings.under("services." + i);
      services.add(
          new Service(
              image(one.under("image")),
              one.list("aliases"),
              one.list("command"),
              one.under("variables").values()));
    }
    return new Workplace(
        settings.text("image.name").map(_ -> image(settings.under("image"))),
        services,
        List.of(),
        List.of(),
        new TreeMap<>(),
        new TreeMap<>(),
        List.of());
  }

  private static Image image(Settings settings) {
    return new Image(
        settings.text("name").orElseThrow(),
        settings.list("entrypoint"),
        settings.list("pull").stream().map(PullPolicy::valueOf).toList(),
        settings.text("platform"),
        settings.text("user"),
        Optional.empty());
  }
}
