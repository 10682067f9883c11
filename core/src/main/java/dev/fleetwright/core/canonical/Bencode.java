package dev.fleetwright.core.canonical;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Bencode (BEP 3): every value has exactly one byte form, so equal values have equal hashes on
/// every machine and in every release of Fleetwright.
///
/// Values are [Text], [Whole], [Listing] and [Dictionary]; dictionary keys are sorted by their
/// UTF-8 bytes, as the specification asks. Reading accepts canonical bytes only: unsorted or
/// duplicate keys, leading zeros and trailing bytes are refused, so that two different byte strings
/// can never be read as the same value.
public final class Bencode {

  /// Nesting that no honest document of ours reaches; keeps a hostile one from exhausting the
  /// stack.
  private static final int DEEPEST = 64;

  private Bencode() {}

  /// A value that has a canonical form.
  public sealed interface Value {
    /// The canonical bytes.
    default byte[] bytes() {
      var out = new ByteArrayOutputStream();
      write(this, out);
      return out.toByteArray();
    }
  }

  /// A string, written as its UTF-8 bytes.
  public record Text(String value) implements Value {}

  /// A whole number.
  public record Whole(long value) implements Value {}

  /// Values in order.
  public record Listing(List<Value> values) implements Value {
    public Listing {
      values = List.copyOf(values);
    }

    /// The texts of this list.
    ///
    /// @throws NotCanonical if an element is not a text
    public List<String> texts() {
      return values.stream().map(v -> expect(v, Text.class).value()).toList();
    }

    /// A list of texts.
    public static Listing ofTexts(Iterable<String> texts) {
      var values = new ArrayList<Value>();
      texts.forEach(t -> values.add(new Text(t)));
      return new Listing(values);
    }
  }

  /// Values by name. Built with [#with]; absent optional values are simply left out.
  public record Dictionary(SortedMap<String, Value> entries) implements Value {

    public Dictionary {
      entries = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(entries));
    }

    /// An empty dictionary to add to.
    public static Dictionary empty() {
      return new Dictionary(new TreeMap<>());
    }

    /// This dictionary and one more entry.
    public Dictionary with(String key, Value value) {
      var more = new TreeMap<>(entries);
      more.put(key, value);
      return new Dictionary(more);
    }

    /// This dictionary and one more text.
    public Dictionary with(String key, String value) {
      return with(key, new Text(value));
    }

    /// This dictionary and one more number.
    public Dictionary with(String key, long value) {
      return with(key, new Whole(value));
    }

    /// Whether there is an entry of that name.
    public boolean has(String key) {
      return entries.containsKey(key);
    }

    /// The text of that name.
    ///
    /// @throws NotCanonical if there is none
    public String text(String key) {
      return expect(get(key), Text.class).value();
    }

    /// The number of that name.
    ///
    /// @throws NotCanonical if there is none
    public long whole(String key) {
      return expect(get(key), Whole.class).value();
    }

    /// The list of that name.
    ///
    /// @throws NotCanonical if there is none
    public Listing listing(String key) {
      return expect(get(key), Listing.class);
    }

    /// The dictionary of that name.
    ///
    /// @throws NotCanonical if there is none
    public Dictionary dictionary(String key) {
      return expect(get(key), Dictionary.class);
    }

    /// All entries as texts.
    ///
    /// @throws NotCanonical if one is not a text
    public SortedMap<String, String> texts() {
      var texts = new TreeMap<String, String>();
      entries.forEach((key, value) -> texts.put(key, expect(value, Text.class).value()));
      return texts;
    }

    /// A dictionary of texts.
    public static Dictionary ofTexts(Map<String, String> texts) {
      var entries = new TreeMap<String, Value>();
      texts.forEach((key, value) -> entries.put(key, new Text(value)));
      return new Dictionary(entries);
    }

    private Value get(String key) {
      var value = entries.get(key);
      if (value == null) {
        throw new NotCanonical("`" + key + "` is missing");
      }
      return value;
    }
  }

  /// Bytes that are not the canonical form of anything, or not of what was asked for.
  public static final class NotCanonical extends RuntimeException {
    NotCanonical(String what) {
      super(what);
    }
  }

  /// Read one value that fills the bytes exactly.
  ///
  /// @throws NotCanonical if it does not, or is not in canonical form
  public static Value read(byte[] bytes) {
    var reader = new Reader(bytes);
    var value = reader.value(0);
    if (reader.at != bytes.length) {
      throw new NotCanonical("bytes follow the value at " + reader.at);
    }
    return value;
  }

  /// Read one dictionary that fills the bytes exactly.
  ///
  /// @throws NotCanonical if it does not, or is not in canonical form
  public static Dictionary readDictionary(byte[] bytes) {
    return expect(read(bytes), Dictionary.class);
  }

  /// A value as the kind that is expected here.
  ///
  /// @throws NotCanonical if it is of another kind
  public static <T extends Value> T expect(Value value, Class<T> kind) {
    if (!kind.isInstance(value)) {
      throw new NotCanonical("expected " + kind.getSimpleName() + ", found " + value);
    }
    return kind.cast(value);
  }

  private static void write(Value value, ByteArrayOutputStream out) {
    switch (value) {
      case Text(var text) -> {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        ascii(Integer.toString(bytes.length), out);
        out.write(':');
        out.writeBytes(bytes);
      }
      case Whole(var number) -> ascii("i" + number + "e", out);
      case Listing(var values) -> {
        out.write('l');
        values.forEach(v -> write(v, out));
        out.write('e');
      }
      case Dictionary(var entries) -> {
        out.write('d');
        entries.keySet().stream()
            .sorted(Bencode::compareBytes)
            .forEach(key -> {
              write(new Text(key), out);
              write(entries.getOrDefault(key, new Whole(0)), out);
            });
        out.write('e');
      }
    }
  }

  // String order is by UTF-16 unit, which differs from byte order beyond the basic plane.
  private static int compareBytes(String a, String b) {
    return java.util.Arrays.compareUnsigned(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }

  private static void ascii(String text, ByteArrayOutputStream out) {
    out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    Value value(int depth) {
      if (depth > DEEPEST) {
        throw new NotCanonical("nested deeper than " + DEEPEST);
      }
      return switch (peek()) {
        case 'i' -> {
          at++;
          yield new Whole(number('e'));
        }
        case 'l' -> {
          at++;
          var values = new ArrayList<Value>();
          while (peek() != 'e') {
            values.add(value(depth + 1));
          }
          at++;
          yield new Listing(values);
        }
        case 'd' -> {
          at++;
          var entries = new TreeMap<String, Value>();
          String before = "";
          while (peek() != 'e') {
            var key = text().value();
            if (!entries.isEmpty() && compareBytes(before, key) >= 0) {
              throw new NotCanonical("key `" + key + "` is out of order at " + at);
            }
            entries.put(key, value(depth + 1));
            before = key;
          }
          at++;
          yield new Dictionary(entries);
        }
        default -> text();
      };
    }

    private byte peek() {
      if (at >= bytes.length) {
        throw new NotCanonical("ends too early at " + at);
      }
      return bytes[at];
    }

    private Text text() {
      var length = number(':');
      if (length < 0 || length > bytes.length - at) {
        throw new NotCanonical("a text of " + length + " bytes does not fit at " + at);
      }
      var value = new String(bytes, at, (int) length, StandardCharsets.UTF_8);
      if (value.getBytes(StandardCharsets.UTF_8).length != length) {
        throw new NotCanonical("a text at " + at + " is not UTF-8");
      }
      at += (int) length;
      return new Text(value);
    }

    private long number(char end) {
      var from = at;
      while (peek() != end) {
        at++;
        if (at - from > 20) {
          throw new NotCanonical("a number is too long at " + from);
        }
      }
      var digits = new String(bytes, from, at - from, StandardCharsets.US_ASCII);
      at++;
      try {
        var number = Long.parseLong(digits);
        if (!Long.toString(number).equals(digits)) {
          throw new NotCanonical("`" + digits + "` is not the shortest form at " + from);
        }
        return number;
      } catch (NumberFormatException e) {
        throw new NotCanonical("`" + digits + "` is not a number at " + from);
      }
    }
  }
}
