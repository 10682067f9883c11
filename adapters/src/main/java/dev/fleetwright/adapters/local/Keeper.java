package dev.fleetwright.adapters.local;

import dev.fleetwright.core.canonical.Bencode.Dictionary;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/// The process that keeps the components of one place: it starts them, starts them again when they
/// die, and holds the ports at which they answer. It belongs to no server: those come and go.
///
/// **Servers talk to it through a Unix-domain socket in the folder of the place**, because the
/// folder's permissions decide who may, the end of either side is noticed at once, and no port and
/// no password are needed. One order is carried out at a time; a server that repeats an order while
/// it is under way waits for the same answer.
///
/// It runs on the JDK alone, from a jar of its own in the folder of the place, so it does not mind
/// when the server's files are replaced by those of a newer release.
final class Keeper {

  private static final Duration BETWEEN_ROUNDS = Duration.ofMillis(200);

  /// How long it stays when there is nothing to keep.
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final Household household;
  private final PlaceFolder folder;
  private final ReentrantLock orders = new ReentrantLock(true);
  private volatile long lastAsked = System.nanoTime();

  private Keeper(Household household) {
    this.household = household;
    this.folder = household.folder();
  }

  /// @param arguments the folder of the place, which is also the working directory
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var folder = new PlaceFolder(Path.of(arguments[0]));
    try (var lock =
        FileChannel.open(folder.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      // Released by the system when this process ends, however it ends.
      if (lock.tryLock() == null) {
        System.err.println("another keeper is here");
        return;
      }
      say("keeper " + ProcessHandle.current().pid() + " keeps " + folder.path());
      var household = new Household(folder, System.getenv());
      household.takeOver();
      new Keeper(household).keep();
    }
  }

  private void keep() throws IOException {
    Files.deleteIfExists(folder.socket());
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      // Relative: the whole path may be longer than the 104 to 108 bytes that an address has.
      server.bind(UnixDomainSocketAddress.of(folder.socket().getFileName()));
      Thread.ofPlatform().name("rounds").daemon().start(this::rounds);
      while (true) {
        var caller = server.accept();
        Thread.ofVirtual().start(() -> answer(caller));
      }
    }
  }

  private void rounds() {
    var said = "";
    while (true) {
      try {
        Thread.sleep(BETWEEN_ROUNDS);
        household.tend();
        Output.cut(folder.logs());
        Output.drop(folder.log());
        if (nothingToDo()) {
          say("nothing to keep");
          end();
        }
      } catch (IOException | RuntimeException e) {
        // Said once and not five times a second.
        if (!said.equals(e.toString())) {
          said = e.toString();
          say("on a round: " + said);
        }
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private boolean nothingToDo() {
    return household.idle()
        && System.nanoTime() - lastAsked > IDLE.toNanos()
        && !orders.isLocked()
        && !orders.hasQueuedThreads();
  }

  private void answer(SocketChannel caller) {
    try (var wire = new Wire(caller)) {
      var request = wire.receive();
      lastAsked = System.nanoTime();
      answer(wire, request);
    } catch (IOException e) {
      // The server went away; what it asked for goes on.
      say("a caller went away: " + e);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(Wire wire, Dictionary request) throws IOException, InterruptedException {
    var verb = request.text("verb");
    if (verb.equals("leave")) {
      say("asked to leave");
      end();
    }
    if (request.whole("protocol") != Wire.PROTOCOL) {
      wire.send(reply("stranger", "this keeper speaks protocol " + Wire.PROTOCOL));
      return;
    }
    switch (verb) {
      case "observe" -> wire.send(household.observe().with("answer", "observed").with("text", ""));
      case "apply", "remove" -> {
        orders.lockInterruptibly();
        try {
          order(wire, request, verb);
        } finally {
          orders.unlock();
        }
      }
      default -> wire.send(reply("failed", "unknown verb " + verb));
    }
  }

  private void order(Wire wire, Dictionary request, String verb)
      throws IOException, InterruptedException {
    var highest = household.notes().token();
    if (request.whole("token") < highest) {
      wire.send(
          reply(
              "refused",
              "this order has fencing token %d and token %d was seen here: another server has taken over. If instead the server's database was reset, delete %s while nothing is being deployed"
                  .formatted(request.whole("token"), highest, folder.notes())));
      return;
    }
    try {
      if (verb.equals("remove")) {
        household.endAll();
        removeFiles();
        wire.send(reply("applied", "everything was taken away"));
        end();
      } else {
        var done = new Switchover(household, request, line -> tell(wire, line)).carryOut();
        wire.send(reply(done.applied() ? "applied" : "refused", done.text()));
      }
    } catch (IOException | RuntimeException e) {
      say("order " + request.text("id") + ": " + e);
      wire.send(reply("failed", String.valueOf(e)));
    }
  }

  // The notes last: while they are there, a keeper that goes on knows what to remove.
  private void removeFiles() throws IOException {
    Files.deleteIfExists(folder.current());
    PlaceFolder.deleteTree(folder.releases());
    PlaceFolder.deleteTree(folder.components());
    PlaceFolder.deleteTree(folder.logs());
    Files.deleteIfExists(folder.notes());
    PlaceFolder.deleteTree(folder.path());
  }

  private static void tell(Wire wire, String line) {
    say(line);
    try {
      wire.send(Dictionary.empty().with("line", line));
    } catch (IOException _) {
      // Nobody listens any more; the order is carried out all the same.
    }
  }

  private static Dictionary reply(String answer, String text) {
    return Dictionary.empty().with("answer", answer).with("text", text);
  }

  // Not System.exit(): there are no hooks to run, and no thread may hold the end up.
  private static void end() {
    Runtime.getRuntime().halt(0);
  }

  private static void say(String text) {
    System.err.println(Instant.now() + " " + text);
  }
}
