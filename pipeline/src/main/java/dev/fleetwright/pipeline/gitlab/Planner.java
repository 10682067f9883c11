package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobSpec.AllowFailure;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.JobSpec.EnvironmentSpec;
import dev.fleetwright.core.pipeline.JobSpec.Need;
import dev.fleetwright.core.pipeline.JobSpec.Retry;
import dev.fleetwright.core.pipeline.JobSpec.When;
import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.pipeline.problem.Problems;
import dev.fleetwright.pipeline.shape.SpokenDuration;
import dev.fleetwright.pipeline.source.SourceTree;
import dev.fleetwright.pipeline.variable.Variable;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import dev.fleetwright.pipeline.yaml.Node.Text;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Steps 8 to 10 of the load order (contract 2a.3): workflow, the rules of each job, and the jobs.
final class Planner {
  private final PipelineFile.Definition file;
  private final List<PipelineFile.Gap> gaps;
  private final PipelineContext context;
  private final Set<String> refused;
  private final Layers layers;
  private final List<String> paths;
  private final Problems problems = new Problems();

  Planner(
      PipelineFile.Definition file,
      List<PipelineFile.Gap> gaps,
      PipelineContext context,
      SourceTree tree) {
    this(file, gaps, context, tree, Keywords.blocking());
  }

  /// @param refused keywords with which no job is planned
  Planner(
      PipelineFile.Definition file,
      List<PipelineFile.Gap> gaps,
      PipelineContext context,
      SourceTree tree,
      Set<String> refused) {
    this.refused = refused;
    this.file = file;
    this.gaps = gaps;
    this.context = context;
    this.layers = Layers.of(context);
    this.paths = tree.paths();
  }

  /// A job that is in, with what its rules said.
  private record Chosen(
      Job job,
      Job.Instance instance,
      Optional<Rule> rule,
      When when,
      SequencedMap<String, Variable> variables,
      Optional<List<NeedText>> needs,
      List<Workplace.Foreign> foreign) {}

  Planned plan() {
    refuseUnread();
    if (problems.errors() > 0) {
      return new Planned.Refused(problems.sorted());
    }
    var autoCancel = file.autoCancel();
    var global = new LinkedHashMap<>(file.variables());
    var workflowVariables = new LinkedHashMap<String, Variable>();
    if (file.workflow().isPresent()) {
      var facts = layers.facts(global, context, paths);
      var winner = Rule.winner(file.workflow().get(), facts);
      if (winner.isEmpty()) {
        return new Planned.NotWanted("no rule of `workflow` holds");
      }
      if (winner.get().when().filter(when -> when == When.NEVER).isPresent()) {
        return new Planned.NotWanted("a rule of `workflow` says `when: never`");
      }
      autoCancel = winner.get().autoCancel().orElse(autoCancel);
      workflowVariables.putAll(winner.get().variables());
      global.putAll(workflowVariables);
    }
    var chosen = new LinkedHashMap<String, Chosen>();
    for (var job : file.jobs()) {
      for (var instance : job.instances()) {
        choose(job, instance, workflowVariables).ifPresent(c -> chosen.put(instance.name(), c));
      }
    }
    if (chosen.values().stream()
        .allMatch(c -> List.of(".pre", ".post").contains(c.job().stage()))) {
      return new Planned.NotWanted(
          chosen.isEmpty()
              ? "the rules of all jobs leave them out"
              : "only jobs of the stages .pre and .post are left");
    }
    var instances = new HashMap<String, List<Job.Instance>>();
    chosen
        .values()
        .forEach(c ->
            instances.computeIfAbsent(c.job().name(), _ -> new ArrayList<>()).add(c.instance()));
    var jobs = chosen.values().stream().map(c -> spec(c, chosen, instances)).toList();
    refuseBlocking(chosen.values());
    if (problems.errors() > 0) {
      return new Planned.Refused(problems.sorted());
    }
    return new PipelineGraph(
        file.name().map(layers.expansion(global)::inText).orElse(""),
        file.stages().stream()
            .filter(stage -> jobs.stream().anyMatch(job -> job.stage().equals(stage)))
            .toList(),
        jobs,
        autoCancel,
        values(PredefinedVariables.of(context)),
        problems.sorted());
  }

  private static SortedMap<String, String> values(Map<String, Variable> variables) {
    var values = new TreeMap<String, String>();
    variables.forEach((name, variable) -> values.put(name, variable.value()));
    return values;
  }

  /// Whether the job is in, and as what.
  private Optional<Chosen> choose(
      Job job, Job.Instance instance, Map<String, Variable> workflowVariables) {
    var variables = new LinkedHashMap<>(job.variables());
    var own = job.keyword("variables").map(RuleReader::variables).orElseGet(LinkedHashMap::new);
    workflowVariables.forEach((name, variable) -> {
      if (!own.containsKey(name)) {
        variables.put(name, variable);
      }
    });
    instance.values().forEach((name, value) -> variables.put(name, Variable.of(name, value)));
    if (instance.total() > 0) {
      variables.put("CI_NODE_INDEX", Variable.of("CI_NODE_INDEX", "" + instance.index()));
      variables.put("CI_NODE_TOTAL", Variable.of("CI_NODE_TOTAL", "" + instance.total()));
    }
    var facts = layers.ofJob(instance.name(), job.stage()).facts(variables, context, paths);
    var written = job.keyword("when").map(RuleReader::when).orElse(When.ON_SUCCESS);
    if (job.rules().isEmpty()) {
      var in =
          job.only().map(filter -> filter.all(context, facts)).orElse(true)
              && !job.except().map(filter -> filter.any(context, facts)).orElse(false);
      return in && written != When.NEVER
          ? Optional.of(
              new Chosen(
                  job, instance, Optional.empty(), written, variables, job.needs(), job.foreign()))
          : Optional.empty();
    }
    var winner = Rule.winner(job.rules().get(), facts);
    var when = winner.flatMap(Rule::when).orElse(written);
    if (winner.isEmpty() || when == When.NEVER) {
      return Optional.empty();
    }
    variables.putAll(winner.get().variables());
    return Optional.of(
        new Chosen(
            job,
            instance,
            winner,
            when,
            variables,
            winner.get().needs().or(job::needs),
            winner.get().needs().isPresent() ? List.of() : job.foreign()));
  }

  /// What is not read could change everything else, `workflow` included.
  private void refuseUnread() {
    for (var gap : gaps) {
      if (gap.blocking() && !Keywords.job().containsKey(gap.keyword())) {
        problems.error(
            gap.places().getFirst(),
            "`" + gap.keyword() + "` is not supported yet, so this pipeline cannot be run",
            gap.without());
      }
    }
  }

  private void refuseBlocking(Iterable<Chosen> chosen) {
    for (var c : chosen) {
      for (var keyword : refused) {
        c.job()
            .keyword(keyword)
            .ifPresent(node ->
                problems.error(
                    node.at(),
                    "`"
                        + keyword
                        + "` is not supported yet, so the job "
                        + c.job().name()
                        + " cannot be run",
                    "leave the job out of this run with `rules`"));
      }
    }
  }

  private JobSpec spec(
      Chosen chosen, Map<String, Chosen> all, Map<String, List<Job.Instance>> instances) {
    var job = chosen.job();
    var variables = chosen.variables();
    var expansion = layers.ofJob(chosen.instance().name(), job.stage()).expansion(variables);
    var needs = chosen.needs().map(list -> needs(chosen, list, all, instances));
    var sequel = new SequelReader(job, expansion);
    var aftermath = sequel.aftermath();
    return new JobSpec(
        chosen.instance().name(),
        job.stage(),
        script(job),
        job.keyword("after_script").map(Trees::texts).orElse(List.of()),
        jobVariables(variables, expansion),
        needs,
        artifactsFrom(job, needs, instances),
        chosen.when(),
        allowFailure(chosen),
        job.keyword("retry").map(Planner::retry).orElse(Retry.NEVER),
        duration(job.keyword("timeout")),
        chosen.when() == When.DELAYED
            ? chosen.rule().flatMap(Rule::startIn).or(() -> duration(job.keyword("start_in")))
            : Optional.empty(),
        artifacts(job, aftermath.pages(), expansion),
        job.keyword("environment").map(node -> environment(node, expansion)),
        new WorkplaceReader(job, expansion).read(chosen.foreign()),
        new TreeSet<>(
            job.keyword("tags").map(Trees::texts).orElse(List.of()).stream()
                .map(expansion::inText)
                .toList()),
        job.keyword("resource_group").map(node -> expansion.inText(Trees.text(node))),
        chosen
            .rule()
            .flatMap(Rule::interruptible)
            .or(() -> job.keyword("interruptible").map(Trees::isTrue))
            .orElse(false),
        sequel.trigger(),
        chosen.when() == When.MANUAL
            ? job.keyword("manual_confirmation").map(Trees::text).map(expansion::inText)
            : Optional.empty(),
        aftermath,
        otherKeywords(job));
  }

  /// Only what the file says: what comes with the run or the project is laid over it when the job
  /// runs ([Layers#environment]), so that no secret is stored with the job.
  private static SortedMap<String, String> jobVariables(
      Map<String, Variable> variables, VariableExpansion expansion) {
    var result = new TreeMap<String, String>();
    variables.forEach((name, variable) ->
        result.put(
            name,
            variable.raw()
                ? variable.value().replace("$", "$$")
                : expansion.inText(variable.value())));
    return result;
  }

  private static List<String> script(Job job) {
    var lines = new ArrayList<String>();
    job.keyword("before_script").map(Trees::texts).ifPresent(lines::addAll);
    job.keyword("script").map(Trees::texts).ifPresent(lines::addAll);
    return lines;
  }

  private List<Need> needs(
      Chosen chosen,
      List<NeedText> written,
      Map<String, Chosen> all,
      Map<String, List<Job.Instance>> instances) {
    var needs = new LinkedHashMap<String, Need>();
    for (var need : written) {
      var names = new LinkedHashSet<String>();
      if (instances.containsKey(need.job())) {
        for (var other : instances.getOrDefault(need.job(), List.of())) {
          var selected =
              need.matrix()
                  .map(
                      matrix -> Matrix.selects(filledIn(matrix, chosen.instance()), other.values()))
                  .orElse(true);
          if (selected) {
            names.add(other.name());
          }
        }
      } else if (all.containsKey(need.job())) {
        names.add(need.job());
      }
      if (names.isEmpty() && !need.optional()) {
        problems.error(
            need.at(),
            "'"
                + chosen.job().name()
                + "' job needs '"
                + need.job()
                + "' job, but '"
                + need.job()
                + "' does not exist in the pipeline, because of `only`, `except` or `rules`",
            "add `optional: true` to the need");
      }
      names.forEach(name -> needs.put(name, new Need(name, need.artifacts(), need.optional())));
    }
    return List.copyOf(needs.values());
  }

  /// `$[[ matrix.NAME ]]` in a need stands for this instance's own value.
  private static List<Map<String, List<String>>> filledIn(
      List<Map<String, List<String>>> matrix, Job.Instance instance) {
    return matrix.stream()
        .map(entry -> {
          Map<String, List<String>> filled = new LinkedHashMap<>();
          entry.forEach((name, values) ->
              filled.put(
                  name,
                  values.stream()
                      .map(value -> MatrixExpression.filledIn(value, instance.values()))
                      .toList()));
          return filled;
        })
        .toList();
  }

  private static Optional<List<String>> artifactsFrom(
      Job job, Optional<List<Need>> needs, Map<String, List<Job.Instance>> instances) {
    var dependencies = job.keyword("dependencies").map(Trees::texts);
    if (dependencies.isPresent()) {
      var names = new ArrayList<String>();
      for (var name : dependencies.get()) {
        var of = instances.get(name);
        if (of != null) {
          of.forEach(i -> names.add(i.name()));
        } else if (instances.values().stream()
            .flatMap(List::stream)
            .anyMatch(i -> i.name().equals(name))) {
          names.add(name);
        }
      }
      return Optional.of(names);
    }
    return needs.map(list -> list.stream().filter(Need::artifacts).map(Need::job).toList());
  }

  /// Contract 2a.5: what is given counts. A job that is manual by its own `when` may fail, also
  /// when a rule lets it in; one that is made manual by a rule may not.
  private static AllowFailure allowFailure(Chosen chosen) {
    var written =
        chosen
            .rule()
            .flatMap(Rule::allowFailure)
            .or(() -> chosen.job().keyword("allow_failure").map(RuleReader::allowFailure));
    if (written.isPresent()) {
      return written.get();
    }
    var manual =
        chosen
            .job()
            .keyword("when")
            .map(RuleReader::when)
            .filter(w -> w == When.MANUAL)
            .isPresent();
    return manual ? AllowFailure.YES : AllowFailure.NO;
  }

  private static Retry retry(Node node) {
    if (node instanceof Node.Whole(_, var most)) {
      return new Retry(most.intValue(), List.of(), List.of());
    }
    var map = (Mapping) node;
    return new Retry(
        Trees.at(map, "max").map(max -> Trees.numbers(max).getFirst()).orElse(0),
        Trees.at(map, "when").map(Trees::texts).orElse(List.of()),
        Trees.at(map, "exit_codes").map(Trees::numbers).orElse(List.of()));
  }

  private static Optional<Duration> duration(Optional<Node> node) {
    return node.map(Trees::text).flatMap(SpokenDuration::parse);
  }

  /// What a variable stands for may turn out to be no duration: then it says nothing.
  private static ArtifactSpec.Expiry expiry(Optional<String> text) {
    return text.filter("never"::equals).isPresent()
        ? new ArtifactSpec.Expiry.Never()
        : text.flatMap(SpokenDuration::parse)
            .<ArtifactSpec.Expiry>map(ArtifactSpec.Expiry.After::new)
            .orElseGet(ArtifactSpec.Expiry.Usual::new);
  }

  private static List<ArtifactSpec> artifacts(
      Job job, Optional<Aftermath.Pages> pages, VariableExpansion expansion) {
    var map =
        job.keyword("artifacts")
            .map(Mapping.class::cast)
            .orElseGet(() -> new Mapping(job.at(), new LinkedHashMap<>()));
    var expiry = expiry(Trees.textAt(map, "expire_in").map(expansion::inText));
    var result = new ArrayList<ArtifactSpec>();
    var paths = artifactPaths(map, pages, expansion);
    var untracked = Trees.at(map, "untracked").map(Trees::isTrue).orElse(false);
    if (!paths.isEmpty() || untracked) {
      result.add(
          new ArtifactSpec(
              Trees.textAt(map, "name"),
              paths,
              Trees.at(map, "exclude").map(Trees::texts).orElse(List.of()),
              untracked,
              Trees.textAt(map, "when")
                  .map(when -> ArtifactSpec.Keep.valueOf(when.toUpperCase(Locale.ROOT)))
                  .orElse(ArtifactSpec.Keep.ON_SUCCESS),
              expiry,
              access(map),
              Trees.textAt(map, "expose_as"),
              Optional.empty()));
    }
    if (Trees.at(map, "reports").orElse(null) instanceof Mapping reports) {
      reports
          .entries()
          .forEach((kind, entry) -> {
            var files =
                entry.value() instanceof Mapping coverage
                    ? Trees.textAt(coverage, "path").stream().toList()
                    : Trees.texts(entry.value());
            if (!files.isEmpty()) {
              // Reports are kept whatever the job's end: a failed test has the report one wants.
              result.add(
                  new ArtifactSpec(
                      Optional.empty(),
                      files,
                      List.of(),
                      false,
                      ArtifactSpec.Keep.ALWAYS,
                      expiry,
                      access(map),
                      Optional.empty(),
                      Optional.of(kind)));
            }
          });
    }
    return result;
  }

  /// The folder of a web site is an artifact, also when only `pages` names it.
  private static List<String> artifactPaths(
      Mapping map, Optional<Aftermath.Pages> pages, VariableExpansion expansion) {
    var paths =
        new ArrayList<>(
            Trees.at(map, "paths").map(Trees::texts).orElse(List.of()).stream()
                .map(expansion::inText)
                .toList());
    pages
        .map(Aftermath.Pages::publish)
        .filter(folder -> paths.stream().noneMatch(path -> isOrHolds(path, folder)))
        .ifPresent(paths::add);
    return paths;
  }

  private static boolean isOrHolds(String path, String folder) {
    var bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return bare.equals(folder) || bare.startsWith(folder + "/") || folder.startsWith(bare + "/");
  }

  private static ArtifactSpec.Access access(Mapping map) {
    return Trees.textAt(map, "access")
        .map(word -> ArtifactSpec.Access.valueOf(word.toUpperCase(Locale.ROOT)))
        .orElseGet(() ->
            Trees.at(map, "public").map(Trees::isTrue).orElse(true)
                ? ArtifactSpec.Access.ALL
                : ArtifactSpec.Access.DEVELOPER);
  }

  private static EnvironmentSpec environment(Node node, VariableExpansion expansion) {
    if (node instanceof Text(_, var name)) {
      return new EnvironmentSpec(
          expansion.inText(name),
          Optional.empty(),
          EnvironmentSpec.Action.START,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          new TreeMap<>());
    }
    var map = (Mapping) node;
    return new EnvironmentSpec(
        Trees.textAt(map, "name").map(expansion::inText).orElse(""),
        Trees.textAt(map, "url").map(expansion::inText),
        Trees.textAt(map, "action")
            .map(action -> EnvironmentSpec.Action.valueOf(action.toUpperCase(Locale.ROOT)))
            .orElse(EnvironmentSpec.Action.START),
        Trees.textAt(map, "on_stop"),
        Trees.textAt(map, "auto_stop_in").map(expansion::inText).flatMap(SpokenDuration::parse),
        Trees.textAt(map, "deployment_tier").map(expansion::inText),
        Trees.at(map, "kubernetes")
            .map(cluster -> cluster((Mapping) cluster, expansion))
            .orElseGet(TreeMap::new));
  }

  private static SortedMap<String, String> cluster(Mapping map, VariableExpansion expansion) {
    var cluster = new TreeMap<String, String>();
    map.entries()
        .forEach((key, entry) -> {
          if (entry.value() instanceof Mapping inner) {
            cluster(inner, expansion)
                .forEach((name, value) -> cluster.put(key + "." + name, value));
          } else if (!Trees.isNothing(entry.value())) {
            cluster.put(key, expansion.inText(Trees.text(entry.value())));
          }
        });
    return cluster;
  }

  private static SortedMap<String, String> otherKeywords(Job job) {
    var others = new TreeMap<String, String>();
    job.keywords()
        .forEach((name, node) -> {
          if (Keywords.UNTYPED.contains(name)) {
            others.put(name, FlowText.of(node));
          }
        });
    return others;
  }
}
