import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Lets a server and a command run once, so that the JVM learns what they need, see `train-aot`.
/// Started as a source file: it must work before anything else does.
///
/// Arguments: the checkout, `java`, the jar, a folder for everything that is made, the JVM's options
/// of a server, those of a command. Leaves `server.aot` and `command.aot` in the folder.
final class Train {

  private static final Duration LONGEST = Duration.ofSeconds(90);

  public static void main(String[] args) throws Exception {
    var home = args[0];
    var java = args[1];
    var jar = args[2];
    var scratch = Path.of(args[3]);
    var port = freePort();
    var server =
        start(
            launch(java, args[4], scratch.resolve("server.aot"), home, jar),
            List.of("server", "--port", port, "--data", scratch.resolve("data").toString()));
    // Nobody would ever stop it otherwise.
    Runtime.getRuntime().addShutdownHook(new Thread(server::destroyForcibly));
    try {
      var address = "http://127.0.0.1:" + port;
      untilReady(server, address);
      // What the first visitor would have to wait for. Most answers are "who are you?", by way of
      // the same routes, templates and JSON.
      for (var path : List.of("/", "/login", "/healthz", "/metrics", "/api/v1/projects", "/nowhere")) {
        ask(address + path);
      }
      var command =
          start(
              launch(java, args[5], scratch.resolve("command.aot"), home, jar),
              List.of("env", "list", "--server", address));
      end(command); // it may well say no; it has been through what every command goes through
    } finally {
      server.destroy();
      end(server);
    }
  }

  private static List<String> launch(String java, String options, Path cache, String home, String jar) {
    var command = new ArrayList<String>();
    command.add(java);
    command.addAll(List.of(options.split(" ")));
    command.addAll(
        List.of("-XX:AOTCacheOutput=" + cache, "-Dfleetwright.home=" + home, "-jar", jar));
    return command;
  }

  private static Process start(List<String> launch, List<String> arguments) throws IOException {
    var command = new ArrayList<>(launch);
    command.addAll(arguments);
    return new ProcessBuilder(command).inheritIO().start();
  }

  /// The cache is written when the program ends, which takes longer than the program did.
  private static void end(Process process) throws InterruptedException {
    if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  private static void untilReady(Process server, String address) throws Exception {
    var began = System.nanoTime();
    while (ask(address + "/readyz") != 200) {
      if (!server.isAlive() || System.nanoTime() - began > LONGEST.toNanos()) {
        throw new IOException("the server does not get ready");
      }
      Thread.sleep(50);
    }
  }

  private static int ask(String address) throws InterruptedException {
    try {
      var request = HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(10)).build();
      return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      return 0; // nobody listens yet
    }
  }

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static String freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    }
  }
}
