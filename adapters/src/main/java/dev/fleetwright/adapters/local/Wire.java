package dev.fleetwright.adapters.local;

import dev.fleetwright.core.canonical.Bencode;
import dev.fleetwright.core.canonical.Bencode.Dictionary;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/// Messages between server and keeper: bencode, each with its length in four bytes before it. A
/// request is one message; the answer is any number of `line` messages and a last one with
/// `answer`.
final class Wire implements AutoCloseable {

  /// Changes when a server can no longer talk to a keeper of an earlier release. The request
  /// `leave`, which ends a keeper and lets its components run, never changes.
  static final long PROTOCOL = 2;

  /// Settings of all components of a place; also keeps a stray client from filling the memory.
  private static final int LONGEST = 4 << 20;

  private final SocketChannel channel;
  private final InputStream in;

  Wire(SocketChannel channel) {
    this.channel = channel;
    this.in = Channels.newInputStream(channel);
  }

  void send(Dictionary message) throws IOException {
    var bytes = message.bytes();
    var frame = ByteBuffer.allocate(Integer.BYTES + bytes.length);
    frame.putInt(bytes.length).put(bytes).flip();
    while (frame.hasRemaining()) {
      channel.write(frame);
    }
  }

  /// The next message.
  ///
  /// @throws EOFException if the other side went away before it was whole
  /// @throws IOException if it is not a message
  Dictionary receive() throws IOException {
    var length = new DataInputStream(new ByteArrayInputStream(exactly(Integer.BYTES))).readInt();
    if (length < 0 || length > LONGEST) {
      throw new IOException("a message of " + length + " bytes is not ours");
    }
    try {
      return Bencode.readDictionary(exactly(length));
    } catch (Bencode.NotCanonical e) {
      throw new IOException("a message is not bencode", e);
    }
  }

  private byte[] exactly(int count) throws IOException {
    var bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the other side went away");
    }
    return bytes;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
