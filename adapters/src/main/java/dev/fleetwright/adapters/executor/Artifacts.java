package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.CountedInput;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// Keeps what a job promised to leave behind. Only called when no process of the job is left, so
/// that a file is what it was when it was looked at.
///
/// A pattern that names a folder means all below it. Links are kept as links, never followed; what
/// is neither file nor link, and everything in `.git`, is left out with a warning.
final class Artifacts {

  /// What a job may keep at most.
  record Limits(int files, long bytes) {
    static final Limits USUAL = new Limits(200_000, 5L << 30);
  }

  private final Blobs blobs;
  private final Path tree;
  private final FileSearch search;
  private final JobConsole console;
  private final Limits limits;
  private final TreeMap<String, TreeEntry> kept = new TreeMap<>();
  private long bytes;

  Artifacts(Blobs blobs, Path tree, FileSearch search, JobConsole console, Limits limits) {
    this.blobs = blobs;
    this.tree = tree;
    this.search = search;
    this.console = console;
    this.limits = limits;
  }

  /// Keep what one heading of the job's `artifacts:` names. A file that is named twice is kept
  /// once.
  ///
  /// @param tracked paths that came from the repository, for `untracked: true`
  /// @throws IOException also when it is too much
  void keep(ArtifactSpec spec, Set<String> tracked) throws IOException {
    for (var path : search.all(spec.paths(), spec.exclude(), spec.untracked(), tracked)) {
      keep(path);
    }
  }

  /// Paths of files that one heading names, for reports that are read here.
  Collection<String> paths(ArtifactSpec spec) throws IOException {
    return search.some(spec.paths(), spec.exclude());
  }

  /// Read a file of the work tree that is one, and no link to another.
  ///
  /// @throws IOException if it is neither
  InputStream open(String path) throws IOException {
    var file = tree.resolve(path);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException("`" + path + "` is no file");
    }
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  /// Everything kept so far, by path.
  List<TreeEntry> entries() {
    return List.copyOf(kept.values());
  }

  private void keep(String path) throws IOException {
    if (kept.containsKey(path)) {
      return;
    }
    var file = tree.resolve(path);
    try {
      if (Files.isSymbolicLink(file)) {
        keepLink(path, file);
      } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        keepFile(path, file);
      } else {
        console.warn(path + ": is neither a file nor a link and is left out");
      }
    } catch (IllegalArgumentException e) {
      console.warn(e.getMessage() + "; it is left out");
    }
  }

  private void keepLink(String path, Path link) throws IOException {
    if (!LinkTarget.inside(tree, link)) {
      console.warn(path + ": is a link that leaves the work tree and is left out");
      return;
    }
    var to = Files.readSymbolicLink(link);
    var relative = to.isAbsolute() ? link.resolveSibling(".").normalize().relativize(to) : to;
    kept.put(path, new TreeEntry.Link(path, relative.toString()));
  }

  private void keepFile(String path, Path file) throws IOException {
    var executable = Files.isExecutable(file);
    var before = bytes;
    try (var content =
        new CountedInput(Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS), this::add)) {
      var digest = blobs.put(content);
      kept.put(path, new TreeEntry.File(path, digest, bytes - before, executable));
    }
  }

  private void add(int more) throws IOException {
    bytes += more;
    if (bytes > limits.bytes()) {
      throw new IOException("artifacts of more than %,d bytes".formatted(limits.bytes()));
    }
  }
}
