package dev.fleetwright.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What a plain word of YAML means, as `kubectl` reads it: YAML 1.1, in which `0644` is octal and
/// `yes` is true, without its dates and its sexagesimal numbers.
final class Scalars {

  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> TRUE = Set.of("y", "yes", "true", "on");
  private static final Set<String> FALSE = Set.of("n", "no", "false", "off");
  private static final Pattern WORD = Pattern.compile("[a-z]+|[A-Z][a-z]*|[A-Z]+");
  private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9_]*)");
  private static final Pattern OCTAL = Pattern.compile("[-+]?0o?[0-7_]+");
  private static final Pattern HEXADECIMAL = Pattern.compile("[-+]?0x[0-9a-fA-F_]+");
  private static final Pattern FRACTION =
      Pattern.compile(
          "[-+]?([0-9][0-9_]*)?\\.[0-9]+([eE][-+]?[0-9]+)?|[-+]?[0-9]+(\\.)?([eE][-+]?[0-9]+)?");
  private static final int LONGEST_NUMBER = 100;

  private Scalars() {}

  static JsonNode plain(String text) {
    var make = JsonNodeFactory.instance;
    if (NULLS.contains(text)) {
      return make.nullNode();
    }
    if (WORD.matcher(text).matches()) {
      var word = text.toLowerCase(Locale.ROOT);
      if (TRUE.contains(word) || FALSE.contains(word)) {
        return make.booleanNode(TRUE.contains(word));
      }
    }
    if (text.length() <= LONGEST_NUMBER) {
      var digits = text.replace("_", "");
      if (DECIMAL.matcher(text).matches()) {
        return whole(digits, 10);
      } else if (OCTAL.matcher(text).matches()) {
        return whole(digits.replaceFirst("0o?", ""), 8);
      } else if (HEXADECIMAL.matcher(text).matches()) {
        return whole(digits.replaceFirst("0x", ""), 16);
      } else if (FRACTION.matcher(text).matches()) {
        return make.numberNode(Double.parseDouble(digits));
      }
    }
    return make.textNode(text);
  }

  private static JsonNode whole(String digits, int base) {
    var number = new BigInteger(digits.startsWith("+") ? digits.substring(1) : digits, base);
    var make = JsonNodeFactory.instance;
    return number.bitLength() < 32
        ? make.numberNode(number.intValue())
        : number.bitLength() < 64 ? make.numberNode(number.longValue()) : make.numberNode(number);
  }
}
