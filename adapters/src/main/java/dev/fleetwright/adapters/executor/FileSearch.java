package dev.fleetwright.adapters.executor;

import dev.fleetwright.core.pipeline.Glob;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds files of a work tree by patterns, as GitLab's runner does for artifacts and caches.
///
/// A pattern that names a folder means all below it. Links are found and never followed; nothing in
/// `.git` is found.
final class FileSearch {

  private final Path tree;
  private final String asScriptsSee;
  private final Map<String, String> variables;
  private final JobConsole console;
  private final int most;

  /// @param asScriptsSee the tree's path in the place where scripts ran
  /// @param variables that patterns may name
  /// @param most how many files are found before it is too much
  FileSearch(
      Path tree, String asScriptsSee, Map<String, String> variables, JobConsole console, int most) {
    this.tree = tree;
    this.asScriptsSee = asScriptsSee;
    this.variables = variables;
    this.console = console;
    this.most = most;
  }

  /// Everything that a heading of a job names, told in the log.
  ///
  /// @param untracked whether to add all files that did not come from the repository
  /// @param tracked paths that did
  SortedSet<String> all(
      List<String> paths, List<String> excluded, boolean untracked, Set<String> tracked)
      throws IOException {
    var exclude = globs(excluded);
    var found = new TreeSet<String>();
    for (var pattern : paths) {
      var before = found.size();
      find(globs(List.of(pattern)), exclude, found);
      console.say(
          "%s: found %d matching artifact files and directories"
              .formatted(pattern, found.size() - before));
      if (found.size() == before) {
        console.warn(
            pattern
                + ": no matching files. Ensure that the artifact path is relative to"
                + " the working directory");
      }
    }
    if (untracked) {
      var every = new TreeSet<String>();
      find(List.of(Glob.of(Glob.Where.ARTIFACTS, "**")), exclude, every);
      every.removeAll(tracked);
      console.say("untracked: found %d files".formatted(every.size()));
      found.addAll(every);
    }
    return found;
  }

  /// The same, told to nobody.
  SortedSet<String> quietly(
      List<String> paths, List<String> excluded, boolean untracked, Set<String> tracked)
      throws IOException {
    var exclude = globs(excluded);
    var found = new TreeSet<String>();
    find(globs(paths), exclude, found);
    if (untracked) {
      var every = new TreeSet<String>();
      find(List.of(Glob.of(Glob.Where.ARTIFACTS, "**")), exclude, every);
      every.removeAll(tracked);
      found.addAll(every);
    }
    return found;
  }

  /// What patterns name, told to nobody.
  Collection<String> some(List<String> paths, List<String> excluded) throws IOException {
    return quietly(paths, excluded, false, Set.of());
  }

  private List<Glob> globs(List<String> patterns) {
    var globs = new ArrayList<Glob>();
    for (var pattern : patterns) {
      var text = JobEnvironment.expand(pattern, variables);
      var own = asScriptsSee + "/";
      text = text.startsWith(own) ? text.substring(own.length()) : text;
      if (text.startsWith("/") || List.of(text.split("/", -1)).contains("..")) {
        console.warn(pattern + ": is not below the work tree and is left out");
        continue;
      }
      try {
        globs.add(Glob.of(Glob.Where.ARTIFACTS, text));
      } catch (IllegalArgumentException e) {
        console.warn(pattern + ": stands for too many patterns and is left out");
      }
    }
    return globs;
  }

  private void find(List<Glob> globs, List<Glob> exclude, Set<String> found) throws IOException {
    var starts = globs.stream().map(Glob::start).toList();
    find(tree, "", starts, starts.stream().anyMatch(Glob.State::matches), exclude, found);
  }

  /// @param below whether a folder above matched, so that everything here is meant
  private void find(
      Path folder,
      String prefix,
      List<Glob.State> states,
      boolean below,
      List<Glob> exclude,
      Set<String> found)
      throws IOException {
    try (DirectoryStream<Path> inside = Files.newDirectoryStream(folder)) {
      for (var each : inside) {
        var name = String.valueOf(each.getFileName());
        if (prefix.isEmpty() && name.equalsIgnoreCase(".git")) {
          continue;
        }
        var path = prefix + name;
        var reached = states.stream().map(s -> s.into(name)).toList();
        var matches = below || reached.stream().anyMatch(Glob.State::matches);
        var next = reached.stream().filter(Glob.State::goesOn).toList();
        if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
          if (matches || !next.isEmpty()) {
            find(each, path + "/", next, matches, exclude, found);
          }
        } else if (matches && exclude.stream().noneMatch(g -> g.matches(path))) {
          if (found.add(path) && found.size() > most) {
            throw new IOException("more than %,d files".formatted(most));
          }
        }
      }
    }
  }
}
