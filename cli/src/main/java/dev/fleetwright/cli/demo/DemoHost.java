package dev.fleetwright.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.loader.openssh.OpenSSHKeyPairResourceParser;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.forward.TcpForwardingFilter;
import org.jspecify.annotations.Nullable;

/// An SSH server on loopback that stands for a host: one key is let in, commands run as the user
/// who runs the demo, in a home folder of its own.
public final class DemoHost implements AutoCloseable {

  private final SshServer server;
  private final KeyPair hostKey;

  private DemoHost(SshServer server, KeyPair hostKey) {
    this.server = server;
    this.hostKey = hostKey;
  }

  /// Start it; keys are made at the first start and kept in the folder.
  ///
  /// @param folder holds the keys and the home folder
  /// @param port where to listen on 127.0.0.1
  /// @param login the public half of the key that is let in
  public static DemoHost start(Path folder, int port, KeyPair login) throws IOException {
    var home = Files.createDirectories(folder.resolve("home"));
    var hostKey = key(folder.resolve("host_key"));
    var server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setPort(port);
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
    server.setPasswordAuthenticator(null);
    server.setKeyboardInteractiveAuthenticator(null);
    server.setPublickeyAuthenticator(
        (user, key, session) -> KeyUtils.compareKeys(key, login.getPublic()));
    server.setCommandFactory((channel, command) -> new ShellCommand(command, home));
    server.setForwardingFilter(new OnlyToThisMachine());
    server.start();
    return new DemoHost(server, hostKey);
  }

  /// A key pair that is kept in a file, in OpenSSH's form; made when it is not there.
  public static KeyPair key(Path file) throws IOException {
    try {
      if (Files.exists(file)) {
        try (var in = Files.newInputStream(file)) {
          return OpenSSHKeyPairResourceParser.INSTANCE
              .loadKeyPairs(null, () -> file.toString(), null, in)
              .iterator()
              .next();
        }
      }
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      var made = generator.generateKeyPair();
      var permissions = PosixFilePermissions.fromString("rw-------");
      Files.createFile(file, PosixFilePermissions.asFileAttribute(permissions));
      try (var out = Files.newOutputStream(file)) {
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(made, "fleetwright-demo", null, out);
      }
      return made;
    } catch (GeneralSecurityException e) {
      throw new IOException("making the key " + file, e);
    }
  }

  /// Where it listens.
  public int port() {
    return server.getPort();
  }

  /// Its public key, as a `known_hosts` line has it.
  public String publicKey() {
    return PublicKeyEntry.toString(hostKey.getPublic());
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }

  /// Connections onward go to ports of this machine only; the server looks at health through them.
  private static final class OnlyToThisMachine extends RejectAllForwardingFilter {
    @Override
    public boolean canConnect(
        TcpForwardingFilter.Type type, @Nullable SshdSocketAddress to, @Nullable Session session) {
      return to != null && SshdSocketAddress.isLoopback(to.getHostName());
    }
  }

  /// Runs a command as an SSH server does: by the user's shell. The text comes from whoever has the
  /// key, who may run anything; there is nothing to quote.
  private static final class ShellCommand implements Command {
    private final String command;
    private final Path home;
    private @Nullable InputStream in;
    private @Nullable OutputStream out;
    private @Nullable OutputStream error;
    private @Nullable ExitCallback exit;
    private @Nullable Process process;

    ShellCommand(String command, Path home) {
      this.command = command;
      this.home = home;
    }

    @Override
    public void setInputStream(InputStream stream) {
      in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
      out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {
      error = stream;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
      exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
      var builder = new ProcessBuilder(List.of("sh", "-c", command)).directory(home.toFile());
      var variables = builder.environment();
      var path = Optional.ofNullable(variables.get("PATH")).orElse("/usr/bin:/bin");
      variables.keySet().retainAll(List.of("LANG", "TMPDIR", "USER", "LOGNAME"));
      variables.putAll(
          Map.of(
              "HOME",
              home.toString(),
              "PATH",
              path + ":" + System.getProperty("java.home") + "/bin"));
      var started = builder.start();
      process = started;
      var output = pump(started.getInputStream(), out);
      var errors = pump(started.getErrorStream(), error);
      var input = pump(in, started.getOutputStream());
      Thread.ofVirtual()
          .start(() -> {
            try {
              var code = started.waitFor();
              output.join();
              errors.join();
              input.interrupt();
              if (exit != null) {
                exit.onExit(code);
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }

    private static Thread pump(@Nullable InputStream from, @Nullable OutputStream to) {
      return Thread.ofVirtual()
          .start(() -> {
            if (from == null || to == null) {
              return;
            }
            var buffer = new byte[16 * 1024];
            try (to) {
              for (var n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                to.flush();
              }
            } catch (IOException _) {
              // One side has gone; there is nobody left to tell.
            }
          });
    }

    @Override
    public void destroy(ChannelSession channel) {
      var running = process;
      if (running != null) {
        running.destroy();
      }
    }
  }
}
