package dev.fleetwright.pipeline.project;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// How a component that is an image comes to be. Texts may hold `${CI_…}`, which is known when the
/// release is made; whether they are names of images then is seen then.
public sealed interface ImageRule {

  /// It is in a registry, pushed by a job of the pipeline or by somebody else.
  ///
  /// @param name with a tag or digest where somebody else pushes it
  /// @param digestFile among the pipeline's artifacts; holds the digest
  record Pushed(String name, Optional<String> digestFile) implements ImageRule {}

  /// It is put together of the pipeline's files when the release is made.
  ///
  /// @param to where it is pushed to, without a tag
  /// @param tags empty for one made of commit and pipeline
  /// @param from the base; empty for none
  /// @param files folders among the artifacts and where they go, a layer each, from the bottom up
  record Assembled(
      String to,
      List<String> tags,
      Optional<String> from,
      SequencedMap<String, String> files,
      List<String> entrypoint,
      List<String> command,
      SortedMap<String, String> variables,
      Optional<String> user,
      Optional<String> workingDirectory,
      List<String> ports,
      SortedMap<String, String> labels,
      List<String> platforms)
      implements ImageRule {
    public Assembled {
      tags = List.copyOf(tags);
      files = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(files));
      entrypoint = List.copyOf(entrypoint);
      command = List.copyOf(command);
      variables = Collections.unmodifiableSortedMap(new TreeMap<>(variables));
      ports = List.copyOf(ports);
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
      platforms = List.copyOf(platforms);
    }
  }
}
