package dev.fleetwright.adapters.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Takes what a host sends, up to a limit. A host that sends more is cut off.
final class Capped extends OutputStream {

  private final int most;
  private final Runnable tooMuch;
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
  private boolean over;

  /// @param tooMuch called once, when more than `most` bytes came
  Capped(int most, Runnable tooMuch) {
    this.most = most;
    this.tooMuch = tooMuch;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int from, int length) throws IOException {
    if (over) {
      throw new IOException("more than " + most + " bytes");
    }
    taken.write(bytes, from, Math.min(length, most - taken.size()));
    if (taken.size() == most) {
      over = true;
      tooMuch.run();
    }
  }

  synchronized boolean over() {
    return over;
  }

  synchronized byte[] bytes() {
    return taken.toByteArray();
  }
}
