package dev.fleetwright.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A registry of images of this machine: the distribution project's own program, on a port of its
/// own, with its content below a folder. It can be stopped and started again on the same port.
public final class RegistryServer implements AutoCloseable {

  /// Who may log in to a guarded one.
  public static final String USER = "ci";

  /// The password of [#USER].
  public static final String PASSWORD = "secret";

  // Of `secret`, by bcrypt, which is all that the registry reads.
  private static final String HASH = "$2b$05$JQ6dL120goBXhxbqJJ98.uPkY0F/30A/jxb2NFaSOgtip4CQ.nYB6";

  private final Path program = Needs.tool("docker-registry");
  private final Path folder;
  private final int port;
  private @Nullable Process process;

  private RegistryServer(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /// One that everybody may push to, over HTTP.
  public static RegistryServer open(Path folder) throws IOException, InterruptedException {
    return started(folder, "", "");
  }

  /// One that asks for a password, over HTTPS with a certificate that nobody vouches for.
  public static RegistryServer guarded(Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    var certificate = folder.resolve("certificate.pem");
    var key = folder.resolve("key.pem");
    certify(certificate, key);
    var passwords = Files.writeString(folder.resolve("htpasswd"), USER + ":" + HASH + "\n");
    return started(
        folder,
        "  tls: { certificate: %s, key: %s }%n".formatted(certificate, key),
        "auth: { htpasswd: { realm: test, path: %s } }%n".formatted(passwords));
  }

  private static RegistryServer started(Path folder, String http, String more)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Files.writeString(
        folder.resolve("config.yml"),
        """
        version: 0.1
        log: { level: warn, accesslog: { disabled: true } }
        storage: { filesystem: { rootdirectory: %s }, delete: { enabled: true } }
        http:
          addr: 127.0.0.1:%d
        """
                .formatted(folder.resolve("content"), port)
            + http
            + more);
    var server = new RegistryServer(folder, port);
    server.start();
    return server;
  }

  private static void certify(Path certificate, Path key) throws IOException, InterruptedException {
    var openssl =
        new ProcessBuilder(
                Needs.tool("openssl").toString(),
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=127.0.0.1",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                key.toString(),
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .start();
    var said =
        new String(
            openssl.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (openssl.waitFor() != 0) {
      throw new IOException("openssl: " + said);
    }
  }

  /// As it stands in names of images: `127.0.0.1:5000`.
  public String name() {
    return "127.0.0.1:" + port;
  }

  /// Start it again after [#stop], with what it had.
  public void start() throws IOException, InterruptedException {
    var log = folder.resolve("log").toFile();
    process =
        new ProcessBuilder(program.toString(), "serve", folder.resolve("config.yml").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
            .start();
    var begun = System.nanoTime();
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(20)) {
        throw new IOException("the registry did not start: " + Files.readString(log.toPath()));
      }
      // A port tells nobody that it is open.
      Thread.sleep(20);
    }
  }

  private boolean answers() {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  /// End it at once. What it has stays.
  public void stop() {
    if (process != null) {
      var _ = process.destroyForcibly().onExit().join();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
