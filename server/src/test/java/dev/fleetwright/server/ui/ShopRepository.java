package dev.fleetwright.server.ui;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.lib.PersonIdent;

/// A repository with the shop of `examples/`, on free ports, for one server to take care of.
final class ShopRepository implements AutoCloseable {

  private static final Path SHOP = Path.of("..", "examples", "shop");

  private final Path folder;
  private final Git git;
  private final int stagingPort = freePort();
  private final int productionPort = freePort();

  ShopRepository(Path folder) throws IOException, GitAPIException {
    this.folder = folder;
    this.git = Git.init().setDirectory(folder.toFile()).setInitialBranch("main").call();
    try (var files = Files.walk(SHOP)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var copy = folder.resolve(SHOP.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Files.writeString(folder.resolve("fleetwright.yml"), configuration());
    commit("Open the shop", "Mira Vos");
  }

  private String configuration() {
    return """
    project: shop
    targets:
      here: { local: {} }
    release:
      web:
        files: build/web/
        run:
          command: [java, -Xmx48m, -XX:+UseSerialGC, -XX:TieredStopAtLevel=1, -cp, ., Web]
          port: ${WEB_PORT}
          health: { http: /healthz, within: 60 s }
          stop_within: 5 s
      worker:
        files: build/worker/
        run:
          command: [java, -Xmx32m, -XX:+UseSerialGC, -XX:TieredStopAtLevel=1, -cp, ., Worker]
          stop_within: 5 s
    environments:
      staging:
        target: here
        auto: main
        url: http://localhost:%1$d
        variables: { ENVIRONMENT: staging, WEB_PORT: %1$d }
      production:
        target: here
        after: staging
        approvals: { required: 1, deployer: counts }
        url: http://localhost:%2$d
        variables: { ENVIRONMENT: production, WEB_PORT: %2$d }
    """
        .formatted(stagingPort, productionPort);
  }

  /// What a push brings.
  void commit(String title, String author) throws GitAPIException {
    git.add().addFilepattern(".").call();
    var person = new PersonIdent(author, "someone@shop.example");
    var _ =
        git.commit().setMessage(title).setAuthor(person).setCommitter(person).setSign(false).call();
  }

  void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }

  String read(String file) throws IOException {
    return Files.readString(folder.resolve(file));
  }

  void branch(String name) throws GitAPIException {
    var _ = git.checkout().setCreateBranch(true).setName(name).call();
  }

  /// Its address.
  String address() {
    return folder.toString();
  }

  int productionPort() {
    return productionPort;
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("looking for a free port", e);
    }
  }

  @Override
  public void close() {
    git.close();
  }
}
