package dev.fleetwright.core.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// Finds secrets in a stream of bytes and puts `[MASKED]` in their place.
///
/// A secret is found as it is and as programs spell it when they print it: base64 (at any
/// alignment, both alphabets, in lines), hexadecimal, percent-encoded, escaped for JSON, Java, Go,
/// Python and XML, quoted for a shell. A secret of several lines is also found line by line, one
/// that is a JSON document value by value. What a program computes from a secret in any other way
/// cannot be found.
///
/// Secrets that overlap, or touch, become one `[MASKED]`. Immutable; may be shared.
public final class Masking {

  /// A secret with fewer bytes would be found in ordinary text, which is then unreadable and tells
  /// where it occurs. The number is Buildkite's.
  public static final int SHORTEST = 6;

  private static final byte[] MASK = "[MASKED]".getBytes(UTF_8);
  private static final int BLOCK = 3;
  private static final int HASHES = 1 << 17;

  // Looking at more of the needles allows longer jumps and fills the table, which shortens them.
  private static final int WIDEST = 16;

  // With so many bytes looked at, a block of four is worth the one that it costs of each jump.
  private static final int WIDE = 10;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[][] needles; // in order, so that those with the same beginning are neighbours
  private final int longest;
  private final int leftOut;
  // How many bytes of each needle the search goes by: as many as the shortest has, within bounds.
  private final int window;
  private final int block; // bytes that are looked at at once
  // How far the search may jump when it sees such a block, as by Wu and Manber, "A fast algorithm
  // for multi-pattern searching" (1994): 0 where a needle's window may end.
  private final byte[] jump;
  private final int[] firstNeedle; // by hash of the first six bytes; -1 for none
  private final int[] next; // the next needle with the same hash; -1 for none

  private Masking(List<byte[]> needles, int leftOut) {
    this.needles = needles.toArray(byte[][]::new);
    this.leftOut = leftOut;
    this.longest = needles.stream().mapToInt(n -> n.length).max().orElse(0);
    this.window = Math.min(WIDEST, needles.stream().mapToInt(n -> n.length).min().orElse(SHORTEST));
    this.block = window >= WIDE ? Integer.BYTES : BLOCK;
    this.jump = new byte[HASHES];
    this.firstNeedle = new int[HASHES];
    Arrays.fill(jump, (byte) (window - block + 1));
    Arrays.fill(firstNeedle, -1);
    for (var needle : this.needles) {
      for (var end = block; end <= window; end++) {
        var hash = hashBefore(needle, end);
        jump[hash] = (byte) Math.min(jump[hash], window - end);
      }
    }
    this.next = chain();
  }

  private int[] chain() {
    var chain = new int[needles.length];
    for (var n = needles.length - 1; n >= 0; n--) {
      var hash = startHash(needles[n], 0);
      chain[n] = firstNeedle[hash];
      firstNeedle[hash] = n;
    }
    return chain;
  }

  /// Whether a value can be masked; to be asked when a secret is made.
  public static Answer check(Secret secret) {
    var bytes = secret.reveal().strip().getBytes(UTF_8).length;
    return bytes < SHORTEST ? new Answer.TooShort(bytes) : new Answer.Maskable();
  }

  /// A masking of these secrets. Those that are too short are left out, see [#leftOut].
  public static Masking of(Collection<Secret> secrets) {
    var good = secrets.stream().filter(s -> check(s) instanceof Answer.Maskable).toList();
    var empty = secrets.stream().filter(s -> s.reveal().isBlank()).count();
    return new Masking(Spellings.of(good), (int) (secrets.size() - good.size() - empty));
  }

  /// How many secrets are not masked because they are too short. Empty ones do not count.
  public int leftOut() {
    return leftOut;
  }

  /// At most how many bytes an [Output] holds back.
  public int longestHeldBack() {
    return Math.max(0, longest - 1);
  }

  /// A stream that masks what is written to it.
  public Output into(Sink sink) {
    return new Output(sink);
  }

  /// Whether a secret can be masked.
  public sealed interface Answer {
    /// It can.
    record Maskable() implements Answer {}

    /// It cannot: so few bytes occur by chance.
    ///
    /// @param bytes how many it has, of [#SHORTEST]
    record TooShort(int bytes) implements Answer {}
  }

  /// Takes masked bytes.
  @FunctionalInterface
  public interface Sink {
    /// Take a part of an array; it is used again after this returns.
    void take(byte[] bytes, int from, int length);
  }

  /// One stream being masked. Not for several threads at once.
  ///
  /// What is written comes out once it is certain to hold no secret, however it was cut into
  /// pieces: up to the last 1023 bytes stay here until more is written. Call [#flush] when nothing
  /// was written for a moment, so that a person sees a line that is complete.
  public final class Output implements AutoCloseable {
    private static final int ROOM = 1 << 16;

    private final Sink sink;
    private final byte[] buffer = new byte[longest + ROOM];
    private int length;
    private int passedOn; // bytes of the buffer that are in the sink already, as they are or masked
    private int maskEnd = -1; // where the last mask that was passed on ends

    private Output(Sink sink) {
      this.sink = sink;
    }

    /// Write some bytes.
    public void write(byte[] bytes, int from, int count) {
      if (needles.length == 0) {
        sink.take(bytes, from, count);
        return;
      }
      for (var at = 0; at < count; ) {
        var part = Math.min(count - at, buffer.length - length);
        System.arraycopy(bytes, from + at, buffer, length, part);
        length += part;
        at += part;
        settle(length - longest + 1);
      }
    }

    /// Pass on everything that cannot be the beginning of a secret.
    public void flush() {
      if (length > 0) {
        settle(firstPossibleStart());
      }
    }

    /// How many of the bytes that were written stay here, because they may be the beginning of a
    /// secret.
    public int held() {
      return length;
    }

    /// Pass on everything.
    @Override
    public void close() {
      settle(length);
    }

    /// Pass on all bytes before a place, with secrets that begin before it masked, also where they
    /// reach beyond it.
    private void settle(int before) {
      if (before <= 0) {
        return;
      }
      for (var at = 0; (at = nextCandidate(at, before)) < before; at++) {
        var end = longestMatch(at);
        if (end >= 0) {
          mask(at, end);
        }
      }
      pass(before);
      System.arraycopy(buffer, before, buffer, 0, length - before);
      length -= before;
      passedOn -= before;
      maskEnd = Math.max(-1, maskEnd - before);
    }

    private void mask(int from, int to) {
      if (from > maskEnd) {
        pass(from);
        sink.take(MASK, 0, MASK.length);
      }
      passedOn = Math.max(passedOn, to);
      maskEnd = passedOn;
    }

    private void pass(int before) {
      if (before > passedOn) {
        sink.take(buffer, passedOn, before - passedOn);
        passedOn = before;
      }
    }

    /// The first place, from one on, where a needle may begin; `before` or more when there is none.
    private int nextCandidate(int from, int before) {
      var at = from;
      var last = Math.min(before, length - window + 1);
      var drop = Byte.SIZE * (Integer.BYTES - block);
      while (at < last) {
        var seen = (int) INTS.get(buffer, at + window - Integer.BYTES) >>> drop;
        var far = jump[(seen * 0x9E3779B1) >>> 15];
        if (far == 0) {
          return at;
        }
        at += far;
      }
      return Math.max(at, before);
    }

    /// Where the longest needle that begins at a place ends; -1 when none begins there.
    private int longestMatch(int at) {
      var end = -1;
      for (var n = firstNeedle[startHash(buffer, at)]; n >= 0; n = next[n]) {
        var needle = needles[n];
        if (at + needle.length <= length
            && at + needle.length > end
            && Arrays.equals(buffer, at, at + needle.length, needle, 0, needle.length)) {
          end = at + needle.length;
        }
      }
      return end;
    }

    private int firstPossibleStart() {
      var at = Math.max(0, length - longest + 1);
      while (at < length && !beginsNeedle(at)) {
        at++;
      }
      return at;
    }

    /// Whether what follows a place, to the end, is the beginning of a needle.
    private boolean beginsNeedle(int at) {
      var low = 0;
      var high = needles.length;
      while (low < high) {
        var middle = (low + high) >>> 1;
        var needle = needles[middle];
        if (Arrays.compareUnsigned(needle, 0, needle.length, buffer, at, length) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      var rest = length - at;
      if (low < needles.length && needles[low].length == rest) {
        low++; // it may be this needle, whole, and still be the beginning of a longer one
      }
      return low < needles.length
          && needles[low].length > rest
          && Arrays.equals(needles[low], 0, rest, buffer, at, length);
    }
  }

  /// Of the block that ends before a place; the same number as reading it at once gives.
  private int hashBefore(byte[] bytes, int end) {
    var seen = 0;
    for (var i = 1; i <= block; i++) {
      seen = seen << Byte.SIZE | (bytes[end - i] & 0xff);
    }
    return (seen * 0x9E3779B1) >>> 15;
  }

  private static int blockHash(byte[] bytes, int at) {
    var block = (bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff);
    return (block * 0x9E3779B1) >>> 15;
  }

  private static int startHash(byte[] bytes, int at) {
    return (blockHash(bytes, at) * 31 + blockHash(bytes, at + BLOCK)) & (HASHES - 1);
  }
}
