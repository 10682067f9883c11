import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Does something every $EVERY seconds, and says so: a line on standard output, and the time in the
 * file $HEARTBEAT where that is set. It serves nothing, so it has no port.
 */
class Worker {

  public static void main(String[] args) throws IOException, InterruptedException {
    var every =
        Duration.ofSeconds(
            Long.parseLong(Objects.requireNonNullElse(System.getenv("EVERY"), "10")));
    var heartbeat = System.getenv("HEARTBEAT");
    var started = Instant.now();

    // The round that is under way ends before the program does.
    var asked = new CountDownLatch(1);
    var main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  asked.countDown();
                  try {
                    main.join(5_000);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));

    var round = 0;
    do {
      round++;
      var now = Instant.now();
      System.out.printf(
          "worker: round %d, %d s after the start%n",
          round, Duration.between(started, now).toSeconds());
      if (heartbeat != null) {
        Files.writeString(Path.of(heartbeat), now + "\n");
      }
    } while (!asked.await(every.toMillis(), TimeUnit.MILLISECONDS));
    System.out.println("worker: stopped after round " + round);
  }
}
