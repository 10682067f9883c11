package dev.fleetwright.pipeline.expression;

import dev.fleetwright.pipeline.expression.Expression.And;
import dev.fleetwright.pipeline.expression.Expression.Atom;
import dev.fleetwright.pipeline.expression.Expression.Comparator;
import dev.fleetwright.pipeline.expression.Expression.Comparison;
import dev.fleetwright.pipeline.expression.Expression.Literal;
import dev.fleetwright.pipeline.expression.Expression.Or;
import dev.fleetwright.pipeline.expression.Expression.Regex;
import dev.fleetwright.pipeline.expression.Expression.Undefined;
import dev.fleetwright.pipeline.expression.Expression.Variable;

/// Reads an [Expression]; `&&` binds tighter than `||` (contract 2a.4).
public final class ExpressionParser {
  private static final int LONGEST = 10_000;
  private static final int DEEPEST = 100;

  private final String text;
  private int next;
  private int depth;

  private ExpressionParser(String text) {
    this.text = text;
  }

  /// What became of a text.
  public sealed interface Answer {
    record Parsed(Expression expression) implements Answer {}

    /// @param at index in the text of the first character that fits nothing
    record Wrong(int at, String message, String remedy) implements Answer {}
  }

  public static Answer parse(String text) {
    if (text.length() > LONGEST) {
      return new Answer.Wrong(0, "it is longer than " + LONGEST + " characters", "split the rule");
    }
    var parser = new ExpressionParser(text);
    try {
      var expression = parser.or();
      if (!parser.atEnd()) {
        throw parser.wrong(
            "`" + parser.rest() + "` does not go on the expression",
            "join conditions with && or ||");
      }
      return new Answer.Parsed(expression);
    } catch (Refused refused) {
      return refused.answer;
    }
  }

  /// Ends the parsing; never leaves this class.
  private static final class Refused extends RuntimeException {
    private final transient Answer.Wrong answer;

    Refused(Answer.Wrong answer) {
      super(null, null, false, false);
      this.answer = answer;
    }
  }

  private Refused wrong(String message, String remedy) {
    return new Refused(new Answer.Wrong(next, message, remedy));
  }

  private Expression or() {
    var left = and();
    while (take("||")) {
      left = new Or(left, and());
    }
    return left;
  }

  private Expression and() {
    var left = comparison();
    while (take("&&")) {
      left = new And(left, comparison());
    }
    return left;
  }

  private Expression comparison() {
    if (take("(")) {
      if (++depth > DEEPEST) {
        throw wrong("it nests more than " + DEEPEST + " parentheses", "split the rule");
      }
      var inner = or();
      if (!take(")")) {
        throw wrong("a `)` is missing", "close the parenthesis");
      }
      depth--;
      return inner;
    }
    var left = atom();
    for (var comparator : Comparator.values()) {
      if (take(comparator.sign)) {
        return new Comparison(left, comparator, atom());
      }
    }
    return left;
  }

  private Atom atom() {
    skipSpace();
    if (atEnd()) {
      throw wrong("it ends where a value should be", "add a variable, a text or a pattern");
    }
    var c = text.charAt(next);
    return switch (c) {
      case '$' -> variable();
      case '"', '\'' -> literal(c);
      case '/' -> regex();
      default -> {
        if (text.startsWith("null", next)
            && (next + 4 == text.length() || !isNamePart(text.charAt(next + 4)))) {
          next += 4;
          yield new Undefined();
        }
        throw wrong("`" + rest() + "` is not a value", hint(c));
      }
    };
  }

  private static String hint(char c) {
    if (c == '=' || c == '!' || c == '&' || c == '|') {
      return "write `==`, `!=`, `=~`, `!~`, `&&` or `||` between two values";
    }
    return "write `$NAME` for a variable, quotes around a text, slashes around a pattern";
  }

  private Variable variable() {
    var start = next + 1;
    if (text.startsWith("{", start)) {
      throw wrong("`${…}` is not allowed in an expression", "write `$NAME`");
    }
    var end = start;
    while (end < text.length() && isNamePart(text.charAt(end))) {
      end++;
    }
    if (end == start) {
      throw wrong("a `$` without a name", "write `$NAME`");
    }
    next = end;
    return new Variable(text.substring(start, end));
  }

  private static boolean isNamePart(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private Literal literal(char quote) {
    var end = text.indexOf(quote, next + 1);
    if (end < 0) {
      throw wrong("the closing " + quote + " is missing", "close the text");
    }
    var value = text.substring(next + 1, end);
    next = end + 1;
    return new Literal(value);
  }

  private Regex regex() {
    var end = next + 1;
    while (end < text.length() && text.charAt(end) != '/') {
      end += text.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= text.length()) {
      throw wrong(
          "the closing / is missing", "close the pattern, and write `\\/` for a slash in it");
    }
    if (end - next < 3) {
      // GitLab's lexer wants at least two characters between the slashes.
      throw wrong("a pattern of one character is a syntax error", "use `==`, or write `/.{1}/`");
    }
    var flags = end + 1;
    while (flags < text.length() && "ismU".indexOf(text.charAt(flags)) >= 0) {
      flags++;
    }
    var written = text.substring(next, flags);
    var regex = Regex.of(written);
    if (regex.isEmpty()) {
      throw wrong(
          "`" + written + "` is not a pattern of RE2",
          "RE2 has no look-ahead and no back-references");
    }
    next = flags;
    return regex.get();
  }

  private boolean take(String sign) {
    skipSpace();
    if (text.startsWith(sign, next)) {
      next += sign.length();
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
      next++;
    }
  }

  private boolean atEnd() {
    skipSpace();
    return next == text.length();
  }

  private String rest() {
    var rest = text.substring(next).replace("\n", " ");
    return rest.length() > 30 ? rest.substring(0, 30) + "…" : rest;
  }
}
