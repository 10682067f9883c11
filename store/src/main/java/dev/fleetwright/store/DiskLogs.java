package dev.fleetwright.store;

import dev.fleetwright.core.engine.StoreUnavailable;
import dev.fleetwright.core.log.LogName;
import dev.fleetwright.core.log.LogStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Logs as one file each, a thousand in a folder.
///
/// Bytes are handed to the operating system before [#append] returns, so they outlive this process;
/// they are not forced to the disk, because a log line is not worth a wait for it.
///
/// Beside each log lies a file of when it grew: pairs of an offset and a time in milliseconds, 16
/// bytes each, at most ten a second. A time that got lost makes a line look older, nothing else.
public final class DiskLogs implements LogStore, AutoCloseable {

  private static final int FILES_IN_A_FOLDER = 1000;

  /// Files are kept open between appends; more than this are closed, the least recent first.
  private static final int OPEN_AT_ONCE = 128;

  /// How late it is noticed what another server appended.
  private static final long LOOK_EACH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private static final long MOMENT_EACH_MILLIS = 100;
  private static final int MOMENT_BYTES = 2 * Long.BYTES;

  private static final byte[] CUT =
      "\n[the server's disk is full: what was printed from here on is not kept]\n"
          .getBytes(StandardCharsets.UTF_8);

  private final Path folder;
  private final InstantSource clock;
  private final BooleanSupplier full;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final Map<LogName, Open> open = new LinkedHashMap<>(16, 0.75f, true);

  // Guarded by `lock`.
  private final Set<LogName> cut = new HashSet<>();

  /// @param folder where the logs are; made when it is not there
  public DiskLogs(Path folder) {
    this(folder, InstantSource.system());
  }

  /// @param clock dates what is appended
  public DiskLogs(Path folder, InstantSource clock) {
    this(folder, clock, () -> false);
  }

  /// @param full whether there is no room for logs now; they then say so and lose what comes
  public DiskLogs(Path folder, BooleanSupplier full) {
    this(folder, InstantSource.system(), full);
  }

  private DiskLogs(Path folder, InstantSource clock, BooleanSupplier full) {
    this.folder = folder;
    this.clock = clock;
    this.full = full;
  }

  /// A log that is appended to.
  private static final class Open implements Closeable {
    private final FileChannel bytes;
    private final FileChannel moments;
    private long lastMoment;

    private Open(FileChannel bytes, FileChannel moments) {
      this.bytes = bytes;
      this.moments = moments;
    }

    private void append(byte[] appended, int from, int length, long now) throws IOException {
      // Also when the clock was set back.
      if (now - lastMoment >= MOMENT_EACH_MILLIS || now < lastMoment) {
        var moment = ByteBuffer.allocate(MOMENT_BYTES).putLong(bytes.size()).putLong(now).flip();
        write(moments, moment);
        lastMoment = now;
      }
      write(bytes, ByteBuffer.wrap(appended, from, length));
    }

    private static void write(FileChannel channel, ByteBuffer buffer) throws IOException {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    @Override
    public void close() throws IOException {
      try (bytes) {
        moments.close();
      }
    }
  }

  /// Also when the thread is interrupted: an interrupted channel would close, and what is said
  /// last, before a thread stops, is what people look for.
  @Override
  public void append(LogName name, byte[] bytes, int from, int length) {
    var interrupted = Thread.interrupted();
    lock.lock();
    try {
      if (!full.getAsBoolean()) {
        cut.clear();
        opened(name).append(bytes, from, length, clock.millis());
      } else if (cut.add(name)) {
        opened(name).append(CUT, 0, CUT.length, clock.millis());
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

  private Open opened(LogName name) throws IOException {
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
    var bytes = appending(file);
    try {
      var moments = appending(moments(name));
      // A machine that stopped may have left half a pair.
      moments.truncate(moments.size() / MOMENT_BYTES * MOMENT_BYTES);
      var opened = new Open(bytes, moments);
      open.put(name, opened);
      return opened;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private static FileChannel appending(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
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
  public List<Moment> moments(LogName name, long from, long to) {
    try (var channel = FileChannel.open(moments(name), StandardOpenOption.READ)) {
      var all = channel.size() / MOMENT_BYTES;
      var first = 0L;
      for (var last = all - 1; first < last; ) {
        var middle = (first + last + 1) >>> 1;
        if (moment(channel, middle).offset() <= from) {
          first = middle;
        } else {
          last = middle - 1;
        }
      }
      var found = new ArrayList<Moment>();
      for (var at = first; at < all; at++) {
        var moment = moment(channel, at);
        if (moment.offset() > to) {
          break;
        }
        found.add(moment);
      }
      return found;
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (IOException e) {
      throw new StoreUnavailable("reading when the log of " + name + " grew", e);
    }
  }

  private static Moment moment(FileChannel channel, long index) throws IOException {
    var buffer = ByteBuffer.allocate(MOMENT_BYTES);
    while (buffer.hasRemaining()
        && channel.read(buffer, index * MOMENT_BYTES + buffer.position()) >= 0) {
      // Reads may return less than asked for.
    }
    return new Moment(buffer.getLong(0), Instant.ofEpochMilli(buffer.getLong(Long.BYTES)));
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
    return folder(name).resolve(name + ".log");
  }

  private Path moments(LogName name) {
    return folder(name).resolve(name + ".moments");
  }

  private Path folder(LogName name) {
    return folder
        .resolve(name.kind().name().toLowerCase(Locale.ROOT))
        .resolve(Long.toString(name.id() / FILES_IN_A_FOLDER));
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
