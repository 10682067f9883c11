package dev.fleetwright.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;

/// Ports that were free when the demo was first started, kept so that a restart finds everything
/// where it was; and the example's `fleetwright.yml` with them written in.
public final class DemoSettings {

  private static final List<String> PORTS =
      List.of(
          "server",
          "edge.ssh",
          "staging.web",
          "staging.api",
          "production.web",
          "production.api",
          "edge.web",
          "edge.api");
  private static final Pattern EDGE = Pattern.compile("(?m)^  edge:\\n(?:    .*\\n)+");
  private static final Pattern STAGING =
      Pattern.compile("(?ms)(^  staging:\\n.*?)(?=^  production:)");
  private static final Pattern PRODUCTION =
      Pattern.compile("(?ms)(^  production:\\n.*?)(?=^\\S|\\z)");

  private final Properties ports;

  private DemoSettings(Properties ports) {
    this.ports = ports;
  }

  /// Read them, or choose and keep them.
  ///
  /// @param serverPort the port for the server; 0 for a free one
  public static DemoSettings in(Path folder, int serverPort) throws IOException {
    var file = folder.resolve("ports.properties");
    var ports = new Properties();
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        ports.load(in);
      }
    } else {
      choose(ports);
    }
    if (serverPort != 0) {
      ports.setProperty("server", Integer.toString(serverPort));
    }
    try (var out = Files.newBufferedWriter(file)) {
      ports.store(out, "Ports of the demo; delete the folder to start afresh.");
    }
    return new DemoSettings(ports);
  }

  /// All are held open until the last is chosen, so that none is chosen twice.
  private static void choose(Properties ports) throws IOException {
    var held = new java.util.ArrayList<ServerSocket>();
    try {
      for (var name : PORTS) {
        var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        held.add(socket);
        ports.setProperty(name, Integer.toString(socket.getLocalPort()));
      }
    } finally {
      for (var socket : held) {
        socket.close();
      }
    }
  }

  /// A port by its name, such as `staging.web`.
  public int port(String name) {
    return Integer.parseInt(ports.getProperty(name));
  }

  /// The example's file for this machine.
  ///
  /// @param hostKey of the host that stands for the edge
  /// @param loginKey file of the key that it lets in
  public String fleetwrightYml(String example, String hostKey, Path loginKey, String user) {
    var edge =
        """
          edge:
            ssh:
              hosts: ["127.0.0.1:%d"]
              user: %s
              key: file:%s
              host_keys: ["%s"]
              variables: { WEB_PORT: %d, API_PORT: %d }
        """
            .formatted(
                port("edge.ssh"), user, loginKey, hostKey, port("edge.web"), port("edge.api"));
    var text = EDGE.matcher(example).replaceFirst(java.util.regex.Matcher.quoteReplacement(edge));
    text = STAGING.matcher(text).replaceFirst(m -> quoted(ported(m.group(), "staging")));
    return PRODUCTION.matcher(text).replaceFirst(m -> quoted(ported(m.group(), "production")));
  }

  private String ported(String environment, String name) {
    return environment
        .replaceAll("WEB_PORT: \\d+", "WEB_PORT: " + port(name + ".web"))
        .replaceAll("API_PORT: \\d+", "API_PORT: " + port(name + ".api"))
        .replaceAll("localhost:\\d+", "localhost:" + port(name + ".web"));
  }

  private static String quoted(String text) {
    return java.util.regex.Matcher.quoteReplacement(text);
  }
}
