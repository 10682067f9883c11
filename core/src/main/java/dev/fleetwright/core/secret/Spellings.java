package dev.fleetwright.core.secret;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntFunction;

/// How a secret may be spelled in a log: as it is, and as programs write it that escape or encode
/// what they print. Other transformations (reversed, compressed, encrypted, one character per line)
/// are not caught, by nobody.
final class Spellings {

  private static final int SHORTEST = Masking.SHORTEST;
  // The lines of a key and the values in a document are only worth hiding when nothing else looks
  // like them.
  private static final int SHORTEST_PART = 8;
  // A longer one is looked for in pieces: hiding every piece hides the whole, and the output never
  // lags behind by more than a piece.
  private static final int LONGEST_NEEDLE = 1024;
  private static final HexFormat UPPER_HEX = HexFormat.of().withUpperCase();

  private final TreeSet<byte[]> found = new TreeSet<>(Arrays::compareUnsigned);

  private Spellings() {}

  /// What to look for, each 6 to 1024 bytes long and none twice.
  static List<byte[]> of(Collection<Secret> secrets) {
    var spellings = new Spellings();
    for (var secret : secrets) {
      spellings.add(secret.reveal());
    }
    return List.copyOf(spellings.found);
  }

  private void add(String value) {
    spell(value);
    var stripped = value.strip();
    if (!stripped.equals(value)) {
      spell(stripped);
    }
    var lines = stripped.lines().toList();
    if (lines.size() > 1) {
      lines.stream().map(String::strip).filter(Spellings::worthHiding).forEach(this::spell);
    }
    if (stripped.startsWith("{") || stripped.startsWith("[")) {
      for (var leaf : jsonValues(stripped)) {
        leaf.lines().map(String::strip).filter(Spellings::worthHiding).forEach(this::spell);
      }
    }
  }

  private static boolean worthHiding(String part) {
    // `-----BEGIN PRIVATE KEY-----` is in every key.
    return part.getBytes(UTF_8).length >= SHORTEST_PART && !part.startsWith("-----");
  }

  private void spell(String value) {
    var bytes = value.getBytes(UTF_8);
    if (bytes.length < SHORTEST) {
      return;
    }
    needle(bytes);
    base64(bytes);
    needle(HexFormat.of().formatHex(bytes));
    needle(UPPER_HEX.formatHex(bytes));
    percent(value, bytes);
    escaped(value);
    quoted(value);
  }

  /// The three ways in which the bytes can lie in groups of three, without the characters at either
  /// end that depend on the neighbours; and the first of them in lines, as `base64` and `openssl`
  /// break them.
  private void base64(byte[] bytes) {
    for (var shift = 0; shift < 3; shift++) {
      var shifted = new byte[shift + bytes.length];
      System.arraycopy(bytes, 0, shifted, shift, bytes.length);
      var text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      var from = (shift * 8 + 5) / 6;
      var to = shifted.length * 8 / 6;
      var own = text.substring(from, to);
      needle(own);
      needle(own.replace('+', '-').replace('/', '_'));
      if (shift == 0) {
        for (var width : new int[] {64, 76}) {
          for (var at = 0; own.length() > width && at < own.length(); at += width) {
            needle(own.substring(at, Math.min(own.length(), at + width)));
          }
        }
      }
    }
  }

  private void percent(String value, byte[] bytes) {
    var form = URLEncoder.encode(value, UTF_8);
    var component = form.replace("+", "%20");
    for (var text :
        List.of(
            form,
            component,
            component.replace("%7E", "~").replace("*", "%2A"),
            component
                .replace("%21", "!")
                .replace("%27", "'")
                .replace("%28", "(")
                .replace("%29", ")")
                .replace("%7E", "~"))) {
      needle(text);
      needle(lowerCaseEscapes(text));
    }
    var all = new StringBuilder();
    for (var b : bytes) {
      all.append('%').append(UPPER_HEX.toHexDigits(b));
    }
    needle(all.toString());
  }

  private static String lowerCaseEscapes(String text) {
    var lower = new StringBuilder(text);
    for (var at = text.indexOf('%'); at >= 0 && at + 3 <= text.length(); ) {
      lower.replace(at, at + 3, text.substring(at, at + 3).toLowerCase(java.util.Locale.ROOT));
      at = text.indexOf('%', at + 3);
    }
    return lower.toString();
  }

  /// As JSON, Java, Go, Python and XML print it.
  private void escaped(String value) {
    IntFunction<String> lower = "\\u%04x"::formatted;
    IntFunction<String> upper = "\\u%04X"::formatted;
    IntFunction<String> asIs = Character::toString;
    needle(backslashed(value, "\"\\", lower, asIs));
    needle(backslashed(value, "\"\\/", lower, asIs));
    needle(backslashed(value, "\"\\", lower, lower));
    needle(backslashed(value, "\"\\", upper, upper));
    needle(backslashed(value, "'\\", "\\x%02x"::formatted, asIs));
    needle(
        backslashed(value, "\"\\", lower, asIs)
            .replace("<", "\\u003c")
            .replace(">", "\\u003e")
            .replace("&", "\\u0026"));
    var xml = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    needle(xml);
    needle(xml.replace("\"", "&quot;").replace("'", "&#39;"));
    needle(xml.replace("\"", "&#34;").replace("'", "&#39;"));
    needle(xml.replace("\"", "&quot;").replace("'", "&apos;"));
  }

  /// As shells print it: `set -x`, `declare -p`, `printf %q`.
  private void quoted(String value) {
    needle(value.replace("'", "'\\''"));
    needle(value.replace("'", "'\"'\"'"));
    needle(backslashed(value, "'\\", "\\%03o"::formatted, Character::toString));
    var doubled = new StringBuilder();
    var everySpecial = new StringBuilder();
    for (var at = 0; at < value.length(); at++) {
      var c = value.charAt(at);
      if ("\"\\$`".indexOf(c) >= 0) {
        doubled.append('\\');
      }
      if ("|&;<>()$`\\\"' \t*?[]#~=%!{}^,".indexOf(c) >= 0) {
        everySpecial.append('\\');
      }
      doubled.append(c);
      everySpecial.append(c);
    }
    needle(doubled.toString());
    needle(everySpecial.toString());
  }

  private static String backslashed(
      String value, String special, IntFunction<String> control, IntFunction<String> foreign) {
    var text = new StringBuilder(value.length() + 16);
    for (var at = 0; at < value.length(); at++) {
      var c = value.charAt(at);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        case '\b' -> text.append("\\b");
        case '\f' -> text.append("\\f");
        default -> {
          if (special.indexOf(c) >= 0) {
            text.append('\\').append(c);
          } else if (c < ' ' || c == 0x7f) {
            text.append(control.apply(c));
          } else if (c > '~' && foreign.apply('x').length() > 1) {
            text.append(foreign.apply(c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.toString();
  }

  /// The texts in a JSON document that are no keys. No parser: a value that only looks like JSON
  /// gives needles that are never found, which harms nobody.
  private static List<String> jsonValues(String document) {
    var values = new ArrayList<String>();
    for (var at = document.indexOf('"'); at >= 0; at = document.indexOf('"', at)) {
      var text = new StringBuilder();
      at++;
      while (at < document.length() && document.charAt(at) != '"') {
        var c = document.charAt(at++);
        if (c != '\\' || at == document.length()) {
          text.append(c);
          continue;
        }
        c = document.charAt(at++);
        switch (c) {
          case 'n' -> text.append('\n');
          case 'r' -> text.append('\r');
          case 't' -> text.append('\t');
          case 'b' -> text.append('\b');
          case 'f' -> text.append('\f');
          case 'u' -> {
            var end = Math.min(document.length(), at + 4);
            text.append(codeUnit(document.substring(at, end)));
            at = end;
          }
          default -> text.append(c);
        }
      }
      at = Math.min(document.length(), at + 1);
      if (!document.substring(at).stripLeading().startsWith(":")) {
        values.add(text.toString());
      }
    }
    return values;
  }

  private static String codeUnit(String digits) {
    return digits.length() == 4 && digits.chars().allMatch(HexFormat::isHexDigit)
        ? Character.toString((char) HexFormat.fromHexDigits(digits))
        : "";
  }

  private void needle(String text) {
    needle(text.getBytes(UTF_8));
  }

  private void needle(byte[] bytes) {
    if (bytes.length < SHORTEST) {
      return;
    }
    var pieces = (bytes.length + LONGEST_NEEDLE - 1) / LONGEST_NEEDLE;
    for (var piece = 0; piece < pieces; piece++) {
      // Equal pieces, so that none is too short to be looked for.
      var from = (int) ((long) bytes.length * piece / pieces);
      var to = (int) ((long) bytes.length * (piece + 1) / pieces);
      found.add(Arrays.copyOfRange(bytes, from, to));
    }
  }
}
