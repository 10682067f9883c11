package dev.fleetwright.adapters.git;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A repository that the real `git` made, as people make them: with a work tree.
final class RealGit {

  final Path folder;
  private final Path git;

  private RealGit(Path folder) {
    this.folder = folder;
    this.git = Needs.tool("git");
  }

  /// A new repository with the branch `main`, and nothing in it.
  static RealGit init(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var made = new RealGit(folder);
    made.run("init", "-q", "-b", "main");
    return made;
  }

  /// A repository that is already there.
  static RealGit at(Path folder) {
    return new RealGit(folder);
  }

  /// What `git …` prints in this repository, without the last line's end.
  String run(String... arguments) {
    return feed("", arguments);
  }

  /// The same, with something to read on standard input.
  String feed(String input, String... arguments) {
    var command = new ArrayList<>(List.of(git.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true);
    var environment = builder.environment();
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    for (var who : List.of("AUTHOR", "COMMITTER")) {
      environment.put("GIT_" + who + "_NAME", "Ada Lovelace");
      environment.put("GIT_" + who + "_EMAIL", "ada@example.org");
    }
    try {
      var process = builder.start();
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(UTF_8));
      }
      var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + printed);
      }
      return printed.stripTrailing();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  RealGit write(String path, String content) {
    try {
      var file = folder.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /// Commit all that is in the work tree.
  CommitSha commit(String message) {
    run("add", "-A");
    run("commit", "-q", "--allow-empty", "-m", message);
    return head();
  }

  CommitSha head() {
    return new CommitSha(run("rev-parse", "HEAD"));
  }

  String blob(String content) {
    return feed(content, "hash-object", "-w", "--stdin");
  }

  /// A tree as no honest `git` would make it; each line as `git mktree` reads it.
  String tree(String... lines) {
    return feed(String.join("\n", lines) + "\n", "mktree", "--missing");
  }

  /// A commit of any tree, put on `main`.
  CommitSha commitTree(String tree) {
    var sha = run("commit-tree", "-m", "odd", tree);
    run("update-ref", "refs/heads/main", sha);
    return new CommitSha(sha);
  }
}
