package dev.fleetwright.adapters.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.testkit.DirectoryBlobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.shell.ProcessShellFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server that is not OpenSSH: Apache MINA's own, on machines that lack the former.
@Timeout(120)
class SshOtherServerTest {

  private static final Place PLACE =
      new Place(new ProjectName("shop"), new EnvironmentSlug("production"), "here");

  private int deploys;

  private Order order() {
    return new Order(new ApplyId(++deploys, 0, false), 1, _ -> {});
  }

  @Test
  void releases_go_to_it_and_back_and_away(@TempDir Path folder)
      throws IOException, GeneralSecurityException {
    var login = key();
    var hostKey = key();
    var server = server(login, hostKey);
    server.start();
    try (var client = new SshTarget.Client()) {
      var keyFile = folder.resolve("login");
      try (var out = Files.newOutputStream(keyFile)) {
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(login, "test", null, out);
      }
      Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
      var settings =
          Map.of(
              "hosts.0",
              "127.0.0.1:" + server.getPort(),
              "user",
              "deploy",
              "key",
              "file:" + keyFile,
              "host_keys.0",
              PublicKeyEntry.toString(hostKey.getPublic()),
              "directory",
              folder.resolve("host").toString());
      var target = OverSsh.target(settings, new DirectoryBlobs(folder.resolve("blobs")), client);
      var first = revision("/");
      assertThat(target.apply(order(), PLACE, first, Slice.all())).isInstanceOf(Applied.class);
      assertThat(target.apply(order(), PLACE, revision("/missing"), Slice.all()))
          .isInstanceOf(Refused.class);
      assertThat(target.observe(PLACE).shows(first, Slice.all())).isTrue();
      assertThat(target.observe(PLACE).complaint()).isEmpty();
      assertThat(target.remove(order(), PLACE)).isInstanceOf(Applied.class);
      assertThat(target.observe(PLACE).instances()).isEmpty();
    } finally {
      server.stop(true);
    }
  }

  private static KeyPair key() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(3072);
    return generator.generateKeyPair();
  }

  private static SshServer server(KeyPair login, KeyPair hostKey) {
    var server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setPort(0);
    server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
    server.setPublickeyAuthenticator((_, key, _) -> KeyUtils.compareKeys(key, login.getPublic()));
    server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
    server.setCommandFactory((channel, command) ->
        new ProcessShellFactory(command, "/bin/sh", "-c", command).createShell(channel));
    return server;
  }

  /// The JDK's own file server.
  private static Revision revision(String probed) {
    var program = Path.of(System.getProperty("java.home"), "bin", "jwebserver").toString();
    var settings =
        new TreeMap<>(
            Map.of(
                "run.health.http",
                probed,
                "run.health.within",
                probed.equals("/") ? "30 s" : "3 s"));
    settings.put("run.command.0", program);
    settings.put("run.command.1", "-b");
    settings.put("run.command.2", "127.0.0.1");
    settings.put("run.command.3", "-p");
    settings.put("run.command.4", "${PORT}");
    return new Revision(List.of(new Component("web", List.of(), Settings.of(settings))));
  }
}
