package dev.fleetwright.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Real OpenSSH servers of this machine, started by a test as the user that runs it: each has a
/// host key, a port and a home folder of its own, and has accidents on demand.
public final class OpenSshHosts implements AutoCloseable {

  /// One of them.
  public static final class Server {
    private final int port;
    private final Path home;
    private final Path hostKey;
    private final Path log;
    private final List<String> command;
    private Process process;

    private Server(int port, Path home, Path hostKey, Path log, List<String> command)
        throws IOException {
      this.port = port;
      this.home = home;
      this.hostKey = hostKey;
      this.log = log;
      this.command = List.copyOf(command);
      this.process = run();
    }

    private Process run() throws IOException {
      var started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      Files.writeString(home.resolve("listener"), Long.toString(started.pid()));
      Eventually.within(Duration.ofSeconds(10), () -> "sshd listens: " + log(), this::listens);
      return started;
    }

    /// Where it listens on 127.0.0.1.
    public int port() {
      return port;
    }

    /// The home folder of whoever logs in.
    public Path home() {
      return home;
    }

    /// Its private key; the public half lies beside it.
    public Path hostKey() {
      return hostKey;
    }

    /// As a target's setting names it.
    public String name() {
      return "127.0.0.1:" + port;
    }

    /// Whether it takes connections.
    public boolean listens() {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    /// Run what asks for this verb of the agent, and then end the connection instead of answering.
    public void loseNextAnswerTo(String verb) throws IOException {
      Files.writeString(home.resolve("lose"), verb);
    }

    /// End the connection instead of running what asks for this verb.
    public void dieBefore(String verb) throws IOException {
      Files.writeString(home.resolve("die"), verb);
    }

    /// After the accident that was asked for, nobody can reach the host, until [#comeBack]. What
    /// runs on it goes on, as on a host whose network has gone.
    public void staysAway() throws IOException {
      Files.createFile(home.resolve("away"));
    }

    /// The host can be reached again.
    public void comeBack() throws IOException {
      Files.deleteIfExists(home.resolve("away"));
      process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
      process = run();
    }

    /// Let programs of this folder be found first.
    public void path(String folders) throws IOException {
      Files.writeString(home.resolve("path"), folders);
    }

    /// The commands that were asked of it.
    public List<String> commands() throws IOException {
      var log = home.resolve("commands");
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    }

    /// A folder that a place has here.
    public Path folder(String directory, String place) {
      return home.resolve(directory).resolve(place);
    }

    /// What it logged.
    public String log() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        return "no log: " + e;
      }
    }

    /// How many connections it has let in.
    public long logins() {
      return log().lines().filter(l -> l.contains("Accepted publickey")).count();
    }

    private void stop() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private final Path folder;
  private final List<Server> servers = new ArrayList<>();

  /// Start so many.
  ///
  /// @param more lines of `sshd_config`
  public OpenSshHosts(Path folder, int count, String more)
      throws IOException, InterruptedException {
    this.folder = folder;
    var sshd = Needs.tool("sshd");
    var keygen = Needs.tool("ssh-keygen");
    key(keygen, folder.resolve("login"));
    Files.copy(folder.resolve("login.pub"), folder.resolve("authorized_keys"));
    if (ProcessHandle.current().info().user().filter("root"::equals).isPresent()) {
      // Where sshd separates privileges; a package makes it at boot.
      Files.createDirectories(Path.of("/run/sshd"));
    }
    for (var i = 0; i < count; i++) {
      servers.add(start(sshd, keygen, i, more));
    }
    var known = new StringBuilder();
    for (var server : servers) {
      known.append(pin(server)).append('\n');
    }
    Files.writeString(knownHosts(), known);
  }

  private Server start(Path sshd, Path keygen, int number, String more)
      throws IOException, InterruptedException {
    var home = Files.createDirectories(folder.resolve("home" + number));
    var hostKey = folder.resolve("host" + number);
    key(keygen, hostKey);
    var login = folder.resolve("login" + number + ".sh");
    Files.writeString(login, login(home));
    Files.setPosixFilePermissions(login, PosixFilePermissions.fromString("rwxr-xr-x"));
    var port = freePort();
    var config = folder.resolve("sshd" + number);
    Files.writeString(
        config,
        """
        ListenAddress 127.0.0.1:%d
        HostKey %s
        AuthorizedKeysFile %s
        PidFile none
        UsePAM no
        StrictModes no
        PermitRootLogin yes
        PasswordAuthentication no
        KbdInteractiveAuthentication no
        MaxStartups 200
        MaxSessions 100
        LogLevel VERBOSE
        ForceCommand %s
        %s
        """
            .formatted(port, hostKey, folder.resolve("authorized_keys"), login, more));
    return new Server(
        port,
        home,
        hostKey,
        folder.resolve("sshd" + number + ".log"),
        List.of(sshd.toString(), "-D", "-e", "-f", config.toString()));
  }

  /// What a login gets: a home of its own, this test's Java, and the accidents that were asked for.
  private static String login(Path home) {
    var java = Path.of(System.getProperty("java.home"), "bin");
    return """
    #!/bin/sh
    cd '%1$s' || exit 1
    HOME='%1$s'
    PATH=%2$s:$PATH
    export HOME PATH
    [ ! -f path ] || PATH=$(cat path)
    case $SSH_ORIGINAL_COMMAND in
    *"agent-"*) verb=${SSH_ORIGINAL_COMMAND##*exec sh }; verb=${verb#* \\'}; verb=${verb%%%%\\'*} ;;
    *) verb=other ;;
    esac
    echo "$verb" >>commands
    if [ -f die ] && [ "$(cat die)" = "$verb" ]; then
      rm die
      [ ! -f away ] || kill -9 "$(cat listener)"
      kill -9 $PPID
      exit 1
    fi
    if [ -f lose ] && [ "$(cat lose)" = "$verb" ]; then
      rm lose
      sh -c "$SSH_ORIGINAL_COMMAND" >/dev/null 2>&1
      [ ! -f away ] || kill -9 "$(cat listener)"
      kill -9 $PPID
      exit 1
    fi
    exec sh -c "$SSH_ORIGINAL_COMMAND"
    """
        .formatted(home, java);
  }

  private static void key(Path keygen, Path file) throws IOException, InterruptedException {
    run(keygen.toString(), "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file.toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// All of them.
  public List<Server> servers() {
    return List.copyOf(servers);
  }

  /// One of them, from 0.
  public Server server(int number) {
    return servers.get(number);
  }

  /// A file that pins all of them.
  public Path knownHosts() {
    return folder.resolve("known_hosts");
  }

  /// The key that is let in.
  public Path key() {
    return folder.resolve("login");
  }

  /// The line of `known_hosts` that pins a server.
  public String pin(Server server) throws IOException {
    return "[127.0.0.1]:" + server.port() + " " + publicKey(server);
  }

  /// The public half of a server's host key, such as `ssh-ed25519 AAAA…`.
  public String publicKey(Server server) throws IOException {
    var words = Files.readString(Path.of(server.hostKey + ".pub")).split(" ", -1);
    return words[0] + " " + words[1];
  }

  /// What a server logged.
  public String log(int number) {
    return server(number).log();
  }

  /// How many connections a server has let in.
  public long logins(int number) {
    return server(number).logins();
  }

  /// Settings of a target that has all of them as hosts.
  public Map<String, String> settings(String directory) {
    var settings = new TreeMap<String, String>();
    for (var i = 0; i < servers.size(); i++) {
      settings.put("hosts." + i, servers.get(i).name());
    }
    settings.put("user", System.getProperty("user.name"));
    settings.put("key", "file:" + key());
    settings.put("known_hosts", "file:" + knownHosts());
    settings.put("directory", directory);
    return settings;
  }

  @Override
  public void close() {
    servers.forEach(Server::stop);
    for (var server : servers) {
      server.process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
    }
  }
}
