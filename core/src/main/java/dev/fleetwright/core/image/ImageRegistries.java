package dev.fleetwright.core.image;

import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.artifact.TreeEntry;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Registries that speak the OCI distribution specification.
///
/// Credentials are the operator's and belong to a host: they go to no other. Every call blocks for
/// a bounded time; interruption means *stop waiting*. Both may be repeated: asking changes nothing,
/// and what is built from the same bytes has the same digest, so pushing it again changes nothing.
public interface ImageRegistries {

  /// Ask which image a name means now.
  ///
  /// @param name with a tag or a digest
  /// @param insecure whether the registry may be spoken to without encryption, or with a
  ///   certificate that nobody vouches for
  Looked look(ImageName name, boolean insecure) throws InterruptedException;

  /// Build an image of files, without any container engine, and push it.
  ///
  /// The same files on the same base give the same digest: nothing in it is of today. After a crash
  /// it is called again.
  Pushed push(Assembly assembly) throws InterruptedException;

  /// The answer to [#look].
  sealed interface Looked {
    /// @param base what the image says that it was built from (the annotations
    ///   `org.opencontainers.image.base.name` and `.digest`)
    record Found(Digest digest, Optional<ReleasedImage.BaseImage> base) implements Looked {}

    /// The registry has none of that name.
    record Missing() implements Looked {}

    /// Asking again is useless.
    ///
    /// @param why for people
    record No(String why) implements Looked {}

    /// Asking again may help.
    ///
    /// @param why for people
    record Unreachable(String why) implements Looked {}
  }

  /// The answer to [#push].
  sealed interface Pushed {
    /// It is in the registry, under its tags.
    record Done(Digest digest) implements Pushed {}

    /// Asking again is useless.
    ///
    /// @param why for people
    record No(String why) implements Pushed {}

    /// Asking again may help.
    ///
    /// @param why for people
    record Unreachable(String why) implements Pushed {}
  }

  /// What an image is built of.
  ///
  /// @param to without a tag
  /// @param tags at least one
  /// @param base with a digest; empty for nothing
  /// @param layers from the bottom up
  /// @param entrypoint empty for the base's
  /// @param command arguments after the entrypoint
  /// @param user empty for the base's
  /// @param workingDirectory empty for the base's
  /// @param ports such as `8080/tcp`
  /// @param platforms such as `linux/arm64`; empty for `linux/amd64`
  /// @param insecure whether the registries may be spoken to without encryption, or with a
  ///   certificate that nobody vouches for
  record Assembly(
      ImageName to,
      Set<String> tags,
      Optional<ImageName> base,
      List<Layer> layers,
      List<String> entrypoint,
      List<String> command,
      SortedMap<String, String> environment,
      Optional<String> user,
      Optional<String> workingDirectory,
      List<String> ports,
      SortedMap<String, String> labels,
      List<String> platforms,
      boolean insecure) {
    public Assembly {
      tags = Collections.unmodifiableSet(new TreeSet<>(tags));
      layers = List.copyOf(layers);
      entrypoint = List.copyOf(entrypoint);
      command = List.copyOf(command);
      environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
      ports = List.copyOf(ports);
      labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
      platforms = List.copyOf(platforms);
    }
  }

  /// Files that are put into an image together.
  ///
  /// @param into where, starting with `/`
  /// @param files by path below `into`
  record Layer(String into, List<TreeEntry> files) {
    public Layer {
      files = List.copyOf(files);
    }
  }
}
