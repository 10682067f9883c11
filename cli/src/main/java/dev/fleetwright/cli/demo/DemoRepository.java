package dev.fleetwright.cli.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;

/// A bare repository that stands for the remote, and a clone of it to push from.
public final class DemoRepository {

  private static final String BRANCH = "main";
  private static final PersonIdent AUTHOR = new PersonIdent("Dana Demo", "dana@example.com");

  private final Path remote;
  private final Path clone;

  private DemoRepository(Path remote, Path clone) {
    this.remote = remote;
    this.clone = clone;
  }

  /// The repository in a folder; made from the example when it is not there, but not yet pushed.
  public static DemoRepository in(Path folder, Path example) throws IOException {
    var repository = new DemoRepository(folder.resolve("shop.git"), folder.resolve("shop"));
    if (!Files.exists(repository.remote)) {
      repository.make(example);
    }
    return repository;
  }

  private void make(Path example) throws IOException {
    try (var _ =
            Git.init().setBare(true).setInitialBranch(BRANCH).setDirectory(remote.toFile()).call();
        var work = Git.init().setInitialBranch(BRANCH).setDirectory(clone.toFile()).call()) {
      var config = work.getRepository().getConfig();
      config.setString("remote", "origin", "url", remote.toString());
      config.setString("remote", "origin", "fetch", "+refs/heads/*:refs/remotes/origin/*");
      config.save();
      copy(example, clone);
    } catch (GitAPIException e) {
      throw new IOException("making the demo's repository in " + remote, e);
    }
  }

  /// The remote that the server fetches from.
  public Path remote() {
    return remote;
  }

  /// The clone that a person works in.
  public Path workTree() {
    return clone;
  }

  /// Commit everything that changed in the clone and push it.
  public void push(String message) throws IOException {
    try (var git = Git.open(clone.toFile())) {
      git.add().addFilepattern(".").call();
      git.commit()
          .setMessage(message)
          .setAuthor(AUTHOR)
          .setCommitter(AUTHOR)
          // A person's own Git settings may ask for a signature; the demo has no key.
          .setSign(false)
          .setNoVerify(true)
          .call();
      for (var result : git.push().setRemote(remote.toString()).add(BRANCH).call()) {
        for (var update : result.getRemoteUpdates()) {
          switch (update.getStatus()) {
            case OK, UP_TO_DATE -> {}
            default -> throw new IOException("pushing to the demo's remote: " + update);
          }
        }
      }
    } catch (GitAPIException e) {
      throw new IOException("pushing \"" + message + "\"", e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            var name = Objects.requireNonNull(folder.getFileName()).toString();
            if (name.equals("build") || name.equals(".git")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
