package dev.fleetwright.core.artifact;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Tells how much is read through it, while it is read: so that a content need not be looked at
/// twice for its size, and one that is too much ends where it becomes that.
public final class CountedInput extends FilterInputStream {

  /// Hears of what was read.
  @FunctionalInterface
  public interface Counter {
    /// @param more how many bytes; 0 at the end
    /// @throws IOException when it is too much
    void add(int more) throws IOException;
  }

  private final Counter counter;

  public CountedInput(InputStream content, Counter counter) {
    super(content);
    this.counter = counter;
  }

  @Override
  public int read() throws IOException {
    var one = super.read();
    counter.add(one < 0 ? 0 : 1);
    return one;
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    var read = super.read(into, from, length);
    counter.add(Math.max(0, read));
    return read;
  }

  /// What is skipped counts as well, so it is read.
  @Override
  public long skip(long count) throws IOException {
    var buffer = new byte[8192];
    var skipped = 0L;
    while (skipped < count) {
      var read = read(buffer, 0, (int) Math.min(buffer.length, count - skipped));
      if (read < 0) {
        break;
      }
      skipped += read;
    }
    return skipped;
  }
}
