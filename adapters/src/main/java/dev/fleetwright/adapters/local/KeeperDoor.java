package dev.fleetwright.adapters.local;

import dev.fleetwright.core.canonical.Bencode.Dictionary;
import dev.fleetwright.core.target.StepLog;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a server asks the keeper of a place, and has one started where there is none.
final class KeeperDoor {

  private static final Logger log = LoggerFactory.getLogger(KeeperDoor.class);

  /// Of 108 bytes on Linux and 104 on macOS, with the zero at the end.
  private static final int LONGEST_ADDRESS = 100;

  private static final Duration START_PATIENCE = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 4;
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(100);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  /// A keeper mostly waits; what it needs is to stay small. 64 MiB hold a thousand connections.
  private static final List<String> SMALL =
      List.of(
          "-Xms4m",
          "-Xmx64m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=16m",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "-Xshare:auto");

  private final PlaceFolder folder;

  KeeperDoor(PlaceFolder folder) {
    this.folder = folder;
  }

  /// The request may have reached the keeper, and what became of it is not known.
  static final class AnswerLost extends IOException {
    AnswerLost(String message, Throwable cause) {
      super(message, cause);
    }

    /// Whether the time is over, or the one who asks was told to stop waiting.
    boolean endsTheAsking() {
      return getCause() instanceof InterruptedIOException
          || getCause() instanceof ClosedByInterruptException;
    }
  }

  /// Ask, and wait for the answer. A keeper that dies meanwhile is replaced and asked again, which
  /// is safe because requests are carried out once.
  ///
  /// @throws AnswerLost if the request was sent and not answered in time, or again and again not
  /// @throws IOException if it was never sent
  Dictionary ask(Dictionary request, StepLog lines, Duration patience) throws IOException {
    @Nullable AnswerLost lost = null;
    for (var attempt = 1; ; attempt++) {
      try {
        return askOnce(request, lines, patience);
      } catch (AnswerLost e) {
        if (attempt == ATTEMPTS || e.endsTheAsking()) {
          throw e;
        }
        lost = e;
      } catch (IOException e) {
        // Not sent this time; an earlier time it was.
        throw lost == null ? e : new AnswerLost("the keeper died and no other one starts", e);
      }
      log.atWarn()
          .addKeyValue("place", folder.path())
          .addKeyValue("cause", String.valueOf(lost.getCause()))
          .log("the keeper died while it was asked; asking the next one");
      try {
        // A dying process may still accept connections for a moment.
        pause(BETWEEN_ATTEMPTS.multipliedBy(attempt));
      } catch (InterruptedIOException e) {
        throw new AnswerLost("interrupted after the keeper died", e);
      }
    }
  }

  private static void pause(Duration time) throws InterruptedIOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(e);
    }
  }

  private static InterruptedIOException interrupted(Exception e) {
    var interrupted = new InterruptedIOException("interrupted");
    interrupted.initCause(e);
    return interrupted;
  }

  private Dictionary askOnce(Dictionary request, StepLog lines, Duration patience)
      throws IOException {
    var numbered = request.with("protocol", Wire.PROTOCOL);
    var answer = exchange(numbered, lines, patience);
    if (!answer.text("answer").equals("stranger")) {
      return answer;
    }
    log.atInfo().addKeyValue("place", folder.path()).log("replacing a keeper of another release");
    leave();
    return exchange(numbered, lines, patience);
  }

  private void leave() throws IOException {
    try (var wire = connectOrStart()) {
      wire.send(Dictionary.empty().with("verb", "leave"));
      wire.receive();
    } catch (EOFException | SocketException _) {
      // It has left.
    }
  }

  private Dictionary exchange(Dictionary request, StepLog lines, Duration patience)
      throws IOException {
    var wire = connectOrStart();
    // A socket of this kind has no timeout of its own.
    var tooLate = Thread.ofVirtual().unstarted(() -> closeAfter(wire, patience));
    var end = System.nanoTime() + patience.toNanos();
    try (wire) {
      tooLate.start();
      wire.send(request);
      while (true) {
        var message = wire.receive();
        if (message.has("answer")) {
          return message;
        }
        lines.line(message.text("line"));
      }
    } catch (IOException e) {
      throw System.nanoTime() - end >= 0
          ? new AnswerLost("no answer within " + patience.toSeconds() + " s", timeout(e))
          : new AnswerLost("the keeper went away before it answered", e);
    } finally {
      tooLate.interrupt();
    }
  }

  private static InterruptedIOException timeout(IOException e) {
    var timeout = new InterruptedIOException("timed out");
    timeout.initCause(e);
    return timeout;
  }

  private static void closeAfter(Wire wire, Duration patience) {
    try {
      Thread.sleep(patience);
      wire.close();
    } catch (InterruptedException _) {
      // Answered in time.
    } catch (IOException e) {
      log.atDebug().setCause(e).log("closing a late wire");
    }
  }

  private Wire connectOrStart() throws IOException {
    try {
      return connect();
    } catch (SocketException | NoSuchFileException _) {
      return start();
    }
  }

  private Wire connect() throws IOException {
    var socket = folder.socket();
    if (socket.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_ADDRESS) {
      return connect(socket);
    }
    // Through a link with a short name, in a folder that only we can enter.
    var near = Files.createTempDirectory("fw");
    var link = near.resolve("p");
    try {
      Files.createSymbolicLink(link, folder.path());
      return connect(link.resolve(socket.getFileName()));
    } finally {
      Files.deleteIfExists(link);
      Files.delete(near);
    }
  }

  private static Wire connect(Path socket) throws IOException {
    return new Wire(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
  }

  /// One that is killed while it starts has done nothing yet, and deserves a second try.
  private Wire start() throws IOException {
    try {
      return startOnce();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      log.atWarn().addKeyValue("place", folder.path()).setCause(e).log("starting a keeper again");
      return startOnce();
    }
  }

  private Wire startOnce() throws IOException {
    folder.create();
    KeeperJar.place(folder.jar());
    var environment = environment();
    var command = new ArrayList<>(Launch.inSession(environment));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SMALL);
    command.addAll(
        List.of("-cp", folder.jar().toString(), Keeper.class.getName(), folder.path().toString()));
    var builder =
        new ProcessBuilder(command)
            .directory(folder.path().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.log().toFile()));
    builder.environment().clear();
    builder.environment().putAll(environment);
    // Under a supervisor that sets no locale, the JVM would otherwise turn each character beyond
    // ASCII in arguments and file names into a question mark.
    builder.environment().put("LC_ALL", "C.UTF-8");
    var keeper = builder.start();
    log.atInfo()
        .addKeyValue("place", folder.path())
        .addKeyValue("pid", keeper.pid())
        .log("keeper started");
    return awaitDoor(keeper);
  }

  // Another server may start one at the same time; then ours ends at once, and theirs answers.
  private Wire awaitDoor(Process keeper) throws IOException {
    var end = System.nanoTime() + START_PATIENCE.toNanos();
    while (true) {
      try {
        return connect();
      } catch (SocketException | NoSuchFileException e) {
        if (System.nanoTime() - end > 0 || (!keeper.isAlive() && keeper.exitValue() != 0)) {
          throw new IOException(
              "the keeper of "
                  + folder.path()
                  + " does not start"
                  + (keeper.isAlive() ? "" : " (exit code " + keeper.exitValue() + ")")
                  + ": "
                  + lastWords(),
              e);
        }
      }
      pause(BETWEEN_LOOKS);
    }
  }

  private String lastWords() throws IOException {
    if (!Files.exists(folder.log())) {
      return "it printed nothing";
    }
    var lines = Files.readAllLines(folder.log(), StandardCharsets.ISO_8859_1);
    return String.join("; ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
  }

  /// The environment of a keeper, and through it of components: nothing else of the server's, which
  /// may hold secrets. Our own JDK comes first, so that `java` is not an older one.
  static Map<String, String> environment() {
    var environment = new TreeMap<String, String>();
    for (var name : Household.GIVEN) {
      var value = System.getenv(name);
      if (value != null) {
        environment.put(name, value);
      }
    }
    var path = System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put(
        "PATH", Path.of(System.getProperty("java.home"), "bin") + File.pathSeparator + path);
    return environment;
  }
}
