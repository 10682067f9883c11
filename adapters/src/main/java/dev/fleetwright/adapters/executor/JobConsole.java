package dev.fleetwright.adapters.executor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.fleetwright.core.pipeline.JobExecutor.JobLog;
import dev.fleetwright.core.secret.Masking;
import java.time.Clock;
import java.util.Optional;

/// The log of one job: what its script prints and what we say about it, in order and masked.
///
/// A secret may be cut in two by any two reads, so a little is held back; a tick every 200 ms lets
/// a prompt or a progress bar through that cannot be the beginning of a secret.
final class JobConsole implements AutoCloseable {

  private static final long TICK_MILLIS = 200;
  private static final String RED = "\u001b[31;1m";
  private static final String GREEN = "\u001b[32;1m";
  private static final String YELLOW = "\u001b[33;1m";
  private static final String CYAN = "\u001b[36;1m";
  private static final String PLAIN = "\u001b[0;m";
  private static final String CLEAR_LINE = "\r\u001b[0K";

  private final JobLog log;
  private final Masking.Output masked;
  private final Clock clock;
  private final long most;
  private final Thread ticker;
  private long printed;
  private boolean held;
  private boolean lineOpen;
  private Optional<RuntimeException> failure = Optional.empty();

  /// @param most how many bytes the script may print; what is more is dropped
  JobConsole(JobLog log, Masking masking, Clock clock, long most) {
    this.log = log;
    this.masked = masking.into(this::passOn);
    this.clock = clock;
    this.most = most;
    this.ticker = Thread.ofVirtual().name("job-log-tick").start(this::tick);
  }

  /// What the script prints.
  synchronized void print(byte[] bytes, int from, int length) {
    if (printed >= most) {
      return;
    }
    var fits = (int) Math.min(length, most - printed);
    put(bytes, from, fits);
    printed += fits;
    if (printed >= most) {
      say(
          RED,
          "The log is longer than %,d bytes. The job goes on; what it prints is dropped."
              .formatted(most));
    }
  }

  void say(String line) {
    say("", line);
  }

  void warn(String line) {
    say(YELLOW, "WARNING: " + line);
  }

  void succeeded(String line) {
    say(GREEN, line);
  }

  void failed(String line) {
    say(RED, "ERROR: " + line);
  }

  /// Begin a part of the log that a reader may fold.
  synchronized Section section(String name, String title) {
    var start = clock.instant().getEpochSecond();
    put("section_start:%d:%s%s%s%s%s\n".formatted(start, name, CLEAR_LINE, CYAN, title, PLAIN));
    return new Section(name);
  }

  /// A part of the log that a reader may fold.
  final class Section implements AutoCloseable {
    private final String name;

    private Section(String name) {
      this.name = name;
    }

    @Override
    public void close() {
      synchronized (JobConsole.this) {
        endLine();
        put("section_end:%d:%s%s\n".formatted(clock.instant().getEpochSecond(), name, CLEAR_LINE));
      }
    }
  }

  /// Why what was printed is not in the log. The script is read on all the same: it would stop at a
  /// full pipe otherwise, and nobody would know why.
  synchronized Optional<RuntimeException> failure() {
    return failure;
  }

  @Override
  public void close() {
    ticker.interrupt();
    synchronized (this) {
      masked.close();
      held = false;
    }
  }

  private synchronized void say(String colour, String line) {
    endLine();
    put(colour.isEmpty() ? line + "\n" : colour + line + PLAIN + "\n");
  }

  private void endLine() {
    if (lineOpen) {
      put("\n");
    }
  }

  private void put(String text) {
    var bytes = text.getBytes(UTF_8);
    put(bytes, 0, bytes.length);
  }

  private void put(byte[] bytes, int from, int length) {
    if (length > 0) {
      masked.write(bytes, from, length);
      held = true;
      lineOpen = bytes[from + length - 1] != '\n';
    }
  }

  private void passOn(byte[] bytes, int from, int length) {
    if (failure.isPresent()) {
      return;
    }
    try {
      log.append(bytes, from, length);
    } catch (RuntimeException e) {
      failure = Optional.of(e);
    }
  }

  private void tick() {
    try {
      while (true) {
        Thread.sleep(TICK_MILLIS);
        synchronized (this) {
          if (held) {
            held = false;
            masked.flush();
          }
        }
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }
}
