package dev.fleetwright.server.ui;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.core.pipeline.Job;
import dev.fleetwright.server.ui.ArtifactsPage.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Shows what a job left, folder by folder.
final class ArtifactsPresenter {

  private final Job job;
  private final String page;

  /// @param page where the job's page is
  ArtifactsPresenter(Job job, String page) {
    this.job = job;
    this.page = page;
  }

  /// A folder; empty when there is none of this name.
  ///
  /// @param folder empty for the topmost
  Optional<ArtifactsPage> page(String folder) {
    record Below(long files, long bytes) {
      Below and(long more) {
        return new Below(files + 1, bytes + more);
      }
    }
    var folders = new TreeMap<String, Below>();
    var files = new ArrayList<Entry>();
    var sum = new Below(0, 0);
    var above = folder.isEmpty() ? "" : folder + "/";
    for (var entry : job.artifacts()) {
      if (!entry.path().startsWith(above)) {
        continue;
      }
      var name = entry.path().substring(above.length());
      var slash = name.indexOf('/');
      sum = sum.and(size(entry));
      if (slash >= 0) {
        folders.merge(
            name.substring(0, slash),
            new Below(1, size(entry)),
            (known, one) -> known.and(one.bytes()));
      } else {
        files.add(file(entry, name));
      }
    }
    if (sum.files() == 0) {
      return Optional.empty();
    }
    var entries = new ArrayList<Entry>();
    folders.forEach((name, below) ->
        entries.add(
            new Entry(
                "folder", name, folder(above + name), bytes(below.bytes()), files(below.files()))));
    entries.addAll(files);
    return Optional.of(
        new ArtifactsPage(
            job.spec().name(),
            way(folder),
            entries,
            files(sum.files()) + ", " + bytes(sum.bytes()),
            "/api/v1/jobs/%d/artifacts/archive".formatted(job.id())));
  }

  private List<Link> way(String folder) {
    var way = new ArrayList<Link>();
    way.add(new Link("artifacts", folder.isEmpty() ? "" : folder("")));
    for (var from = 0; from < folder.length(); ) {
      var slash = folder.indexOf('/', from);
      var to = slash < 0 ? folder.length() : slash;
      way.add(
          new Link(
              folder.substring(from, to),
              to == folder.length() ? "" : folder(folder.substring(0, to))));
      from = to + 1;
    }
    return way;
  }

  private String folder(String path) {
    return page + "/artifacts" + (path.isEmpty() ? "" : "?in=" + Paths.encoded(path));
  }

  private Entry file(TreeEntry entry, String name) {
    return switch (entry) {
      case TreeEntry.File(var path, var digest, var size, _) ->
          new Entry(
              "file",
              name,
              "/api/v1/jobs/%d/artifacts/file?path=%s".formatted(job.id(), Paths.encoded(path)),
              bytes(size),
              digest.brief());
      case TreeEntry.Link(_, var to) -> new Entry("file", name, "", "", "link to " + to);
    };
  }

  private static long size(TreeEntry entry) {
    return entry instanceof TreeEntry.File file ? file.size() : 0;
  }

  private static String files(long count) {
    return count == 1 ? "1 file" : count + " files";
  }

  private static String bytes(long bytes) {
    return bytes < 1024 ? bytes + " B" : LogParts.size(bytes);
  }
}
