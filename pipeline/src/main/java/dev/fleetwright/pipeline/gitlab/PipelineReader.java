package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.AutoCancel;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.Shape;
import dev.fleetwright.pipeline.shape.Suggestion;
import dev.fleetwright.pipeline.source.Elsewhere;
import dev.fleetwright.pipeline.source.SourceTree;
import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Sequence;
import dev.fleetwright.pipeline.yaml.Node.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// Reads `.gitlab-ci.yml` and everything that it includes, in the load order of contract 2a.3.
///
/// Reading never throws: what is wrong is in [PipelineFile#problems], and the rest is read.
public final class PipelineReader {
  private static final List<String> USUAL_STAGES = List.of("build", "test", "deploy");
  private static final int LONGEST_NAME = 255;

  /// More jobs than any person wrote; GitLab's own limit depends on the plan.
  private static final int MOST_JOBS = 5_000;

  private static final int MOST_RUNS = 10_000;

  private final SourceTree tree;
  private final Entrance entrance;
  private final Elsewhere elsewhere;
  private final PipelineContext context;
  private final Problems problems = new Problems();
  private final RuleReader rules = new RuleReader(problems);
  private final NotYet notYet = new NotYet();
  private final boolean imagined;
  private boolean incomplete;

  private PipelineReader(
      SourceTree tree,
      Entrance entrance,
      Elsewhere elsewhere,
      PipelineContext context,
      boolean imagined) {
    this.imagined = imagined;
    this.tree = tree;
    this.entrance = entrance;
    this.elsewhere = elsewhere;
    this.context = context;
  }

  /// Where reading begins.
  sealed interface Entrance {
    /// What messages call it.
    String name();

    /// @param inputs values for its `spec: inputs`
    /// @param spoken whether they are texts that a person wrote, and mean what the file's types say
    record File(String name, Map<String, Node> inputs, boolean spoken) implements Entrance {}

    /// A child pipeline, which is a list of includes.
    record Parts(String name, Node includes) implements Entrance {}
  }

  /// Reads the file as for a push to the default branch: includes with rules are judged by that,
  /// and again by [PipelineFile#plan] for the run at hand. Nothing but the tree is looked at.
  public static PipelineFile read(SourceTree tree, String path) {
    return read(tree, path, Elsewhere.OFFLINE);
  }

  /// The same with what is included from other places.
  public static PipelineFile read(SourceTree tree, String path, Elsewhere elsewhere) {
    return read(tree, new Entrance.File(path, Map.of(), false), elsewhere);
  }

  /// The same with inputs, as a person gives them: a text, a number, `true` or `false`, or a list
  /// in brackets, each as the file's type asks for.
  public static PipelineFile read(
      SourceTree tree, String path, Elsewhere elsewhere, Map<String, String> inputs) {
    var nodes = new LinkedHashMap<String, Node>();
    inputs.forEach((name, text) -> nodes.put(name, new Text(Position.startOf(path), text)));
    return read(tree, new Entrance.File(path, nodes, true), elsewhere);
  }

  /// The same with inputs that a job gives which starts the pipeline.
  ///
  /// @param inputs as JSON
  public static PipelineFile readDownstream(
      SourceTree tree, String path, Elsewhere elsewhere, Map<String, String> inputs) {
    var nodes = new LinkedHashMap<String, Node>();
    inputs.forEach((name, json) -> nodes.put(name, ChildFile.value(path, json)));
    return read(tree, new Entrance.File(path, nodes, false), elsewhere);
  }

  private static PipelineFile read(SourceTree tree, Entrance entrance, Elsewhere elsewhere) {
    return new PipelineReader(tree, entrance, elsewhere, someContext(), true).read();
  }

  /// A child pipeline: the files that a job with `trigger: include` names, merged in order.
  ///
  /// @param job the job's name, which messages give as the file
  public static PipelineFile readChild(
      SourceTree tree, String job, Trigger.Downstream.Child child, Elsewhere elsewhere) {
    var parts = new Entrance.Parts(job, ChildFile.of(job, child));
    return new PipelineReader(tree, parts, elsewhere, someContext(), true).read();
  }

  private static PipelineContext someContext() {
    return PipelineContext.pushOf(
        "project", new CommitSha("0".repeat(40)), "main", "main", "", Optional.empty());
  }

  static PipelineFile read(
      SourceTree tree, Entrance entrance, Elsewhere elsewhere, PipelineContext context) {
    return new PipelineReader(tree, entrance, elsewhere, context, false).read();
  }

  private PipelineFile read() {
    var facts = Layers.of(context).facts(Map.of(), context, tree.paths());
    var includes = new Includes(context, imagined, facts, elsewhere, problems);
    var loaded =
        switch (entrance) {
          case Entrance.File(var path, var inputs, var spoken) ->
              includes.load(tree, path, inputs, spoken);
          case Entrance.Parts(_, var parts) -> Optional.of(includes.load(tree, parts));
        };
    incomplete = !includes.unread().isEmpty();
    for (var unread : includes.unread()) {
      notYet.unread(unread.at(), unread.kind(), unread.what());
    }
    var root =
        loaded
            .map(map -> Resolution.resolved(map, incomplete, problems))
            .orElseGet(() -> new Mapping(Position.startOf(entrance.name()), new LinkedHashMap<>()));
    var definition = loaded.isPresent() ? definition(root) : PipelineFile.Definition.EMPTY;
    notYet.report(problems);
    return new PipelineFile(
        tree,
        entrance,
        elsewhere,
        includes.files(),
        definition,
        notYet.all(),
        includes.dependOnContext(),
        problems.sorted());
  }

  private PipelineFile.Definition definition(Mapping root) {
    var stages = stages(root);
    var workflow = checked(root, "workflow", Keywords.WORKFLOW);
    var workflowRules =
        workflow
            .flatMap(map -> Trees.at((Mapping) map, "rules"))
            .map(node -> rules.rules(node, "workflow:rules"));
    var variables = checked(root, "variables", Keywords.TOP_VARIABLES);
    var global = variables.map(RuleReader::variables).orElseGet(LinkedHashMap::new);
    var defaults = defaults(root);
    var jobs = new ArrayList<Job>();
    var runs = 0;
    for (var entry : root.entries().values()) {
      if (Keywords.TOP.contains(entry.key()) || entry.key().startsWith(".")) {
        continue;
      }
      if (jobs.size() == MOST_JOBS) {
        problems.error(
            entry.keyAt(), "the file has more than " + MOST_JOBS + " jobs", "split the pipeline");
        break;
      }
      job(entry, stages, defaults, global, workflowRules.isPresent()).ifPresent(jobs::add);
      if (!jobs.isEmpty() && jobs.getLast().at().equals(entry.keyAt())) {
        runs += jobs.getLast().runs();
      }
      if (runs > MOST_RUNS) {
        problems.error(
            entry.keyAt(),
            "with its parallel jobs the file has more than " + MOST_RUNS + " jobs",
            "split the pipeline");
        return PipelineFile.Definition.EMPTY;
      }
    }
    if (jobs.isEmpty() && !incomplete && problems.errors() == 0) {
      problems.error(
          root.at(), "the file should contain at least one visible job", "add a job with `script`");
    }
    new CrossChecks(stages, jobs, incomplete, problems).run();
    return new PipelineFile.Definition(
        stages,
        workflow.flatMap(map -> Trees.textAt(map, "name")),
        workflowRules,
        workflow
            .flatMap(map -> Trees.at((Mapping) map, "auto_cancel"))
            .map(RuleReader::autoCancel)
            .orElse(AutoCancel.USUAL),
        global,
        variables.map(node -> offered((Mapping) node)).orElse(List.of()),
        List.copyOf(jobs));
  }

  private static List<OfferedVariable> offered(Mapping variables) {
    var offered = new ArrayList<OfferedVariable>();
    for (var entry : variables.entries().values()) {
      if (entry.value() instanceof Mapping map
          && Trees.at(map, "description").orElse(null) instanceof Text(_, var description)) {
        offered.add(
            new OfferedVariable(
                entry.key(),
                Trees.textAt(map, "value").orElse(""),
                description,
                Trees.at(map, "options").map(Trees::texts).orElse(List.of())));
      }
    }
    return offered;
  }

  private Optional<Node> checked(Mapping root, String key, Shape shape) {
    return Trees.at(root, key)
        .map(PipelineReader::withFlatRules)
        .filter(node -> shape.check(node, key, problems));
  }

  private static Node withFlatRules(Node node) {
    return node instanceof Mapping map
        ? map.mapValues(
            entry -> entry.key().equals("rules") ? Trees.flattened(entry.value()) : entry.value())
        : node;
  }

  private List<String> stages(Mapping root) {
    var stages = new LinkedHashSet<String>();
    stages.add(".pre");
    Trees.at(root, "stages")
        .filter(node -> Keywords.STAGES.check(node, "stages", problems))
        .map(Trees::texts)
        .orElse(USUAL_STAGES)
        .forEach(stage -> {
          if (!stage.equals(".post")) {
            stages.add(stage);
          }
        });
    stages.add(".post");
    return List.copyOf(stages);
  }

  /// What jobs get that do not say otherwise: `default:` and the same keywords at the top.
  private Map<String, Node> defaults(Mapping root) {
    var defaults = new LinkedHashMap<String, Node>();
    for (var key : Keywords.TOP_DEFAULTS) {
      Trees.at(root, key)
          .map(PipelineReader::flattenedLists)
          .filter(node -> keyword(key).shape().check(node, key, problems))
          .ifPresent(node -> defaults.put(key, node));
    }
    var written = root.get("default").orElse(null);
    if (written == null || Trees.isNothing(written)) {
      return defaults;
    }
    if (!(written instanceof Mapping map)) {
      problems.error(
          written.at(),
          "default should be a map of keywords and is " + written.described(),
          "write for example `default: {image: …}`");
      return defaults;
    }
    for (var entry : map.entries().values()) {
      if (!Keywords.DEFAULTS.contains(entry.key())) {
        Shape.unknownKey(entry, "default", Keywords.DEFAULTS, problems);
      } else if (defaults.containsKey(entry.key())) {
        problems.error(
            entry.keyAt(),
            entry.key() + " is defined in top-level and `default:` entry",
            "keep the one below `default:`");
      } else if (!Trees.isNothing(entry.value())) {
        var value = flattenedLists(entry.value());
        if (keyword(entry.key()).shape().check(value, "default:" + entry.key(), problems)) {
          defaults.put(entry.key(), value);
        }
      }
    }
    return defaults;
  }

  private static Keywords.Keyword keyword(String name) {
    var keyword = Keywords.job().get(name);
    if (keyword == null) {
      throw new IllegalStateException("`" + name + "` is missing in the table of keywords");
    }
    return keyword;
  }

  /// Lists of maps or names into which `!reference` put other lists. Scripts stay nested, because
  /// their depth is limited.
  private static Node flattenedLists(Node node) {
    return node instanceof Sequence(_, var items)
            && items.stream().anyMatch(item -> item instanceof Mapping || item instanceof Sequence)
            && items.stream().anyMatch(Mapping.class::isInstance)
        ? Trees.flattened(node)
        : node;
  }

  private Optional<Job> job(
      Node.Entry entry,
      List<String> stages,
      Map<String, Node> defaults,
      Map<String, Variable> global,
      boolean hasWorkflowRules) {
    var name = entry.key();
    var path = "jobs:" + name;
    if (!(entry.value() instanceof Mapping written)) {
      // A near miss of a top-level keyword is more likely than a job that is not a map.
      problems.error(
          entry.keyAt(),
          path + " config should be a map of keywords and is " + entry.value().described(),
          Suggestion.remedy(
              name, Keywords.TOP, "give the job a `script`, or start its name with a point"));
      return Optional.empty();
    }
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      problems.error(
          entry.keyAt(),
          "a job name has 1 to " + LONGEST_NAME + " characters",
          "give the job another name");
      return Optional.empty();
    }
    var sound = soundKeywords(written, path);
    requireWork(entry, written, path);
    checkCombinations(written, path);
    inheritDefaults(written, sound, defaults);
    var stage = stage(sound, path, stages, entry.keyAt());
    noteNotYet(sound);
    var variables = new LinkedHashMap<String, Variable>();
    global.forEach((key, variable) -> {
      if (inherits(sound, "variables", key)) {
        variables.put(key, variable);
      }
    });
    Optional.ofNullable(sound.get("variables"))
        .map(RuleReader::variables)
        .ifPresent(variables::putAll);
    var only = Optional.ofNullable(sound.get("only")).map(node -> filter(node, path + ":only"));
    var except =
        Optional.ofNullable(sound.get("except")).map(node -> filter(node, path + ":except"));
    var jobRules =
        Optional.ofNullable(sound.get("rules"))
            .map(node -> rules.rules(node, path + ":rules"))
            .filter(list -> !list.isEmpty());
    if (jobRules.isEmpty() && only.isEmpty() && !hasWorkflowRules) {
      only = Optional.of(RefFilter.BRANCHES_AND_TAGS);
    }
    return Optional.of(
        new Job(
            name,
            entry.keyAt(),
            stage,
            sound,
            variables,
            jobRules,
            only,
            except,
            Optional.ofNullable(sound.get("needs")).map(RuleReader::needs),
            Optional.ofNullable(sound.get("needs")).map(RuleReader::foreign).orElse(List.of())));
  }

  /// The keywords whose values have the right shape; the others are reported.
  private SequencedMap<String, Node> soundKeywords(Mapping written, String path) {
    var sound = new LinkedHashMap<String, Node>();
    for (var keyword : written.entries().values()) {
      var known = Keywords.job().get(keyword.key());
      if (known == null) {
        problems.error(
            keyword.keyAt(),
            path + " config contains unknown keys: " + keyword.key(),
            Suggestion.remedy(keyword.key(), Keywords.job().keySet(), "remove it"));
      } else if (!Trees.isNothing(keyword.value())) {
        var value =
            Set.of("rules", "needs", "tags", "services", "dependencies", "cache")
                    .contains(keyword.key())
                ? Trees.flattened(keyword.value())
                : keyword.value();
        if (known.shape().check(value, path + ":" + keyword.key(), problems)
            && furtherRules(keyword.key(), value, path)) {
          sound.put(keyword.key(), value);
        }
      }
    }
    return sound;
  }

  /// What the shapes do not say.
  private boolean furtherRules(String keyword, Node value, String path) {
    if (keyword.equals("parallel") && value instanceof Mapping map) {
      var size = Matrix.size(RuleReader.matrix(map.get("matrix").orElseThrow()));
      if (size > Matrix.MOST_ROWS) {
        problems.error(
            value.at(),
            path
                + ":parallel generates "
                + size
                + " jobs and at most "
                + Matrix.MOST_ROWS
                + " are allowed",
            "use fewer values");
        return false;
      }
    }
    if (keyword.equals("environment") && value instanceof Mapping map) {
      return checkEnvironment(map, path);
    }
    return true;
  }

  private boolean checkEnvironment(Mapping map, String path) {
    Trees.at(map, "url")
        .filter(url -> !Trees.text(url).matches("(?s)(https?://|\\$).*"))
        .ifPresent(url ->
            problems.warning(
                url.at(),
                path + ":environment:url is not an http or https address and is left out",
                "start it with `https://` or a variable"));
    var stopsItself =
        Trees.textAt(map, "action").filter("stop"::equals).isPresent()
            && Trees.at(map, "on_stop").isPresent();
    if (stopsItself) {
      problems.error(
          map.at(),
          path + ":environment has `on_stop` although it stops the environment itself",
          "remove `on_stop`");
    }
    return !stopsItself;
  }

  private void requireWork(Node.Entry entry, Mapping written, String path) {
    var works =
        List.of("script", "run", "trigger").stream()
                .anyMatch(key -> Trees.at(written, key).isPresent())
            || followsAPipeline(written);
    // An include that is not read may have the script, in this job or in one that it extends.
    if (!works && !incomplete) {
      var typo =
          written.entries().keySet().stream()
              .filter(key -> !Keywords.job().containsKey(key))
              .anyMatch(key -> Suggestion.closest(key, List.of("script")).isPresent());
      if (!typo) {
        problems.error(
            entry.keyAt(),
            path + " config should implement the script:, run:, or trigger: keyword",
            "add `script`, or start the name with a point if it is a template");
      }
    }
  }

  /// `needs: {pipeline: group/other}` alone: a job that has that pipeline's status.
  private static boolean followsAPipeline(Mapping written) {
    return Trees.at(written, "needs").map(Trees::items).orElse(List.of()).stream()
        .anyMatch(need ->
            need instanceof Mapping map
                && Trees.at(map, "pipeline").isPresent()
                && Trees.at(map, "job").isEmpty());
  }

  private void checkCombinations(Mapping written, String path) {
    if (Trees.at(written, "rules").isPresent()) {
      for (var key : List.of("only", "except")) {
        Trees.at(written, key)
            .ifPresent(_ ->
                problems.error(
                    keyAt(written, key),
                    path + " key may not be used with `rules`: " + key,
                    "say it in `rules`"));
      }
    }
    if (Trees.at(written, "trigger").isPresent()) {
      for (var key : List.of("script", "run")) {
        Trees.at(written, key)
            .ifPresent(_ ->
                problems.error(
                    keyAt(written, key),
                    path + " has both `trigger` and `" + key + "`",
                    "make two jobs of it"));
      }
      for (var entry : written.entries().values()) {
        if (Keywords.job().containsKey(entry.key())
            && !Keywords.BRIDGE.contains(entry.key())
            && !List.of("script", "run").contains(entry.key())
            && !Trees.isNothing(entry.value())) {
          problems.error(
              entry.keyAt(),
              path + " config contains unknown keys: " + entry.key() + " (it is a trigger job)",
              "remove it");
        }
      }
    }
    if (Trees.at(written, "run").isPresent()) {
      for (var key : List.of("script", "before_script", "after_script")) {
        Trees.at(written, key)
            .ifPresent(_ ->
                problems.error(
                    keyAt(written, key),
                    path + " these keys cannot be used together: run, " + key,
                    "make steps of the script"));
      }
    }
    var delayed = Trees.textAt(written, "when").filter("delayed"::equals).isPresent();
    var startIn = Trees.at(written, "start_in").isPresent();
    if (delayed && !startIn) {
      problems.error(
          keyAt(written, "when"),
          path + " start in should be a duration, since `when` is delayed",
          "add `start_in: 30 minutes`");
    }
    if (startIn && !delayed && Trees.at(written, "rules").isEmpty()) {
      problems.error(
          keyAt(written, "start_in"),
          path + " start in must be blank unless `when` is delayed",
          "add `when: delayed` or remove it");
    }
    Trees.at(written, "rules").ifPresent(node -> checkDelayedRules(node, startIn, path));
  }

  private void checkDelayedRules(Node node, boolean jobStartIn, String path) {
    for (var item : Trees.items(Trees.flattened(node))) {
      if (item instanceof Mapping rule
          && Trees.at(rule, "start_in").isPresent()
          && Trees.at(rule, "when")
              .filter(when -> !(when instanceof Text(_, var word) && word.equals("delayed")))
              .isPresent()) {
        problems.error(
            keyAt(rule, "start_in"),
            path + ":rules:rule start in must be blank unless `when` is delayed",
            "write `when: delayed`, or remove it");
      }
      if (item instanceof Mapping rule
          && Trees.at(rule, "when").orElse(null) instanceof Text(var at, var when)
          && when.equals("delayed")
          && !jobStartIn
          && Trees.at(rule, "start_in").isEmpty()) {
        problems.error(at, path + ":rules:rule start in is missing", "add `start_in: 30 minutes`");
      }
    }
  }

  private static Position keyAt(Mapping map, String key) {
    var entry = map.entries().get(key);
    return entry == null ? map.at() : entry.keyAt();
  }

  private static void inheritDefaults(
      Mapping written, Map<String, Node> sound, Map<String, Node> defaults) {
    if (Trees.at(written, "trigger").isPresent()) {
      return;
    }
    defaults.forEach((key, value) -> {
      if (Trees.at(written, key).isEmpty() && inherits(sound, "default", key)) {
        sound.put(key, value);
      }
    });
  }

  private static boolean inherits(Map<String, Node> sound, String what, String key) {
    var inherit = sound.get("inherit");
    var said = inherit instanceof Mapping map ? Trees.at(map, what) : Optional.<Node>empty();
    return said.map(node ->
            node instanceof Node.Truth(_, var value) ? value : Trees.texts(node).contains(key))
        .orElse(true);
  }

  private String stage(Map<String, Node> sound, String path, List<String> stages, Position jobAt) {
    var written = sound.get("stage");
    var stage = written == null ? "test" : Trees.text(written);
    if (!stages.contains(stage)) {
      var at = written == null ? jobAt : written.at();
      var message =
          path
              + ": chosen stage `"
              + stage
              + "` does not exist; available stages are "
              + String.join(", ", stages);
      if (incomplete) {
        problems.warning(at, message, "it may be in an include that is not read yet");
      } else {
        problems.error(
            at, message, Suggestion.remedy(stage, stages, "add it to `stages` or choose another"));
      }
      return stages.getFirst();
    }
    return stage;
  }

  private void noteNotYet(Map<String, Node> sound) {
    var seen = new HashSet<String>();
    sound.forEach((key, node) -> {
      var keyword = keyword(key);
      if (seen.add(key)) {
        switch (keyword.support()) {
          case FULL -> {}
          case KEPT -> notYet.kept(node.at(), key, keyword.without());
          case BLOCKING -> notYet.blocking(node.at(), key, keyword.without());
        }
      }
    });
    for (var part : Keywords.PARTS) {
      if (sound.get(part.keyword()) instanceof Mapping map) {
        Trees.at(map, part.key())
            .filter(node -> part.value().isEmpty() || part.value().equals(Trees.text(node)))
            .ifPresent(node ->
                notYet.kept(
                    node.at(),
                    part.keyword()
                        + ":"
                        + part.key()
                        + (part.value().isEmpty() ? "" : ": " + part.value()),
                    part.without()));
      }
    }
  }

  private RefFilter filter(Node node, String path) {
    if (node instanceof Sequence) {
      return new RefFilter(
          Optional.of(Trees.texts(node)), Optional.empty(), Optional.empty(), false);
    }
    var map = (Mapping) node;
    return new RefFilter(
        Trees.at(map, "refs")
            .map(Trees::texts)
            .or(() ->
                path.endsWith(":only") ? RefFilter.BRANCHES_AND_TAGS.refs() : Optional.empty()),
        Trees.at(map, "variables")
            .map(list ->
                Trees.items(list).stream()
                    .flatMap(item -> rules.expression(item, path + ":variables").stream())
                    .toList()),
        Trees.at(map, "changes").map(list -> new Rule.Paths(Trees.texts(list), Optional.empty())),
        Trees.at(map, "kubernetes").isPresent());
  }
}
