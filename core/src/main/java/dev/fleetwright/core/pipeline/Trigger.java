package dev.fleetwright.core.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// A job that runs no script and starts another pipeline.
///
/// @param follow how its status depends on that pipeline's; [Follow#START] if nothing is written
/// @param yamlVariables whether its `variables` are given to that pipeline
/// @param pipelineVariables whether those that this pipeline was started with are
public record Trigger(
    Downstream downstream, Follow follow, boolean yamlVariables, boolean pipelineVariables) {

  /// What decides how the job ends.
  public enum Follow {
    /// It succeeds as soon as the pipeline is made.
    START,
    /// `strategy: depend`: it succeeds or fails with the pipeline.
    DEPEND,
    /// `strategy: mirror`: its status is the pipeline's at every moment.
    MIRROR
  }

  /// Which pipeline is started.
  public sealed interface Downstream {
    /// That of another project.
    ///
    /// @param branch empty for the default branch
    /// @param inputs values for `spec:inputs` of that file, as JSON
    record OtherProject(String project, Optional<String> branch, SortedMap<String, String> inputs)
        implements Downstream {
      public OtherProject {
        inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
      }
    }

    /// A pipeline of this project and commit, from other files merged in order.
    record Child(List<Part> parts) implements Downstream {
      public Child {
        parts = List.copyOf(parts);
      }
    }
  }

  /// One file of a child pipeline.
  ///
  /// @param inputs values for its `spec:inputs`, as JSON
  public record Part(Source source, SortedMap<String, String> inputs) {
    public Part {
      inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    }
  }

  /// Where the file comes from.
  public sealed interface Source {
    record Local(String path) implements Source {}

    /// @param ref empty for the default branch's newest commit
    record OfProject(String project, String file, Optional<String> ref) implements Source {}

    record Template(String name) implements Source {}

    /// Made by a job of this pipeline.
    record Artifact(String path, String job) implements Source {}

    record Remote(String url) implements Source {}

    record Component(String address) implements Source {}

    /// The keys and values that say so under `include`, in GitLab's words and order.
    default SequencedMap<String, String> keys() {
      var keys = new LinkedHashMap<String, String>();
      switch (this) {
        case Local(var path) -> keys.put("local", path);
        case OfProject(var project, var file, var ref) -> {
          keys.put("project", project);
          keys.put("file", file);
          ref.ifPresent(name -> keys.put("ref", name));
        }
        case Template(var name) -> keys.put("template", name);
        case Artifact(var path, var job) -> {
          keys.put("artifact", path);
          keys.put("job", job);
        }
        case Remote(var url) -> keys.put("remote", url);
        case Component(var address) -> keys.put("component", address);
      }
      return keys;
    }
  }
}
