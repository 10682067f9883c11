package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec.Keep;
import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.core.pipeline.Workplace.Cache;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.SecretRequest;
import dev.fleetwright.core.pipeline.Workplace.Service;
import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads what stands around a job's script; the shapes of the keywords are known to be right.
final class WorkplaceReader {
  /// GitLab's short form of a Vault secret names no engine.
  private static final String USUAL_ENGINE = "kv-v2";

  private final Job job;
  private final VariableExpansion expansion;

  WorkplaceReader(Job job, VariableExpansion expansion) {
    this.job = job;
    this.expansion = expansion;
  }

  Workplace read(List<Workplace.Foreign> foreign) {
    return new Workplace(
        job.keyword("image").map(this::image),
        job.keyword("services").map(this::services).orElse(List.of()),
        job.keyword("cache").map(this::caches).orElse(List.of()),
        job.keyword("hooks")
            .flatMap(hooks -> Trees.at((Mapping) hooks, "pre_get_sources_script"))
            .map(Trees::texts)
            .orElse(List.of()),
        job.keyword("id_tokens").map(this::idTokens).orElseGet(TreeMap::new),
        job.keyword("secrets").map(this::secrets).orElseGet(TreeMap::new),
        foreign.stream().map(this::expanded).toList());
  }

  private Workplace.Foreign expanded(Workplace.Foreign need) {
    return switch (need) {
      case Workplace.Foreign.OfProject(var project, var ref, var other, var artifacts) ->
          new Workplace.Foreign.OfProject(
              expansion.inText(project), expansion.inText(ref), other, artifacts);
      case Workplace.Foreign.OfPipeline(var pipeline, var other, var artifacts) ->
          new Workplace.Foreign.OfPipeline(expansion.inText(pipeline), other, artifacts);
      case Workplace.Foreign.Status(var pipeline) ->
          new Workplace.Foreign.Status(expansion.inText(pipeline));
    };
  }

  private Image image(Node node) {
    if (!(node instanceof Mapping map)) {
      return Image.named(expansion.inText(Trees.text(node)));
    }
    var docker = Trees.at(map, "docker");
    return new Image(
        Trees.textAt(map, "name").map(expansion::inText).orElse(""),
        Trees.at(map, "entrypoint").map(Trees::texts).orElse(List.of()),
        Trees.at(map, "pull_policy").map(Trees::texts).orElse(List.of()).stream()
            .map(word -> PullPolicy.valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_')))
            .toList(),
        docker.flatMap(options -> Trees.textAt(options, "platform")).map(expansion::inText),
        docker.flatMap(options -> Trees.textAt(options, "user")).map(expansion::inText),
        Trees.at(map, "kubernetes")
            .flatMap(options -> Trees.textAt(options, "user"))
            .map(expansion::inText));
  }

  private List<Service> services(Node node) {
    return Trees.items(node).stream().map(this::service).toList();
  }

  private Service service(Node node) {
    if (!(node instanceof Mapping map)) {
      return new Service(image(node), List.of(), List.of(), new TreeMap<>());
    }
    var variables = new TreeMap<String, String>();
    Trees.at(map, "variables")
        .map(RuleReader::variables)
        .orElseGet(java.util.LinkedHashMap::new)
        .forEach((name, variable) -> variables.put(name, value(variable)));
    return new Service(
        image(map),
        Trees.textAt(map, "alias")
            .map(expansion::inText)
            .map(names ->
                Arrays.stream(names.split("[,\\s]+", -1)).filter(n -> !n.isEmpty()).toList())
            .orElse(List.of()),
        Trees.at(map, "command").map(Trees::texts).orElse(List.of()),
        variables);
  }

  private String value(Variable variable) {
    return variable.raw()
        ? variable.value().replace("$", "$$")
        : expansion.inText(variable.value());
  }

  private List<Cache> caches(Node node) {
    return Trees.items(node).stream().map(item -> cache((Mapping) item)).toList();
  }

  private Cache cache(Mapping map) {
    return new Cache(
        key(map),
        Trees.at(map, "paths").map(Trees::texts).orElse(List.of()),
        Trees.at(map, "untracked").map(Trees::isTrue).orElse(false),
        Trees.at(map, "unprotect").map(Trees::isTrue).orElse(false),
        Trees.textAt(map, "policy")
            .map(expansion::inText)
            .flatMap(WorkplaceReader::policy)
            .orElse(Cache.Policy.PULL_PUSH),
        Trees.textAt(map, "when")
            .map(when -> Keep.valueOf(when.toUpperCase(Locale.ROOT)))
            .orElse(Keep.ON_SUCCESS),
        Trees.at(map, "fallback_keys").map(Trees::texts).orElse(List.of()).stream()
            .map(expansion::inText)
            .toList());
  }

  /// A variable may have any value; what is no policy is as if nothing were written.
  private static Optional<Cache.Policy> policy(String word) {
    return switch (word) {
      case "pull" -> Optional.of(Cache.Policy.PULL);
      case "push" -> Optional.of(Cache.Policy.PUSH);
      default -> Optional.empty();
    };
  }

  private Cache.Key key(Mapping map) {
    var written = Trees.at(map, "key");
    if (!(written.orElse(null) instanceof Mapping of)) {
      return new Cache.Key.Fixed(written.map(Trees::text).map(expansion::inText).orElse("default"));
    }
    var commits = Trees.at(of, "files_commits");
    return new Cache.Key.OfFiles(
        commits.or(() -> Trees.at(of, "files")).map(Trees::texts).orElse(List.of()).stream()
            .map(expansion::inText)
            .toList(),
        commits.isPresent(),
        Trees.textAt(of, "prefix").map(expansion::inText));
  }

  private SortedMap<String, List<String>> idTokens(Node node) {
    var tokens = new TreeMap<String, List<String>>();
    ((Mapping) node)
        .entries()
        .forEach((name, entry) ->
            tokens.put(
                name,
                Trees.texts(((Mapping) entry.value()).get("aud").orElseThrow()).stream()
                    .map(expansion::inText)
                    .toList()));
    return tokens;
  }

  private SortedMap<String, SecretRequest> secrets(Node node) {
    var secrets = new TreeMap<String, SecretRequest>();
    ((Mapping) node)
        .entries()
        .forEach((name, entry) -> secrets.put(name, secret((Mapping) entry.value())));
    return secrets;
  }

  private SecretRequest secret(Mapping map) {
    return new SecretRequest(
        provider(map),
        Trees.at(map, "file").map(Trees::isTrue).orElse(true),
        Trees.textAt(map, "token"));
  }

  private static SecretRequest.Provider provider(Mapping map) {
    var vault = Trees.at(map, "vault");
    if (vault.isPresent()) {
      return vault(vault.get());
    }
    var other =
        map.entries().values().stream()
            .filter(entry -> !entry.key().equals("file") && !entry.key().equals("token"))
            .findFirst()
            .orElseThrow();
    var settings = new TreeMap<String, String>();
    if (other.value() instanceof Mapping written) {
      written.entries().forEach((key, entry) -> settings.put(key, Trees.text(entry.value())));
    } else {
      settings.put("name", Trees.text(other.value()));
    }
    return new SecretRequest.Provider.Other(other.key(), settings);
  }

  /// `production/db/password@ops` is the field `password` of `production/db` in the engine mounted
  /// at `ops`.
  private static SecretRequest.Provider vault(Node node) {
    if (node instanceof Mapping map) {
      var engine = Trees.at(map, "engine").orElseThrow();
      return new SecretRequest.Provider.Vault(
          Trees.textAt(engine, "name").orElse(USUAL_ENGINE),
          Trees.textAt(engine, "path").orElse(USUAL_ENGINE),
          Trees.textAt(map, "path").orElse(""),
          Trees.textAt(map, "field").orElse(""));
    }
    var text = Trees.text(node);
    var at = text.lastIndexOf('@');
    var mount = at < 0 ? USUAL_ENGINE : text.substring(at + 1);
    var place = at < 0 ? text : text.substring(0, at);
    var slash = place.lastIndexOf('/');
    return new SecretRequest.Provider.Vault(
        USUAL_ENGINE,
        mount,
        slash < 0 ? "" : place.substring(0, slash),
        place.substring(slash + 1));
  }

  /// The values that a mapping gives to inputs, as JSON.
  static SortedMap<String, String> inputs(Map<String, Node.Entry> written) {
    var inputs = new TreeMap<String, String>();
    written.forEach((name, entry) -> inputs.put(name, FlowText.of(entry.value())));
    return inputs;
  }
}
