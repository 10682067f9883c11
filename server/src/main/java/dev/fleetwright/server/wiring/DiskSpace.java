package dev.fleetwright.server.wiring;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the room on the disk of a folder, so that a disk that fills up stops what is new and not
/// what is under way.
///
/// When there is [#LOW] left, nothing new is begun and no log is continued. A file of [#RESERVE]
/// bytes, `reserve`, is given up when there is [#LAST] left: with that, what is under way can end,
/// a person can still cancel, go back and stop, and the ledger can say so. As soon as there is room
/// again all goes on by itself, and the reserve is laid up anew.
final class DiskSpace implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DiskSpace.class);

  static final String FILE = "reserve";
  static final long RESERVE = 16L << 20;
  static final long LOW = 16L << 20;
  static final long LAST = 6L << 20;

  /// So much more than [#LOW] has to be free before all goes on, or it would stop at once again.
  private static final long MARGIN = 4L << 20;

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /// A job can print ten megabytes in the time of twenty such looks.
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Path folder;
  private final Path file;
  private final ReentrantLock lock = new ReentrantLock();
  private final Thread rounds;
  private long lookedAt = System.nanoTime() - FRESH_NANOS;
  private volatile Optional<String> lacking = Optional.empty();

  /// Looks at once; the reserve is laid up beside the start.
  ///
  /// @param folder whose disk it is
  DiskSpace(Path folder) {
    this.folder = folder;
    this.file = folder.resolve(FILE);
    this.rounds = Thread.ofVirtual().name("disk space").unstarted(this::goRound);
  }

  void start() {
    rounds.start();
  }

  /// Why nothing new may be begun, for people; empty while there is room.
  Optional<String> lacking() {
    look();
    return lacking;
  }

  /// Whether there is too little room for anything new.
  boolean isShort() {
    return lacking().isPresent();
  }

  private void goRound() {
    try {
      while (true) {
        look();
        TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    if (!lock.tryLock()) {
      // Somebody is looking.
      return;
    }
    try {
      if (System.nanoTime() - lookedAt >= FRESH_NANOS) {
        look(Files.getFileStore(folder));
        lookedAt = System.nanoTime();
      }
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("folder", folder)
          .setCause(e)
          .log("how much room the disk has cannot be told");
    } finally {
      lock.unlock();
    }
  }

  private void look(FileStore disk) throws IOException {
    var free = disk.getUsableSpace();
    var reserved = Files.exists(file);
    if (lacking.isPresent()) {
      if (reserved && free < LAST) {
        Files.delete(file);
        log.atWarn()
            .addKeyValue("folder", folder)
            .addKeyValue("bytes", free)
            .log("the disk is full: the reserve is given up so that what is under way can end");
      } else if (free >= LOW + MARGIN + (reserved ? 0 : RESERVE)) {
        lacking = Optional.empty();
        log.atInfo()
            .addKeyValue("folder", folder)
            .addKeyValue("bytes", free)
            .log("the disk has room again: going on");
      }
    } else if (free < LOW) {
      lacking =
          Optional.of(
              "the disk of %s has only %d MB left, so nothing new is begun"
                  .formatted(folder, free >> 20));
      log.atWarn()
          .addKeyValue("folder", folder)
          .addKeyValue("bytes", free)
          .log("the disk is nearly full: nothing new is begun until there is room");
    } else if (!reserved && free >= LOW + MARGIN + RESERVE) {
      layUp();
    }
  }

  /// Written and not only made long: a file with holes reserves nothing.
  private void layUp() throws IOException {
    var zeros = ByteBuffer.allocate(1 << 20);
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (var written = 0L; written < RESERVE; written += zeros.capacity()) {
        zeros.clear();
        while (zeros.hasRemaining()) {
          channel.write(zeros);
        }
      }
    }
  }

  @Override
  public void close() {
    rounds.interrupt();
  }
}
