package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.Glob;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.shape.Suggestion;
import dev.fleetwright.pipeline.source.Elsewhere;
import dev.fleetwright.pipeline.source.Elsewhere.Answer;
import dev.fleetwright.pipeline.source.SourceTree;
import dev.fleetwright.pipeline.yaml.Dialect;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Entry;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Text;
import dev.fleetwright.pipeline.yaml.YamlReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Stream;

/// Steps 1 to 3 of the load order (contract 2a.3): read a file, write its inputs in, put in what it
/// includes, depth first; the including file is merged over what it includes.
final class Includes {
  private static final int MOST = 150;

  /// GitLab's limit for all files together is ten times this; a person does not write as much.
  private static final long MOST_CHARACTERS_IN_ALL = 16L * 1024 * 1024;

  private final PipelineContext context;
  private final boolean imagined;
  private final Rule.Facts facts;
  private final Elsewhere elsewhere;
  private final Problems problems;
  private final List<Unread> unread = new ArrayList<>();
  private final SequencedSet<String> open = new LinkedHashSet<>();
  private final SequencedSet<String> files = new LinkedHashSet<>();
  private long characters;
  private int count;
  private boolean dependOnContext;

  /// @param imagined whether the context is none of a real run, so that a variable which is not in
  ///   it may still be there
  Includes(
      PipelineContext context,
      boolean imagined,
      Rule.Facts facts,
      Elsewhere elsewhere,
      Problems problems) {
    this.imagined = imagined;
    this.context = context;
    this.facts = facts;
    this.elsewhere = elsewhere;
    this.problems = problems;
  }

  /// An include that nobody looked at.
  record Unread(Position at, String kind, String what) {}

  /// Where `local` is looked up, and what its files are called in messages.
  ///
  /// @param prefix empty for the pipeline's own commit
  private record Place(SourceTree tree, String prefix) {
    String shown(String path) {
      return prefix + path;
    }
  }

  /// A text with all that is needed to read it.
  ///
  /// @param component what `$[[ component.… ]]` may name; empty if it is no component
  private record Source(
      Place place, String name, String text, SequencedMap<String, String> component) {}

  /// @param at where it is included
  private record Given(Map<String, Entry> inputs, Position at, boolean spoken) {}

  List<Unread> unread() {
    return List.copyOf(unread);
  }

  /// Whether another run may read other files or texts: an include has rules or a variable in its
  /// path, or a variable is written in with an input.
  boolean dependOnContext() {
    return dependOnContext;
  }

  /// All files that were read, the first one first.
  List<String> files() {
    return List.copyOf(files);
  }

  /// The file with all its includes; empty if it could not be read at all.
  Optional<Mapping> load(SourceTree tree, String path, Map<String, Node> inputs, boolean spoken) {
    var place = new Place(tree, "");
    var start = Position.startOf(path);
    var given = new LinkedHashMap<String, Entry>();
    inputs.forEach((name, value) -> given.put(name, new Entry(start, name, value)));
    return text(place, path, start)
        .flatMap(text ->
            body(
                new Source(place, path, text, new LinkedHashMap<>()),
                new Given(given, start, spoken)));
  }

  /// What a child pipeline is made of: a list of includes and no file of its own.
  Mapping load(SourceTree tree, Node includes) {
    return all(new Place(tree, ""), includes, Keywords.CHILD_PART);
  }

  private Optional<String> text(Place place, String path, Position from) {
    return switch (place.tree().read(path, YamlReader.MOST_CHARACTERS)) {
      case SourceTree.Content.Text(var text) -> Optional.of(text);
      case SourceTree.Content.Missing _ -> {
        problems.error(
            from,
            "local file `" + place.shown(path) + "` does not exist",
            Suggestion.remedy(
                path,
                place.tree().paths(),
                "add the file, or correct the path: it starts at the root"));
        yield Optional.empty();
      }
      case SourceTree.Content.Refused(var reason) -> {
        problems.error(
            from, "the file `" + place.shown(path) + "` " + reason, "include another file");
        yield Optional.empty();
      }
    };
  }

  private Optional<Mapping> body(Source source, Given given) {
    files.add(source.name());
    characters += source.text().length();
    if (characters > MOST_CHARACTERS_IN_ALL) {
      problems.error(
          given.at(),
          "the included files have more than " + MOST_CHARACTERS_IN_ALL + " characters together",
          "include fewer or smaller files");
      return Optional.empty();
    }
    var documents = Documents.of(source.name(), source.text(), problems);
    return written(source, documents, given).flatMap(text -> map(source, documents, text));
  }

  /// The text with its inputs written in.
  private Optional<Interpolation.Result> written(Source source, Documents documents, Given given) {
    if (documents.spec().isEmpty()) {
      if (!given.inputs().isEmpty()) {
        problems.error(
            given.at(),
            "the file `" + source.name() + "` takes no inputs: it has no `spec` section",
            "define them in `spec: inputs` there, or remove `inputs` here");
        return Optional.empty();
      }
      return Optional.of(Interpolation.Result.unchanged(documents.body()));
    }
    var before = problems.errors();
    var spec = documents.spec().get();
    var sound = Trees.isNothing(spec) || Keywords.SPEC.check(spec, "spec", problems);
    if (!sound) {
      return Optional.empty();
    }
    var values =
        new Inputs(problems, given.spoken())
            .values(specs(source.place(), spec), given.inputs(), given.at());
    return problems.errors() > before
        ? Optional.empty()
        : new Interpolation(
                source.name(), values, component(spec, source), this::expanded, problems)
            .write(documents.body());
  }

  /// The inputs that are defined here, over those of the files in `spec: include`.
  private Mapping specs(Place place, Node spec) {
    var none = new Mapping(spec.at(), new LinkedHashMap<>());
    if (!(spec instanceof Mapping map)) {
      return none;
    }
    var specs = none;
    for (var item : Trees.at(map, "include").map(Trees::items).orElse(List.of())) {
      var name = item instanceof Mapping include ? Trees.textAt(include, "local") : Optional.of("");
      if (name.isEmpty() || item instanceof Text) {
        unread.add(new Unread(item.at(), "spec:include", FlowText.of(item)));
        continue;
      }
      var path = rooted(name.get());
      specs =
          text(place, path, item.at())
              .flatMap(
                  text -> YamlReader.readMap(place.shown(path), text, Dialect.GITLAB, problems))
              .flatMap(file -> file.get("inputs"))
              .filter(Mapping.class::isInstance)
              .map(inputs -> Trees.merged(none, (Mapping) inputs))
              .orElse(specs);
    }
    return Trees.at(map, "inputs").orElse(null) instanceof Mapping own
        ? Trees.merged(specs, own)
        : specs;
  }

  private static SequencedMap<String, String> component(Node spec, Source source) {
    var known = new LinkedHashMap<String, String>();
    if (spec instanceof Mapping map) {
      Trees.at(map, "component").map(Trees::texts).orElse(List.of()).stream()
          .filter(name -> !name.equals("inputs"))
          .forEach(name -> known.put(name, source.component().getOrDefault(name, "")));
    }
    return known;
  }

  private Optional<String> expanded(String text) {
    var expanded = facts.variables().inText(text);
    dependOnContext |= text.contains("$");
    var secret =
        context.secrets().stream()
            .anyMatch(name -> text.contains("$" + name) || text.contains("${" + name + "}"));
    return secret ? Optional.empty() : Optional.of(expanded);
  }

  private Optional<Mapping> map(Source source, Documents documents, Interpolation.Result written) {
    var before = problems.errors();
    var read =
        YamlReader.read(
            source.name(), written.text(), Dialect.GITLAB, written.original(), problems);
    if (read.isEmpty() && problems.errors() > before) {
      return Optional.empty();
    }
    if (read.size() > 1) {
      problems.warning(
          read.get(1).at(),
          "GitLab reads only the first document of this file",
          "remove the `---` between them, or the rest");
    }
    var body = read.isEmpty() ? new Node.Nothing(Position.startOf(source.name())) : read.getFirst();
    return switch (body) {
      case Mapping map -> {
        if (documents.spec().isEmpty() && map.get("spec").isPresent()) {
          var spec = map.get("spec").get();
          var _ = Keywords.SPEC.check(spec, "spec", problems);
          problems.warning(
              spec.at(),
              "`spec` has no effect in the same document as the jobs",
              "put it at the top of the file, with `---` on a line of its own after it");
          yield Optional.of(withIncludes(source, Trees.without(map, "spec")));
        }
        yield Optional.of(withIncludes(source, map));
      }
      case Node.Nothing nothing -> Optional.of(new Mapping(nothing.at(), new LinkedHashMap<>()));
      case Node other -> {
        problems.error(
            other.at(),
            "invalid configuration format: the file should be a map of keys and is "
                + other.described(),
            "start lines with `job-name:`");
        yield Optional.empty();
      }
    };
  }

  private Mapping withIncludes(Source source, Mapping map) {
    var include = Trees.at(map, "include");
    var own = Trees.without(map, "include");
    if (include.isEmpty()) {
      return own;
    }
    open.add(source.name());
    var below = all(source.place(), include.get(), Keywords.INCLUDE);
    open.remove(source.name());
    return Trees.merged(below, own);
  }

  private Mapping all(Place place, Node includes, Shape shape) {
    var below = new Mapping(includes.at(), new LinkedHashMap<>());
    for (var item : Trees.items(Trees.flattened(includes))) {
      if (shape.check(item, "include", problems)) {
        // One after the other: what the first includes counts before the second is looked at.
        for (var sources = sources(place, item).iterator(); sources.hasNext(); ) {
          below = Trees.merged(below, one(sources.next(), item));
        }
      }
    }
    return below;
  }

  private Mapping one(Source source, Node item) {
    var nothing = new Mapping(item.at(), new LinkedHashMap<>());
    if (open.contains(source.name())) {
      problems.error(
          item.at(),
          "include cycle: " + String.join(" → ", open) + " → " + source.name(),
          "remove one of these includes");
      return nothing;
    }
    var inputs =
        item instanceof Mapping map && Trees.at(map, "inputs").orElse(null) instanceof Mapping given
            ? given.entries()
            : Map.<String, Entry>of();
    return body(source, new Given(inputs, item.at(), false)).orElse(nothing);
  }

  /// Counts one more include; says so, once, when there are too many.
  private boolean oneMore(Position at) {
    if (++count == MOST + 1) {
      problems.error(at, "a maximum of " + MOST + " includes is allowed", "include fewer files");
    }
    return count <= MOST;
  }

  private Stream<Source> sources(Place place, Node item) {
    if (item instanceof Text(var at, var location)) {
      return location.startsWith("http://") || location.startsWith("https://")
          ? remote(place, at, location, Optional.empty())
          : local(place, at, location);
    }
    var map = (Mapping) item;
    if (!applies(place, map)) {
      return Stream.empty();
    }
    for (var entry : map.entries().values()) {
      if (!(entry.value() instanceof Text(var at, var written))) {
        continue;
      }
      switch (entry.key()) {
        case "local" -> {
          return local(place, at, written);
        }
        case "remote" -> {
          return remote(place, at, inText(written), Trees.textAt(map, "integrity"));
        }
        case "template" -> {
          return template(place, at, inText(written));
        }
        case "component" -> {
          return component(place, at, inText(written));
        }
        case "project" -> {
          return project(at, map, inText(written));
        }
        case "artifact" -> {
          return artifact(place, at, map, inText(written));
        }
        default -> {}
      }
    }
    return Stream.empty();
  }

  private String inText(String text) {
    dependOnContext |= text.contains("$");
    return facts.variables().inText(text);
  }

  private boolean applies(Place place, Mapping map) {
    var rules =
        Trees.at(map, "rules")
            .map(Trees::flattened)
            .map(node -> new RuleReader(problems).rules(node, "include:rules"))
            .orElse(List.of());
    dependOnContext |= !rules.isEmpty();
    var here =
        new Rule.Facts(facts.values(), facts.variables(), facts.changed(), place.tree().paths());
    return rules.isEmpty()
        || Rule.winner(rules, here)
            .filter(rule -> rule.when().filter(w -> w == When.NEVER).isEmpty())
            .isPresent();
  }

  private static String rooted(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }

  private boolean isYaml(Position at, String path) {
    var yaml = path.endsWith(".yml") || path.endsWith(".yaml");
    if (!yaml) {
      problems.error(
          at,
          "included file `" + path + "` does not have YAML extension",
          "name a file that ends in .yml or .yaml");
    }
    return yaml;
  }

  private boolean staysInside(Position at, String path) {
    var inside = !path.contains("\\") && !List.of(path.split("/", -1)).contains("..");
    if (!inside) {
      problems.error(
          at,
          "the included path `" + path + "` leads out of the repository",
          "write it from the root");
    }
    return inside;
  }

  private Stream<Source> local(Place place, Position at, String location) {
    var path = rooted(inText(location));
    if (path.contains("$") && imagined) {
      unread.add(new Unread(at, "include:local", path));
      return Stream.empty();
    }
    if (!isYaml(at, path) || !staysInside(at, path)) {
      return Stream.empty();
    }
    if (!Glob.isPattern(path)) {
      return file(place, at, path).stream();
    }
    var glob = Glob.orOnlyItself(Glob.Where.INCLUDES, path);
    var matching = place.tree().paths().stream().filter(glob::matches).toList();
    if (matching.isEmpty()) {
      problems.warning(at, "no file matches `" + path + "`", "correct the pattern or remove it");
    }
    return matching.stream().flatMap(file -> file(place, at, file).stream());
  }

  private Optional<Source> file(Place place, Position at, String path) {
    return oneMore(at)
        ? text(place, path, at)
            .map(text -> new Source(place, place.shown(path), text, new LinkedHashMap<>()))
        : Optional.empty();
  }

  private Stream<Source> project(Position at, Mapping map, String project) {
    var ref = Trees.textAt(map, "ref").map(this::inText).filter(name -> !name.isEmpty());
    var found = found(at, "include:project", project, elsewhere.project(project, ref));
    return Trees.at(map, "file").map(Trees::items).orElse(List.of()).stream()
        .flatMap(file -> {
          var path = rooted(inText(Trees.text(file)));
          var allowed = isYaml(file.at(), path) && staysInside(file.at(), path);
          return found
              .filter(_ -> allowed)
              .flatMap(commit -> file(of(commit), file.at(), path))
              .stream();
        });
  }

  private static Place of(Elsewhere.Commit commit) {
    var sha = commit.sha();
    return new Place(
        commit.tree(), commit.project() + "@" + sha.substring(0, Math.min(8, sha.length())) + ":");
  }

  /// `host/group/project/name@version`: the file `templates/name.yml`, or `template.yml` in the
  /// folder `templates/name`.
  private Stream<Source> component(Place place, Position at, String address) {
    if (address.startsWith("$") && imagined) {
      unread.add(new Unread(at, "include:component", address));
      return Stream.empty();
    }
    var version = address.lastIndexOf('@');
    var slash = address.lastIndexOf('/', version < 0 ? address.length() : version);
    var host = address.indexOf('/');
    if (version < 0 || version == address.length() - 1 || host < 1 || slash <= host) {
      problems.error(
          at,
          "the component `" + address + "` is not an address of the form host/project/name@version",
          "write for example `$CI_SERVER_FQDN/group/project/name@1.0`");
      return Stream.empty();
    }
    var project = address.substring(host + 1, slash);
    var name = address.substring(slash + 1, version);
    var reference = address.substring(version + 1);
    // The components of the pipeline's own commit are at hand; a project tests its own that way.
    var own =
        project.equals(context.repository().path())
            && reference.equals(context.commit().sha().value())
            && place.prefix().isEmpty();
    var commit =
        own
            ? Optional.of(new Elsewhere.Commit(place.tree(), project, reference))
            : found(
                at,
                "include:component",
                address,
                elsewhere.component(address.substring(0, host), project, reference));
    return commit
        .flatMap(found -> component(own ? place : of(found), found, at, name, reference))
        .stream();
  }

  private Optional<Source> component(
      Place place, Elsewhere.Commit commit, Position at, String name, String reference) {
    var candidates = List.of("templates/" + name + ".yml", "templates/" + name + "/template.yml");
    var path = candidates.stream().filter(commit.tree().paths()::contains).findFirst();
    if (path.isEmpty()) {
      problems.error(
          at,
          "the component `" + name + "` is not in " + commit.project() + " at " + reference,
          "it should be " + String.join(" or ", candidates));
      return Optional.empty();
    }
    var facts = new LinkedHashMap<String, String>();
    facts.put("name", name);
    facts.put("sha", commit.sha());
    facts.put("version", reference);
    facts.put("reference", reference);
    return oneMore(at)
        ? text(place, path.get(), at)
            .map(text -> new Source(place, place.shown(path.get()), text, facts))
        : Optional.empty();
  }

  private Stream<Source> remote(Place place, Position at, String url, Optional<String> integrity) {
    if (!isYaml(at, url) || !oneMore(at)) {
      return Stream.empty();
    }
    return found(at, "include:remote", url, elsewhere.remote(url, integrity))
        .filter(text -> integrity.map(expected -> isWhole(at, url, text, expected)).orElse(true))
        .map(text -> new Source(place, url, text, new LinkedHashMap<>()))
        .stream();
  }

  private boolean isWhole(Position at, String url, String text, String expected) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      var whole = expected.equals("sha256-" + Base64.getEncoder().encodeToString(digest));
      if (!whole) {
        problems.error(
            at,
            "the integrity check of remote file `" + url + "` failed",
            "look at what changed there, then write its SHA-256");
      }
      return whole;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private Stream<Source> template(Place place, Position at, String name) {
    if (!isYaml(at, name) || !staysInside(at, name) || !oneMore(at)) {
      return Stream.empty();
    }
    return found(at, "include:template", name, elsewhere.template(name))
        .map(text -> new Source(place, "template " + name, text, new LinkedHashMap<>()))
        .stream();
  }

  private Stream<Source> artifact(Place place, Position at, Mapping map, String path) {
    var job = Trees.textAt(map, "job").map(this::inText).orElse("");
    if (!isYaml(at, path) || !staysInside(at, path) || !oneMore(at)) {
      return Stream.empty();
    }
    return found(at, "include:artifact", path, elsewhere.artifact(job, path))
        .map(text -> new Source(place, job + ":" + path, text, new LinkedHashMap<>()))
        .stream();
  }

  private <T> Optional<T> found(Position at, String kind, String what, Answer<T> answer) {
    return switch (answer) {
      case Answer.Found<T>(var value) -> Optional.of(value);
      case Answer.No<T>(var reason) -> {
        problems.error(
            at,
            "`" + what + "` cannot be included: " + reason,
            "correct the address, or ask for access to it");
        yield Optional.empty();
      }
      case Answer.NotLooked<T> _ -> {
        unread.add(new Unread(at, kind, what));
        yield Optional.empty();
      }
    };
  }
}
