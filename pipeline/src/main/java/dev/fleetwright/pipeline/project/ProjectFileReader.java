package dev.fleetwright.pipeline.project;

import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.environment.Policy;
import dev.fleetwright.core.environment.Promotion;
import dev.fleetwright.core.environment.Tier;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.pipeline.graph.Circles;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import dev.fleetwright.pipeline.shape.Suggestion;
import dev.fleetwright.pipeline.source.SourceTree;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Entry;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Reference;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads [ProjectFile]. Reading never throws: all mistakes are in [ProjectFile#problems].
public final class ProjectFileReader {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

  /// What every process is given, in every environment.
  private static final Set<String> GIVEN =
      Set.of(
          "PATH",
          "HOME",
          "LANG",
          "TMPDIR",
          "PORT",
          "FLEETWRIGHT_PROJECT",
          "FLEETWRIGHT_ENVIRONMENT",
          "FLEETWRIGHT_RELEASE_DIRECTORY",
          "FLEETWRIGHT_COMPONENT");

  /// Registries count how often they are asked, and some by the hour.
  private static final Duration SHORTEST_LOOK = Duration.ofMinutes(5);

  private static final String HEALTHY_WITHIN = "healthy_within";

  private final Problems problems = new Problems();
  private final GatingReader gating = new GatingReader(problems);
  private final Map<String, Position> later = new LinkedHashMap<>();

  private ProjectFileReader() {}

  /// The file at its place in the repository; [ProjectFile#ABSENT] if there is none.
  public static ProjectFile read(SourceTree tree) {
    var reader = new ProjectFileReader();
    return switch (tree.read(ProjectFile.PATH, YamlReader.MOST_CHARACTERS)) {
      case SourceTree.Content.Missing _ -> ProjectFile.ABSENT;
      case SourceTree.Content.Text(var text) -> reader.read(text);
      case SourceTree.Content.Refused(var reason) -> {
        reader.problems.error(
            Position.startOf(ProjectFile.PATH), "the file " + reason, "replace it");
        yield reader.empty();
      }
    };
  }

  private ProjectFile empty() {
    return new ProjectFile(
        true,
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        ProjectFile.USUAL_KEEP,
        Optional.empty(),
        List.of(),
        problems.sorted());
  }

  private ProjectFile read(String text) {
    var root = YamlReader.readMap(ProjectFile.PATH, text, Dialect.PLAIN, problems);
    return root.map(this::read).orElseGet(this::empty);
  }

  private ProjectFile read(Mapping root) {
    for (var entry : root.entries().values()) {
      var field = ProjectKeys.FILE_SHAPE.fields().get(entry.key());
      if (field == null) {
        Shape.unknownKey(entry, "", ProjectKeys.FILE_SHAPE.fields().keySet(), problems);
      } else if (entry.key().equals("targets")) {
        // Each is judged by its kind, which says more than the shape of all of them.
        checkAreMaps(entry);
      } else if (!(entry.value() instanceof Nothing)) {
        var checked = field.shape().check(entry.value(), entry.key(), problems);
        if (checked && ProjectKeys.LATER.contains(entry.key())) {
          later.put(entry.key(), entry.keyAt());
        }
      }
    }
    var keep = number(root, "keep").orElse(ProjectFile.USUAL_KEEP);
    var targets = targets(maps(root, "targets"), keep);
    var components = components(maps(root, "release"));
    var environments = environments(maps(root, "environments"), targets, components);
    checkAfter(maps(root, "environments"));
    checkVariables(maps(root, "release"), maps(root, "environments"));
    later.forEach((key, at) ->
        problems.warning(
            at, "`" + key + "` is understood but not acted on yet", "deploys go on without it"));
    return new ProjectFile(
        true,
        text(root, "project"),
        List.copyOf(targets.values()),
        ImageReader.registries(maps(root, "registries")),
        List.copyOf(components.values()),
        environments,
        keep,
        root.get("rebuild")
            .filter(node -> node instanceof Mapping)
            .flatMap(node -> duration((Mapping) node, "base_images"))
            .map(every -> every.compareTo(SHORTEST_LOOK) < 0 ? SHORTEST_LOOK : every),
        List.copyOf(later.keySet()),
        problems.sorted());
  }

  private void checkAreMaps(Entry entry) {
    if (entry.value() instanceof Mapping map) {
      map.entries().values().stream()
          .filter(e -> !(e.value() instanceof Mapping || e.value() instanceof Nothing))
          .forEach(e ->
              problems.error(
                  e.value().at(),
                  entry.key() + ":" + e.key() + " should be a map and is " + e.value().described(),
                  "write for example `" + e.key() + ": { local: {} }`"));
    } else if (!(entry.value() instanceof Nothing)) {
      problems.error(
          entry.value().at(),
          entry.key() + " should be a map of names and is " + entry.value().described(),
          "write for example `here: { local: {} }` below it");
    }
  }

  /// The entries of a map whose values are maps; nothing of anything else, which was reported.
  private static Map<String, Entry> maps(Mapping root, String key) {
    var entries = new LinkedHashMap<String, Entry>();
    if (root.get(key).orElse(null) instanceof Mapping map) {
      map.entries()
          .forEach((name, entry) -> {
            if (entry.value() instanceof Mapping || entry.value() instanceof Nothing) {
              entries.put(name, entry);
            }
          });
    }
    return entries;
  }

  private static Mapping map(Entry entry) {
    return entry.value() instanceof Mapping map
        ? map
        : new Mapping(entry.value().at(), new LinkedHashMap<>());
  }

  private Map<String, TargetBinding> targets(Map<String, Entry> written, int keep) {
    var targets = new LinkedHashMap<String, TargetBinding>();
    for (var entry : written.values()) {
      var path = "targets:" + entry.key();
      if (!entry.key().matches("[a-zA-Z][a-zA-Z0-9_-]{0,62}")) {
        problems.error(
            entry.keyAt(), path + " is not a name of letters, digits, - and _", "rename it");
        continue;
      }
      var kinds = map(entry).entries();
      if (kinds.size() != 1) {
        problems.error(
            entry.keyAt(),
            path + " should name exactly one kind of target",
            "write for example `" + entry.key() + ": { local: {} }`");
        continue;
      }
      var kind = kinds.firstEntry().getValue();
      var shape = ProjectKeys.KINDS.get(kind.key());
      if (shape == null) {
        problems.error(
            kind.keyAt(),
            path + ": there is no kind of target `" + kind.key() + "`",
            Suggestion.remedy(
                kind.key(),
                ProjectKeys.KINDS.keySet(),
                "the kinds are " + String.join(", ", ProjectKeys.KINDS.keySet())));
        continue;
      }
      // `local:` with nothing after it is a target without settings.
      var settings =
          kind.value() instanceof Nothing nothing
              ? new Mapping(nothing.at(), new LinkedHashMap<>())
              : kind.value();
      if (!shape.check(settings, path + ":" + kind.key(), problems)) {
        // It is known by name all the same, so that what uses it is not reported as well.
        targets.put(entry.key(), new TargetBinding(entry.key(), kind.key(), Settings.NONE));
        continue;
      }
      var flat = flat(settings);
      flat.computeIfPresent(HEALTHY_WITHIN, (_, value) -> seconds(value));
      if (!kind.key().equals(ProjectKeys.KUBERNETES)) {
        flat.putIfAbsent("keep", String.valueOf(keep));
      }
      targets.put(entry.key(), new TargetBinding(entry.key(), kind.key(), Settings.of(flat)));
    }
    return targets;
  }

  private Map<String, ComponentRule> components(Map<String, Entry> written) {
    var components = new LinkedHashMap<String, ComponentRule>();
    for (var entry : written.values()) {
      var map = map(entry);
      var files = text(map, "files");
      var image = map.get("image").flatMap(ImageReader::read);
      ImageReader.check(map, "release:" + entry.key(), problems);
      var manifests = text(map, "manifests");
      var ways = Stream.of(files, image, manifests).filter(Optional::isPresent).count();
      if (ways != 1) {
        problems.error(
            entry.keyAt(),
            "release:" + entry.key() + " should have either `files` or `image` or `manifests`",
            ways > 1 ? "keep one of them" : "add for example `files: build/web/`");
      }
      if (files.isEmpty() && ways == 1 && map.get("run").isPresent()) {
        problems.error(
            map.entries().getOrDefault("run", entry).keyAt(),
            "release:"
                + entry.key()
                + (image.isPresent() ? " is an image" : " is Kubernetes objects")
                + " and cannot have `run`",
            image.isPresent()
                ? "remove `run`; what it runs is in the image"
                : "remove `run`; what it runs is in the objects");
      }
      var settings = flat(map);
      settings.remove("files");
      settings.keySet().removeIf(key -> key.equals("image") || key.startsWith("image."));
      settings.replaceAll((key, value) ->
          key.equals("run.stop_within")
                  || key.equals("run.health.within")
                  || key.equals(HEALTHY_WITHIN)
              ? seconds(value)
              : value);
      components.put(
          entry.key(),
          new ComponentRule(
              entry.key(),
              files.or(() -> manifests).map(ProjectFileReader::folder),
              image,
              Settings.of(settings),
              entry.keyAt()));
    }
    return components;
  }

  /// A folder without the `/` at its end.
  static String folder(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /// `1 min 30 s` as targets read it.
  private static String seconds(String duration) {
    return SpokenDuration.parse(duration).map(d -> d.toMillis() + " ms").orElse(duration);
  }

  private List<EnvironmentRule> environments(
      Map<String, Entry> written,
      Map<String, TargetBinding> targets,
      Map<String, ComponentRule> components) {
    var environments = new ArrayList<EnvironmentRule>();
    for (var entry : written.values()) {
      var path = "environments:" + entry.key();
      if (!ProjectKeys.isEnvironmentPattern(entry.key())) {
        problems.error(
            entry.keyAt(),
            path
                + " can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and"
                + " spaces, but it cannot start or end with '/'",
            "rename it");
        continue;
      }
      var map = map(entry);
      known(map, "target", targets.keySet(), path, "a target", "add it to `targets`");
      known(map, "components", components.keySet(), path, "a component", "add it to `release`");
      noteLater(map);
      environments.add(
          new EnvironmentRule(
              entry.key(),
              texts(map, "target"),
              Policy.NONE
                  .with(gating.gating(map, path))
                  .with(gating.queue(map))
                  .preempting(gating.preemptible(map))
                  .with(promotion(map, path))
                  .with(RollbackReader.read(map.get("rollback")))
                  .with(StrategyReader.read(map.get("strategy")))
                  .withComponents(texts(map, "components"))
                  .withVariables(variables(map)),
              text(map, "url"),
              text(map, "tier")
                  .filter(tier ->
                      List.of(Tier.values()).stream().anyMatch(t -> t.keyword().equals(tier)))
                  .map(tier -> Tier.valueOf(tier.toUpperCase(Locale.ROOT))),
              duration(map, "ttl")));
    }
    return List.copyOf(environments);
  }

  /// `auto: true` takes what succeeded in the environment before; `auto: main` takes the releases
  /// of that branch, with `after` once they have succeeded there.
  private Promotion promotion(Mapping map, String path) {
    var after = text(map, "after").filter(EnvironmentName::valid).map(EnvironmentName::new);
    var auto = map.get("auto").orElse(new Nothing(map.at()));
    var branch =
        auto instanceof Node.Text(_, var name) ? Optional.of(name) : Optional.<String>empty();
    var always = auto instanceof Node.Truth(_, var yes) && yes;
    if (always && map.get("after").isEmpty()) {
      problems.error(
          auto.at(),
          path + ":auto: true takes what succeeded in the environment before, and there is none",
          "add for example `after: staging`, or name a branch: `auto: main`");
    }
    return new Promotion(branch, after, after.isPresent() && (always || branch.isPresent()));
  }

  private void noteLater(Mapping environment) {
    for (var entry : environment.entries().values()) {
      var key = "environments:*:" + entry.key();
      if (ProjectKeys.LATER.contains(key) && !(entry.value() instanceof Nothing)) {
        later.putIfAbsent(entry.key(), entry.keyAt());
      }
    }
  }

  private void known(
      Mapping map,
      String key,
      Collection<String> names,
      String path,
      String described,
      String remedy) {
    for (var item : items(map, key)) {
      if (item instanceof Scalar scalar && !names.contains(scalar.text())) {
        problems.error(
            item.at(),
            path + ":" + key + ": `" + scalar.text() + "` is not " + described,
            Suggestion.remedy(scalar.text(), names, remedy));
      }
    }
  }

  /// `after` names an environment of the file, and going from one to the one before ends somewhere.
  private void checkAfter(Map<String, Entry> environments) {
    var before = new LinkedHashMap<String, Set<String>>();
    for (var entry : environments.values()) {
      var after = map(entry).get("after").orElse(null);
      if (!(after instanceof Scalar name) || after instanceof Nothing) {
        before.put(entry.key(), Set.of());
        continue;
      }
      before.put(entry.key(), Set.of(name.text()));
      if (!environments.containsKey(name.text())) {
        problems.error(
            after.at(),
            "environments:" + entry.key() + ":after: `" + name.text() + "` is not an environment",
            Suggestion.remedy(name.text(), environments.keySet(), "add it to `environments`"));
      }
    }
    for (var circle : Circles.in(before).some()) {
      var first = environments.get(circle.getFirst());
      if (first != null) {
        problems.error(
            first.keyAt(),
            "no release can ever come here: `after` goes in a circle, "
                + String.join(" → ", circle),
            "remove one of these");
      }
    }
  }

  /// A `${NAME}` in what is run that neither the component nor any environment sets.
  private void checkVariables(Map<String, Entry> components, Map<String, Entry> environments) {
    var fromEnvironments = new LinkedHashSet<String>(GIVEN);
    environments.values().forEach(entry -> fromEnvironments.addAll(variables(map(entry)).keySet()));
    for (var entry : components.values()) {
      if (map(entry).get("run").orElse(null) instanceof Mapping run) {
        var known = new LinkedHashSet<>(fromEnvironments);
        known.addAll(variables(run).keySet());
        run.entries().values().forEach(e -> checkVariables(e.value(), entry.key(), known));
      }
    }
  }

  private void checkVariables(Node node, String component, Set<String> known) {
    switch (node) {
      case Scalar scalar ->
          VARIABLE
              .matcher(scalar.text())
              .results()
              .map(match -> match.group(1))
              .filter(name -> !known.contains(name))
              .forEach(name ->
                  problems.error(
                      scalar.at(),
                      "release:" + component + ":run uses ${" + name + "}, which nothing sets",
                      Suggestion.remedy(
                          name,
                          known,
                          "add it to `variables` of the component or of each environment")));
      case Sequence(_, var items) -> items.forEach(item -> checkVariables(item, component, known));
      case Mapping map ->
          map.entries().values().forEach(e -> checkVariables(e.value(), component, known));
      case Reference _ -> {}
    }
  }

  private static SortedMap<String, String> variables(Mapping map) {
    var variables = new TreeMap<String, String>();
    if (map.get("variables").orElse(null) instanceof Mapping values) {
      values
          .entries()
          .forEach((name, entry) -> {
            if (entry.value() instanceof Scalar scalar) {
              variables.put(name, scalar.text());
            }
          });
    }
    return variables;
  }

  static Optional<String> text(Mapping map, String key) {
    return map.get(key)
        .filter(node -> node instanceof Scalar && !(node instanceof Nothing))
        .map(node -> ((Scalar) node).text());
  }

  static Optional<Duration> duration(Mapping map, String key) {
    return text(map, key).flatMap(SpokenDuration::parse);
  }

  static Optional<Integer> number(Mapping map, String key) {
    return map.get(key)
        .filter(node -> node instanceof Node.Whole whole && whole.value().bitLength() < 31)
        .map(node -> ((Node.Whole) node).value().intValue());
  }

  static List<Node> items(Mapping map, String key) {
    return switch (map.get(key).orElse(new Nothing(map.at()))) {
      case Sequence(_, var items) -> items;
      case Nothing _ -> List.of();
      case Node one -> List.of(one);
    };
  }

  static List<String> texts(Mapping map, String key) {
    return items(map, key).stream()
        .filter(item -> item instanceof Scalar && !(item instanceof Nothing))
        .map(item -> ((Scalar) item).text())
        .toList();
  }

  /// Nested keys joined by points and list items numbered, as [Settings] has them.
  private static SortedMap<String, String> flat(Node node) {
    var flat = new TreeMap<String, String>();
    flatten("", node, flat);
    return flat;
  }

  private static void flatten(String path, Node node, Map<String, String> flat) {
    switch (node) {
      case Nothing _, Reference _ -> {}
      case Scalar scalar -> flat.put(path, scalar.text());
      case Sequence(_, var items) -> {
        for (var i = 0; i < items.size(); i++) {
          flatten(path + "." + i, items.get(i), flat);
        }
      }
      case Mapping map ->
          map.entries()
              .values()
              .forEach(entry -> {
                var name = entry.key().replace(".", "\\.");
                flatten(path.isEmpty() ? name : path + "." + name, entry.value(), flat);
              });
    }
  }
}
