package dev.fleetwright.server.operations;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.core.pipeline.Pipeline;
import dev.fleetwright.core.project.Repositories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The files that a release is made of: what the jobs of its pipeline left, and what lies in the
/// repository.
///
/// @param jobs those whose artifacts count, in order
record BuiltFiles(Repositories repositories, Blobs blobs, Pipeline pipeline, List<Job> jobs) {

  /// Larger files of a repository are not what one serves; artifacts have no such limit.
  private static final int LARGEST_FILE = 100 * 1024 * 1024;

  BuiltFiles {
    jobs = List.copyOf(jobs);
  }

  /// What lies below a folder, with the folder taken off the paths: artifacts, or where no job left
  /// any, the repository's.
  ///
  /// @throws IllegalArgumentException for a link that stays among the artifacts and leaves this
  ///   part of them
  List<TreeEntry> below(String folder) {
    var files = artifactsBelow(folder);
    return files.isEmpty() ? repositoryBelow(folder) : files;
  }

  /// One artifact, of the last job that left it.
  Optional<TreeEntry.File> artifact(String path) {
    return jobs.reversed().stream()
        .flatMap(job -> job.artifacts().stream())
        .filter(entry -> entry.path().equals(path))
        .findFirst()
        .filter(entry -> entry instanceof TreeEntry.File)
        .map(entry -> (TreeEntry.File) entry);
  }

  /// Files of all jobs, later jobs over earlier ones.
  private List<TreeEntry> artifactsBelow(String folder) {
    var byPath = new TreeMap<String, TreeEntry>();
    for (var job : jobs) {
      for (var entry : job.artifacts()) {
        if (folder.isEmpty() || folder.equals(".")) {
          byPath.put(entry.path(), entry);
        } else if (entry.path().startsWith(folder + "/")) {
          var path = entry.path().substring(folder.length() + 1);
          byPath.put(path, moved(entry, path));
        }
      }
    }
    return List.copyOf(byPath.values());
  }

  private static TreeEntry moved(TreeEntry entry, String path) {
    return switch (entry) {
      case TreeEntry.File(_, var digest, var size, var executable) ->
          new TreeEntry.File(path, digest, size, executable);
      case TreeEntry.Link(_, var to) -> new TreeEntry.Link(path, to);
    };
  }

  /// A folder that needs no building is taken as it lies in the repository.
  private List<TreeEntry> repositoryBelow(String folder) {
    var prefix = folder.isEmpty() || folder.equals(".") ? "" : folder + "/";
    try {
      var entries = new ArrayList<TreeEntry>();
      for (var path : repositories.paths(pipeline.project(), pipeline.sha())) {
        if (path.startsWith(prefix)) {
          var bytes = repositories.file(pipeline.project(), pipeline.sha(), path, LARGEST_FILE);
          if (bytes.isPresent()) {
            var digest = blobs.put(bytes.get());
            entries.add(
                new TreeEntry.File(
                    path.substring(prefix.length()), digest, bytes.get().length, false));
          }
        }
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException("reading `" + folder + "` of " + pipeline.sha().brief(), e);
    }
  }
}
