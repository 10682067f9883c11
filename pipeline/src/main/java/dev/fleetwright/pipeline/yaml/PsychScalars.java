package dev.fleetwright.pipeline.yaml;

import com.google.re2j.Pattern;
import dev.fleetwright.pipeline.problem.Position;
import dev.fleetwright.pipeline.yaml.Node.Fraction;
import dev.fleetwright.pipeline.yaml.Node.Nothing;
import dev.fleetwright.pipeline.yaml.Node.Scalar;
import dev.fleetwright.pipeline.yaml.Node.Text;
import dev.fleetwright.pipeline.yaml.Node.Truth;
import dev.fleetwright.pipeline.yaml.Node.Whole;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/// What an unquoted word means. GitLab reads YAML with Ruby's Psych, which follows YAML 1.1: `yes`
/// is true, `010` is eight, `1:30` is ninety (contracts, trap 9).
final class PsychScalars {
  private static final Pattern WHOLE =
      Pattern.compile(
          "[-+]?0b[01_,]+|[-+]?0[0-7_,]+|[-+]?(?:0|[1-9][0-9_,]*)|[-+]?0x[0-9a-fA-F_,]+");
  private static final Pattern FRACTION =
      Pattern.compile("[-+]?(?:[0-9][0-9_,]*)?\\.[0-9]*(?:[eE][+-][0-9]+)?");
  private static final Pattern LONE_POINT = Pattern.compile("[-+]?\\.");
  private static final Pattern BASE_SIXTY =
      Pattern.compile("[-+]?[0-9][0-9_]*(?::[0-5]?[0-9]){1,2}");
  private static final Pattern DATE =
      Pattern.compile("\\d{4}-(?:1[012]|0\\d|\\d)-(?:[12]\\d|3[01]|0\\d|\\d)");
  private static final Pattern TIME =
      Pattern.compile(
          "-?\\d{4}-\\d{1,2}-\\d{1,2}(?:[Tt]|\\s+)\\d{1,2}:\\d\\d:\\d\\d(?:\\.\\d*)?"
              + "(?:\\s*(?:Z|[-+]\\d{1,2}:?(?:\\d\\d)?))?");

  /// Beyond this a number is text: no one counts with a thousand digits, and converting them takes
  /// time that grows with the square.
  private static final int LONGEST_NUMBER = 100;

  private PsychScalars() {}

  /// The value of a plain (unquoted) word; empty for a date or a time, which Psych would make an
  /// object of and GitLab therefore refuses.
  static Optional<Scalar> plain(Position at, String word) {
    if (word.isEmpty() || word.equals("~") || word.equalsIgnoreCase("null")) {
      return Optional.of(new Nothing(at));
    }
    if (word.length() > LONGEST_NUMBER) {
      return Optional.of(new Text(at, word));
    }
    var first = word.charAt(0);
    if (!(first >= '0' && first <= '9') && "+-.".indexOf(first) < 0) {
      return Optional.of(
          switch (word.toLowerCase(Locale.ROOT)) {
            case "yes", "true", "on" -> new Truth(at, true);
            case "no", "false", "off" -> new Truth(at, false);
            default -> new Text(at, word);
          });
    }
    if (DATE.matches(word) || TIME.matches(word)) {
      return Optional.empty();
    }
    return Optional.of(number(at, word));
  }

  private static Scalar number(Position at, String word) {
    switch (word.toLowerCase(Locale.ROOT)) {
      case ".inf", "+.inf" -> {
        return new Fraction(at, Double.POSITIVE_INFINITY);
      }
      case "-.inf" -> {
        return new Fraction(at, Double.NEGATIVE_INFINITY);
      }
      case ".nan" -> {
        return new Fraction(at, Double.NaN);
      }
      default -> {}
    }
    if (WHOLE.matches(word)) {
      return whole(at, word);
    }
    if (BASE_SIXTY.matches(word)) {
      return baseSixty(at, word);
    }
    if (FRACTION.matches(word) && !LONE_POINT.matches(word)) {
      return new Fraction(at, new BigDecimal(completed(word)).doubleValue());
    }
    return new Text(at, word);
  }

  private static Scalar whole(Position at, String word) {
    var digits = word.replace("_", "").replace(",", "");
    var sign = digits.startsWith("-") ? "-" : "";
    var bare = digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
    var radix = 10;
    if (bare.startsWith("0x")) {
      radix = 16;
      bare = bare.substring(2);
    } else if (bare.startsWith("0b")) {
      radix = 2;
      bare = bare.substring(2);
    } else if (bare.length() > 1 && bare.startsWith("0")) {
      radix = 8;
      bare = bare.substring(1);
    }
    return bare.isEmpty() ? new Text(at, word) : new Whole(at, new BigInteger(sign + bare, radix));
  }

  private static Scalar baseSixty(Position at, String word) {
    var negative = word.startsWith("-");
    var bare = negative || word.startsWith("+") ? word.substring(1) : word;
    var total = BigInteger.ZERO;
    for (var part : bare.replace("_", "").split(":", -1)) {
      total = total.multiply(BigInteger.valueOf(60)).add(new BigInteger(part));
    }
    return new Whole(at, negative ? total.negate() : total);
  }

  /// `.5`, `5.` and `1,000.5` in a form that Java reads.
  private static String completed(String word) {
    var digits = word.replace("_", "").replace(",", "");
    var point = digits.indexOf('.');
    var before = digits.substring(0, point);
    var after = digits.substring(point + 1);
    var whole =
        before.isEmpty() || before.equals("-") || before.equals("+") ? before + "0" : before;
    return after.isEmpty() || after.charAt(0) == 'e' || after.charAt(0) == 'E'
        ? whole + ".0" + after
        : whole + "." + after;
  }

  /// A number as Ruby's `Float#to_s` writes it: plain from 0.0001 to 10¹⁶, else with an exponent.
  static String rubyText(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    var size = Math.abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      var digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
      var exponent = digits.precision() - digits.scale() - 1;
      var shown = digits.movePointLeft(exponent).toPlainString();
      return (shown.contains(".") ? shown : shown + ".0")
          + "e"
          + (exponent < 0 ? "-" : "+")
          + (Math.abs(exponent) < 10 ? "0" : "")
          + Math.abs(exponent);
    }
    var plain = new BigDecimal(Double.toString(value)).toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }
}
