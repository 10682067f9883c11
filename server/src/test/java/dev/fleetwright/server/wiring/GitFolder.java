package dev.fleetwright.server.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A repository that the real `git` made, with a page to deploy.
final class GitFolder {

  /// A pipeline of one job, and two environments on this machine; nothing has to be listened to.
  private static final String PIPELINE =
      """
      build:
        script:
          - echo building é
          - mkdir -p build/site && cp page.html build/site/
        artifacts: { paths: [build/] }
      """;

  private static final String CONFIGURATION =
      """
      project: shop
      targets:
        here: { local: {} }
      release:
        site: { files: build/site/ }
      environments:
        review/*: { target: here }
        staging: { target: here, auto: main }
        production: { target: here, after: staging, approvals: { required: 1, deployer: counts } }
      """;

  private final Path folder;
  private final Path git = Needs.tool("git");

  private GitFolder(Path folder) {
    this.folder = folder;
  }

  static GitFolder of(Path folder) throws IOException, InterruptedException {
    var made = new GitFolder(Files.createDirectories(folder));
    made.run("init", "-q", "-b", "main");
    made.write(".gitlab-ci.yml", PIPELINE)
        .write("fleetwright.yml", CONFIGURATION)
        .write("page.html", "first\n");
    made.commit("Open the shop");
    return made;
  }

  /// A repository without a pipeline or a configuration.
  static GitFolder empty(Path folder) throws IOException, InterruptedException {
    var made = new GitFolder(Files.createDirectories(folder));
    made.run("init", "-q", "-b", "main");
    made.write("README.md", "nothing to build").commit("Begin");
    return made;
  }

  /// One that was made before.
  static GitFolder at(Path folder) {
    return new GitFolder(folder);
  }

  Path folder() {
    return folder;
  }

  GitFolder write(String path, String content) throws IOException {
    Files.writeString(folder.resolve(path), content);
    return this;
  }

  void commit(String message) throws IOException, InterruptedException {
    run("add", "-A");
    run("commit", "-q", "-m", message);
  }

  void run(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(git.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    for (var who : List.of("AUTHOR", "COMMITTER")) {
      builder.environment().put("GIT_" + who + "_NAME", "Ada Lovelace");
      builder.environment().put("GIT_" + who + "_EMAIL", "ada@example.org");
    }
    var process = builder.start();
    var printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + printed);
    }
  }
}
