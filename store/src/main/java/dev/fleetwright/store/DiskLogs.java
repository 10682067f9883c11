package dev.fleetwright.store;

import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Logs as one file each, a thousand in a folder.
///
/// Bytes are handed to the operating system before [#append] returns, so they outlive this process;
/// they are not forced to the disk, because a log line is not worth a wait for it.
public final class DiskLogs implements LogStore, AutoCloseable {

  private static final int FILES_IN_A_FOLDER = 1000;

  /// Files are kept open between appends; more than this are closed, the least recent first.
  private static final int OPEN_AT_ONCE = 128;

  /// How late it is noticed what another server appended.
  private static final long LOOK_EACH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Path folder;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final Map<LogName, FileChannel> open = new LinkedHashMap<>(16, 0.75f, true);

  /// @param folder where the logs are; made when it is not there
  public DiskLogs(Path folder) {
    this.folder = folder;
  }

  /// Also when the thread is interrupted: an interrupted channel would close, and what is said
  /// last, before a thread stops, is what people look for.
  @Override
  public void append(LogName name, byte[] bytes, int from, int length) {
    var interrupted = Thread.interrupted();
    lock.lock();
    try {
      var channel = channel(name);
      for (var buffer = ByteBuffer.wrap(bytes, from, length); buffer.hasRemaining(); ) {
        channel.write(buffer);
      }
      grown.signalAll();
    } catch (IOException e) {
      throw new StoreUnavailable("appending to the log of " + name, e);
    } finally {
      lock.unlock();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private FileChannel channel(LogName name) throws IOException {
    var known = open.get(name);
    if (known != null) {
      return known;
    }
    if (open.size() >= OPEN_AT_ONCE) {
      var eldest = open.entrySet().iterator();
      eldest.next().getValue().close();
      eldest.remove();
    }
    var file = file(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    open.put(name, channel);
    return channel;
  }

  @Override
  public byte[] read(LogName name, long offset, int most) {
    try (var channel = FileChannel.open(file(name), StandardOpenOption.READ)) {
      var left = Math.clamp(channel.size() - offset, 0, most);
      var buffer = ByteBuffer.allocate(left);
      while (buffer.hasRemaining() && channel.read(buffer, offset + buffer.position()) >= 0) {
        // Reads may return less than asked for.
      }
      return Arrays.copyOf(buffer.array(), buffer.position());
    } catch (NoSuchFileException _) {
      return new byte[0];
    } catch (IOException e) {
      throw new StoreUnavailable("reading the log of " + name, e);
    }
  }

  @Override
  public long size(LogName name) {
    try {
      return Files.size(file(name));
    } catch (NoSuchFileException _) {
      return 0;
    } catch (IOException e) {
      throw new StoreUnavailable("reading the log of " + name, e);
    }
  }

  @Override
  public void await(LogName name, long longerThan, Duration most) throws InterruptedException {
    var left = most.toNanos();
    lock.lockInterruptibly();
    try {
      while (left > 0 && size(name) <= longerThan) {
        var nap = Math.min(left, LOOK_EACH_NANOS);
        left -= nap - grown.awaitNanos(nap);
      }
    } finally {
      lock.unlock();
    }
  }

  private Path file(LogName name) {
    return folder
        .resolve(name.kind().name().toLowerCase(java.util.Locale.ROOT))
        .resolve(Long.toString(name.id() / FILES_IN_A_FOLDER))
        .resolve(name + ".log");
  }

  /// Close all files. Logs can still be read.
  @Override
  public void close() {
    lock.lock();
    try {
      for (var channel : open.values()) {
        try {
          channel.close();
        } catch (IOException e) {
          throw new StoreUnavailable("closing a log", e);
        }
      }
      open.clear();
    } finally {
      lock.unlock();
    }
  }
}
