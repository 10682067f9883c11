package dev.fleetwright.pipeline.gitlab;

import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.Aftermath.ReleaseSpec;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.pipeline.Trigger.Downstream;
import dev.fleetwright.core.pipeline.Trigger.Part;
import dev.fleetwright.core.pipeline.Trigger.Source;
import dev.fleetwright.pipeline.variable.VariableExpansion;
import dev.fleetwright.pipeline.yaml.Node;
import dev.fleetwright.pipeline.yaml.Node.Mapping;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads what follows from a job: another pipeline, a release, a web site.
final class SequelReader {
  /// GitLab's name for the folder of a web site, and for the job that makes it.
  private static final String SITE = "public";

  static final String PAGES_JOB = "pages";

  private final Job job;
  private final VariableExpansion expansion;

  SequelReader(Job job, VariableExpansion expansion) {
    this.job = job;
    this.expansion = expansion;
  }

  Optional<Trigger> trigger() {
    return job.keyword("trigger").map(this::trigger);
  }

  private Trigger trigger(Node node) {
    if (!(node instanceof Mapping map)) {
      return new Trigger(
          new Downstream.OtherProject(
              expansion.inText(Trees.text(node)), Optional.empty(), new TreeMap<>()),
          Trigger.Follow.START,
          true,
          false);
    }
    var forward = Trees.at(map, "forward");
    return new Trigger(
        downstream(map),
        Trees.textAt(map, "strategy")
            .map(word -> Trigger.Follow.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(Trigger.Follow.START),
        forward.map(choice -> yes(choice, "yaml_variables", true)).orElse(true),
        forward.map(choice -> yes(choice, "pipeline_variables", false)).orElse(false));
  }

  private static boolean yes(Node map, String key, boolean otherwise) {
    return Trees.at((Mapping) map, key).map(Trees::isTrue).orElse(otherwise);
  }

  private Downstream downstream(Mapping map) {
    var project = Trees.textAt(map, "project");
    if (project.isPresent()) {
      return new Downstream.OtherProject(
          expansion.inText(project.get()),
          Trees.textAt(map, "branch").map(expansion::inText),
          inputs(map));
    }
    var shared = inputs(map);
    return new Downstream.Child(
        Trees.at(map, "include").map(Trees::items).orElse(List.of()).stream()
            .map(item -> part(item, shared))
            .toList());
  }

  private Part part(Node node, SortedMap<String, String> shared) {
    if (!(node instanceof Mapping map)) {
      return new Part(new Source.Local(relative(Trees.text(node))), shared);
    }
    var inputs = new TreeMap<>(shared);
    inputs.putAll(inputs(map));
    return new Part(source(map), inputs);
  }

  private String relative(String path) {
    var expanded = expansion.inText(path);
    return expanded.startsWith("/") ? expanded.substring(1) : expanded;
  }

  private Source source(Mapping map) {
    return text(map, "local")
        .<Source>map(path -> new Source.Local(relative(path)))
        .or(() ->
            text(map, "project")
                .map(project ->
                    new Source.OfProject(project, text(map, "file").orElse(""), text(map, "ref"))))
        .or(() -> text(map, "template").map(Source.Template::new))
        .or(() ->
            text(map, "artifact")
                .map(path -> new Source.Artifact(path, text(map, "job").orElse(""))))
        .or(() -> text(map, "remote").map(Source.Remote::new))
        .orElseGet(() -> new Source.Component(text(map, "component").orElse("")));
  }

  private Optional<String> text(Mapping map, String key) {
    return Trees.textAt(map, key).map(expansion::inText);
  }

  private static SortedMap<String, String> inputs(Mapping map) {
    return Trees.at(map, "inputs").orElse(null) instanceof Mapping written
        ? WorkplaceReader.inputs(written.entries())
        : new TreeMap<>();
  }

  Aftermath aftermath() {
    return new Aftermath(
        job.keyword("release").map(node -> release((Mapping) node)),
        job.keyword("coverage").map(Trees::text),
        pages());
  }

  private ReleaseSpec release(Mapping map) {
    return new ReleaseSpec(
        text(map, "tag_name").orElse(""),
        text(map, "description").orElse(""),
        text(map, "tag_message"),
        text(map, "name"),
        text(map, "ref"),
        Trees.at(map, "milestones").map(Trees::texts).orElse(List.of()).stream()
            .map(expansion::inText)
            .toList(),
        text(map, "released_at"),
        Trees.at(map, "assets")
            .flatMap(assets -> Trees.at((Mapping) assets, "links"))
            .map(Trees::items)
            .orElse(List.of())
            .stream()
            .map(link -> link((Mapping) link))
            .toList());
  }

  private ReleaseSpec.Link link(Mapping map) {
    return new ReleaseSpec.Link(
        text(map, "name").orElse(""),
        text(map, "url").orElse(""),
        text(map, "filepath"),
        text(map, "link_type").orElse("other"));
  }

  /// The job named `pages` makes the site unless it says `pages: false`; any other job does if it
  /// says so.
  private Optional<Aftermath.Pages> pages() {
    var written = job.keyword("pages");
    if (written.orElse(null) instanceof Mapping map) {
      return Optional.of(
          new Aftermath.Pages(
              text(map, "publish").or(this::publish).orElse(SITE),
              text(map, "path_prefix").orElse(""),
              Trees.textAt(map, "expire_in").map(expansion::inText)));
    }
    var makesSite = written.map(Trees::isTrue).orElse(job.name().equals(PAGES_JOB));
    return makesSite
        ? Optional.of(new Aftermath.Pages(publish().orElse(SITE), "", Optional.empty()))
        : Optional.empty();
  }

  private Optional<String> publish() {
    return job.keyword("publish").map(Trees::text).map(expansion::inText);
  }
}
